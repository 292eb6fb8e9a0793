//! A fail as its reader needs it: consequence, expected and actual, where, the command that repeats it, remedy.

use crate::escape::line;
use crate::model::{CaseResult, Evidence, ScenarioResult, Verdict};

use super::page::{Look, Page};

/// The commands that are shown for one case: the attack and the look whether it had an effect.
const COMMANDS: usize = 3;

/// A finding in full.
pub(super) fn whole(page: &mut Page, indent: usize, result: &ScenarioResult) {
    let failed: Vec<_> = failed_cases(result).collect();
    let Some(shown) = worst_case(result) else {
        head(page, indent, result, None);
        reasons(page, indent + 5, result, None);
        fix(page, indent + 5, result);
        return;
    };
    let cases = if page.verbose() {
        failed.clone()
    } else {
        vec![shown]
    };
    for case in cases {
        head(page, indent, result, Some(case));
        reasons(page, indent + 5, result, Some(case));
        comparison(page, indent + 5, case);
        evidence(page, indent + 5, case);
    }
    let others: Vec<_> = failed
        .iter()
        .filter(|case| !page.verbose() && case.name != shown.name)
        .map(|case| format!("#{}", case.name))
        .collect();
    if !others.is_empty() {
        let also = format!("also {}", super::enumerate(&others, 8));
        page.prose(indent + 5, Look::Plain, &also);
    }
    fix(page, indent + 5, result);
}

/// A finding on one line, for one whose cause is explained above it.
pub(super) fn brief(page: &mut Page, indent: usize, result: &ScenarioResult) {
    let told = worst_case(result)
        .and_then(|case| case.reason.as_deref())
        .or(result.reason.as_deref())
        .unwrap_or(&result.title);
    let place = format!("{:<28}  ", result.id);
    let weight = format!("{:<8}", result.severity.word());
    let mut parts = vec![
        (Look::Bad, "FAIL "),
        (Look::Plain, place.as_str()),
        (Look::Dim, weight.as_str()),
    ];
    let taken = 5 + place.chars().count() + weight.len() + 2;
    let fits = taken + line(told).chars().count() <= page.room(indent);
    if fits {
        parts.extend([(Look::Plain, "  "), (Look::Plain, told)]);
    }
    page.line(indent, &parts);
    if !fits {
        page.prose(indent + 5, Look::Plain, told);
    }
}

fn failed_cases(result: &ScenarioResult) -> impl Iterator<Item = &CaseResult> {
    result
        .cases
        .iter()
        .filter(|case| case.verdict == Verdict::Fail)
}

/// The case that the scenario's reason is about, or else the first that failed.
fn worst_case(result: &ScenarioResult) -> Option<&CaseResult> {
    failed_cases(result)
        .find(|case| case.reason.is_some() && case.reason == result.reason)
        .or_else(|| failed_cases(result).next())
}

fn head(page: &mut Page, indent: usize, result: &ScenarioResult, case: Option<&CaseResult>) {
    let name = match case {
        Some(case) => format!("{}#{}", result.id, case.name),
        None => result.id.clone(),
    };
    let mut weight = format!("   {}", result.severity.word());
    if result.severity != result.usual_severity {
        weight.push_str(&format!(" (usually {})", result.usual_severity.word()));
    }
    page.line(
        indent,
        &[
            (Look::Bad, "FAIL "),
            (Look::Strong, &name),
            (Look::Dim, &weight),
        ],
    );
}

fn reasons(page: &mut Page, indent: usize, result: &ScenarioResult, case: Option<&CaseResult>) {
    let of_case = case.and_then(|case| case.reason.as_ref());
    match (&result.reason, of_case) {
        (Some(whole), Some(part)) if whole != part => {
            page.prose(indent, Look::Plain, whole);
            page.prose(indent, Look::Plain, part);
        }
        (Some(told), _) | (None, Some(told)) => page.prose(indent, Look::Plain, told),
        (None, None) => page.prose(indent, Look::Plain, &format!("not so: {}", result.title)),
    }
    if let (true, Some(why)) = (page.verbose(), &result.why) {
        page.prose(indent, Look::Dim, why);
    }
}

fn comparison(page: &mut Page, indent: usize, case: &CaseResult) {
    let compared = match (case.expected.as_str(), case.actual.as_str()) {
        ("", "") => String::new(),
        (expected, "") => format!("expected {expected}"),
        ("", actual) => format!("got {actual}"),
        (expected, actual) => format!("expected {expected}, got {actual}"),
    };
    let sent = attacks(case).next_back().map(Evidence::line);
    match (compared.as_str(), sent) {
        ("", None) => {}
        ("", Some(sent)) => page.prose(indent, Look::Dim, &sent),
        (compared, None) => page.prose(indent, Look::Plain, compared),
        (compared, Some(sent)) => page.pair(indent, compared, &sent),
    }
}

fn attacks(case: &CaseResult) -> impl DoubleEndedIterator<Item = &Evidence> {
    case.evidence.iter().filter(|evidence| !evidence.control)
}

fn evidence(page: &mut Page, indent: usize, case: &CaseResult) {
    let mut commands: Vec<&str> = Vec::new();
    for evidence in attacks(case) {
        if evidence.curl.is_empty() || commands.contains(&evidence.curl.as_str()) {
            continue;
        }
        if commands.len() == COMMANDS {
            break;
        }
        commands.push(&evidence.curl);
        page.command(indent, &evidence.curl);
        if let Some(forged) = &evidence.forged {
            let made = format!("the token is made by: authspec forge {}", forged.recipe);
            page.prose(indent, Look::Dim, &made);
            if page.verbose() {
                let parts = format!("header {} claims {}", forged.header, forged.claims);
                page.prose(indent, Look::Dim, &parts);
            }
        }
        if page.verbose() {
            answer(page, indent, evidence);
        }
    }
}

fn answer(page: &mut Page, indent: usize, evidence: &Evidence) {
    let Some(response) = &evidence.response else {
        page.prose(indent, Look::Dim, &evidence.outcome());
        return;
    };
    page.line(
        indent,
        &[(Look::Dim, "answer "), (Look::Dim, &evidence.outcome())],
    );
    for (name, value) in &response.headers {
        page.line(
            indent + 2,
            &[(Look::Dim, name), (Look::Dim, ": "), (Look::Dim, value)],
        );
    }
    page.prose(indent + 2, Look::Dim, &response.body);
}

fn fix(page: &mut Page, indent: usize, result: &ScenarioResult) {
    if !result.fix.is_empty() {
        page.prose(indent, Look::Plain, &format!("fix: {}", result.fix));
    }
}
