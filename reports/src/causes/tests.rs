use std::collections::BTreeSet;

use super::*;
use crate::testing::result;

fn cause(id: &str, scenarios: &[&str]) -> Cause {
    Cause {
        id: id.to_owned(),
        title: id.to_owned(),
        scenarios: scenarios.iter().map(|id| (*id).to_owned()).collect(),
    }
}

/// Results as `name verdict`, and the causes found as `cause: scenarios`.
#[track_caller]
fn check(results: &[&str], want: &[&str]) {
    let known = [
        cause("broad", &["t.a", "t.b", "t.c"]),
        cause("narrow", &["t.a", "t.b"]),
        cause("other", &["t.c", "t.d", "t.e"]),
    ];
    let mut results: Vec<_> = results
        .iter()
        .map(|line| result(&format!("t.{}", line.replacen(' ', " high ", 1))))
        .collect();
    let found = group(&known, &mut results);
    let lines: Vec<_> = found
        .iter()
        .map(|cause| format!("{}: {}", cause.id, cause.scenarios.join(" ")))
        .collect();
    assert_eq!(lines, want);
    for result in &results {
        let named = found
            .iter()
            .find(|cause| cause.scenarios.contains(&result.id));
        assert_eq!(result.cause.as_ref(), named.map(|cause| &cause.id));
    }
}

#[test]
fn the_first_cause_whose_scenarios_all_failed_names_them() {
    check(&["a fail", "b fail", "c fail"], &["broad: t.a t.b t.c"]);
    check(&["a fail", "b fail", "c pass"], &["narrow: t.a t.b"]);
    check(&["a fail", "b pass", "c fail"], &[]);
}

#[test]
fn what_was_not_judged_speaks_neither_for_nor_against_a_cause() {
    check(&["a fail", "b inconclusive", "c fail"], &["broad: t.a t.c"]);
    check(&["a fail", "b skipped", "c error"], &[]);
}

#[test]
fn a_cause_is_not_named_where_its_first_scenario_was_not_judged() {
    check(&["a skipped", "b fail", "c fail"], &[]);
}

#[test]
fn one_judged_scenario_is_no_group() {
    check(&["a fail"], &[]);
    check(&["a pass", "b pass"], &[]);
}

#[test]
fn a_fail_has_one_cause() {
    check(
        &["a fail", "b fail", "c fail", "d fail", "e fail"],
        &["broad: t.a t.b t.c", "other: t.d t.e"],
    );
    check(
        &["a fail", "b fail", "c fail", "d fail"],
        &["broad: t.a t.b t.c"],
    );
}

#[test]
fn a_waived_fail_belongs_to_its_cause() {
    check(&["a fail waived", "b fail", "c pass"], &["narrow: t.a t.b"]);
}

#[test]
fn the_embedded_file_reads_and_no_cause_hides_behind_an_earlier_one() {
    let causes = parse(include_str!("../../../scenarios/causes.toml")).unwrap();
    assert_eq!(causes, known());
    let ids: BTreeSet<_> = causes.iter().map(|cause| &cause.id).collect();
    assert_eq!(ids.len(), causes.len());
    for (at, cause) in causes.iter().enumerate() {
        let listed: BTreeSet<_> = cause.scenarios.iter().collect();
        assert!(
            listed.len() == cause.scenarios.len() && listed.len() > 1,
            "{}",
            cause.id
        );
        // An earlier cause with a subset of these scenarios would always be found first.
        let hidden = causes[..at]
            .iter()
            .find(|earlier| earlier.scenarios.iter().all(|id| listed.contains(id)));
        assert_eq!(hidden.map(|cause| &cause.id), None, "hides {}", cause.id);
    }
}
