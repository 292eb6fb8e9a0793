//! Tokens signed with the right secret, one thing changed; and tokens that are not signed

use super::refused;
use crate::support::{Fresh, SECRET, open, segment, sign, with_claim, with_header};
use serde_json::{Value, json};

claims!["tokens":
    claims_are_complete_and_hold_nothing_private,
    a_resigned_copy_with_the_same_or_fresh_dates_is_taken,
    unsigned_and_wrongly_signed_tokens_are_refused,
    each_claim_is_checked,
    header_members_that_bring_a_key_or_an_extension_are_refused,
    tokens_end_with_the_clock_and_without_leeway,
    subjects_that_are_no_living_user_are_refused,
    a_subject_with_the_session_of_another_is_refused,
];

async fn claims_are_complete_and_hold_nothing_private(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let (header, claims) = open(&alice.access);
    assert_eq!(
        Value::Object(header),
        json!({ "alg": "HS256", "typ": "at+jwt" })
    );
    assert_eq!(claims["sub"], json!(alice.id));
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        900
    );
    let names: Vec<&str> = claims.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "iss",
            "aud",
            "sub",
            "iat",
            "nbf",
            "exp",
            "jti",
            "sid",
            "token_type"
        ]
    );
}

async fn a_resigned_copy_with_the_same_or_fresh_dates_is_taken(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let (_, claims) = open(&alice.access);
    let copy = with_claim(&alice.access, "sub", claims["sub"].clone());
    assert_eq!(server.me(&copy).await, 200);
    let later = with_claim(
        &with_claim(&copy, "exp", json!(claims["exp"].as_i64().unwrap() + 600)),
        "iat",
        json!(claims["iat"].as_i64().unwrap() + 1),
    );
    assert_eq!(server.me(&later).await, 200);
    let list = with_claim(&copy, "aud", json!(["x", claims["aud"]]));
    assert_eq!(server.me(&list).await, 200);
}

async fn unsigned_and_wrongly_signed_tokens_are_refused(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let (header, claims) = open(&alice.access);
    let claims = Value::Object(claims).to_string();
    let signature = alice.access.rsplit('.').next().unwrap();
    for alg in [
        "none", "None", "NONE", "nOnE", "none ", "HS384", "HS512", "hs256", "RS256", "EdDSA", "",
    ] {
        let head = format!(r#"{{"alg":"{alg}","typ":"at+jwt"}}"#);
        for signature in ["", signature] {
            refused(
                server
                    .me(&format!(
                        "{}.{}.{signature}",
                        segment(&head),
                        segment(&claims)
                    ))
                    .await,
                alg,
            );
        }
        refused(
            server.me(&sign(&head, &claims, SECRET.as_bytes())).await,
            alg,
        );
    }
    for alg in ["null", "[]", "0", "{}", r#"["HS256"]"#] {
        refused(
            server
                .me(&sign(
                    &format!(r#"{{"alg":{alg},"typ":"at+jwt"}}"#),
                    &claims,
                    SECRET.as_bytes(),
                ))
                .await,
            alg,
        );
    }
    let header = Value::Object(header).to_string();
    for key in ["", "\0", "secret", "null", &SECRET[1..]] {
        refused(
            server.me(&sign(&header, &claims, key.as_bytes())).await,
            key,
        );
    }
    let (message, _) = alice.access.rsplit_once('.').unwrap();
    for signature in [
        "",
        "AA",
        &signature[..signature.len() - 2],
        &format!("{signature}AA"),
        &format!("{signature}="),
        &"A".repeat(43),
    ] {
        refused(
            server.me(&format!("{message}.{signature}")).await,
            signature,
        );
    }
}

async fn each_claim_is_checked(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let now = open(&alice.access).1["iat"].as_i64().unwrap();
    let wrong: &[(&str, &[Value])] = &[
        (
            "iss",
            &[
                json!(null),
                json!("x"),
                json!(["https://reference-server.authspec.dev"]),
                json!("https://reference-server.authspec.dev/"),
            ],
        ),
        (
            "aud",
            &[
                json!(null),
                json!("x"),
                json!([]),
                json!(["x"]),
                json!([1, "authspec-reference-api"]),
            ],
        ),
        (
            "exp",
            &[
                json!(null),
                json!(now - 1),
                json!(0),
                json!(-1),
                json!("9999999999"),
                json!(1e308),
                json!(u64::MAX),
                json!(true),
                json!([]),
                json!({}),
                json!((now + 60) * 1000),
            ],
        ),
        (
            "nbf",
            &[json!(null), json!(now + 3600), json!("x"), json!(1e308)],
        ),
        (
            "iat",
            &[json!(null), json!(now + 86_400), json!("x"), json!(-5)],
        ),
        ("jti", &[json!(null), json!(""), json!(1)]),
        ("token_type", &[json!(null), json!("refresh"), json!(1)]),
        (
            "sid",
            &[
                json!(null),
                json!("x"),
                json!("6f9619ff-8b86-4d01-b42d-00cf4fc964ff"),
            ],
        ),
    ];
    for (name, values) in wrong {
        for value in *values {
            refused(
                server
                    .me(&with_claim(&alice.access, name, value.clone()))
                    .await,
                &format!("{name} {value}"),
            );
        }
    }
}

async fn header_members_that_bring_a_key_or_an_extension_are_refused(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for (name, value) in [
        ("crit", json!(["x"])),
        ("crit", json!([])),
        ("crit", json!("x")),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("jwk", json!({ "kty": "oct", "k": "AA" })),
        ("jku", json!("https://evil.example")),
        ("x5u", json!("x")),
        ("x5c", json!([])),
        ("kid", json!("../../dev/null")),
        ("kid", json!(1)),
        ("typ", json!("JWT")),
        ("typ", json!("dpop+jwt")),
        ("typ", json!(null)),
        ("typ", json!(1)),
    ] {
        refused(
            server
                .me(&with_header(&alice.access, name, value.clone()))
                .await,
            &format!("{name} {value}"),
        );
    }
    assert_eq!(
        server
            .me(&with_header(&alice.access, "typ", json!("AT+JWT")))
            .await,
        200
    );
    assert_eq!(
        server
            .me(&with_header(&alice.access, "note", json!("x")))
            .await,
        200
    );
}

async fn tokens_end_with_the_clock_and_without_leeway(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    server.advance(890);
    assert_eq!(server.me(&alice.access).await, 200);
    server.advance(11);
    assert_eq!(server.me(&alice.access).await, 401);
}

async fn subjects_that_are_no_living_user_are_refused(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let id = alice.id.as_str();
    for sub in [
        json!(null),
        json!(""),
        json!(" "),
        json!("null"),
        json!(0),
        json!(true),
        json!([id]),
        json!({ "$ne": "" }),
        json!(format!("{id} ")),
        json!(id.to_uppercase()),
        json!(format!("{id}\0")),
        json!("6f9619ff-8b86-4d01-b42d-00cf4fc964ff"),
        json!("' OR 1=1 --"),
    ] {
        refused(
            server
                .me(&with_claim(&alice.access, "sub", sub.clone()))
                .await,
            &sub.to_string(),
        );
        let token = with_claim(&alice.access, "sub", sub.clone());
        server
            .post(&alice.tasks(), &json!({ "title": "t" }))
            .bearer(&token)
            .send()
            .await
            .refused(401, "invalid-token");
    }
}

async fn a_subject_with_the_session_of_another_is_refused(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    refused(
        server
            .me(&with_claim(&bob.access, "sub", json!(alice.id)))
            .await,
        "sub of alice, sid of bob",
    );
}
