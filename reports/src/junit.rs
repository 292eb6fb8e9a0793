//! The report for CI systems that read JUnit's XML: a suite for each area, a test for each scenario.
//!
//! What could not be judged is an error, so that it is not taken for a finding; a waived fail is skipped with its
//! reason. Whether the build may go on is the gate's matter and stands in the properties.

use std::fmt::Write;
use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::escape::{cut, line, lines};
use crate::model::{CaseResult, ScenarioResult, Verdict};
use crate::{Format, RenderOptions, Report};

pub(crate) const FORMAT: Format = Format {
    name: "junit",
    render,
};

/// The characters of an answer that are shown; all of it stands in the JSON report.
const LONGEST_BODY: usize = 400;

fn render(report: &Report, _: &RenderOptions) -> String {
    let mut xml = quick_junit::Report::new(line(&report.tool.name));
    xml.set_time(Duration::from_millis(report.duration_ms));
    let areas = report
        .results
        .chunk_by(|a, b| a.area == b.area)
        .map(|results| suite(report, results));
    xml.add_test_suites(areas);
    // The one error that is left is a writer's, and a string has none.
    xml.to_string().unwrap_or_default()
}

fn suite(report: &Report, results: &[ScenarioResult]) -> TestSuite {
    let area = results.first().map_or("", |result| &result.area);
    let mut suite = TestSuite::new(line(area));
    suite.set_time(Duration::from_millis(
        results.iter().map(|result| result.duration_ms).sum(),
    ));
    let seed = report.seed.to_string();
    for (name, value) in [
        ("target", report.target.api_url.as_str()),
        ("run_id", &report.run_id),
        ("seed", &seed),
        ("mode", report.mode_word()),
        ("gate", report.summary.gate.word()),
    ] {
        suite.add_property((line(name), line(value)));
    }
    suite.add_test_cases(results.iter().map(test_case));
    suite
}

fn test_case(result: &ScenarioResult) -> TestCase {
    let mut case = TestCase::new(line(&result.id), status(result));
    case.set_classname(line(&result.area));
    case.set_time(Duration::from_millis(result.duration_ms));
    case.add_property(("severity", result.severity.word()));
    if let Some(cause) = &result.cause {
        case.add_property((line("cause"), line(cause)));
    }
    if let Some(note) = &result.note {
        case.add_property((line("note"), line(note)));
    }
    case
}

fn status(result: &ScenarioResult) -> TestCaseStatus {
    let reason = result.reason.as_deref().unwrap_or(&result.title);
    let non_success = |kind, ty: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(line(ty)).set_message(line(reason));
        status.set_description(lines(&body(result)));
        status
    };
    let skipped = |message: &str| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(line(message));
        status
    };
    match (result.verdict, &result.waived) {
        (Verdict::Pass, _) => TestCaseStatus::success(),
        (Verdict::Fail, Some(why)) => skipped(&format!("waived: {why}; {reason}")),
        (Verdict::Fail, None) => non_success(NonSuccessKind::Failure, result.severity.word()),
        (Verdict::Inconclusive, _) => non_success(NonSuccessKind::Error, "inconclusive"),
        (Verdict::Error, _) => non_success(NonSuccessKind::Error, "error"),
        (Verdict::Skipped, _) => skipped(&match (&result.give, &result.reason) {
            (Some(give), Some(reason)) => format!("{reason} (give {give})"),
            (Some(_), None) | (None, _) => result.remedy(),
        }),
    }
}

/// The text of a failure: the requirement, each case that is no pass with its evidence, and what to do.
fn body(result: &ScenarioResult) -> String {
    let mut text = format!("requirement: {}\n", line(&result.title));
    for case in &result.cases {
        if case.verdict != Verdict::Pass {
            describe(&mut text, &result.id, case);
        }
    }
    let _ = writeln!(text, "fix: {}", line(&result.fix));
    text
}

fn describe(text: &mut String, id: &str, case: &CaseResult) {
    let _ = writeln!(
        text,
        "\n{}#{}: {}",
        line(id),
        line(&case.name),
        case.verdict.word()
    );
    let told = [
        ("", case.reason.as_deref().unwrap_or_default()),
        ("expected ", &case.expected),
        ("actual ", &case.actual),
    ];
    for (label, value) in told.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(text, "{label}{}", line(value));
    }
    for evidence in &case.evidence {
        let role = if evidence.control {
            "control"
        } else {
            "attack"
        };
        let (sent, came) = (evidence.line(), evidence.outcome());
        let _ = writeln!(text, "{role}: {}, {}", line(&sent), line(&came));
        let _ = writeln!(text, "  {}", line(&evidence.curl));
        if let Some(forged) = &evidence.forged {
            let _ = writeln!(text, "  token: authspec forge {}", line(&forged.recipe));
        }
        let body = evidence
            .response
            .as_ref()
            .map_or("", |response| &response.body);
        if !body.is_empty() {
            let _ = writeln!(text, "  answer: {}", line(&cut(body, LONGEST_BODY)));
        }
    }
}
