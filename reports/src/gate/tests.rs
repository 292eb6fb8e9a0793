use super::*;
use crate::testing::result;

#[track_caller]
fn check_by(rules: &GateRules, lines: &[&str], gate: Gate, reasons: &[&str]) {
    let results: Vec<_> = lines.iter().map(|line| result(line)).collect();
    let outcome = judge_gate(&results, rules);
    assert_eq!((outcome.gate, outcome.reasons), (gate, owned(reasons)));
}

#[track_caller]
fn check(lines: &[&str], gate: Gate, reasons: &[&str]) {
    check_by(&GateRules::default(), lines, gate, reasons);
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn a_fail_counts_from_the_chosen_severity_on() {
    check(&["a.b low fail"], Gate::Passed, &[]);
    check(&["a.b medium fail"], Gate::Failed, &["a.b failed (medium)"]);
    check(
        &["a.b medium pass", "a.c critical fail"],
        Gate::Failed,
        &["a.c failed (critical)"],
    );
    let high = GateRules {
        fail_on: Severity::High,
        ..GateRules::default()
    };
    check_by(&high, &["a.b medium fail"], Gate::Passed, &[]);
    let low = GateRules {
        fail_on: Severity::Low,
        ..GateRules::default()
    };
    check_by(&low, &["a.b low fail"], Gate::Failed, &["a.b failed (low)"]);
}

#[test]
fn a_failed_base_control_leaves_it_unjudged_whatever_else_failed() {
    for id in BASE_CONTROLS {
        check(
            &["a.b critical fail", &format!("{id} critical fail")],
            Gate::NotJudged,
            &[&format!("base control {id} failed")],
        );
    }
    check(
        &["login.happy-path critical fail waived"],
        Gate::NotJudged,
        &["base control login.happy-path failed"],
    );
    let strict = GateRules {
        strict: true,
        ..GateRules::default()
    };
    check_by(
        &strict,
        &["a.b low error", "login.happy-path critical fail"],
        Gate::NotJudged,
        &["base control login.happy-path failed"],
    );
}

#[test]
fn a_fail_wins_over_what_could_not_be_judged() {
    check(
        &["a.b critical inconclusive", "a.c high fail"],
        Gate::Failed,
        &["a.c failed (high)"],
    );
}

#[test]
fn a_critical_question_left_open_leaves_the_gate_unjudged() {
    check(
        &["a.a low pass", "a.b critical inconclusive"],
        Gate::NotJudged,
        &["a.b (critical) is inconclusive"],
    );
    check(
        &["a.a low pass", "a.b critical error waived"],
        Gate::NotJudged,
        &["a.b (critical) is error"],
    );
    check(
        &["a.a low pass", "a.b high inconclusive", "a.c high error"],
        Gate::Passed,
        &[],
    );
    check(&["a.a low pass", "a.b critical skipped"], Gate::Passed, &[]);
}

#[test]
fn nothing_judged_is_never_green() {
    check(&[], Gate::NotJudged, &["nothing was selected"]);
    check(
        &["a.b high skipped", "a.c low inconclusive"],
        Gate::NotJudged,
        &["nothing was judged"],
    );
}

#[test]
fn what_is_required_must_have_been_judged() {
    let required = |pattern: &str| GateRules {
        require: vec![pattern.to_owned()],
        ..GateRules::default()
    };
    let lines = &["a.a low pass", "a.b low skipped", "b.c low pass"];
    let unjudged = Gate::NotJudged;
    check_by(&required("a.a"), lines, Gate::Passed, &[]);
    check_by(
        &required("a.*"),
        lines,
        unjudged,
        &["required a.b is skipped"],
    );
    check_by(&required("b.*"), lines, Gate::Passed, &[]);
    check_by(
        &required("c.*"),
        lines,
        unjudged,
        &["required c.* was not selected"],
    );
    check_by(
        &required("a.b"),
        &["a.b low fail waived"],
        Gate::Passed,
        &[],
    );
    check_by(
        &required("a.b"),
        &["a.b low skipped", "a.c high fail"],
        Gate::Failed,
        &["a.c failed (high)"],
    );
    let results: Vec<_> = lines.iter().map(|line| result(line)).collect();
    let outcome = judge_gate(&results, &required("a.[b"));
    assert!(outcome.reasons[0].starts_with("required `a.[b` is no glob: "));
}

#[test]
fn strict_makes_every_open_question_a_fail_and_leaves_skips_alone() {
    let strict = GateRules {
        strict: true,
        ..GateRules::default()
    };
    check_by(
        &strict,
        &["a.a low inconclusive", "a.b low error", "a.c low skipped"],
        Gate::Failed,
        &["a.a is inconclusive (--strict)", "a.b is error (--strict)"],
    );
    check_by(
        &strict,
        &["a.a low pass", "a.c low skipped"],
        Gate::Passed,
        &[],
    );
}

#[test]
fn a_waived_fail_does_not_fail_it() {
    check(&["a.b critical fail waived"], Gate::Passed, &[]);
}

#[test]
fn what_was_left_open_says_what_would_allow_it() {
    let mut skipped = result("token.expired critical skipped");
    skipped.give = Some("--secret-env VAR".to_owned());
    let outcome = judge_gate(
        &[
            skipped,
            result("a.b low inconclusive"),
            result("a.c low pass"),
        ],
        &GateRules::default(),
    );
    let seen: Vec<_> = outcome
        .not_judged
        .iter()
        .map(|open| (open.id.as_str(), open.verdict, open.remedy.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("token.expired", Verdict::Skipped, "give --secret-env VAR"),
            ("a.b", Verdict::Inconclusive, "the control did not hold"),
        ]
    );
}

#[test]
fn each_gate_has_its_word_and_its_exit_code() {
    for (gate, word, code) in [
        (Gate::Passed, "passed", 0),
        (Gate::Failed, "failed", 1),
        (Gate::NotJudged, "not-judged", 2),
    ] {
        assert_eq!((gate.word(), exit_code(gate)), (word, code));
        assert_eq!(serde_json::to_value(gate).unwrap(), word);
    }
}
