//! `POST /api/auth/refresh`

use crate::support::{Actor, Fresh, PASSWORD, Server};
use futures_util::future::join_all;
use serde_json::json;

claims!["refresh":
    the_next_tokens_work_and_the_session_goes_on,
    a_used_token_ends_the_whole_family,
    five_uses_at_once_succeed_at_most_once,
    a_token_ends_after_seven_days_and_the_session_after_thirty,
    an_expired_access_token_does_not_matter,
    tokens_that_are_none_are_refused,
    the_database_holds_no_token,
];

async fn refresh(server: &Server, token: &str) -> Result<Actor, u16> {
    let reply = server
        .post("/api/auth/refresh", &json!({ "refresh_token": token }))
        .send()
        .await;
    if reply.status == 200 {
        Ok(Actor::from(&reply.json()))
    } else {
        Err(reply.status.as_u16())
    }
}

async fn the_next_tokens_work_and_the_session_goes_on(db: Fresh) {
    let server = db.server().await;
    let first = server.register("alice").await;
    let second = refresh(&server, &first.refresh).await.unwrap();
    assert_eq!(first.id, second.id);
    assert_ne!(first.refresh, second.refresh);
    assert_eq!(
        (
            server.me(&first.access).await,
            server.me(&second.access).await
        ),
        (200, 200)
    );
    refresh(&server, &second.refresh).await.unwrap();
}

async fn a_used_token_ends_the_whole_family(db: Fresh) {
    let server = db.server().await;
    let first = server.register("alice").await;
    let other = Actor::from(&server.login(&first.email, PASSWORD).await.is(200).json());
    let second = refresh(&server, &first.refresh).await.unwrap();
    assert_eq!(refresh(&server, &first.refresh).await.err(), Some(401));
    assert_eq!(refresh(&server, &second.refresh).await.err(), Some(401));
    assert_eq!(server.me(&second.access).await, 401);
    assert_eq!(server.me(&other.access).await, 200);
}

async fn five_uses_at_once_succeed_at_most_once(db: Fresh) {
    let server = db.server().await;
    let first = server.register("alice").await;
    let done = join_all((0..5).map(|_| refresh(&server, &first.refresh))).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
}

async fn a_token_ends_after_seven_days_and_the_session_after_thirty(db: Fresh) {
    let server = db.server().await;
    let (alice, mut bob) = (server.register("alice").await, server.register("bob").await);
    for _ in 0..5 {
        server.advance(6 * 86_400);
        match refresh(&server, &bob.refresh).await {
            Ok(next) => bob = next,
            Err(status) => assert_eq!(
                (status, server.clock.offset().as_secs()),
                (401, 30 * 86_400)
            ),
        }
    }
    assert_eq!(server.clock.offset().as_secs(), 30 * 86_400);
    assert_eq!(refresh(&server, &alice.refresh).await.err(), Some(401));
    assert_eq!(refresh(&server, &bob.refresh).await.err(), Some(401));
}

async fn an_expired_access_token_does_not_matter(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    server.advance(3600);
    assert_eq!(server.me(&alice.access).await, 401);
    let next = refresh(&server, &alice.refresh).await.unwrap();
    assert_eq!(server.me(&next.access).await, 200);
}

async fn tokens_that_are_none_are_refused(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for token in [
        "",
        "x",
        &alice.access,
        &format!("{}=", alice.refresh),
        &alice.refresh[1..],
    ] {
        assert_eq!(refresh(&server, token).await.err(), Some(401), "{token}");
    }
    server
        .post("/api/auth/refresh", &json!({}))
        .send()
        .await
        .refused(422, "invalid-input");
    assert_eq!(server.me(&alice.refresh).await, 401);
}

async fn the_database_holds_no_token(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let stored: Vec<String> = if db.url.starts_with("sqlite") {
        let pool = sqlx::SqlitePool::connect(&db.url).await.unwrap();
        sqlx::query_scalar("SELECT fingerprint FROM refresh_tokens")
            .fetch_all(&pool)
            .await
            .unwrap()
    } else {
        let pool = sqlx::PgPool::connect(&db.url).await.unwrap();
        sqlx::query_scalar("SELECT fingerprint FROM refresh_tokens")
            .fetch_all(&pool)
            .await
            .unwrap()
    };
    assert!(stored.len() == 1 && stored[0] != alice.refresh);
}
