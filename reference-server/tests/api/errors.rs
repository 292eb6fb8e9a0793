//! Every answer that is no success has one shape and says nothing about the inside.

use crate::support::{Fresh, PASSWORD};
use serde_json::json;

claims!["errors":
    every_problem_has_one_shape,
    a_wrong_method_is_405_with_allow,
    bodies_are_bounded_in_size_depth_and_form,
    a_failure_inside_shows_nothing_of_it,
    refused_input_is_not_echoed,
    every_answer_carries_the_security_headers_and_the_date_of_the_clock,
];

async fn every_problem_has_one_shape(db: Fresh) {
    let server = db.server().await;
    let replies = [
        server.get("/nothing").send().await.is(404),
        server.get("/api/auth/me/").send().await.is(404),
        server.get("/api/auth/me").send().await.is(401),
        server.call("PUT", "/health/live").send().await.is(405),
        server
            .call("POST", "/api/auth/login")
            .text("text/plain", "x")
            .send()
            .await
            .is(415),
        server
            .call("POST", "/api/auth/login")
            .text("application/json", "{")
            .send()
            .await
            .is(400),
        server
            .post("/api/auth/login", &json!([]))
            .send()
            .await
            .is(422),
    ];
    for reply in replies {
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let body = reply.json();
        let names: Vec<&str> = body
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(names, ["type", "title", "status", "detail", "code"]);
        assert_eq!(body["status"], reply.status.as_u16());
    }
}

async fn a_wrong_method_is_405_with_allow(db: Fresh) {
    let server = db.server().await;
    let reply = server
        .call("PATCH", "/api/auth/me")
        .send()
        .await
        .refused(405, "method-not-allowed");
    let mut allow: Vec<&str> = reply.header("allow").split(',').map(str::trim).collect();
    allow.sort_unstable();
    assert_eq!(allow, ["DELETE", "GET", "HEAD"]);
    for method in ["TRACE", "OPTIONS", "PURGE"] {
        server
            .call(method, "/api/auth/me")
            .send()
            .await
            .refused(405, "method-not-allowed");
    }
}

async fn bodies_are_bounded_in_size_depth_and_form(db: Fresh) {
    let server = db.server().await;
    let post = |body: String| {
        server
            .call("POST", "/api/auth/login")
            .text("application/json", body)
            .send()
    };
    post(format!(r#"{{"email":"{}"}}"#, "x".repeat(100_000)))
        .await
        .refused(413, "body-too-large");
    post(format!(
        r#"{{"email":{}{}}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    ))
    .await
    .refused(400, "bad-json");
    post(r#"{"email":"\ud800","password":"x"}"#.into())
        .await
        .refused(400, "bad-json");
    post("{} x".into()).await.refused(400, "bad-json");
    server
        .call("POST", "/api/auth/login")
        .text("application/json", vec![b'"', 0xff, b'"'])
        .send()
        .await
        .refused(400, "bad-json");
}

async fn a_failure_inside_shows_nothing_of_it(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    if db.url.starts_with("sqlite") {
        let pool = sqlx::SqlitePool::connect(&db.url).await.unwrap();
        sqlx::raw_sql("DROP TABLE tasks")
            .execute(&pool)
            .await
            .unwrap();
    } else {
        let pool = sqlx::PgPool::connect(&db.url).await.unwrap();
        sqlx::raw_sql("DROP TABLE tasks")
            .execute(&pool)
            .await
            .unwrap();
    }
    let reply = server
        .get(&alice.tasks())
        .bearer(&alice.access)
        .send()
        .await
        .refused(500, "internal");
    assert!(!reply.text.to_lowercase().contains("table") && !reply.text.contains("tasks"));
}

async fn refused_input_is_not_echoed(db: Fresh) {
    let server = db.server().await;
    let body = json!({ "email": "no-address-marker", "password": PASSWORD, "name": "n" });
    let reply = server
        .post("/api/auth/register", &body)
        .send()
        .await
        .is(422);
    assert!(!reply.text.contains(PASSWORD) && !reply.text.contains("marker"));
}

async fn every_answer_carries_the_security_headers_and_the_date_of_the_clock(db: Fresh) {
    let server = db.server().await;
    server.advance(86_400 * 400);
    for path in ["/health/live", "/nothing", "/api/auth/me", "/openapi.json"] {
        let reply = server.get(path).send().await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(
            reply
                .header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
        assert!(
            reply
                .header("strict-transport-security")
                .starts_with("max-age=31536000")
        );
        let date = httpdate::parse_http_date(reply.header("date")).unwrap();
        let clock = reference_server::Clock::now(&*server.clock);
        assert!(clock.duration_since(date).unwrap().as_secs() < 5);
    }
}
