//! A control that breaks in the middle of a run leaves nothing green and nothing red that depends on it.
//!
//! Each trial is a run of the whole catalogue against the secure server, which stops doing one thing as soon as the base
//! controls have held. New scenarios are covered by the control that they name.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use authspec::options::{Options, Progress};
use authspec::profile::Source;
use authspec::secret::Secret;
use authspec::time::Time;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use libtest_mimic::{Arguments, Failed, Trial};
use reference_server::defects::cheap_passwords;
use reference_server::{Clock, Config, Parts, Running, SharedClock};
use reports::gate::BASE_CONTROLS;
use reports::model::{Report, Verdict};
use scenarios::catalogue::Catalogue;
use scenarios::model::{Control, NamedControl, Phase, Scenario};
use support::{options, target};
use tokio::net::TcpListener;

#[allow(dead_code, reason = "only the target and the options")]
mod support;

const SILENCE: &str = "no answer";
/// The requests after the base controls at which the server goes silent.
const SWEEP: &[usize] = &[0, 1, 2, 3, 5, 8, 13, 34, 89, 233, 610];
const SECRET: &str = "Vw3yq1r8TzK0mXn5bLd7PcJf2GhSa9Eu4QiRoWtYx6Z";

/// Controls that need a credential to be accepted somewhere.
const BY_CREDENTIAL: &[NamedControl] = &[
    NamedControl::Auth,
    NamedControl::Forge,
    NamedControl::Cookie,
    NamedControl::Login,
    NamedControl::Refresh,
    NamedControl::Owner,
];
const ALL: &[NamedControl] = &[
    NamedControl::Auth,
    NamedControl::Forge,
    NamedControl::Cookie,
    NamedControl::Login,
    NamedControl::Refresh,
    NamedControl::Owner,
    NamedControl::Reg,
    NamedControl::Cors,
];

/// One thing that the server stops doing.
struct Break {
    name: &'static str,
    /// The answer instead of the server's own, where this request is concerned.
    answer: fn(&Request) -> Option<Response>,
    /// What becomes of the server's own answers.
    changed: fn(Response) -> Response,
    broken: &'static [NamedControl],
    /// Scenarios that may pass, or fail, all the same, each with the reason.
    passes: Excuses,
    fails: Excuses,
}

type Excuses = &'static [(&'static str, &'static str)];

const EDGE: &str =
    "the answer comes from something in front that has neither CORS nor the security headers";
const IS_IT: &str = "that this works is what it claims";

/// What a wall in front of everything really breaks, beside the controls.
const WALL: Excuses = &[
    ("cors.allowed-origin", EDGE),
    ("cors.preflight-no-auth", EDGE),
    ("transport.nosniff", EDGE),
    ("resilience.health-after-attack", IS_IT),
    ("resilience.e2e-flow", IS_IT),
];

const SAME: fn(Response) -> Response = |response| response;

const BREAKS: &[Break] = &[
    Break {
        name: "every credential is refused",
        answer: |request| {
            let sent = request.headers().contains_key(header::AUTHORIZATION);
            sent.then(|| refusal(StatusCode::UNAUTHORIZED))
        },
        changed: SAME,
        broken: BY_CREDENTIAL,
        passes: &[],
        fails: &[
            ("cors.allowed-origin", EDGE),
            ("transport.nosniff", EDGE),
            ("resilience.e2e-flow", IS_IT),
            ("resilience.health-after-attack", IS_IT),
        ],
    },
    Break {
        name: "objects cannot be read back",
        answer: |request| {
            let one = request.uri().path().split('/').count() == 5;
            let read = one && request.method() == Method::GET && is_task(request);
            read.then(|| refusal(StatusCode::NOT_FOUND))
        },
        changed: SAME,
        broken: &[NamedControl::Owner],
        passes: &[],
        fails: &[
            ("cors.error-responses", EDGE),
            ("resilience.e2e-flow", IS_IT),
        ],
    },
    Break {
        name: "logins are refused",
        answer: |request| at(request, "/api/auth/login", StatusCode::UNAUTHORIZED),
        changed: SAME,
        broken: &[NamedControl::Login, NamedControl::Refresh],
        passes: &[],
        fails: &[
            ("cors.error-responses", EDGE),
            ("transport.nosniff", EDGE),
            ("resilience.e2e-flow", IS_IT),
            ("resilience.health-after-attack", IS_IT),
        ],
    },
    Break {
        name: "registrations are refused",
        answer: |request| at(request, "/api/auth/register", StatusCode::BAD_REQUEST),
        changed: SAME,
        broken: &[NamedControl::Reg],
        passes: &[],
        fails: &[],
    },
    Break {
        name: "refreshes are refused",
        answer: |request| at(request, "/api/auth/refresh", StatusCode::UNAUTHORIZED),
        changed: SAME,
        broken: &[NamedControl::Refresh],
        passes: &[],
        fails: &[("refresh.works", IS_IT), ("resilience.e2e-flow", IS_IT)],
    },
    Break {
        name: "no origin is allowed",
        answer: |_| None,
        changed: |mut response| {
            response
                .headers_mut()
                .remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            response
        },
        broken: &[NamedControl::Cors],
        passes: &[],
        fails: &[
            ("cors.allowed-origin", IS_IT),
            ("cors.preflight-no-auth", IS_IT),
        ],
    },
    Break {
        name: "one page for everything",
        answer: |_| Some(Html("<!doctype html><title>App</title>").into_response()),
        changed: SAME,
        broken: ALL,
        passes: &[],
        fails: WALL,
    },
    Break {
        name: SILENCE,
        answer: |_| Some(torn()),
        changed: SAME,
        broken: ALL,
        passes: &[],
        fails: &[],
    },
    wall("404 for everything", |_| {
        Some(refusal(StatusCode::NOT_FOUND))
    }),
    wall("429 for everything", |_| {
        Some(refusal(StatusCode::TOO_MANY_REQUESTS))
    }),
    wall("500 for everything", |_| {
        Some(refusal(StatusCode::INTERNAL_SERVER_ERROR))
    }),
];

const fn wall(name: &'static str, answer: fn(&Request) -> Option<Response>) -> Break {
    Break {
        name,
        answer,
        changed: SAME,
        broken: ALL,
        passes: &[],
        fails: WALL,
    }
}

fn refusal(status: StatusCode) -> Response {
    (status, r#"{"detail":"no"}"#).into_response()
}

/// An answer whose connection is lost on the way.
fn torn() -> Response {
    let lost = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let stream = futures_util::stream::once(async { Err::<axum::body::Bytes, _>(lost) });
    Response::new(Body::from_stream(stream))
}

fn is_task(request: &Request) -> bool {
    request.uri().path().contains("/tasks")
}

fn at(request: &Request, path: &str, status: StatusCode) -> Option<Response> {
    let there = request.uri().path() == path && request.method() == Method::POST;
    there.then(|| refusal(status))
}

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for broken in BREAKS {
        let from: &[usize] = if broken.name == SILENCE { SWEEP } else { &[0] };
        for from in from {
            let name = match from {
                0 => broken.name.to_owned(),
                _ => format!("{}, from request {from} on", broken.name),
            };
            trials.push(Trial::test(name, move || judged(broken, *from)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn judged(broken: &'static Break, from: usize) -> Result<(), Failed> {
    let catalogue = Catalogue::embedded()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let report = runtime
        .block_on(run(&catalogue, broken, from))
        .map_err(|error| error.to_string())?;
    let mut wrong = Vec::new();
    for result in &report.results {
        let excused = |list: &[(&str, &str)]| list.iter().any(|(id, _)| *id == result.id);
        let Some(scenario) = catalogue.find(&result.id) else {
            continue;
        };
        let right = match result.verdict {
            // What was judged before the break was judged rightly.
            Verdict::Pass => from > 0 || !depends(scenario, broken) || excused(broken.passes),
            Verdict::Fail => base(scenario) || excused(broken.fails),
            Verdict::Inconclusive | Verdict::Skipped => true,
            Verdict::Error => false,
        };
        if !right {
            let why = result.reason.as_deref().or(result.note.as_deref());
            wrong.push(format!(
                "{} is {:?}: {}",
                result.id,
                result.verdict,
                why.unwrap_or_default()
            ));
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("\n{}", wrong.join("\n")).into()),
    }
}

fn base(scenario: &Scenario) -> bool {
    BASE_CONTROLS.contains(&scenario.id.as_str())
}

/// Whether a scenario, base controls apart, needs what was broken.
fn depends(scenario: &Scenario, broken: &Break) -> bool {
    let needed = match &scenario.control {
        Control::Named(NamedControl::None | NamedControl::Rate) => false,
        Control::Named(name) => broken.broken.contains(name),
        // A step of one's own may be anything: only a wall is sure to break it.
        Control::Step(_) => broken.broken.len() == ALL.len(),
    };
    needed && !base(scenario)
}

async fn run(
    catalogue: &Catalogue,
    broken: &'static Break,
    from: usize,
) -> Result<Report, Box<dyn std::error::Error>> {
    let config = Config::new("sqlite::memory:", reference_server::Secret::new(SECRET));
    let clock = Arc::new(SharedClock::new());
    let parts = cheap_passwords(Parts::secure(&config, clock.clone()).await?)?;
    let on = Arc::new(AtomicBool::new(false));
    let switch = on.clone();
    let seen = Arc::new(AtomicUsize::new(0));
    let parts = parts.around(move |router| {
        let (on, seen) = (on.clone(), seen.clone());
        router.layer(from_fn(move |request: Request, next: Next| {
            let on = on.load(Ordering::SeqCst) && seen.fetch_add(1, Ordering::SeqCst) >= from;
            async move {
                if !on {
                    return next.run(request).await;
                }
                match (broken.answer)(&request) {
                    Some(response) => response,
                    None => (broken.changed)(next.run(request).await),
                }
            }
        }))
    });
    let running = Running::start(parts, TcpListener::bind("127.0.0.1:0").await?)?;
    let url = format!("http://{}", running.addr);
    let (now, advance) = (clock.clone(), clock);
    let time = Time::shared(move || now.now(), move |by: Duration| advance.advance(by));
    let is_base = |scenario: &&Scenario| scenario.phase == Phase::Base;
    let left = AtomicUsize::new(catalogue.all().iter().filter(is_base).count());
    let base: Vec<String> = catalogue
        .all()
        .iter()
        .filter(is_base)
        .map(|scenario| scenario.id.clone())
        .collect();
    let options = Options {
        launched: true,
        signing_key: Some(Secret::new(SECRET)),
        skip: vec!["rate.*".into()],
        progress: Some(Arc::new(move |what| {
            if let Progress::Done { id, .. } = what
                && base.iter().any(|one| one == id)
                && left.fetch_sub(1, Ordering::SeqCst) == 1
            {
                switch.store(true, Ordering::SeqCst);
            }
        })),
        ..options(time)
    };
    let report = authspec::check(
        target(Source::Preset("authspec"), &url, &[]),
        catalogue,
        options,
    )
    .await;
    running.stop().await;
    Ok(report)
}
