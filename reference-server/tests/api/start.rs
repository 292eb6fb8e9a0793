//! Start and stop.

use crate::support::{Fresh, SECRET};
use futures_util::future::join_all;
use reference_server::{
    AuthMode, Config, ConfigError, Parts, Running, Secret, Signing, SystemClock,
};
use std::sync::Arc;
use tokio::net::TcpListener;

claims!["start":
    several_instances_can_start_at_once_on_an_empty_database,
    a_missing_short_or_known_secret_is_refused_in_one_line,
    a_wildcard_origin_is_refused,
    settings_come_from_the_environment,
    settings_that_make_no_sense_are_refused,
    an_unreachable_database_is_refused_in_one_line,
    nothing_that_prints_shows_the_secret,
    a_real_listener_serves_and_stops,
];

async fn several_instances_can_start_at_once_on_an_empty_database(db: Fresh) {
    let config = db.config();
    let started = join_all((0..6).map(|_| Parts::secure(&config, Arc::new(SystemClock)))).await;
    for parts in started {
        parts.unwrap().db.close().await;
    }
}

fn from(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_env(&|name| {
        settings
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

async fn a_missing_short_or_known_secret_is_refused_in_one_line(db: Fresh) {
    let with =
        |secret: &str| from(&[("DATABASE_URL", &db.url), ("BETTER_AUTH_SECRET", secret)]).err();
    assert_eq!(with(""), Some(ConfigError::Missing("BETTER_AUTH_SECRET")));
    for secret in [
        "tiny-and-unknown",
        "a-string-secret-at-least-256-bits-long",
        "your-super-secret-jwt-key-min-32-chars-long",
        &"ab".repeat(30),
    ] {
        let error = with(secret).unwrap().to_string();
        assert!(
            error.starts_with("BETTER_AUTH_SECRET ")
                && !error.contains('\n')
                && !error.contains(secret),
            "{error}"
        );
    }
    let mut config = db.config();
    config.secret = Secret::new("short");
    assert!(Parts::secure(&config, Arc::new(SystemClock)).await.is_err());
}

async fn a_wildcard_origin_is_refused(db: Fresh) {
    let with = |origins: &str| {
        from(&[
            ("DATABASE_URL", &db.url),
            ("BETTER_AUTH_SECRET", SECRET),
            ("CORS_ORIGINS", origins),
        ])
        .err()
    };
    assert_eq!(with("*"), Some(ConfigError::WildcardOrigin));
    assert_eq!(
        with("https://*.example.com"),
        Some(ConfigError::WildcardOrigin)
    );
    for origin in [
        "null",
        "example.com",
        "https://example.com/",
        "https://Example.com",
    ] {
        assert_eq!(with(origin), Some(ConfigError::BadOrigin(origin.into())));
    }
}

async fn settings_come_from_the_environment(db: Fresh) {
    let config = from(&[
        ("DATABASE_URL", &db.url),
        ("BETTER_AUTH_SECRET", SECRET),
        ("CORS_ORIGINS", "https://a.example, http://b.example:81"),
        ("AUTH_MODE", "cookie"),
        ("AUTH_SIGNING", "eddsa"),
        ("TRUSTED_PROXIES", "10.0.0.1,::1"),
        ("DATABASE_MAX_CONNECTIONS", "3"),
        ("HASH_THREADS", "2"),
        ("AUTH_ISSUER", "i"),
        ("DATABASE_ACQUIRE_TIMEOUT_MS", "250"),
    ]);
    let config = config.unwrap();
    assert_eq!(
        config.allowed_origins,
        ["https://a.example", "http://b.example:81"]
    );
    assert_eq!(
        (config.auth, config.signing),
        (AuthMode::Cookie, Signing::EdDsa)
    );
    assert_eq!(
        (
            config.trusted_proxies.len(),
            config.max_connections,
            config.hash_threads
        ),
        (2, 3, 2)
    );
    assert_eq!(
        (config.issuer.as_str(), config.acquire_timeout.as_millis()),
        ("i", 250)
    );
    let default = from(&[("DATABASE_URL", &db.url), ("BETTER_AUTH_SECRET", SECRET)]).unwrap();
    assert!(default.trusted_proxies.is_empty());
    assert_eq!(default.allowed_origins, ["http://localhost:3000"]);
}

async fn settings_that_make_no_sense_are_refused(db: Fresh) {
    for (name, value) in [
        ("AUTH_MODE", "both"),
        ("AUTH_SIGNING", "none"),
        ("TRUSTED_PROXIES", "localhost"),
        ("HASH_THREADS", "0"),
        ("DATABASE_MAX_CONNECTIONS", "many"),
    ] {
        let error = from(&[
            ("DATABASE_URL", &db.url),
            ("BETTER_AUTH_SECRET", SECRET),
            (name, value),
        ])
        .unwrap_err()
        .to_string();
        assert!(
            error.starts_with(&format!("{name} is `{value}`; it must be ")),
            "{error}"
        );
    }
    assert_eq!(
        from(&[("BETTER_AUTH_SECRET", SECRET)]).err(),
        Some(ConfigError::Missing("DATABASE_URL"))
    );
    assert_eq!(
        from(&[
            ("DATABASE_URL", "mysql://x"),
            ("BETTER_AUTH_SECRET", SECRET)
        ])
        .err(),
        Some(ConfigError::BadDatabase)
    );
}

async fn an_unreachable_database_is_refused_in_one_line(db: Fresh) {
    let mut config = db.config();
    config.acquire_timeout = std::time::Duration::from_millis(500);
    for url in [
        "postgres://user:hunter2@127.0.0.1:1/none",
        "sqlite:///no/such/folder/x.db",
    ] {
        config.database_url = Secret::new(url);
        let Err(error) = Parts::secure(&config, Arc::new(SystemClock)).await else {
            panic!("started")
        };
        let error = error.to_string();
        assert!(
            error.contains("DATABASE_URL") && !error.contains('\n') && !error.contains("hunter2"),
            "{error}"
        );
    }
}

async fn nothing_that_prints_shows_the_secret(db: Fresh) {
    let text = format!("{:?}", db.config());
    assert!(!text.contains(SECRET) && !text.contains(&db.url), "{text}");
}

async fn a_real_listener_serves_and_stops(db: Fresh) {
    let parts = Parts::secure(&db.config(), Arc::new(SystemClock))
        .await
        .unwrap();
    let (listener, metrics) = (
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
    );
    let counters = metrics.local_addr().unwrap();
    let running = Running::start_with_metrics(parts, listener, Some(metrics)).unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/health/live", running.addr);
    let reply = client.get(&url).send().await.unwrap();
    assert_eq!(reply.headers().get_all("date").iter().count(), 1);
    let page = client
        .get(format!("http://{counters}/metrics"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        page.contains(r#"http_requests_total{route="/health/live",status="200"} 1"#),
        "{page}"
    );
    running.stop().await;
    assert!(client.get(&url).send().await.is_err());
}
