//! `POST /api/auth/password`

use crate::support::{Actor, Fresh, PASSWORD};
use serde_json::{Value, json};

claims!["password":
    the_new_password_logs_in_and_the_old_does_not,
    every_earlier_session_ends_and_the_caller_gets_a_new_one,
    it_needs_the_right_current_password,
    guessing_the_current_password_is_limited,
    the_new_password_obeys_the_policy,
];

const NEW: &str = "another password 9";

fn change(current: &str, new: &str) -> Value {
    json!({ "current_password": current, "new_password": new })
}

async fn the_new_password_logs_in_and_the_old_does_not(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    server
        .post("/api/auth/password", &change(PASSWORD, NEW))
        .bearer(&alice.access)
        .send()
        .await
        .is(200);
    server.login(&alice.email, NEW).await.is(200);
    server.login(&alice.email, PASSWORD).await.is(401);
}

async fn every_earlier_session_ends_and_the_caller_gets_a_new_one(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let other = Actor::from(&server.login(&alice.email, PASSWORD).await.is(200).json());
    let reply = server
        .post("/api/auth/password", &change(PASSWORD, NEW))
        .bearer(&alice.access)
        .send()
        .await
        .is(200);
    let new = Actor::from(&reply.json());
    assert_eq!(
        (
            server.me(&alice.access).await,
            server.me(&other.access).await,
            server.me(&new.access).await
        ),
        (401, 401, 200)
    );
    for old in [&alice, &other] {
        server
            .post(
                "/api/auth/refresh",
                &json!({ "refresh_token": old.refresh }),
            )
            .send()
            .await
            .is(401);
    }
}

async fn it_needs_the_right_current_password(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let call = |body: Value| {
        server
            .post("/api/auth/password", &body)
            .bearer(&alice.access)
            .send()
    };
    call(change("wrong password", NEW))
        .await
        .refused(403, "wrong-password");
    call(change("", NEW)).await.refused(403, "wrong-password");
    call(json!({ "new_password": NEW }))
        .await
        .refused(422, "invalid-input");
    server
        .post("/api/auth/password", &change(PASSWORD, NEW))
        .send()
        .await
        .refused(401, "unauthenticated");
    server.login(&alice.email, PASSWORD).await.is(200);
}

async fn guessing_the_current_password_is_limited(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for n in 0..6 {
        let reply = server
            .post("/api/auth/password", &change("wrong password", NEW))
            .bearer(&alice.access)
            .send()
            .await;
        assert_eq!(reply.status, if n < 5 { 403 } else { 429 });
    }
    server.login(&alice.email, PASSWORD).await.is(200);
}

async fn the_new_password_obeys_the_policy(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for new in ["short", "password123", "alice@example.com"] {
        server
            .post("/api/auth/password", &change(PASSWORD, new))
            .bearer(&alice.access)
            .send()
            .await
            .refused(422, "invalid-input");
    }
}
