//! `POST /api/auth/login`

use crate::support::{Actor, Fresh, PASSWORD, Reply, Server};
use futures_util::future::join_all;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};

claims!["login":
    the_right_password_gets_tokens_that_work,
    only_the_exact_password_logs_in,
    an_unknown_user_and_a_wrong_password_look_the_same,
    an_unknown_user_costs_what_a_wrong_password_costs,
    credentials_that_are_no_text_are_refused,
    injection_is_text,
    other_media_types_are_refused,
    the_sixth_wrong_password_of_a_minute_waits_and_the_wait_is_true,
    spelling_variants_share_the_limit_and_others_are_not_locked_out,
    success_does_not_forget_failures,
    a_burst_in_one_flight_is_judged_five_times,
    right_logins_in_one_flight_all_work,
    forwarding_headers_of_strangers_move_no_limit,
    forwarding_headers_of_a_trusted_proxy_name_the_client,
    every_login_is_its_own_session_and_token,
];

async fn the_right_password_gets_tokens_that_work(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let reply = server.login(&alice.email, PASSWORD).await.is(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    let again = Actor::from(&reply.json());
    assert_eq!(
        (again.id.as_str(), server.me(&again.access).await),
        (alice.id.as_str(), 200)
    );
    server.login("ALICE@EXAMPLE.COM", PASSWORD).await.is(200);
}

async fn only_the_exact_password_logs_in(db: Fresh) {
    let server = db.server().await;
    let exact = " Pa\u{e9}s\0word 1 ";
    let body = json!({ "email": "alice@example.com", "password": exact, "name": "n" });
    server
        .post("/api/auth/register", &body)
        .send()
        .await
        .is(201);
    for wrong in [
        exact.trim(),
        &exact.to_lowercase(),
        " Pa\u{e9}s",
        " Pae\u{301}s\0word 1 ",
        "",
    ] {
        server.advance(60);
        server
            .login("alice@example.com", wrong)
            .await
            .refused(401, "wrong-credentials");
    }
    server.login("alice@example.com", exact).await.is(200);
}

async fn an_unknown_user_and_a_wrong_password_look_the_same(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for _ in 0..6 {
        let known = server.login(&alice.email, "wrong password").await;
        let unknown = server.login("nobody@example.com", "wrong password").await;
        let parts = |reply: &Reply| {
            let mut headers = reply.headers.clone();
            headers.remove("date");
            (reply.status, headers, reply.text.clone())
        };
        assert_eq!(parts(&known).0, parts(&unknown).0);
        assert_eq!(parts(&known).2, parts(&unknown).2);
        assert_eq!(
            parts(&known).1.keys().collect::<Vec<_>>(),
            parts(&unknown).1.keys().collect::<Vec<_>>()
        );
    }
}

async fn an_unknown_user_costs_what_a_wrong_password_costs(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        server.advance(60);
        for (email, times) in [
            (alice.email.as_str(), &mut known),
            ("nobody@example.com", &mut unknown),
        ] {
            let before = std::time::Instant::now();
            server.login(email, "wrong password").await.is(401);
            times.push(before.elapsed());
        }
    }
    // The least of several is free of noise; without the hash the ratio would be near a hundred.
    let (known, unknown) = (known.iter().min().unwrap(), unknown.iter().min().unwrap());
    assert!(
        unknown.as_secs_f64() > known.as_secs_f64() / 10.0,
        "{known:?} {unknown:?}"
    );
}

async fn credentials_that_are_no_text_are_refused(db: Fresh) {
    let server = db.server().await;
    server.register("alice").await;
    for bad in [
        json!(null),
        json!(1),
        json!(true),
        json!([PASSWORD]),
        json!({ "$ne": "" }),
    ] {
        let body = json!({ "email": "alice@example.com", "password": bad });
        server
            .post("/api/auth/login", &body)
            .send()
            .await
            .refused(422, "invalid-input");
        let body = json!({ "email": bad, "password": PASSWORD });
        server
            .post("/api/auth/login", &body)
            .send()
            .await
            .refused(422, "invalid-input");
    }
}

async fn injection_is_text(db: Fresh) {
    let server = db.server().await;
    server.register("alice").await;
    for text in [
        "' OR 1=1 --",
        "alice@example.com' --",
        "\" OR \"\"=\"",
        "x' UNION SELECT 1,2,3,4,5 --",
        "\0",
    ] {
        server
            .login(text, text)
            .await
            .refused(401, "wrong-credentials");
        server
            .login("alice@example.com", text)
            .await
            .refused(401, "wrong-credentials");
        server.advance(60);
    }
}

async fn other_media_types_are_refused(db: Fresh) {
    let server = db.server().await;
    server.register("alice").await;
    let body = json!({ "email": "alice@example.com", "password": PASSWORD }).to_string();
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "",
    ] {
        server
            .call("POST", "/api/auth/login")
            .text(media_type, body.clone())
            .send()
            .await
            .refused(415, "not-json");
    }
    server
        .call("POST", "/api/auth/login")
        .text("Application/JSON; charset=utf-8", body)
        .send()
        .await
        .is(200);
}

async fn fail(server: &Server, email: &str) -> u16 {
    server.login(email, "wrong password").await.status.as_u16()
}

async fn the_sixth_wrong_password_of_a_minute_waits_and_the_wait_is_true(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for email in [alice.email.as_str(), "nobody@example.com"] {
        for _ in 0..5 {
            assert_eq!(fail(&server, email).await, 401);
        }
        let reply = server
            .login(email, PASSWORD)
            .await
            .refused(429, "too-many-requests");
        let wait: u64 = reply.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        server.advance(wait);
        assert_eq!(fail(&server, email).await, 401);
    }
    server.login(&alice.email, PASSWORD).await.is(200);
}

async fn spelling_variants_share_the_limit_and_others_are_not_locked_out(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    for _ in 0..5 {
        fail(&server, &alice.email).await;
    }
    for variant in [
        "ALICE@example.com",
        " alice@example.com",
        "alice@example.com\t",
        "ａｌｉｃｅ@example.com",
    ] {
        assert_eq!(fail(&server, variant).await, 429, "{variant:?}");
    }
    server.login(&bob.email, PASSWORD).await.is(200);
}

async fn success_does_not_forget_failures(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for _ in 0..4 {
        assert_eq!(fail(&server, &alice.email).await, 401);
        server.login(&alice.email, PASSWORD).await.is(200);
    }
    assert_eq!(fail(&server, &alice.email).await, 401);
    assert_eq!(fail(&server, &alice.email).await, 429);
}

async fn a_burst_in_one_flight_is_judged_five_times(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let statuses = join_all((0..20).map(|_| fail(&server, &alice.email))).await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 401).count(),
        5,
        "{statuses:?}"
    );
}

async fn right_logins_in_one_flight_all_work(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let replies = join_all((0..12).map(|_| server.login(&alice.email, PASSWORD))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
}

/// 300 logins from the one address of these tests, at no cost of hashing.
async fn use_up_the_address(server: &Server, forwarded: &str) {
    for _ in 0..300 {
        let call = server
            .post("/api/auth/login", &json!({ "email": "a" }))
            .header("x-forwarded-for", forwarded);
        call.send().await.is(422);
    }
}

async fn attempt(server: &Server, forwarded: &str) -> u16 {
    server
        .post("/api/auth/login", &json!({ "email": "a" }))
        .header("x-forwarded-for", forwarded)
        .send()
        .await
        .status
        .as_u16()
}

async fn forwarding_headers_of_strangers_move_no_limit(db: Fresh) {
    let server = db.server().await;
    use_up_the_address(&server, "192.0.2.1").await;
    assert_eq!(attempt(&server, "192.0.2.2").await, 429);
    server.advance(60);
    assert_eq!(attempt(&server, "192.0.2.2").await, 422);
}

async fn forwarding_headers_of_a_trusted_proxy_name_the_client(db: Fresh) {
    let server = db
        .server_with(|config| config.trusted_proxies = vec![IpAddr::V4(Ipv4Addr::UNSPECIFIED)])
        .await;
    use_up_the_address(&server, "203.0.113.9, 192.0.2.1").await;
    assert_eq!(attempt(&server, "203.0.113.8, 192.0.2.1").await, 429);
    assert_eq!(attempt(&server, "192.0.2.1, 192.0.2.2").await, 422);
}

async fn every_login_is_its_own_session_and_token(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let one = Actor::from(&server.login(&alice.email, PASSWORD).await.is(200).json());
    let two = Actor::from(&server.login(&alice.email, PASSWORD).await.is(200).json());
    assert_ne!(one.access, two.access);
    assert_ne!(one.refresh, two.refresh);
    assert_eq!(
        (server.me(&one.access).await, server.me(&two.access).await),
        (200, 200)
    );
}
