//! `/health/*`, `/openapi.json`

use crate::support::Fresh;
use reference_server::{AuthMode, Signing};

claims!["health":
    a_running_server_is_live_and_ready,
    a_server_without_its_database_is_live_and_not_ready,
    the_openapi_document_names_every_route_and_the_configured_scheme,
];

async fn a_running_server_is_live_and_ready(db: Fresh) {
    let server = db.server().await;
    server.get("/health/live").send().await.is(200);
    server.get("/health/ready").send().await.is(200);
    server
        .get("/metrics")
        .send()
        .await
        .refused(404, "not-found");
}

async fn a_server_without_its_database_is_live_and_not_ready(db: Fresh) {
    let parts = reference_server::Parts::secure(
        &db.config(),
        std::sync::Arc::new(reference_server::SystemClock),
    )
    .await
    .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pool = parts.db.clone();
    let running = reference_server::Running::start(parts, listener).unwrap();
    pool.close().await;
    let status = |path: &str| {
        let url = format!("http://{}{path}", running.addr);
        async move {
            reqwest::Client::builder()
                .no_proxy()
                .build()
                .unwrap()
                .get(url)
                .send()
                .await
                .unwrap()
                .status()
                .as_u16()
        }
    };
    assert_eq!(status("/health/live").await, 200);
    assert_eq!(status("/health/ready").await, 503);
    running.stop().await;
}

async fn the_openapi_document_names_every_route_and_the_configured_scheme(db: Fresh) {
    let document = db
        .server()
        .await
        .get("/openapi.json")
        .send()
        .await
        .is(200)
        .json();
    let paths: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        paths,
        [
            "/api/auth/register",
            "/api/auth/login",
            "/api/auth/refresh",
            "/api/auth/logout",
            "/api/auth/me",
            "/api/auth/password",
            "/api/auth/sessions",
            "/api/auth/sessions/{id}",
            "/api/{user_id}/tasks",
            "/api/{user_id}/tasks/{task_id}",
            "/health/live",
            "/health/ready",
        ]
    );
    assert_eq!(
        document["components"]["securitySchemes"]["session"]["scheme"],
        "bearer"
    );
    let server = db
        .server_with(|config| (config.auth, config.signing) = (AuthMode::Cookie, Signing::EdDsa))
        .await;
    let document = server.get("/openapi.json").send().await.is(200).json();
    assert_eq!(
        document["components"]["securitySchemes"]["session"]["in"],
        "cookie"
    );
    assert!(document["paths"].get("/.well-known/jwks.json").is_some());
}
