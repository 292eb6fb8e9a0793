//! Browsers: preflights and the headers of answers.

use crate::support::{Fresh, ORIGIN, Server};
use serde_json::json;

claims!["cors":
    an_allowed_origin_passes_the_preflight_without_credentials,
    other_origins_get_no_permission,
    answers_and_errors_name_the_allowed_origin,
    every_answer_varies_by_origin,
];

const EVIL: &[&str] = &[
    "https://evil.example",
    "null",
    "http://localhost:3000.evil.example",
    "http://evil-localhost:3000",
    "https://localhost:3000",
    "http://localhost:3001",
    "http://localhost",
    "http://LOCALHOST:3000",
    "http://127.0.0.1:3000",
    "http://sub.localhost:3000",
    "http://localhost:3000/",
    "*",
    "",
];

async fn preflight(server: &Server, origin: &str, method: &str) -> crate::support::Reply {
    let call = server
        .call("OPTIONS", "/api/auth/me")
        .header("origin", origin)
        .header("access-control-request-method", method);
    call.header(
        "access-control-request-headers",
        "authorization, content-type",
    )
    .send()
    .await
}

async fn an_allowed_origin_passes_the_preflight_without_credentials(db: Fresh) {
    let server = db.server().await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let reply = preflight(&server, ORIGIN, method).await.is(204);
        assert_eq!(reply.header("access-control-allow-origin"), ORIGIN);
        assert_eq!(reply.header("access-control-allow-credentials"), "true");
        assert!(
            reply
                .header("access-control-allow-methods")
                .contains(method)
        );
        assert_eq!(
            reply.header("access-control-allow-headers"),
            "Authorization, Content-Type"
        );
    }
}

async fn other_origins_get_no_permission(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for origin in EVIL {
        for method in ["GET", "POST", "DELETE"] {
            let reply = preflight(&server, origin, method)
                .await
                .refused(403, "origin-not-allowed");
            assert!(
                reply
                    .headers
                    .keys()
                    .all(|name| !name.as_str().starts_with("access-control-")),
                "{origin}"
            );
        }
        let reply = server
            .get("/api/auth/me")
            .header("origin", origin)
            .bearer(&alice.access)
            .send()
            .await
            .is(200);
        assert!(
            reply
                .headers
                .keys()
                .all(|name| !name.as_str().starts_with("access-control-")),
            "{origin}"
        );
    }
}

async fn answers_and_errors_name_the_allowed_origin(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let mut replies = vec![
        server
            .get("/api/auth/me")
            .bearer(&alice.access)
            .header("origin", ORIGIN)
            .send()
            .await
            .is(200),
    ];
    replies.push(
        server
            .get("/api/auth/me")
            .header("origin", ORIGIN)
            .send()
            .await
            .is(401),
    );
    replies.push(
        server
            .get("/nothing")
            .header("origin", ORIGIN)
            .send()
            .await
            .is(404),
    );
    replies.push(
        server
            .call("PUT", "/api/auth/me")
            .header("origin", ORIGIN)
            .send()
            .await
            .is(405),
    );
    replies.push(
        server
            .post("/api/auth/login", &json!({}))
            .header("origin", ORIGIN)
            .send()
            .await
            .is(422),
    );
    for reply in replies {
        assert_eq!(reply.header("access-control-allow-origin"), ORIGIN);
        assert!(
            reply
                .header("access-control-expose-headers")
                .contains("Retry-After")
        );
    }
}

async fn every_answer_varies_by_origin(db: Fresh) {
    let server = db.server().await;
    for origin in [ORIGIN, "https://evil.example"] {
        assert_eq!(
            server
                .get("/health/live")
                .header("origin", origin)
                .send()
                .await
                .header("vary"),
            "Origin"
        );
        assert_eq!(
            preflight(&server, origin, "GET").await.header("vary"),
            "Origin"
        );
    }
    assert_eq!(
        server.get("/health/live").send().await.header("vary"),
        "Origin"
    );
}
