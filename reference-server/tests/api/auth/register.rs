//! `POST /api/auth/register`

use crate::support::{Fresh, PASSWORD, Server};
use futures_util::future::join_all;
use serde_json::{Value, json};

claims!["register":
    a_new_account_gets_tokens_that_work,
    the_answer_holds_no_password_material,
    an_address_can_be_taken_once,
    spelling_variants_of_an_address_make_no_second_account,
    ten_registrations_at_once_make_one_account,
    members_that_are_not_asked_for_change_nothing,
    malformed_addresses_are_refused,
    short_common_and_own_address_passwords_are_refused_with_a_reason,
    long_unicode_passwords_are_taken_whole,
    missing_and_mistyped_members_are_refused,
    the_121st_registration_of_a_minute_waits,
];

fn body(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password, "name": "n" })
}

async fn register(server: &Server, email: &str, password: &str) -> u16 {
    server
        .post("/api/auth/register", &body(email, password))
        .send()
        .await
        .status
        .as_u16()
}

async fn a_new_account_gets_tokens_that_work(db: Fresh) {
    let server = db.server().await;
    let reply = server
        .post("/api/auth/register", &body("Alice@Example.com", PASSWORD))
        .send()
        .await
        .is(201);
    let grant = reply.json();
    assert_eq!(
        (&grant["token_type"], &grant["expires_in"]),
        (&json!("Bearer"), &json!(900))
    );
    assert_eq!(grant["user"]["email"], "alice@example.com");
    let me = server
        .get("/api/auth/me")
        .bearer(grant["access_token"].as_str().unwrap())
        .send()
        .await
        .is(200);
    assert_eq!(me.json(), grant["user"]);
}

async fn the_answer_holds_no_password_material(db: Fresh) {
    let server = db.server().await;
    let reply = server
        .post("/api/auth/register", &body("alice@example.com", PASSWORD))
        .send()
        .await
        .is(201);
    assert!(
        !reply.text.contains(PASSWORD)
            && !reply.text.contains("argon2")
            && !reply.text.contains("hash")
    );
    assert_eq!(reply.header("cache-control"), "no-store");
}

async fn an_address_can_be_taken_once(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    server
        .post(
            "/api/auth/register",
            &body(&alice.email, "another password 9"),
        )
        .send()
        .await
        .refused(409, "email-taken");
    server.login(&alice.email, PASSWORD).await.is(200);
    server
        .login(&alice.email, "another password 9")
        .await
        .is(401);
}

async fn spelling_variants_of_an_address_make_no_second_account(db: Fresh) {
    let server = db.server().await;
    server.register("alice").await;
    for variant in [
        "ALICE@example.com",
        "alice@EXAMPLE.com",
        "ａｌｉｃｅ@example.com",
        " alice@example.com",
        "alice@example.com ",
        "al\u{131}ce@example.com",
        "alice\u{a0}@example.com",
    ] {
        let status = register(&server, variant, "another password 9").await;
        assert!(status == 409 || status == 422, "{variant:?} {status}");
        let login = server
            .login(variant, "another password 9")
            .await
            .status
            .as_u16();
        assert!(login == 401 || login == 429, "{variant:?} {login}");
    }
}

async fn ten_registrations_at_once_make_one_account(db: Fresh) {
    let server = db.server().await;
    let passwords: Vec<String> = (0..10).map(|n| format!("tangerine lamp {n}")).collect();
    let statuses = join_all(
        passwords
            .iter()
            .map(|password| register(&server, "alice@example.com", password)),
    )
    .await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        1,
        "{statuses:?}"
    );
    assert!(
        statuses.iter().all(|status| [201, 409].contains(status)),
        "{statuses:?}"
    );
}

async fn members_that_are_not_asked_for_change_nothing(db: Fresh) {
    let server = db.server().await;
    let mut body = body("alice@example.com", PASSWORD);
    for (name, value) in [
        ("id", json!("00000000-0000-4000-8000-000000000000")),
        ("role", json!("admin")),
        ("created_at", json!("1999-01-01")),
        ("password_hash", json!("x")),
    ] {
        body[name] = value;
    }
    let user = server
        .post("/api/auth/register", &body)
        .send()
        .await
        .is(201)
        .json()["user"]
        .clone();
    assert_ne!(user["id"], body["id"]);
    assert_ne!(user["created_at"], body["created_at"]);
    assert_eq!(user.as_object().unwrap().len(), 4);
}

async fn malformed_addresses_are_refused(db: Fresh) {
    let server = db.server().await;
    let long = format!("{}@example.com", "a".repeat(320));
    for email in [
        "alice",
        "a@b@example.com",
        "",
        " ",
        "a@example.com\nb",
        "a@example.com,b@example.com",
        "<b>@example.com",
        "a@[127.0.0.1]",
        "a@example.com\u{0}",
        &long,
    ] {
        server
            .post("/api/auth/register", &body(email, PASSWORD))
            .send()
            .await
            .refused(422, "invalid-input");
    }
}

async fn short_common_and_own_address_passwords_are_refused_with_a_reason(db: Fresh) {
    let server = db.server().await;
    for (password, reason) in [
        ("", "8 characters"),
        ("1234567", "8 characters"),
        ("ééééééé", "8 characters"),
        ("password1", "common"),
        ("12345678", "common"),
        ("QwertyUiop", "common"),
        ("alice.smith@example.com", "e-mail"),
        ("Alice.Smith", "e-mail"),
        (&"x".repeat(1025), "1024 bytes"),
    ] {
        let reply = server
            .post(
                "/api/auth/register",
                &body("alice.smith@example.com", password),
            )
            .send()
            .await
            .refused(422, "invalid-input");
        assert!(
            reply.json()["detail"].as_str().unwrap().contains(reason),
            "{password} {}",
            reply.text
        );
    }
}

async fn long_unicode_passwords_are_taken_whole(db: Fresh) {
    let server = db.server().await;
    let long: String = "pässwörd 密码 🔑 ".chars().cycle().take(128).collect();
    assert_eq!(register(&server, "alice@example.com", &long).await, 201);
    server.login("alice@example.com", &long).await.is(200);
    let cut: String = long.chars().take(72).collect();
    server.login("alice@example.com", &cut).await.is(401);
}

async fn missing_and_mistyped_members_are_refused(db: Fresh) {
    let server = db.server().await;
    let whole = body("alice@example.com", PASSWORD);
    for name in ["email", "password", "name"] {
        for value in [
            None,
            Some(json!(null)),
            Some(json!(1)),
            Some(json!(["x"])),
            Some(json!({ "$ne": null })),
        ] {
            let mut body = whole.clone();
            body.as_object_mut().unwrap().shift_remove(name);
            if let Some(value) = value {
                body[name] = value;
            }
            server
                .post("/api/auth/register", &body)
                .send()
                .await
                .refused(422, "invalid-input");
        }
    }
}

async fn the_121st_registration_of_a_minute_waits(db: Fresh) {
    let server = db.server().await;
    for _ in 0..120 {
        assert_eq!(register(&server, "no address", PASSWORD).await, 422);
    }
    let reply = server
        .post("/api/auth/register", &body("alice@example.com", PASSWORD))
        .send()
        .await
        .refused(429, "too-many-requests");
    let wait: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    server.advance(wait);
    assert_eq!(register(&server, "alice@example.com", PASSWORD).await, 201);
}
