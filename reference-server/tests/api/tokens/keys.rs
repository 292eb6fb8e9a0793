//! `/.well-known/jwks.json` and the algorithms

use super::refused;
use crate::support::{Fresh, SECRET, Server, open, sign};
use base64ct::{Base64UrlUnpadded, Encoding};
use reference_server::{Parts, Secret, Signing, SystemClock};
use serde_json::{Value, json};
use std::sync::Arc;

claims!["tokens":
    tokens_of_a_key_pair_verify_against_the_published_key,
    derived_key_pairs_survive_a_restart,
    a_public_key_is_no_secret,
    the_longer_hmacs_sign_and_ask_for_longer_secrets,
    no_algorithm_is_taken_for_another,
    an_hs256_server_publishes_no_keys,
];

const PAIRS: [Signing; 4] = [
    Signing::Rs256,
    Signing::Ps256,
    Signing::Es256,
    Signing::EdDsa,
];

async fn signing_with(db: &Fresh, signing: Signing) -> Server {
    let long = Secret::new(format!("{SECRET}{}", SECRET.to_lowercase()));
    db.server_with(|config| (config.signing, config.secret) = (signing, long))
        .await
}

async fn published(server: &Server) -> Value {
    let reply = server.get("/.well-known/jwks.json").send().await;
    reply.is(200).json()
}

async fn tokens_of_a_key_pair_verify_against_the_published_key(db: Fresh) {
    for (signing, members) in PAIRS.into_iter().zip([
        ["alg", "e", "kid", "kty", "n", "use"].as_slice(),
        &["alg", "e", "kid", "kty", "n", "use"],
        &["alg", "crv", "kid", "kty", "use", "x", "y"],
        &["alg", "crv", "kid", "kty", "use", "x"],
    ]) {
        let server = signing_with(&db, signing).await;
        let alice = server.register(signing.name()).await;
        let keys = published(&server).await;
        let mut names: Vec<&String> = keys["keys"][0].as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, members);
        assert_eq!(keys["keys"][0]["use"], "sig");
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys.clone()).unwrap();
        let header = jsonwebtoken::decode_header(&alice.access).unwrap();
        let jwk = set.find(&header.kid.unwrap()).unwrap();
        let mut validation = jsonwebtoken::Validation::new(header.alg);
        validation.set_audience(&["authspec-reference-api"]);
        let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
        jsonwebtoken::decode::<Value>(&alice.access, &key, &validation).unwrap();
        assert_eq!(open(&alice.access).0["alg"], signing.name());
        assert_eq!(server.me(&alice.access).await, 200);
    }
}

async fn derived_key_pairs_survive_a_restart(db: Fresh) {
    for signing in [Signing::Es256, Signing::EdDsa] {
        let server = signing_with(&db, signing).await;
        let alice = server.register(signing.name()).await;
        let again = signing_with(&db, signing).await;
        assert_eq!(published(&again).await, published(&server).await);
        assert_eq!(again.me(&alice.access).await, 200);
    }
}

async fn a_public_key_is_no_secret(db: Fresh) {
    for signing in PAIRS {
        let server = signing_with(&db, signing).await;
        let alice = server.register(signing.name()).await;
        let keys = published(&server).await;
        let (mut header, claims) = open(&alice.access);
        header.insert("alg".into(), json!("HS256"));
        let header = Value::Object(header).to_string();
        let claims = Value::Object(claims).to_string();
        let jwk = keys["keys"][0].to_string();
        let mut secrets = vec![SECRET.as_bytes().to_vec(), jwk.into_bytes()];
        for member in ["n", "x"] {
            if let Some(text) = keys["keys"][0][member].as_str() {
                secrets.push(text.into());
                secrets.push(Base64UrlUnpadded::decode_vec(text).unwrap());
            }
        }
        for secret in secrets {
            refused(
                server.me(&sign(&header, &claims, &secret)).await,
                signing.name(),
            );
        }
    }
}

async fn the_longer_hmacs_sign_and_ask_for_longer_secrets(db: Fresh) {
    for (signing, algorithm) in [
        (Signing::Hs384, jsonwebtoken::Algorithm::HS384),
        (Signing::Hs512, jsonwebtoken::Algorithm::HS512),
    ] {
        let server = signing_with(&db, signing).await;
        let alice = server.register(signing.name()).await;
        assert_eq!(
            jsonwebtoken::decode_header(&alice.access).unwrap().alg,
            algorithm
        );
        assert_eq!(server.me(&alice.access).await, 200);
        let reply = server.get("/.well-known/jwks.json").send().await;
        reply.refused(404, "not-found");
        let mut config = db.config();
        config.signing = signing;
        let Err(error) = Parts::secure(&config, Arc::new(SystemClock)).await else {
            panic!("{SECRET} is long enough for {}", signing.name())
        };
        assert!(error.to_string().contains(signing.name()), "{error}");
    }
}

async fn no_algorithm_is_taken_for_another(db: Fresh) {
    let mut tokens = Vec::new();
    for signing in Signing::ALL {
        let server = signing_with(&db, signing).await;
        tokens.push((signing, server.register(signing.name()).await.access));
    }
    for signing in Signing::ALL {
        let server = signing_with(&db, signing).await;
        for (other, token) in &tokens {
            if *other == signing {
                assert_eq!(server.me(token).await, 200);
            } else {
                refused(server.me(token).await, other.name());
            }
        }
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
