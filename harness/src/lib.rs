//! Who does it: profile, plan, actors, forge, client, runner; the library and the binary `authspec`.
//!
//! [`check`] is the whole flow; after the actors exist there are no errors, only verdicts.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod cli;
pub mod client;
pub mod conformance;
#[cfg(feature = "demo")]
pub mod demo;
#[cfg(feature = "database")]
pub mod environment;
pub mod forge;
pub mod options;
pub mod profile;
pub mod secret;
pub mod target;
pub mod time;

mod actors;
mod budget;
mod call;
mod controls;
mod diagnosis;
mod enrol;
mod expand;
mod lab;
mod listener;
mod outcome;
mod plan;
mod play;
mod redact;
mod run;
mod runner;
mod stage;
mod timeline;
mod wire;

use reports::gate::GateRules;
use reports::model::{Report, SCHEMA, Summary, Target as Named, Tool};
use scenarios::catalogue::Catalogue;
use scenarios::exchange::Answer;
use scenarios::model::Scenario;
use serde_json::Value;

use crate::client::Client;
use crate::options::Options;
use crate::run::Run;
use crate::target::Target;

/// Checks a target by a catalogue. Every problem of the target is a verdict in the report.
pub async fn check(target: Target, catalogue: &Catalogue, options: Options) -> Report {
    check_scenarios(target, catalogue.all(), options).await
}

async fn check_scenarios(target: Target, all: &[Scenario], options: Options) -> Report {
    let started_at = options.time.now();
    let connect = options.connect.clone();
    let client = match Client::by(connect, options.timeout, options.rps) {
        Ok(client) => client,
        Err(error) => return report(&target, &options, started_at, error.to_string()),
    };
    let keys = public_keys(&client, &target).await;
    let run = Run::new(target, options, client, keys);
    for secret in &run.target.secrets {
        run.redactor.add("PROFILE_SECRET", secret.expose());
    }
    if let Some(key) = &run.options.signing_key {
        run.redactor.add("SIGNING_SECRET", key.expose());
    }
    let results = runner::run_all(&run, all).await;
    let mut report = report(&run.target, &run.options, started_at, run.id.clone());
    report.duration_ms = u64::try_from(run.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    report.waited_ms = run.options.time.waited_ms();
    report.notes = run.notes();
    report.phases = run.timeline.told();
    report.interrupted = run.options.cancel.is_cancelled();
    report.summary.requests = run.client.sent();
    report.results = results;
    report.concluded()
}

fn report(
    target: &Target,
    options: &Options,
    started_at: std::time::SystemTime,
    run_id: String,
) -> Report {
    let started = jiff::Timestamp::try_from(started_at).unwrap_or_default();
    let started = started.round(jiff::Unit::Second).unwrap_or(started);
    Report {
        schema: SCHEMA.to_owned(),
        tool: Tool {
            name: "authspec".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        },
        target: Named {
            auth_url: target.auth_url.to_string(),
            api_url: target.api_url.to_string(),
            profile: target.profile.clone(),
        },
        run_id,
        started_at: started.to_string(),
        duration_ms: 0,
        waited_ms: 0,
        phases: Vec::new(),
        seed: options.seed,
        mode: options.mode,
        mode_reason: options.mode_reason.clone(),
        interrupted: false,
        notes: Vec::new(),
        gate_rules: GateRules {
            fail_on: options.fail_on,
            strict: options.strict,
            require: target.require.clone(),
            ..GateRules::default()
        },
        summary: Summary::default(),
        causes: Vec::new(),
        results: Vec::new(),
    }
}

/// The keys that the issuer publishes (RFC 7517 5), none where it publishes none.
async fn public_keys(client: &Client, target: &Target) -> Vec<Value> {
    let Some(url) = &target.jwt.jwks else {
        return Vec::new();
    };
    let Answer::Response(response) = client.get(url).await else {
        return Vec::new();
    };
    let keys = response.json().and_then(|json| json.get("keys").cloned());
    keys.and_then(|keys| keys.as_array().cloned())
        .unwrap_or_default()
}

/// What would run against a target, one line a scenario, with an estimate of accounts and logins.
pub fn dry_run(target: &Target, catalogue: &Catalogue, options: &Options) -> String {
    let abilities = plan::declared(target, options);
    let planned = plan::plan(catalogue.all(), &abilities, options);
    let mut lines = Vec::new();
    let mut accounts = 3;
    for planned in planned.iter().filter(|planned| planned.reported) {
        let scenario = planned.scenario;
        match &planned.lacks {
            None => {
                accounts += scenario.own.len();
                lines.push(format!(
                    "run   {:<10} {}",
                    scenario.severity.word(),
                    scenario.id
                ));
            }
            Some(lack) => {
                let give = lack
                    .give
                    .as_ref()
                    .map(|give| format!(" (give {give})"))
                    .unwrap_or_default();
                lines.push(format!(
                    "skip  {:<10} {}: {}{give}",
                    scenario.severity.word(),
                    scenario.id,
                    lack.why
                ));
            }
        }
    }
    let runs = planned
        .iter()
        .filter(|planned| planned.lacks.is_none())
        .count();
    lines.push(format!(
        "{runs} scenarios would run with about {accounts} new accounts; nothing was sent"
    ));
    lines.join("\n") + "\n"
}

/// Runs one scenario three times with fresh actors, each time a report of its own; `case` keeps only that case.
pub async fn replay(
    target: Target,
    catalogue: &Catalogue,
    options: Options,
    id: &str,
    case: Option<&str>,
) -> Vec<Report> {
    let base = reports::gate::BASE_CONTROLS;
    let all: Vec<Scenario> = catalogue
        .all()
        .iter()
        .filter(|s| s.id == id || base.contains(&s.id.as_str()))
        .cloned()
        .collect();
    let mut reports = Vec::new();
    for _ in 0..3 {
        let options = Options {
            select: vec![],
            skip: vec![],
            ..options.clone()
        };
        let mut report = check_scenarios(target.clone(), &all, options).await;
        for result in report.results.iter_mut().filter(|result| result.id == id) {
            if let Some(case) = case {
                result.cases.retain(|one| one.name == case);
            }
        }
        reports.push(report);
    }
    reports
}
