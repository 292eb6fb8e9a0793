//! Each switchable mistake opens the hole that its title names.

use crate::support::{Actor, Fresh, PASSWORD, Server, open, segment};
use reference_server::defects::{cheap_passwords, find};
use reference_server::{Parts, SharedClock, app};
use serde_json::{Value, json};
use std::sync::Arc;

claims!["defects":
    accepts_alg_none_takes_an_unsigned_token,
    login_session_not_stored_gives_a_dead_token,
    reads_any_task_shows_it_to_a_stranger,
    reflects_any_origin_lets_evil_read,
    task_list_without_token_is_open_to_anybody,
    updates_any_task_lets_a_stranger_write,
    several_are_installed_by_a_fold,
];

async fn weakened(db: &Fresh, ids: &[&str]) -> Server {
    let clock = Arc::new(SharedClock::new());
    let parts = Parts::secure(&db.config(), clock.clone()).await.unwrap();
    let parts = cheap_passwords(parts).unwrap();
    let parts = ids
        .iter()
        .fold(parts, |parts, id| (find(id).unwrap().install)(parts));
    Server::new(app(parts), clock)
}

fn unsigned(token: &str) -> String {
    let claims = Value::Object(open(token).1).to_string();
    format!(
        "{}.{}.",
        segment(r#"{"alg":"none","typ":"at+jwt"}"#),
        segment(&claims)
    )
}

async fn accepts_alg_none_takes_an_unsigned_token(db: Fresh) {
    let server = weakened(&db, &["accepts-alg-none"]).await;
    let alice = server.register("alice").await;
    assert_eq!(server.me(&unsigned(&alice.access)).await, 200);
    let (message, _) = alice.access.rsplit_once('.').unwrap();
    assert_eq!(server.me(&format!("{message}.")).await, 401);
}

async fn login_session_not_stored_gives_a_dead_token(db: Fresh) {
    let server = weakened(&db, &["login-session-not-stored"]).await;
    let alice = server.register("alice").await;
    let grant = Actor::from(&server.login(&alice.email, PASSWORD).await.is(200).json());
    assert_eq!(
        (
            server.me(&alice.access).await,
            server.me(&grant.access).await
        ),
        (200, 401)
    );
}

async fn reads_any_task_shows_it_to_a_stranger(db: Fresh) {
    let server = weakened(&db, &["reads-any-task"]).await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let task = server.task(&alice, "marker").await;
    let path = format!("{}/{}", bob.tasks(), task["id"].as_str().unwrap());
    let seen = server
        .get(&path)
        .bearer(&bob.access)
        .send()
        .await
        .is(200)
        .json();
    assert_eq!(seen["title"], "marker");
    let write = server
        .call("PATCH", &path)
        .json(&json!({ "title": "x" }))
        .bearer(&bob.access);
    write.send().await.refused(404, "not-found");
}

async fn reflects_any_origin_lets_evil_read(db: Fresh) {
    let server = weakened(&db, &["reflects-any-origin"]).await;
    let call = server
        .call("OPTIONS", "/api/auth/me")
        .header("origin", "https://evil.example");
    let reply = call
        .header("access-control-request-method", "GET")
        .send()
        .await
        .is(204);
    assert_eq!(
        reply.header("access-control-allow-origin"),
        "https://evil.example"
    );
}

async fn task_list_without_token_is_open_to_anybody(db: Fresh) {
    let server = weakened(&db, &["task-list-without-token"]).await;
    let alice = server.register("alice").await;
    server.task(&alice, "marker").await;
    let list = server.get(&alice.tasks()).send().await.is(200).json();
    assert_eq!(list["items"][0]["title"], "marker");
    server
        .post(&alice.tasks(), &json!({ "title": "t" }))
        .send()
        .await
        .is(401);
    server.get(&alice.tasks()).bearer("x").send().await.is(401);
}

async fn updates_any_task_lets_a_stranger_write(db: Fresh) {
    let server = weakened(&db, &["updates-any-task"]).await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let task = server.task(&alice, "marker").await;
    let id = task["id"].as_str().unwrap();
    let path = format!("{}/{id}", bob.tasks());
    let write = server
        .call("PATCH", &path)
        .json(&json!({ "title": "x" }))
        .bearer(&bob.access);
    write.send().await.is(200);
    server
        .get(&path)
        .bearer(&bob.access)
        .send()
        .await
        .refused(404, "not-found");
    let read = server
        .get(&format!("{}/{id}", alice.tasks()))
        .bearer(&alice.access);
    assert_eq!(read.send().await.is(200).json()["title"], "x");
}

async fn several_are_installed_by_a_fold(db: Fresh) {
    let server = weakened(
        &db,
        &["reads-any-task", "updates-any-task", "accepts-alg-none"],
    )
    .await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let task = server.task(&alice, "marker").await;
    let path = format!("{}/{}", bob.tasks(), task["id"].as_str().unwrap());
    let token = unsigned(&bob.access);
    server.get(&path).bearer(&token).send().await.is(200);
    let write = server
        .call("PUT", &path)
        .json(&json!({ "title": "x" }))
        .bearer(&token);
    write.send().await.is(200);
}
