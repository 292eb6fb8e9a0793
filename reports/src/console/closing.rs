//! How the console report ends: what was left open, the totals, the gate, and last what was not judged.

use crate::Report;
use crate::escape::cut;
use crate::gate::{Gate, GateOutcome, NotJudged};
use crate::model::{ScenarioResult, Verdict};

use super::page::{Look, Page};
use super::{enumerate, plural};

/// Ids that are listed for one reason.
const LISTED: usize = 12;
/// Ids for one reason, and reasons, in the last line.
const LAST_IDS: usize = 3;
const LAST_REASONS: usize = 4;

/// Scenarios of one verdict, gathered by reason.
pub(super) fn left_open(page: &mut Page, title: &str, results: &[&ScenarioResult]) {
    if results.is_empty() {
        return;
    }
    page.blank();
    page.line(0, &[(Look::Open, title)]);
    let reason = |result: &&ScenarioResult| match (&result.give, &result.reason) {
        (Some(give), Some(reason)) => format!("{reason}: give {give}"),
        (Some(_), None) | (None, _) => result.remedy(),
    };
    for (reason, members) in gather(results, reason) {
        page.prose(2, Look::Plain, &reason);
        let ids: Vec<_> = members.iter().map(|result| result.id.clone()).collect();
        let most = if page.verbose() { ids.len() } else { LISTED };
        page.prose(4, Look::Dim, &enumerate(&ids, most));
    }
}

/// Lines of `id   text`.
pub(super) fn remarks(page: &mut Page, title: &str, remarks: &[(&str, String)]) {
    if remarks.is_empty() {
        return;
    }
    page.blank();
    page.line(0, &[(Look::Strong, title)]);
    for (id, text) in remarks {
        page.pair(2, id, text);
    }
}

pub(super) fn totals(page: &mut Page, report: &Report) {
    let summary = &report.summary;
    let counts = [
        Some(format!("{} passed", summary.pass)),
        Some(format!("{} failed", summary.fail)),
        (summary.inconclusive > 0).then(|| format!("{} inconclusive", summary.inconclusive)),
        (summary.error > 0).then(|| plural(summary.error as u64, "error")),
        (summary.skipped > 0).then(|| format!("{} skipped", summary.skipped)),
    ];
    let counts: Vec<_> = counts.into_iter().flatten().collect();
    let waited = match report.waited_ms {
        0 => String::new(),
        ms => format!(", {} of it waiting", seconds(ms)),
    };
    let text = format!(
        "{}: {}; {} in {}{waited}; seed {}",
        plural(summary.total as u64, "scenario"),
        counts.join(", "),
        plural(summary.requests, "request"),
        seconds(report.duration_ms),
        report.seed,
    );
    page.blank();
    page.prose(0, Look::Plain, &text);
}

pub(super) fn gate(page: &mut Page, report: &Report) {
    let outcome = report.gate_outcome();
    if !outcome.reasons.is_empty() {
        let against = format!("against the gate: {}", enumerate(&outcome.reasons, LISTED));
        page.prose(0, Look::Plain, &against);
    }
    let look = match outcome.gate {
        Gate::Passed => Look::Good,
        Gate::Failed => Look::Bad,
        Gate::NotJudged => Look::Open,
    };
    let verdict = match outcome.gate {
        Gate::Passed => "gate passed",
        Gate::Failed => "gate failed",
        Gate::NotJudged => "gate not judged",
    };
    page.line(
        0,
        &[
            (look, verdict),
            (Look::Plain, &last_words(&outcome, report.results.len())),
        ],
    );
}

/// What was not judged, and what would allow it.
fn last_words(outcome: &GateOutcome, total: usize) -> String {
    if total == 0 {
        return "; NOT judged: anything (give a --select that matches a scenario)".to_owned();
    }
    if outcome.not_judged.is_empty() {
        return format!(
            "; nothing was left out of {}",
            plural(total as u64, "scenario")
        );
    }
    let mut open: Vec<_> = outcome.not_judged.iter().collect();
    open.sort_by_key(|open| rank(open));
    let groups = gather(&open, |open| open.remedy.clone());
    let told: Vec<_> = groups
        .iter()
        .take(LAST_REASONS)
        .map(|(remedy, members)| {
            let ids: Vec<_> = members.iter().map(|open| open.id.clone()).collect();
            format!("{} ({})", enumerate(&ids, LAST_IDS), cut(remedy, 80))
        })
        .collect();
    let rest: usize = groups
        .iter()
        .skip(LAST_REASONS)
        .map(|(_, members)| members.len())
        .sum();
    let rest = match rest {
        0 => String::new(),
        count => format!("; and {count} more, listed above"),
    };
    format!("; NOT judged: {}{rest}", told.join("; "))
}

/// What the reader can do something about comes first.
fn rank(open: &NotJudged) -> u8 {
    match open.verdict {
        Verdict::Skipped if open.remedy.starts_with("give ") => 0,
        Verdict::Inconclusive => 1,
        Verdict::Error => 2,
        Verdict::Skipped | Verdict::Pass | Verdict::Fail => 3,
    }
}

/// Items by what is said of them, in the order in which it is first said.
fn gather<'a, T>(items: &[&'a T], say: impl Fn(&&'a T) -> String) -> Vec<(String, Vec<&'a T>)> {
    let mut groups: Vec<(String, Vec<&T>)> = Vec::new();
    for item in items {
        let said = say(item);
        match groups.iter_mut().find(|(known, _)| *known == said) {
            Some((_, members)) => members.push(item),
            None => groups.push((said, vec![item])),
        }
    }
    groups
}

/// `240 ms`, `2.1 s`, `2 min 20 s`.
fn seconds(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        60_000.. => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

#[cfg(test)]
mod tests;
