//! `GET|DELETE /api/auth/me`

use crate::support::{Fresh, PASSWORD};
use serde_json::json;

claims!["me":
    each_user_sees_their_own,
    a_deleted_account_is_gone_with_tokens_and_tasks,
];

async fn each_user_sees_their_own(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    for actor in [&alice, &bob] {
        let me = server
            .get("/api/auth/me")
            .bearer(&actor.access)
            .send()
            .await
            .is(200)
            .json();
        assert_eq!(
            (me["id"].as_str(), me["email"].as_str()),
            (Some(actor.id.as_str()), Some(actor.email.as_str()))
        );
    }
}

async fn a_deleted_account_is_gone_with_tokens_and_tasks(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    server.task(&alice, "of alice").await;
    server.task(&bob, "of bob").await;
    server
        .call("DELETE", "/api/auth/me")
        .bearer(&alice.access)
        .send()
        .await
        .is(204);
    assert_eq!(server.me(&alice.access).await, 401);
    server
        .post(&alice.tasks(), &json!({ "title": "t" }))
        .bearer(&alice.access)
        .send()
        .await
        .is(401);
    server
        .post(
            "/api/auth/refresh",
            &json!({ "refresh_token": alice.refresh }),
        )
        .send()
        .await
        .is(401);
    server.login(&alice.email, PASSWORD).await.is(401);
    let again = server.register("alice").await;
    assert_ne!(again.id, alice.id);
    let list = server
        .get(&again.tasks())
        .bearer(&again.access)
        .send()
        .await
        .is(200)
        .json();
    assert_eq!(list["items"], json!([]));
    let list = server
        .get(&bob.tasks())
        .bearer(&bob.access)
        .send()
        .await
        .is(200)
        .json();
    assert_eq!(list["items"][0]["title"], "of bob");
}
