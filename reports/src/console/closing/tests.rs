use super::*;
use crate::gate::{GateRules, judge_gate};
use crate::testing::result;

/// Results as `id severity verdict` with `<- REMEDY` for those that were skipped for want of it.
#[track_caller]
fn check(lines: &[&str], want: &str) {
    let results: Vec<_> = lines
        .iter()
        .map(|line| {
            let (line, give) = line
                .split_once(" <- ")
                .map_or((*line, None), |(l, g)| (l, Some(g)));
            let mut result = result(line);
            result.give = give.map(str::to_owned);
            result
        })
        .collect();
    let outcome = judge_gate(&results, &GateRules::default());
    assert_eq!(last_words(&outcome, results.len()), want);
}

#[test]
fn the_last_line_says_what_was_not_judged_and_what_would_allow_it() {
    check(
        &[
            "token.expired critical skipped <- --secret-env VAR",
            "a.b low pass",
        ],
        "; NOT judged: token.expired (give --secret-env VAR)",
    );
    check(&["a.b low pass"], "; nothing was left out of 1 scenario");
    check(
        &[],
        "; NOT judged: anything (give a --select that matches a scenario)",
    );
}

#[test]
fn many_of_them_are_gathered_by_what_would_allow_them() {
    check(
        &[
            "a.a low skipped",
            "a.b low inconclusive",
            "t.a low skipped <- X",
            "t.b low skipped <- X",
            "t.c low skipped <- X",
            "t.d low skipped <- X",
            "t.e low skipped <- Y",
        ],
        "; NOT judged: t.a, t.b, t.c and 1 more (give X); t.e (give Y); a.b, a.a (the control did not hold)",
    );
    check(
        &[
            "t.a low skipped <- A",
            "t.b low skipped <- B",
            "t.c low skipped <- C",
            "t.d low skipped <- D",
            "t.e low skipped <- E",
            "t.f low skipped <- E",
        ],
        "; NOT judged: t.a (give A); t.b (give B); t.c (give C); t.d (give D); and 2 more, listed above",
    );
}

#[test]
fn durations_read_as_people_say_them() {
    for (ms, want) in [(240, "240 ms"), (2_150, "2.1 s"), (140_000, "2 min 20 s")] {
        assert_eq!(seconds(ms), want);
    }
}
