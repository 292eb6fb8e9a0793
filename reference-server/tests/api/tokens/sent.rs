//! How a token is sent

use super::refused;
use crate::support::{Fresh, SECRET, Server, open, sign};
use serde_json::Value;

claims!["tokens":
    texts_that_are_no_tokens_are_refused,
    the_scheme_word_has_no_letter_case_and_other_schemes_are_refused,
    two_authorization_headers_are_refused,
    tokens_in_query_form_or_cookie_are_ignored,
    a_401_says_invalid_token_only_when_one_was_sent,
];

async fn with(server: &Server, authorization: &str) -> u16 {
    server
        .get("/api/auth/me")
        .header("authorization", authorization)
        .send()
        .await
        .status
        .as_u16()
}

async fn texts_that_are_no_tokens_are_refused(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let good = alice.access.as_str();
    let (header, claims) = open(good);
    let header = Value::Object(header).to_string();
    let twice = Value::Object(claims).to_string().replacen(
        "{\"iss\"",
        &format!("{{\"sub\":\"{}\",\"iss\"", alice.id),
        1,
    );
    for token in [
        ".",
        "..",
        "...",
        "x",
        "null",
        "undefined",
        "[object Object]",
        "\"\"",
        "a.b.c",
        &format!("{good}."),
        &format!(".{good}"),
        &format!("{good}.x"),
        &format!("{good}.{good}"),
        &format!("\"{good}\""),
        &format!("{good} "),
        &format!(" {good}"),
        &format!("{good},{good}"),
        &good.replacen('.', "=.", 1),
        &"A".repeat(20_000),
        &sign(&header, "[]", SECRET.as_bytes()),
        &sign(&header, "null", SECRET.as_bytes()),
        &sign(&header, "", SECRET.as_bytes()),
        &sign(&header, &twice, SECRET.as_bytes()),
        &sign(&header, &"[".repeat(2000), SECRET.as_bytes()),
    ] {
        refused(server.me(token).await, token);
    }
}

async fn the_scheme_word_has_no_letter_case_and_other_schemes_are_refused(db: Fresh) {
    let server = db.server().await;
    let token = server.register("alice").await.access;
    for scheme in ["Bearer", "bearer", "BEARER", "BeArEr"] {
        assert_eq!(with(&server, &format!("{scheme} {token}")).await, 200);
    }
    for value in [
        format!("Basic {token}"),
        format!("Token {token}"),
        format!("JWT {token}"),
        token.clone(),
        format!("Bearer Bearer {token}"),
        format!("Bearer: {token}"),
        "Bearer".into(),
        "Bearer ".into(),
    ] {
        refused(with(&server, &value).await, &value);
    }
}

async fn two_authorization_headers_are_refused(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    for (one, two) in [
        (&alice.access, &bob.access),
        (&alice.access, &alice.access),
        (&"x".to_owned(), &alice.access),
    ] {
        server
            .get("/api/auth/me")
            .bearer(one)
            .bearer(two)
            .send()
            .await
            .refused(401, "invalid-token");
    }
}

async fn tokens_in_query_form_or_cookie_are_ignored(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for name in ["access_token", "token", "jwt", "auth", "authorization"] {
        server
            .get(&format!("{}?{name}={}", alice.tasks(), alice.access))
            .send()
            .await
            .refused(401, "unauthenticated");
    }
    server
        .get("/api/auth/me")
        .header("cookie", &format!("__Host-access={}", alice.access))
        .send()
        .await
        .refused(401, "unauthenticated");
    let form = format!("access_token={}&title=t", alice.access);
    server
        .call("POST", &alice.tasks())
        .text("application/x-www-form-urlencoded", form)
        .send()
        .await
        .refused(401, "unauthenticated");
}

async fn a_401_says_invalid_token_only_when_one_was_sent(db: Fresh) {
    let server = db.server().await;
    assert_eq!(
        server
            .get("/api/auth/me")
            .send()
            .await
            .is(401)
            .header("www-authenticate"),
        "Bearer"
    );
    assert_eq!(
        server
            .get("/api/auth/me")
            .bearer("x")
            .send()
            .await
            .is(401)
            .header("www-authenticate"),
        r#"Bearer error="invalid_token""#
    );
}
