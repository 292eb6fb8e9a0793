//! Targets that do not work: never a passed gate, and one clear sentence first.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use authspec::options::Options;
use authspec::profile::Source;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jsonwebtoken::{EncodingKey, Header, encode};
use reports::gate::{EXIT_NOT_JUDGED, Gate, exit_code};
use reports::model::{Report, Verdict};
use scenarios::catalogue::Catalogue;
use scenarios::model::{Control, NamedControl};
use serde_json::json;

use contracts::clock::Clock;
use contracts::edge::ORIGIN;
use contracts::oauth_form;
use support::{check, ids, options, real_time, shown, target};

#[allow(
    dead_code,
    reason = "only one of the contracts, and not all that its tests look at"
)]
mod contracts {
    pub(crate) mod accounts;
    pub(crate) mod clock;
    pub(crate) mod edge;
    pub(crate) mod oauth_form;
    pub(crate) mod tokens;
}
mod support;

/// Serves a router on a free port, for as long as the test runs.
async fn served(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

async fn run(url: &str) -> Report {
    run_with(url, options(real_time())).await
}

async fn run_with(url: &str, options: Options) -> Report {
    check(target(Source::Preset("fastapi"), url, &[ORIGIN]), options).await
}

/// What the user reads first: the first finding, without the line breaks of the terminal.
fn first_diagnosis(report: &Report) -> String {
    let text = shown(report);
    let from = text.split_once("FAIL ").map_or("", |(_, rest)| rest);
    let until = from.split("\n       expected").next().unwrap_or_default();
    let (id, sentence) = until.split_once('\n').unwrap_or_default();
    let id = id.split_whitespace().next().unwrap_or_default();
    let id = id.split('#').next().unwrap_or_default();
    format!(
        "{id}: {}",
        sentence.split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

/// The gate is not judged, the first words are these, and nothing passed that needed a control.
#[track_caller]
fn not_judged(report: &Report, first: &str) {
    let all = shown(report);
    assert_eq!(first_diagnosis(report), first, "{all}");
    assert_eq!(report.summary.gate, Gate::NotJudged, "{all}");
    assert_eq!(exit_code(report.summary.gate), EXIT_NOT_JUDGED);
    let catalogue = Catalogue::embedded().unwrap();
    let needs_control = |id: &&str| {
        let scenario = catalogue.all().iter().find(|scenario| scenario.id == **id);
        !scenario
            .is_some_and(|scenario| matches!(scenario.control, Control::Named(NamedControl::None)))
    };
    let passed: Vec<_> = ids(report, Verdict::Pass)
        .into_iter()
        .filter(needs_control)
        .collect();
    assert_eq!(passed, [""; 0], "{all}");
}

async fn answers(app: Router, first: &str) -> Report {
    let url = served(app).await;
    let report = run(&url).await;
    not_judged(&report, &first.replace("{url}", &url));
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_url_is_told_as_one() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let report = run(&url).await;
    not_judged(
        &report,
        &format!(
            "registration.happy-path: nothing answers at {url}/: Connection refused (os error 111). Is the server running?"
        ),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_of_401_is_told_as_one() {
    let app = Router::new().fallback(|| async {
        (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "detail": "Unauthorized" })),
        )
    });
    answers(
        app,
        "registration.happy-path: registration answered 401 on POST /api/auth/register: it asks for a credential that \
         nobody can have yet, or something in front of the target refuses everything \
         (it said: {\"detail\":\"Unauthorized\"})",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_object_for_everything_is_no_backend() {
    let app = Router::new().fallback(|| async { Json(json!({})) });
    answers(
        app,
        "login.happy-path: login answered 200 without a credential where the profile looks for it: \
         the profile `fastapi` does not fit this target",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_for_everything_is_no_backend() {
    let app = Router::new()
        .fallback(|| async { Html("<!doctype html><title>App</title><div id=root></div>") });
    answers(
        app,
        "login.happy-path: login answered 200 with an HTML page on POST /api/auth/login: \
         this is a web page, not an API; check the URL",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_server_is_no_backend() {
    let app = Router::new().fallback(|request: Request| async move {
        match *request.method() {
            Method::GET | Method::HEAD => {
                Html("<!doctype html><title>Index</title>").into_response()
            }
            _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        }
    });
    answers(
        app,
        "registration.happy-path: registration answered 405 on POST /api/auth/register: \
         the profile `fastapi` does not fit this target, or the route is not there",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_that_crashes_is_told_as_one() {
    let app = Router::new()
        .route("/api/auth/register", post(crash))
        .fallback(|| async { StatusCode::UNAUTHORIZED });
    answers(
        app,
        "registration.happy-path: registration crashed with 500 on POST /api/auth/register; the usual causes are tables \
         that were never created at start-up and a database that cannot be reached (it said: Internal Server Error)",
    )
    .await;
}

async fn crash() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response()
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_tables_are_the_first_guess_where_the_server_lives() {
    let app = Router::new()
        .route("/health", get(|| async { Json(json!({ "status": "ok" })) }))
        .fallback(crash);
    answers(
        app,
        "registration.happy-path: registration crashed with 500 on POST /api/auth/register; the usual causes are tables \
         that were never created at start-up and a database that cannot be reached (it said: Internal Server Error)",
    )
    .await;
}

/// An issuer whose tokens its own API refuses.
fn disagreeing() -> Router {
    let register = || async {
        (
            StatusCode::CREATED,
            Json(json!({ "id": "u1", "email": "somebody@example.com" })),
        )
    };
    let login = || async {
        let now = support::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let claims = json!({ "sub": "u1", "iat": now, "exp": now + 900 });
        let key = EncodingKey::from_secret(b"the secret of the issuer, and not of the API");
        Json(json!({ "access_token": encode(&Header::default(), &claims, &key).unwrap() }))
    };
    Router::new()
        .route("/api/auth/register", post(register))
        .route("/api/auth/login", post(login))
        .fallback(|| async {
            (
                StatusCode::UNAUTHORIZED,
                Json(json!({ "detail": "Could not validate credentials" })),
            )
        })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_refuses_its_issuers_tokens_has_another_secret() {
    answers(
        disagreeing(),
        "token.issuer-verifier-agree: a fresh token (HS256) is refused with 401 on GET /api/auth/me: issuer and API \
         most likely have different secrets (BETTER_AUTH_SECRET or the like must be the same text on both sides)",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_of_neither_side_is_told_as_such() {
    let url = served(disagreeing()).await;
    let key = authspec::secret::Secret::new("a third secret that nobody has used for anything");
    let report = run_with(
        &url,
        Options {
            signing_key: Some(key),
            ..options(real_time())
        },
    )
    .await;
    not_judged(
        &report,
        "token.issuer-verifier-agree: a fresh token (HS256) is refused with 401 on GET /api/auth/me: the issuer did \
         not sign it with the secret that you gave: issuer and API have different secrets",
    );
}

/// A correct backend that goes away, with its port, after so many requests.
fn mortal(requests: usize) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (died, dies) = std::sync::mpsc::channel();
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = middleware::from_fn(move |request: Request, next: Next| {
        let (seen, died) = (seen.clone(), died.clone());
        async move {
            if seen.fetch_add(1, Ordering::SeqCst) >= requests {
                let _ = died.send(());
                std::future::pending::<()>().await;
            }
            next.run(request).await
        }
    });
    let backend = oauth_form::Backend::new("k7Qz-Rw2v_XbN9mLp4TtYc8HsJ5dFg3A", Clock::default());
    let app = oauth_form::app(backend).layer(counted);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await
        });
        let _ = dies.recv();
        runtime.shutdown_background();
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_half_way_has_passed_nothing() {
    let url = mortal(400);
    let short = Options {
        timeout: Duration::from_secs(2),
        ..options(Clock::default().time())
    };
    let report = check(
        target(Source::Preset("fastapi-oauth2-form"), &url, &[ORIGIN]),
        short,
    )
    .await;
    let all = shown(&report);
    let first = format!(
        "login.happy-path: at the end of the run: nothing answers at {url}/: Connection refused (os error 111). \
         Is the server running?"
    );
    assert_eq!(first_diagnosis(&report), first, "{all}");
    assert_eq!(exit_code(report.summary.gate), EXIT_NOT_JUDGED, "{all}");
    // Silence is neither a refusal nor a fault.
    assert_eq!(ids(&report, Verdict::Fail), ["login.happy-path"], "{all}");
    assert_eq!(ids(&report, Verdict::Error), [""; 0], "{all}");
    let open = ids(&report, Verdict::Inconclusive);
    for late in [
        "rate.login-burst",
        "rate.retry-after",
        "resilience.health-after-attack",
        "token.wrong-key",
    ] {
        assert!(open.contains(&late), "{late}\n{all}");
    }
}
