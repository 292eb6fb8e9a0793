//! `/.well-known/jwks.json` and EdDSA

use super::refused;
use crate::support::{Fresh, SECRET, open, sign};
use reference_server::Signing;
use serde_json::Value;

claims!["tokens":
    eddsa_tokens_verify_against_the_published_key_and_survive_a_restart,
    an_hs256_server_publishes_no_keys,
];

async fn eddsa_tokens_verify_against_the_published_key_and_survive_a_restart(db: Fresh) {
    let server = db
        .server_with(|config| config.signing = Signing::EdDsa)
        .await;
    let alice = server.register("alice").await;
    let keys = server
        .get("/.well-known/jwks.json")
        .send()
        .await
        .is(200)
        .json();
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys.clone()).unwrap();
    let header = jsonwebtoken::decode_header(&alice.access).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(set.find(&header.kid.unwrap()).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&["authspec-reference-api"]);
    jsonwebtoken::decode::<Value>(&alice.access, &key, &validation).unwrap();
    assert!(keys["keys"][0].get("d").is_none() && keys["keys"][0]["use"] == "sig");

    let again = db
        .server_with(|config| config.signing = Signing::EdDsa)
        .await;
    assert_eq!(again.me(&alice.access).await, 200);
    let (header, claims) = open(&alice.access);
    let header = Value::Object(header).to_string().replace("EdDSA", "HS256");
    let public = keys["keys"][0]["x"].as_str().unwrap();
    for key in [SECRET.as_bytes(), public.as_bytes()] {
        refused(
            again
                .me(&sign(
                    &header,
                    &Value::Object(claims.clone()).to_string(),
                    key,
                ))
                .await,
            "HS256",
        );
    }
}

async fn an_hs256_server_publishes_no_keys(db: Fresh) {
    db.server()
        .await
        .get("/.well-known/jwks.json")
        .send()
        .await
        .refused(404, "not-found");
}
