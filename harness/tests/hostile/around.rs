//! The reference server with something hostile around it, so that only the hostile thing differs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use authspec::options::Options;
use authspec::profile::Source;
use authspec::secret::Secret;
use authspec::time::Time;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse as _, Response};
use reference_server::defects::{cheap_passwords, find};
use reference_server::{Clock, Config, Parts, Running, SharedClock};
use reports::RenderOptions;
use reports::gate::Gate;
use reports::model::{Report, Verdict};

use crate::support::{check, ids, options, shown, target};

const SECRET: &str = "Vw3yq1r8TzK0mXn5bLd7PcJf2GhSa9Eu4QiRoWtYx6Z";

/// A clock that goes ahead of or behind the one that the harness has.
struct Wrong(Arc<SharedClock>, i64);

impl Clock for Wrong {
    fn now(&self) -> SystemTime {
        let off = Duration::from_secs(self.1.unsigned_abs());
        match self.1 < 0 {
            true => self.0.now() - off,
            false => self.0.now() + off,
        }
    }
}

/// The reference server, what it is off by in seconds, its weakness, and what stands around it.
pub(crate) struct Around {
    running: Running,
    clock: Arc<SharedClock>,
}

impl Around {
    pub(crate) async fn start(
        off: i64,
        defect: Option<&str>,
        layer: impl Fn(Router) -> Router + Send + Sync + 'static,
    ) -> Around {
        let config = Config::new("sqlite::memory:", reference_server::Secret::new(SECRET));
        let clock = Arc::new(SharedClock::new());
        let parts = Parts::secure(&config, Arc::new(Wrong(clock.clone(), off)));
        let mut parts = cheap_passwords(parts.await.unwrap()).unwrap();
        if let Some(defect) = defect {
            parts = (find(defect).unwrap().install)(parts);
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let running = Running::start(parts.around(layer), listener).unwrap();
        Around { running, clock }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.addr
    }

    async fn report(self, select: &[&str]) -> Report {
        let url = format!("http://{}", self.running.addr);
        let (now, advance) = (self.clock.clone(), self.clock.clone());
        let time = Time::shared(move || now.now(), move |by| advance.advance(by));
        let options = Options {
            launched: true,
            signing_key: Some(Secret::new(SECRET)),
            select: select.iter().map(|glob| (*glob).to_owned()).collect(),
            deadline: Duration::from_secs(40),
            timeout: Duration::from_secs(5),
            ..options(time)
        };
        let report = check(target(Source::Preset("authspec"), &url, &[]), options).await;
        self.running.stop().await;
        report
    }
}

/// The verdict of one scenario.
fn of(report: &Report, id: &str) -> Verdict {
    let found = report.results.iter().find(|result| result.id == id);
    found
        .unwrap_or_else(|| panic!("no {id}\n{}", shown(report)))
        .verdict
}

async fn a_clock_is_off(seconds: i64) {
    // The header is what tells the harness; the server's own library would write the machine's time.
    let dated = move |router: Router| {
        router.layer(from_fn(move |request: Request, next: Next| async move {
            let mut response = next.run(request).await;
            let now = crate::support::now();
            let off = Duration::from_secs(seconds.unsigned_abs());
            let date = if seconds < 0 { now - off } else { now + off };
            let date = httpdate::fmt_http_date(date).parse().unwrap();
            response.headers_mut().insert(header::DATE, date);
            response
        }))
    };
    let around = Around::start(seconds, None, dated).await;
    let report = around
        .report(&["*.happy-path", "token.*", "session.*", "refresh.*"])
        .await;
    let all = shown(&report);
    assert_eq!(ids(&report, Verdict::Fail), [""; 0], "{all}");
    assert_eq!(ids(&report, Verdict::Error), [""; 0], "{all}");
    assert_eq!(report.summary.gate, Gate::Passed, "{all}");
    for id in ["token.expired", "token.lifetime"] {
        assert_eq!(of(&report, id), Verdict::Pass, "{id}\n{all}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_an_hour_ahead_fails_nothing() {
    a_clock_is_off(3600).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_an_hour_behind_fails_nothing() {
    a_clock_is_off(-3600).await;
}

/// Whether a request looks like an attack to a firewall.
fn odd(request: &Request) -> bool {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    // An unsigned token, one without three parts, or one of which the header is no plain HS256.
    token.is_some_and(|token| {
        let parts: Vec<_> = token.split('.').collect();
        parts.len() != 3 || parts[2].is_empty() || parts[0].len() > 60
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_edge_refuses_does_not_show_that_the_application_does() {
    let firewall = |router: Router| {
        router.layer(from_fn(|request: Request, next: Next| async move {
            match odd(&request) {
                true => (
                    StatusCode::FORBIDDEN,
                    Html("<title>Attention Required!</title>"),
                )
                    .into_response(),
                false => next.run(request).await,
            }
        }))
    };
    // The application behind it accepts what is not signed.
    let around = Around::start(0, Some("accepts-alg-none"), firewall).await;
    let report = around.report(&["token.*"]).await;
    let all = shown(&report);
    assert_eq!(
        of(&report, "token.alg-none"),
        Verdict::Inconclusive,
        "{all}"
    );
    assert_eq!(ids(&report, Verdict::Error), [""; 0], "{all}");
    assert_eq!(ids(&report, Verdict::Fail), [""; 0], "{all}");
    assert_eq!(report.summary.gate, Gate::NotJudged, "{all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_third_answer_a_503_is_no_finding_about_users() {
    let seen = Arc::new(AtomicUsize::new(0));
    let shaky = move |router: Router| {
        let seen = seen.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let third = seen.fetch_add(1, Ordering::SeqCst) % 3 == 2;
            async move {
                match third {
                    true => (StatusCode::SERVICE_UNAVAILABLE, "busy").into_response(),
                    false => next.run(request).await,
                }
            }
        }))
    };
    let around = Around::start(0, None, shaky).await;
    let report = around.report(&[]).await;
    let all = shown(&report);
    let findings: Vec<_> = ids(&report, Verdict::Fail)
        .into_iter()
        .filter(|id| !id.ends_with(".happy-path") && *id != "token.issuer-verifier-agree")
        .collect();
    assert_eq!(findings, [""; 0], "{all}");
    assert_ne!(report.summary.gate, Gate::Passed, "{all}");
}

/// Status and body of an answer.
type Before = (StatusCode, Vec<u8>);

/// Gives each reader what the reader before, whoever that was, should have had.
fn swapped(router: Router) -> Router {
    let last: Arc<Mutex<Option<Before>>> = Arc::default();
    router.layer(from_fn(move |request: Request, next: Next| {
        let last = last.clone();
        async move {
            let reads = request.method() == Method::GET && request.uri().path().contains("/tasks");
            let response = next.run(request).await;
            if !reads {
                return response;
            }
            let (mut head, body) = response.into_parts();
            let body = to_bytes(body, 1 << 20).await.unwrap().to_vec();
            let mine = (head.status, body.clone());
            let before = last.lock().unwrap().replace(mine);
            let (status, body) = before.unwrap_or((head.status, body));
            head.status = status;
            head.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(head, Body::from(body))
        }
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn swapped_answers_are_never_taken_for_isolation() {
    let around = Around::start(0, None, swapped).await;
    let report = around.report(&["isolation.*"]).await;
    let all = shown(&report);
    for id in ["isolation.read-other", "isolation.list-only-own"] {
        assert_ne!(of(&report, id), Verdict::Pass, "{id}\n{all}");
    }
    assert_ne!(report.summary.gate, Gate::Passed, "{all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_in_another_order_are_no_finding() {
    let turn = Arc::new(AtomicUsize::new(0));
    let shuffled = move |router: Router| {
        let turn = turn.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let late = turn.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
            async move {
                let response = next.run(request).await;
                if late {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                response
            }
        }))
    };
    let around = Around::start(0, None, shuffled).await;
    let report = around.report(&["isolation.*"]).await;
    assert_eq!(report.summary.gate, Gate::Passed, "{}", shown(&report));
    assert_eq!(
        ids(&report, Verdict::Inconclusive),
        [""; 0],
        "{}",
        shown(&report)
    );
}

const EVIL: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J<script>alert(1)</script>\u{202e}";

/// Puts hostile text into every object, every error and every answer that is no JSON.
fn defaced(router: Router) -> Router {
    router.layer(from_fn(|request: Request, next: Next| async move {
        let (mut head, body) = next.run(request).await.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        let mut evil = serde_json::from_slice::<serde_json::Value>(&body).ok();
        if let Some(serde_json::Value::Object(members)) = &mut evil {
            members.insert("detail".into(), EVIL.into());
            members.insert(EVIL.into(), EVIL.into());
        }
        head.headers.remove(header::CONTENT_LENGTH);
        let raw = header::HeaderValue::from_bytes(b"\x9b31m<script>").unwrap();
        head.headers.insert("x-raw", raw);
        let body = match evil {
            Some(json) => json.to_string().into_bytes(),
            None if body.is_empty() => Vec::new(),
            None => EVIL.into(),
        };
        Response::from_parts(head, Body::from(body))
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_raw_gets_out_of_a_finding() {
    let around = Around::start(0, Some("reads-any-task"), defaced).await;
    let report = around.report(&["isolation.*", "errors.*"]).await;
    assert_eq!(
        of(&report, "isolation.read-other"),
        Verdict::Fail,
        "{}",
        shown(&report)
    );
    for format in reports::FORMATS {
        let text = (format.render)(&report, &RenderOptions::default());
        for raw in ["\u{1b}", "\u{7}", "\u{9b}", "\u{202e}"] {
            assert!(
                format.name == "json" && raw == "\u{202e}" || !text.contains(raw),
                "{}: {raw:?}",
                format.name
            );
        }
        let shows_text = ["console", "json"].contains(&format.name);
        assert!(shows_text || !text.contains("<script"), "{}", format.name);
    }
}

/// Two megabytes for every refusal.
pub(crate) fn heavy(router: Router) -> Router {
    router.layer(from_fn(|request: Request, next: Next| async move {
        let (mut head, body) = next.run(request).await.into_parts();
        if !head.status.is_client_error() {
            return Response::from_parts(head, body);
        }
        head.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(head, Body::from(vec![b'a'; 2 << 20]))
    }))
}
