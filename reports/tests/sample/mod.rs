//! One report with each verdict, a cause with its group, a waiver, a note, and an answer that attacks its reader.

use reports::Report;
use reports::curl::curl;
use reports::gate::{Gate, GateRules};
use reports::model::{
    CaseResult, Evidence, EvidenceRequest, EvidenceResponse, Forged, References, SCHEMA,
    ScenarioResult, Summary, Target, Tool, Verdict,
};
use scenarios::model::{Mode, Severity};

/// A title of a terminal, a colour, a C1 sequence, a tag, NUL, CR, and text that runs backwards.
pub(crate) const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J<script>alert(1)</script>&amp;]]>\0\r\u{202e}drawkcab\u{2066}";

pub(crate) fn sample() -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        tool: Tool {
            name: "authspec".to_owned(),
            version: "0.1.0".to_owned(),
        },
        target: Target {
            auth_url: "http://127.0.0.1:8000".to_owned(),
            api_url: "http://127.0.0.1:8001".to_owned(),
            profile: "fastapi".to_owned(),
        },
        run_id: "01jd".to_owned(),
        started_at: "2026-11-24T03:42:02Z".to_owned(),
        duration_ms: 141_234,
        waited_ms: 30_000,
        phases: vec![],
        seed: 42,
        mode: Mode::Full,
        mode_reason: "the target is on loopback".to_owned(),
        interrupted: false,
        notes: Vec::new(),
        gate_rules: GateRules::default(),
        summary: Summary {
            requests: 412,
            ..Summary::default()
        },
        causes: Vec::new(),
        results: results(),
    }
    .concluded()
}

/// The same target, with an issuer and an API that do not agree: a base control failed.
pub(crate) fn mismatch() -> Report {
    let mut report = sample();
    let diagnosis =
        "the API refuses the token that login has just issued: it verifies with another secret";
    report.results = vec![
        ScenarioResult {
            fix: "give issuer and API the same BETTER_AUTH_SECRET".to_owned(),
            cases: vec![case(
                "me",
                "200",
                "401",
                diagnosis,
                vec![attack("GET", "/api/auth/me", "")],
            )],
            ..failed("token.issuer-verifier-agree", Severity::Critical, diagnosis)
        },
        open(
            "token.alg-none",
            Severity::Critical,
            Verdict::Inconclusive,
            "token.issuer-verifier-agree failed",
        ),
        open(
            "token.missing",
            Severity::Critical,
            Verdict::Inconclusive,
            "token.issuer-verifier-agree failed",
        ),
        plain("login.happy-path", Severity::Critical, Verdict::Pass),
    ];
    report.interrupted = true;
    report.concluded()
}

fn results() -> Vec<ScenarioResult> {
    vec![
        plain("login.happy-path", Severity::Critical, Verdict::Pass),
        plain("login.wrong-password", Severity::Critical, Verdict::Pass),
        alg_none(),
        failed(
            "token.alg-none-case",
            Severity::Critical,
            "a token of alg `nOnE` is accepted",
        ),
        failed(
            "token.signature-stripped",
            Severity::Critical,
            "a token without its signature is accepted",
        ),
        failed(
            "token.wrong-key",
            Severity::Critical,
            "a token signed with a stranger's key is accepted",
        ),
        failed(
            "token.signature-bitflip",
            Severity::Critical,
            "a token with one flipped bit is accepted",
        ),
        read_other(),
        ScenarioResult {
            usual_severity: Severity::Medium,
            waived: Some("the front end is not public yet, issue 41".to_owned()),
            ..failed(
                "errors.no-stack-trace",
                Severity::High,
                "a stack trace is shown",
            )
        },
        ScenarioResult {
            note: Some("access tokens live for 15 min after sign-out".to_owned()),
            ..plain("token.lifetime", Severity::Medium, Verdict::Pass)
        },
        ScenarioResult {
            waived: Some("no caching yet, issue 7".to_owned()),
            ..plain("login.cache-control", Severity::Low, Verdict::Pass)
        },
        ScenarioResult {
            give: Some("--secret-env VAR".to_owned()),
            needs: vec!["secret|wait".to_owned()],
            ..open(
                "token.expired",
                Severity::Critical,
                Verdict::Skipped,
                "it takes the signing key",
            )
        },
        open(
            "cors.credentials",
            Severity::High,
            Verdict::Skipped,
            "no cookie authenticates",
        ),
        ScenarioResult {
            cases: vec![CaseResult {
                verdict: Verdict::Inconclusive,
                ..case(
                    "30 wrong passwords",
                    "throttled",
                    "429 before the first",
                    "too noisy",
                    vec![],
                )
            }],
            ..open(
                "rate.login-burst",
                Severity::Medium,
                Verdict::Inconclusive,
                HOSTILE,
            )
        },
        open(
            "refresh.works",
            Severity::Medium,
            Verdict::Error,
            "the probe found no answer to read",
        ),
    ]
}

fn alg_none() -> ScenarioResult {
    let told = "an unsigned token is accepted: anybody can be anybody";
    let mut sent = attack("GET", "/api/auth/me", "");
    sent.forged = Some(Forged {
        recipe: "alg-none".to_owned(),
        header: serde_json::json!({"alg": "none", "typ": "JWT"}),
        claims: serde_json::json!({"sub": "1", "exp": 1_795_491_722}),
    });
    sent.request.headers[0].1 = "Bearer $FORGED_TOKEN".to_owned();
    sent.request.variables = vec!["FORGED_TOKEN".to_owned()];
    sent.curl = curl(&sent.request);
    let mut control = sent.clone();
    control.control = true;
    ScenarioResult {
        fix: "pin the accepted algorithm in the server; never read it from the token".to_owned(),
        why: Some("Whoever knows an id can write a token for it.".to_owned()),
        cases: vec![
            case(
                "none",
                "a refusal",
                "200 with what the control disclosed",
                told,
                vec![control, sent.clone()],
            ),
            case("no signature part", "a refusal", "200", told, vec![sent]),
        ],
        ..failed("token.alg-none", Severity::Critical, told)
    }
}

fn read_other() -> ScenarioResult {
    let told = "bob reads a task of alice";
    let mut sent = attack("PUT", "/api/2/tasks/7?it's", r#"{"title":"it's $5"}"#);
    sent.response = Some(EvidenceResponse {
        status: 200,
        headers: vec![("x-evil".to_owned(), HOSTILE.to_owned())],
        body: HOSTILE.to_owned(),
        truncated: false,
        duration_ms: 3,
    });
    let mut closed = attack("GET", "/api/1/tasks/7", "");
    closed.response = None;
    closed.no_answer = Some(format!("the connection was closed: {HOSTILE}"));
    let actual = format!("200 with {HOSTILE}");
    ScenarioResult {
        fix: "put the owner into the query: `WHERE id = ? AND owner = ?`".to_owned(),
        usual_severity: Severity::High,
        cases: vec![
            case("own path", "a refusal", &actual, told, vec![sent, closed]),
            CaseResult {
                verdict: Verdict::Pass,
                ..case("path of the owner", "a refusal", "404", "", vec![])
            },
        ],
        ..failed("isolation.read-other", Severity::Critical, told)
    }
}

fn plain(id: &str, severity: Severity, verdict: Verdict) -> ScenarioResult {
    ScenarioResult {
        id: id.to_owned(),
        area: id.split('.').next().unwrap().to_owned(),
        title: format!("What {id} demands"),
        severity,
        usual_severity: severity,
        verdict,
        reason: None,
        note: None,
        fix: "mend it".to_owned(),
        cause: None,
        needs: vec!["accounts=1".to_owned()],
        waived: None,
        references: References {
            asvs: vec!["9.1.1".to_owned()],
            api_top10: vec!["API2:2023".to_owned()],
            cwe: vec![347],
            rfc: vec!["RFC 8725 3.1".to_owned()],
        },
        duration_ms: 3,
        why: None,
        give: None,
        cases: Vec::new(),
    }
}

fn failed(id: &str, severity: Severity, told: &str) -> ScenarioResult {
    open(id, severity, Verdict::Fail, told)
}

fn open(id: &str, severity: Severity, verdict: Verdict, told: &str) -> ScenarioResult {
    ScenarioResult {
        reason: Some(told.to_owned()),
        ..plain(id, severity, verdict)
    }
}

fn case(
    name: &str,
    expected: &str,
    actual: &str,
    told: &str,
    evidence: Vec<Evidence>,
) -> CaseResult {
    CaseResult {
        name: name.to_owned(),
        verdict: Verdict::Fail,
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        reason: (!told.is_empty()).then(|| told.to_owned()),
        evidence,
    }
}

fn attack(method: &str, path: &str, body: &str) -> Evidence {
    let mut headers = vec![("authorization".to_owned(), "Bearer $BOB_TOKEN".to_owned())];
    if !body.is_empty() {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let request = EvidenceRequest {
        method: method.to_owned(),
        url: format!("http://127.0.0.1:8001{path}"),
        headers,
        body: body.to_owned(),
        variables: vec!["BOB_TOKEN".to_owned()],
        truncated: false,
    };
    Evidence {
        control: false,
        actor: "bob".to_owned(),
        curl: curl(&request),
        request,
        response: Some(EvidenceResponse {
            status: 200,
            body: "{}".to_owned(),
            ..EvidenceResponse::default()
        }),
        no_answer: None,
        forged: None,
    }
}

/// A report of one passed scenario.
pub(crate) fn green() -> Report {
    let mut report = sample();
    report
        .results
        .retain(|result| result.id == "login.happy-path");
    let report = report.concluded();
    assert_eq!(report.summary.gate, Gate::Passed);
    report
}
