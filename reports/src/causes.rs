//! One mistake, one finding: groups fails that share a cause.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::{Cause, ScenarioResult, Verdict};

/// The causes that are known, the broader before the narrower.
pub fn known() -> &'static [Cause] {
    static KNOWN: LazyLock<Vec<Cause>> = LazyLock::new(|| {
        // The file is embedded, and a test reads it; a file that does not parse never ships.
        parse(include_str!("../../scenarios/causes.toml")).unwrap_or_default()
    });
    &KNOWN
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cause: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    title: String,
    scenarios: Vec<String>,
}

fn parse(text: &str) -> Result<Vec<Cause>, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    let causes = file.cause.into_iter().map(|entry| Cause {
        id: entry.id,
        title: entry.title,
        scenarios: entry.scenarios,
    });
    Ok(causes.collect())
}

/// Names the cause of each fail that one explains, and returns the causes that were found with what they explain.
///
/// A cause is found when all of its scenarios that were judged failed, the first of them among these, for it tells the
/// cause from its neighbours; and when at least two of them have no earlier cause.
pub fn group(causes: &[Cause], results: &mut [ScenarioResult]) -> Vec<Cause> {
    for result in results.iter_mut() {
        result.cause = None;
    }
    let mut found = Vec::new();
    for cause in causes {
        let mut judged: Vec<_> = results
            .iter_mut()
            .filter(|result| result.verdict.is_judged() && cause.scenarios.contains(&result.id))
            .collect();
        let all_failed = judged.iter().all(|result| result.verdict == Verdict::Fail);
        let mark = cause.scenarios.first();
        if !all_failed || !judged.iter().any(|result| Some(&result.id) == mark) {
            continue;
        }
        judged.retain(|result| result.cause.is_none());
        if judged.len() < 2 {
            continue;
        }
        let mut scenarios = Vec::new();
        for result in judged {
            result.cause = Some(cause.id.clone());
            scenarios.push(result.id.clone());
        }
        scenarios.sort();
        found.push(Cause {
            scenarios,
            ..cause.clone()
        });
    }
    found
}

#[cfg(test)]
mod tests;
