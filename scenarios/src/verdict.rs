//! The five verdicts, with what each one carries.

use serde::{Deserialize, Serialize};

use crate::model::Severity;

/// What one case, or a whole scenario, came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The controls held and every expectation was met; the note is for what is worth knowing and no fault.
    Pass { note: Option<String> },
    /// The controls held and an expectation was broken.
    Fail(Mismatch),
    /// A control did not hold, or noise made a statement unsafe.
    Inconclusive(String),
    /// It does not apply, or something that it needs was not given; the text says what to give.
    Skipped(String),
    /// The harness itself failed.
    Error(String),
}

/// A broken expectation: the consequence in one sentence, what was expected and what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    pub consequence: String,
    pub expected: String,
    pub actual: String,
    pub severity: Severity,
}

impl Verdict {
    /// A pass with nothing to add.
    pub const PASS: Verdict = Verdict::Pass { note: None };

    /// A pass, and what is worth knowing.
    pub fn noted(note: impl Into<String>) -> Verdict {
        Verdict::Pass {
            note: Some(note.into()),
        }
    }

    /// A broken expectation in words.
    pub fn fail(
        severity: Severity,
        consequence: &str,
        expected: &str,
        actual: impl Into<String>,
    ) -> Verdict {
        Verdict::Fail(Mismatch {
            consequence: consequence.to_owned(),
            expected: expected.to_owned(),
            actual: actual.into(),
            severity,
        })
    }

    /// The word that reports use.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Pass { .. } => "pass",
            Verdict::Fail(_) => "fail",
            Verdict::Inconclusive(_) => "inconclusive",
            Verdict::Skipped(_) => "skipped",
            Verdict::Error(_) => "error",
        }
    }

    /// Orders verdicts by how much they weigh when several are combined: a fail wins, a skip counts least.
    fn weight(&self) -> (u8, Option<Severity>) {
        match self {
            Verdict::Fail(mismatch) => (4, Some(mismatch.severity)),
            Verdict::Error(_) => (3, None),
            Verdict::Inconclusive(_) => (2, None),
            Verdict::Pass { .. } => (1, None),
            Verdict::Skipped(_) => (0, None),
        }
    }

    /// The verdict of a whole out of its parts; `None` for no parts. Notes of passes are kept.
    pub fn worst(parts: impl IntoIterator<Item = Verdict>) -> Option<Verdict> {
        parts.into_iter().reduce(|a, b| match (a, b) {
            (Verdict::Pass { note: a }, Verdict::Pass { note: b }) => {
                Verdict::Pass { note: a.or(b) }
            }
            (a, b) if b.weight() > a.weight() => b,
            (a, _) => a,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(severity: Severity) -> Verdict {
        Verdict::Fail(Mismatch {
            consequence: String::new(),
            expected: String::new(),
            actual: String::new(),
            severity,
        })
    }

    #[track_caller]
    fn check(parts: &[Verdict], want: Option<&str>) {
        assert_eq!(Verdict::worst(parts.to_vec()).map(|v| v.word()), want);
    }

    #[test]
    fn a_fail_outweighs_everything_and_a_skip_nothing() {
        let inconclusive = Verdict::Inconclusive(String::new());
        let skipped = Verdict::Skipped(String::new());
        check(&[], None);
        check(&[skipped.clone(), Verdict::PASS], Some("pass"));
        check(&[Verdict::PASS, inconclusive.clone()], Some("inconclusive"));
        check(
            &[
                fail(Severity::Low),
                inconclusive,
                Verdict::Error(String::new()),
            ],
            Some("fail"),
        );
        check(&[skipped.clone(), skipped], Some("skipped"));
    }

    #[test]
    fn the_graver_of_two_fails_is_kept() {
        assert_eq!(
            Verdict::worst([fail(Severity::Low), fail(Severity::High)]),
            Some(fail(Severity::High))
        );
    }
}
