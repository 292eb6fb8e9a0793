//! What is another's, and how little is said about it

use super::{list, path, titles};
use crate::support::{Fresh, Server};
use futures_util::future::join_all;
use serde_json::json;

claims!["tasks":
    a_stranger_gets_404_for_a_task_of_another_user_by_every_verb,
    a_task_of_another_and_one_that_does_not_exist_look_the_same,
    the_path_must_name_the_caller,
    the_owner_never_comes_from_the_body_the_query_or_a_header,
    interleaved_users_get_their_own,
];

async fn by_every_verb(server: &Server, path: &str, token: &str) -> Vec<(u16, String)> {
    let mut seen = Vec::new();
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE"] {
        let reply = server
            .call(method, path)
            .json(&json!({ "title": "taken" }))
            .bearer(token)
            .send()
            .await;
        seen.push((reply.status.as_u16(), reply.text));
    }
    seen
}

async fn a_stranger_gets_404_for_a_task_of_another_user_by_every_verb(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let task = server.task(&alice, "marker").await;
    for path in [path(&alice, &task), path(&bob, &task)] {
        for (status, text) in by_every_verb(&server, &path, &bob.access).await {
            assert!(status == 404 && !text.contains("marker"), "{status} {text}");
        }
    }
    assert_eq!(
        server
            .get(&path(&alice, &task))
            .bearer(&alice.access)
            .send()
            .await
            .is(200)
            .json(),
        task
    );
}

async fn a_task_of_another_and_one_that_does_not_exist_look_the_same(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let task = server.task(&alice, "t").await;
    let none = json!({ "id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff" });
    let seen = by_every_verb(&server, &path(&bob, &task), &bob.access).await;
    assert_eq!(
        seen,
        by_every_verb(&server, &path(&bob, &none), &bob.access).await
    );
}

async fn the_path_must_name_the_caller(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    server
        .get(&alice.tasks())
        .bearer(&bob.access)
        .send()
        .await
        .refused(404, "not-found");
    server
        .post(&alice.tasks(), &json!({ "title": "t" }))
        .bearer(&bob.access)
        .send()
        .await
        .refused(404, "not-found");
    server
        .post(&alice.tasks(), &json!("no object"))
        .bearer(&bob.access)
        .send()
        .await
        .refused(404, "not-found");
    let list = server
        .get(&alice.tasks())
        .bearer(&alice.access)
        .send()
        .await
        .is(200)
        .json();
    assert_eq!(list["items"], json!([]));
    for owner in ["me", "%ff", "0", &bob.id.to_uppercase()] {
        server
            .get(&format!("/api/{owner}/tasks"))
            .bearer(&bob.access)
            .send()
            .await
            .refused(404, "not-found");
    }
}

async fn the_owner_never_comes_from_the_body_the_query_or_a_header(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    server.task(&alice, "of alice").await;
    let body = json!({ "title": "of bob", "user_id": alice.id, "owner": alice.id, "id": "x", "owner_id": alice.id });
    let task = server
        .post(&bob.tasks(), &body)
        .bearer(&bob.access)
        .header("x-user-id", &alice.id)
        .send()
        .await
        .is(201)
        .json();
    assert_eq!(task["user_id"], json!(bob.id));
    let moved = server
        .call("PATCH", &path(&bob, &task))
        .json(&json!({ "user_id": alice.id, "owner": alice.id }))
        .bearer(&bob.access)
        .send()
        .await
        .is(200);
    assert_eq!(moved.json()["user_id"], json!(bob.id));
    for query in [
        format!("user_id={}", alice.id),
        format!("owner={}", alice.id),
        "all=true".into(),
        "q=of".into(),
        "scope=all".into(),
    ] {
        let list = server
            .get(&format!("{}?{query}", bob.tasks()))
            .bearer(&bob.access)
            .send()
            .await
            .is(200)
            .json();
        let titles: Vec<_> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["title"].clone())
            .collect();
        assert_eq!(titles, [json!("of bob")], "{query}");
    }
}

async fn interleaved_users_get_their_own(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    server.task(&alice, "of alice").await;
    server.task(&bob, "of bob").await;
    let calls = (0..60).map(|n| {
        let (actor, title) = if n % 2 == 0 {
            (&alice, "of alice")
        } else {
            (&bob, "of bob")
        };
        let server = &server;
        async move { assert_eq!(titles(&list(server, actor, "").await), [title]) }
    });
    join_all(calls).await;
}
