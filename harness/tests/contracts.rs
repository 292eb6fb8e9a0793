//! Correct backends of other contracts than the reference server's: nothing here is tied to one shape.

use authspec::options::Options;
use authspec::profile::Source;
use authspec::secret::Secret;
use authspec::target::Limit;
use axum::Router;
use reports::gate::Gate;
use reports::model::{Report, Verdict};
use scenarios::model::Severity;

use contracts::clock::Clock;
use contracts::edge::ORIGIN;
use contracts::{nested, oauth_form};
use support::{check, ids, options, shown, target};

mod contracts {
    pub(crate) mod accounts;
    pub(crate) mod clock;
    pub(crate) mod edge;
    pub(crate) mod nested;
    pub(crate) mod oauth_form;
    pub(crate) mod tokens;
}
mod support;

/// What no backend of these contracts has.
const NOT_THERE: &[&str] = &[
    "cookie.domain-scope",
    "cookie.duplicate-names",
    "cookie.httponly",
    "cookie.no-sensitive-plain",
    "cookie.path-and-expiry",
    "cookie.prefix",
    "cookie.samesite",
    "cookie.secure",
    "cookie.size",
    "cookie.token-also-in-body",
    "cors.localhost-in-production",
    "cors.state-change-without-preflight",
    "errors.docs-exposure",
    "input.ssrf-url-fields",
    "isolation.admin-routes",
    "isolation.bulk-endpoints",
    "isolation.path-mix",
    "isolation.path-user-id",
    "isolation.self-promote",
    "login.csrf",
    "login.password-change-needs-old",
    "login.session-fixation",
    "rate.login-spray",
    "rate.registration-burst",
    "refresh.after-logout",
    "refresh.after-password-change",
    "refresh.csrf",
    "refresh.deleted-user",
    "refresh.lifetime",
    "refresh.race",
    "refresh.reuse-detected",
    "refresh.rotation",
    "refresh.tampered",
    "refresh.works",
    "session.cookie-tamper",
    "session.list-and-revoke",
    "session.logout-clears-cookie",
    "session.logout-csrf",
    "session.logout-only-self",
    "session.logout-race",
    "session.logout-revokes",
    "session.revoked-token-malleability",
    "token.after-password-change",
    "token.aud-wrong",
    "token.cookie-header-disagree",
    "token.deleted-user",
    "token.eddsa-malformed",
    "token.hs-rs-confusion-jwk",
    "token.hs-rs-confusion-pem",
    "token.iss-wrong",
    "token.jwks-public-only",
    "token.jwks-quality",
    "token.opaque-entropy",
    "token.rsa-pkcs1-variants",
    "token.typ-confusion-refresh",
    "transport.certificate",
    "transport.hsts",
    "transport.https-only",
];
/// What needs the secret.
const SECRET_ALONE: &[&str] = &[
    "token.alg-other-hmac",
    "token.b64-false",
    "token.crit-unknown",
    "token.duplicate-claims",
    "token.exp-missing",
    "token.exp-range",
    "token.exp-type",
    "token.expired",
    "token.expired-leeway",
    "token.iat-future",
    "token.nbf-future",
    "token.nested-cty",
    "token.payload-not-object",
    "token.secret-length",
    "token.sub-case-and-space",
    "token.sub-empty",
    "token.sub-injection",
    "token.sub-missing",
    "token.sub-type",
    "token.sub-unknown",
    "token.typ-header",
];
/// What is true of the OAuth2 form contract, and no more than low: its list has no pages.
const NO_PAGES: &[&str] = &["input.pagination-bound"];
/// What does not apply to objects that everybody may read.
const READS: &[&str] = &[
    "isolation.concurrent-users",
    "isolation.existence-oracle",
    "isolation.filter-bypass",
    "isolation.grid",
    "isolation.header-identity",
    "isolation.id-encodings",
    "isolation.list-only-own",
    "isolation.other-methods",
    "isolation.read-other",
    "isolation.sequence",
    "token.method-override",
    "token.path-variants",
    "token.two-auth-headers",
];
const SECRET: &str = "k7Qz-Rw2v_XbN9mLp4TtYc8HsJ5dFg3A";

async fn served(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

async fn run(preset: &str, app: Router, clock: &Clock, secret: Option<&str>) -> Report {
    let mut target = target(Source::Preset(preset), &served(app).await, &[ORIGIN]);
    // These backends count for accounts; for addresses something in front of them would.
    target.limits.login_address = Limit::Edge;
    target.limits.registration = Limit::Edge;
    let options = Options {
        signing_key: secret.map(Secret::new),
        // A busy machine leaves it open.
        skip: vec!["login.enumeration-timing".into()],
        ..options(clock.time())
    };
    check(target, options).await
}

/// The gate is passed, nothing is in doubt, and exactly these fail at low and are skipped, each with its reason.
#[track_caller]
fn holds(report: &Report, low: &[&str], skipped: &[&[&str]]) {
    let all = shown(report);
    let mut skipped = skipped.concat();
    skipped.sort_unstable();
    assert_eq!(ids(report, Verdict::Error), [""; 0], "{all}");
    assert_eq!(ids(report, Verdict::Inconclusive), [""; 0], "{all}");
    assert_eq!(ids(report, Verdict::Fail), low, "{all}");
    assert_eq!(ids(report, Verdict::Skipped), skipped, "{all}");
    let mut failed = (report.results.iter()).filter(|result| result.verdict == Verdict::Fail);
    assert!(
        failed.all(|result| result.severity == Severity::Low),
        "{all}"
    );
    for result in report
        .results
        .iter()
        .filter(|result| result.verdict == Verdict::Skipped)
    {
        assert!(
            result.reason.as_ref().is_some_and(|why| !why.is_empty()),
            "{} gives no reason",
            result.id
        );
    }
    assert_eq!(report.summary.gate, Gate::Passed, "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oauth2_form_contract_passes_with_the_secret() {
    let clock = Clock::default();
    let backend = oauth_form::Backend::new(SECRET, clock.clone());
    let report = run(
        "fastapi-oauth2-form",
        oauth_form::app(backend.clone()),
        &clock,
        Some(SECRET),
    )
    .await;
    holds(&report, NO_PAGES, &[NOT_THERE]);
    assert_eq!(backend.items(), 0, "what the run made is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_documentation_is_found_in_production_alone() {
    let verdict = async |environment, open: bool| {
        let clock = Clock::default();
        let mut app = oauth_form::app(oauth_form::Backend::new(SECRET, clock.clone()));
        if open {
            let schema = || async { r#"{"openapi": "3.1.0", "paths": {}}"# };
            app = app.route("/openapi.json", axum::routing::get(schema));
        }
        let url = served(app).await;
        let mut target = target(Source::Preset("fastapi-oauth2-form"), &url, &[ORIGIN]);
        target.environment = environment;
        let options = Options {
            select: vec!["errors.docs-exposure".into()],
            ..options(clock.time())
        };
        let report = check(target, options).await;
        let judged = report.results.iter().find(|r| r.area == "errors");
        judged.map(|result| result.verdict)
    };
    use authspec::target::Environment::{Production, Staging};
    assert_eq!(verdict(Production, true).await, Some(Verdict::Fail));
    assert_eq!(verdict(Production, false).await, Some(Verdict::Pass));
    assert_eq!(verdict(Staging, true).await, Some(Verdict::Skipped));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oauth2_form_contract_passes_without_the_secret() {
    let clock = Clock::default();
    let backend = oauth_form::Backend::new(SECRET, clock.clone());
    let report = run(
        "fastapi-oauth2-form",
        oauth_form::app(backend),
        &clock,
        None,
    )
    .await;
    holds(&report, NO_PAGES, &[NOT_THERE, SECRET_ALONE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nested_contract_passes_with_the_secret() {
    let clock = Clock::default();
    let backend = nested::Backend::new(SECRET, clock.clone());
    let report = run(
        "realworld",
        nested::app(backend.clone()),
        &clock,
        Some(SECRET),
    )
    .await;
    holds(&report, &[], &[NOT_THERE, READS]);
    assert_eq!(backend.articles(), 0, "what the run made is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nested_contract_passes_without_the_secret() {
    let clock = Clock::default();
    let backend = nested::Backend::new(SECRET, clock.clone());
    let report = run("realworld", nested::app(backend), &clock, None).await;
    holds(&report, &[], &[NOT_THERE, READS, SECRET_ALONE]);
}
