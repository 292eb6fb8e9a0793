//! Real FastAPI backends under uvicorn: a correct one, one with the usual mistakes, one whose two sides disagree.

use std::process::ExitCode;
use std::time::Duration;

use authspec::client::Client;
use authspec::options::Options;
use authspec::profile::Source;
use authspec::secret::Secret;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rand::RngExt as _;
use reports::gate::{EXIT_FAILED, EXIT_NOT_JUDGED, EXIT_PASSED, exit_code};
use reports::model::{Report, Verdict};
use scenarios::catalogue::Catalogue;

use outside::outside;
use python::{NoPython, Server, folder, interpreter};
use support::{check, ids, options, real_time, shown, target};

mod fastapi {
    pub(crate) mod python;
}
use fastapi::python;
mod support;

#[path = "support/outside.rs"]
mod outside;

/// What waits for real, for which one full run is enough, and what a busy machine leaves open.
const SLOW: &[&str] = &["session.persists", "rate.*", "login.enumeration-timing"];
/// What needs the secret.
const SECRET_ALONE: &[&str] = &[
    "token.alg-other-hmac",
    "token.aud-wrong",
    "token.b64-false",
    "token.crit-unknown",
    "token.duplicate-claims",
    "token.exp-missing",
    "token.exp-range",
    "token.exp-type",
    "token.expired",
    "token.expired-leeway",
    "token.iat-future",
    "token.iss-wrong",
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

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = vec![
        trial(
            "the_correct_example_passes_with_the_secret",
            correct_with_the_secret,
        ),
        trial(
            "the_correct_example_passes_without_the_secret",
            correct_without_the_secret,
        ),
        trial(
            "the_naive_example_fails_with_exactly_what_its_readme_says",
            naive,
        ),
        trial("the_mismatched_example_is_not_judged", mismatch),
    ];
    // At once, whatever the number of cores: they mostly wait.
    let threads = arguments.test_threads.or(Some(trials.len()));
    libtest_mimic::run(
        &Arguments {
            test_threads: threads,
            ..arguments
        },
        trials,
    )
    .exit_code()
}

fn trial(name: &str, test: fn(&str) -> Result<(), String>) -> Trial {
    Trial::ignorable_test(name, move || match interpreter(&outside) {
        Ok(python) => test(&python)
            .map(|()| Completion::Completed)
            .map_err(Failed::from),
        Err(NoPython::NotHere(why)) => Ok(Completion::ignored_with(why)),
        Err(NoPython::Missing(why)) => Err(Failed::from(why)),
    })
}

fn secret() -> String {
    let mut rng = rand::rng();
    (0..43)
        .map(|_| char::from(rng.sample(rand::distr::Alphanumeric)))
        .collect()
}

/// One run against an example, started for it alone.
fn run(
    python: &str,
    example: &str,
    secret: &str,
    change: impl FnOnce(Options) -> Options,
) -> Result<Report, String> {
    let server = Server::start(python, example, secret)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let profile = folder(example).join("authspec.toml");
    let source = match profile.exists() {
        true => Source::Path(&profile),
        false => Source::Preset("authspec"),
    };
    let target = target(source, &server.url, &[]);
    runtime.block_on(async {
        if let Some(health) = target.routes.get("health") {
            let url = authspec::profile::join(&target.auth_url, &health.path);
            healthy(&url).await?;
        }
        Ok(check(target, change(options(real_time()))).await)
    })
}

async fn healthy(url: &url::Url) -> Result<(), String> {
    let client = Client::new(Duration::from_secs(5), None).map_err(|error| error.to_string())?;
    let mut said = String::new();
    for _ in 0..100 {
        match client.get(url).await {
            scenarios::exchange::Answer::Response(response) if response.is_success() => {
                return Ok(());
            }
            answer => said = format!("{answer:?}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(format!("{url} is not healthy: {said}"))
}

fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    seen: T,
    wanted: T,
    report: &Report,
) -> Result<(), String> {
    match seen == wanted {
        true => Ok(()),
        false => Err(format!(
            "{what}: expected {wanted:?}, got {seen:?}\n{}",
            shown(report)
        )),
    }
}

fn nothing_found(report: &Report) -> Result<(), String> {
    same(
        "exit code",
        exit_code(report.summary.gate),
        EXIT_PASSED,
        report,
    )?;
    for verdict in [Verdict::Fail, Verdict::Inconclusive, Verdict::Error] {
        same(verdict.word(), ids(report, verdict), vec![], report)?;
    }
    Ok(())
}

fn skipping(skip: &[&str], options: Options) -> Options {
    Options {
        skip: skip.iter().map(|glob| (*glob).to_owned()).collect(),
        ..options
    }
}

fn correct_with_the_secret(python: &str) -> Result<(), String> {
    let secret = secret();
    let given = |options| Options {
        signing_key: Some(Secret::new(&secret)),
        ..options
    };
    let report = run(python, "fastapi", &secret, given)?;
    nothing_found(&report)?;
    let skipped = ids(&report, Verdict::Skipped);
    let open: Vec<_> = SECRET_ALONE
        .iter()
        .copied()
        .filter(|id| skipped.contains(id))
        .collect();
    same("skipped in spite of the secret", open, vec![], &report)
}

fn correct_without_the_secret(python: &str) -> Result<(), String> {
    let report = run(python, "fastapi", &secret(), |options| {
        skipping(SLOW, options)
    })?;
    nothing_found(&report)?;
    let outcome = report.gate_outcome();
    let asks = outcome
        .not_judged
        .iter()
        .filter(|open| open.remedy.contains("--secret-env"));
    same(
        "what asks for the secret",
        asks.map(|open| open.id.as_str()).collect(),
        SECRET_ALONE.to_vec(),
        &report,
    )
}

fn naive(python: &str) -> Result<(), String> {
    let secret = secret();
    let given = |options| Options {
        signing_key: Some(Secret::new(&secret)),
        ..skipping(&["session.persists"], options)
    };
    let report = run(python, "fastapi-naive", &secret, given)?;
    same(
        "exit code",
        exit_code(report.summary.gate),
        EXIT_FAILED,
        &report,
    )?;
    let expected = promised("fastapi-naive")?;
    same(
        "failed",
        ids(&report, Verdict::Fail),
        expected.iter().map(String::as_str).collect(),
        &report,
    )
}

fn mismatch(python: &str) -> Result<(), String> {
    let report = run(python, "fastapi-mismatch", &secret(), |options| {
        skipping(SLOW, options)
    })?;
    same(
        "exit code",
        exit_code(report.summary.gate),
        EXIT_NOT_JUDGED,
        &report,
    )?;
    same(
        "failed",
        ids(&report, Verdict::Fail),
        vec!["token.issuer-verifier-agree"],
        &report,
    )?;
    same("passed", ids(&report, Verdict::Pass), vec![], &report)?;
    let failed = report
        .results
        .iter()
        .find(|result| result.verdict == Verdict::Fail);
    let why = failed
        .and_then(|result| result.reason.as_deref())
        .unwrap_or_default();
    same(
        "names the secrets",
        why.contains("issuer and API most likely have different secrets"),
        true,
        &report,
    )
}

/// The scenarios that the tables of an example's README name, in order.
fn promised(example: &str) -> Result<Vec<String>, String> {
    let readme = folder(example).join("README.md");
    let text = std::fs::read_to_string(&readme)
        .map_err(|error| format!("{}: {error}", readme.display()))?;
    let catalogue = Catalogue::embedded().map_err(|error| error.to_string())?;
    let cells = text
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    let known = |word: &&str| catalogue.all().iter().any(|scenario| scenario.id == *word);
    let mut ids: Vec<_> = cells.filter(known).map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    match ids.is_empty() {
        true => Err(format!("{} names no scenario in a table", readme.display())),
        false => Ok(ids),
    }
}
