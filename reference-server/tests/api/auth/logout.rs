//! `POST /api/auth/logout`

use crate::support::{Actor, Fresh, PASSWORD};
use serde_json::json;

claims!["logout":
    the_session_ends_at_once_with_both_its_tokens,
    other_sessions_go_on,
    it_needs_a_token_and_is_no_get,
];

async fn the_session_ends_at_once_with_both_its_tokens(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let logout = server
        .call("POST", "/api/auth/logout")
        .bearer(&alice.access)
        .send()
        .await
        .is(204);
    assert_eq!(logout.text, "");
    assert_eq!(server.me(&alice.access).await, 401);
    server
        .post(
            "/api/auth/refresh",
            &json!({ "refresh_token": alice.refresh }),
        )
        .send()
        .await
        .is(401);
    server
        .get(&alice.tasks())
        .bearer(&alice.access)
        .send()
        .await
        .refused(401, "invalid-token");
}

async fn other_sessions_go_on(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let other = Actor::from(&server.login(&alice.email, PASSWORD).await.is(200).json());
    server
        .call("POST", "/api/auth/logout")
        .bearer(&alice.access)
        .send()
        .await
        .is(204);
    assert_eq!(
        (server.me(&other.access).await, server.me(&bob.access).await),
        (200, 200)
    );
}

async fn it_needs_a_token_and_is_no_get(db: Fresh) {
    let server = db.server().await;
    server
        .call("POST", "/api/auth/logout")
        .send()
        .await
        .refused(401, "unauthenticated");
    let get = server
        .get("/api/auth/logout")
        .send()
        .await
        .refused(405, "method-not-allowed");
    assert_eq!(get.header("allow"), "POST");
}
