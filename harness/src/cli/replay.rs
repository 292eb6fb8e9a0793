//! `authspec replay`: a recorded verdict, judged anew with fresh accounts.

use std::path::{Path, PathBuf};

use clap::Args;
use reports::gate::{EXIT_FAILED, EXIT_INTERRUPTED, EXIT_NOT_JUDGED, EXIT_PASSED};
use reports::model::{Report, SCHEMA, ScenarioResult, Verdict};

use crate::profile::PRESETS;

use super::options::{LimitArguments, OwnScenarios};
use super::secrets::SecretArguments;
use super::similar::suggestion;
use super::targets::{DEFAULT_PROFILE, ProfileArguments, TargetArguments};
use super::{Io, Stop};

/// Judges one scenario of an earlier run anew, three times, with fresh accounts.
///
/// Exit code 0: the recorded verdict was repeated each time; 1: it was not; 2: it could not be judged.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What `--report json=RUN.json` wrote.
    #[arg(value_name = "RUN.json")]
    run: PathBuf,
    /// The scenario, such as `token.alg-none`, or one case of it: `token.alg-none#nOnE`.
    #[arg(long = "case", value_name = "ID")]
    id: String,
    /// Where the backend is, if it moved.
    #[arg(long, value_name = "URL", help_heading = "Target")]
    url: Option<String>,
    #[command(flatten)]
    profile: ProfileArguments,
    #[command(flatten)]
    secret: SecretArguments,
    #[command(flatten)]
    own: OwnScenarios,
    #[command(flatten)]
    limits: LimitArguments,
}

pub(super) async fn run(arguments: Arguments, io: &Io) -> Result<u8, Stop> {
    let recorded = read(&arguments.run)?;
    let (id, case) = match arguments.id.split_once('#') {
        Some((id, case)) => (id, Some(case)),
        None => (arguments.id.as_str(), None),
    };
    let wanted = recorded_verdict(&recorded, id, case)?;
    let catalogue = arguments.own.catalogue()?;
    if catalogue.find(id).is_none() {
        return Err(
            Stop::new(format!("the run has `{id}`, and this authspec has not"))
                .advice("give the directory of your own scenarios: --scenarios DIR"),
        );
    }
    let places = &recorded.target;
    let moved = arguments.url.as_deref();
    let target = TargetArguments::at(
        &profile_of(&arguments.profile, &places.profile)?,
        moved.unwrap_or(&places.auth_url),
        moved.unwrap_or(&places.api_url),
    );
    let target = target.target(arguments.limits.timeout, true, io).await?;
    let key = arguments.secret.for_target(&target, io)?;
    let mut options = arguments.limits.options(&target, key, io.time(), false, io);
    options.seed = recorded.seed;
    io.print(&format!(
        "mode {}: {}\n",
        super::list::mode_word(options.mode),
        options.mode_reason
    ))?;
    let runs = crate::replay(target, &catalogue, options, id, case).await;
    let seen: Vec<_> = runs
        .iter()
        .map(|report| verdict(report, id, case))
        .collect();
    io.print(&told(&arguments.id, wanted, &seen))?;
    Ok(code(wanted, &seen, io.cancel.is_cancelled()))
}

fn read(path: &Path) -> Result<Report, Stop> {
    let name = path.display();
    let advice = "give a file that `authspec check --report json=RUN.json` wrote";
    let text = std::fs::read_to_string(path)
        .map_err(|error| Stop::new(format!("cannot read {name}: {error}")).advice(advice))?;
    let report: Report = serde_json::from_str(&text)
        .map_err(|error| Stop::new(format!("{name} is no report: {error}")).advice(advice))?;
    if report.schema != SCHEMA {
        let message = format!(
            "{name} is of schema `{}`, and this authspec reads `{SCHEMA}`",
            report.schema
        );
        return Err(Stop::new(message).advice(advice));
    }
    Ok(report)
}

/// What the run says about a scenario or one of its cases.
fn recorded_verdict(report: &Report, id: &str, case: Option<&str>) -> Result<Verdict, Stop> {
    let Some(result) = report.results.iter().find(|result| result.id == id) else {
        let ids = report.results.iter().map(|result| result.id.as_str());
        return Err(
            Stop::new(format!("the run has no scenario `{id}`")).advice(suggestion(
                id,
                ids,
                "authspec list",
            )),
        );
    };
    let Some(name) = case else {
        return Ok(result.verdict);
    };
    case_verdict(result, name).ok_or_else(|| {
        let names: Vec<_> = result
            .cases
            .iter()
            .map(|case| format!("`{id}#{}`", case.name))
            .collect();
        let stop = Stop::new(format!("the run has no case `{id}#{name}`"));
        match names.is_empty() {
            true => stop.advice(format!(
                "it recorded no cases there; replay `{id}` as a whole"
            )),
            false => stop.advice(format!("there are {}", names.join(", "))),
        }
    })
}

fn case_verdict(result: &ScenarioResult, name: &str) -> Option<Verdict> {
    result
        .cases
        .iter()
        .find(|case| case.name == name)
        .map(|case| case.verdict)
}

/// The profile that is named now, else the one that the run names: a file, a preset, or the one in the working directory.
fn profile_of(given: &ProfileArguments, recorded: &str) -> Result<ProfileArguments, Stop> {
    let file = |path: &str| ProfileArguments {
        profile: Some(path.into()),
        preset: None,
    };
    if given.profile.is_some() || given.preset.is_some() {
        return Ok(given.clone());
    }
    if Path::new(recorded).is_file() {
        return Ok(file(recorded));
    }
    if PRESETS.iter().any(|preset| preset.name == recorded) {
        return Ok(ProfileArguments {
            profile: None,
            preset: Some(recorded.to_owned()),
        });
    }
    if Path::new(DEFAULT_PROFILE).is_file() {
        return Ok(file(DEFAULT_PROFILE));
    }
    Err(Stop::new(format!(
        "the run was made with the profile `{recorded}`, which is not here"
    ))
    .advice("give it: --profile FILE"))
}

/// The verdict of one of the new runs, and why it is that.
fn verdict(report: &Report, id: &str, case: Option<&str>) -> (Verdict, String) {
    let found = report.results.iter().find(|result| result.id == id);
    let Some(result) = found else {
        return (Verdict::Error, "the scenario did not run".into());
    };
    let reason = || result.reason.clone().unwrap_or_default();
    match case {
        None => (result.verdict, reason()),
        Some(name) => match result.cases.iter().find(|case| case.name == name) {
            Some(case) => (case.verdict, case.reason.clone().unwrap_or_else(reason)),
            // Where the whole was not judged, no case was.
            None if !result.verdict.is_judged() => (result.verdict, reason()),
            None => (Verdict::Error, "the case did not run".into()),
        },
    }
}

fn told(id: &str, wanted: Verdict, seen: &[(Verdict, String)]) -> String {
    let mut text = format!("{id}: recorded {}\n", wanted.word());
    for (index, (verdict, reason)) in seen.iter().enumerate() {
        let row = format!(
            "run {}: {:<12} {}",
            index + 1,
            verdict.word(),
            reports::escape::line(reason)
        );
        text.push_str(&format!("{}\n", row.trim_end()));
    }
    let repeated = seen
        .iter()
        .filter(|(verdict, _)| *verdict == wanted)
        .count();
    text.push_str(&format!("repeated {repeated} of {}\n", seen.len()));
    text
}

fn code(wanted: Verdict, seen: &[(Verdict, String)], cancelled: bool) -> u8 {
    let judged = seen.iter().all(|(verdict, _)| verdict.is_judged());
    if cancelled {
        EXIT_INTERRUPTED
    } else if seen.is_empty() {
        EXIT_NOT_JUDGED
    } else if seen.iter().all(|(verdict, _)| *verdict == wanted) {
        EXIT_PASSED
    } else if judged || !wanted.is_judged() {
        EXIT_FAILED
    } else {
        EXIT_NOT_JUDGED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(wanted: Verdict, seen: &[Verdict], want: u8) {
        let seen: Vec<_> = seen
            .iter()
            .map(|verdict| (*verdict, String::new()))
            .collect();
        assert_eq!(code(wanted, &seen, false), want);
    }

    #[test]
    fn a_verdict_counts_as_repeated_only_if_it_is_each_time() {
        use Verdict::{Fail, Inconclusive, Pass};
        check(Fail, &[Fail, Fail, Fail], EXIT_PASSED);
        check(Fail, &[Fail, Pass, Fail], EXIT_FAILED);
        check(Pass, &[Fail, Fail, Fail], EXIT_FAILED);
        check(Fail, &[Inconclusive, Fail, Fail], EXIT_NOT_JUDGED);
        check(
            Inconclusive,
            &[Inconclusive, Inconclusive, Inconclusive],
            EXIT_PASSED,
        );
        check(Fail, &[], EXIT_NOT_JUDGED);
    }
}
