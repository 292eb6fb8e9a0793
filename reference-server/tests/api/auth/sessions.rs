//! `GET /api/auth/sessions`, `DELETE /api/auth/sessions/{id}`

use crate::support::{Actor, Fresh, PASSWORD};

claims!["sessions":
    the_list_holds_the_own_open_sessions,
    an_own_session_can_be_ended,
    a_session_of_another_user_is_not_found_and_goes_on,
];

async fn the_list_holds_the_own_open_sessions(db: Fresh) {
    let server = db.server().await;
    let (alice, _) = (server.register("alice").await, server.register("bob").await);
    server.login(&alice.email, PASSWORD).await.is(200);
    let list = server
        .get("/api/auth/sessions")
        .bearer(&alice.access)
        .send()
        .await
        .is(200)
        .json();
    let current: Vec<bool> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["current"].as_bool().unwrap())
        .collect();
    assert_eq!(current.iter().filter(|current| **current).count(), 1);
    assert_eq!(current.len(), 2);
}

async fn an_own_session_can_be_ended(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let other = Actor::from(&server.login(&alice.email, PASSWORD).await.is(200).json());
    let list = server
        .get("/api/auth/sessions")
        .bearer(&alice.access)
        .send()
        .await
        .is(200)
        .json();
    let item = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["current"] == false)
        .unwrap();
    let path = format!("/api/auth/sessions/{}", item["id"].as_str().unwrap());
    server
        .call("DELETE", &path)
        .bearer(&alice.access)
        .send()
        .await
        .is(204);
    assert_eq!(
        (
            server.me(&other.access).await,
            server.me(&alice.access).await
        ),
        (401, 200)
    );
    server
        .call("DELETE", &path)
        .bearer(&alice.access)
        .send()
        .await
        .refused(404, "not-found");
}

async fn a_session_of_another_user_is_not_found_and_goes_on(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let list = server
        .get("/api/auth/sessions")
        .bearer(&alice.access)
        .send()
        .await
        .is(200)
        .json();
    let id = list["items"][0]["id"].as_str().unwrap();
    for id in [id, "1", "%ff"] {
        server
            .call("DELETE", &format!("/api/auth/sessions/{id}"))
            .bearer(&bob.access)
            .send()
            .await
            .refused(404, "not-found");
    }
    assert_eq!(server.me(&alice.access).await, 200);
}
