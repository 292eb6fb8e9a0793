//! The main job from outside: `authspec demo`, its exit codes and its report.
#![cfg(feature = "demo")]

use std::process::{Command, Output};

use reports::Report;

fn demo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_authspec"))
        .arg("demo")
        .args(arguments)
        .args(["--report", "json"])
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

fn report(output: &Output) -> Report {
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{errors}"))
}

/// What must be the same in two runs with one seed: order, choices and verdicts.
fn choices(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    for result in &report.results {
        lines.push(format!("{} {}", result.id, result.verdict.word()));
        for case in &result.cases {
            lines.push(format!("  {} {}", case.name, case.verdict.word()));
            lines.extend(case.evidence.iter().map(|evidence| {
                let recipe = evidence
                    .forged
                    .as_ref()
                    .map(|forged| forged.recipe.as_str());
                let (method, outcome) = (&evidence.request.method, evidence.outcome());
                format!("    {} {method} {recipe:?} {outcome}", evidence.actor)
            }));
        }
    }
    lines
}

#[test]
fn the_secure_server_passes_and_two_runs_with_one_seed_agree() {
    let select = [
        "--select",
        "token.alg-*",
        "--select",
        "isolation.*",
        "--seed",
        "7",
    ];
    let (one, other) = (demo(&select), demo(&select));
    assert_eq!(
        one.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&one.stdout)
    );
    assert_eq!(choices(&report(&one)), choices(&report(&other)));
    assert_ne!(report(&one).run_id, report(&other).run_id);
}

/// The good answer after one attack is the one before the next: nothing was sent between them.
#[test]
fn a_control_between_two_attacks_is_observed_once() {
    let output = demo(&["--select", "token.alg-none-case"]);
    let report = report(&output);
    let parallel = report.phases.iter().find(|p| p.phase == "parallel");
    let found = report.results.iter();
    let cases = found
        .filter(|result| result.id == "token.alg-none-case")
        .map(|result| result.cases.len() as u64)
        .sum::<u64>();
    // For each attack: nobody, the attack, the good token; and the good token once before all of them.
    assert_eq!(parallel.unwrap().exchanges, 1 + 3 * cases);
    assert!(cases > 1);
}

#[cfg(feature = "defects")]
#[test]
fn a_weakness_fails_the_gate_and_no_token_is_in_the_evidence() {
    let weak = [
        "--defect",
        "accepts-alg-none",
        "--select",
        "token.alg-none",
        "--evidence",
        "full",
    ];
    let output = demo(&weak);
    assert_eq!(output.status.code(), Some(1));
    let report = report(&output);
    assert_eq!(report.mode_reason, "authspec started the target itself");
    let failed = report
        .results
        .iter()
        .filter(|result| result.verdict.word() == "fail");
    assert_eq!(
        failed.map(|result| result.id.as_str()).collect::<Vec<_>>(),
        ["token.alg-none"]
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("$FORGED_TOKEN") && !text.contains("eyJ"),
        "{text}"
    );
}
