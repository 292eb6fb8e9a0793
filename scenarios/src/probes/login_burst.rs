//! Wrong passwords for one account, one after another, until the target slows or stops them.

use super::burst::{Outcome, at_the_edge, only, wrong_passwords};
use super::{Attempt, Counted, DeclaredLimit, Lab, Probe, Run};
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "login-burst",
    run: |lab| -> Run<'_> { Box::pin(burst(lab)) },
};

async fn burst(lab: &mut dyn Lab) -> Vec<Attempt> {
    let limit = lab.limit(Counted::FailedLogins);
    if limit == DeclaredLimit::Edge {
        return only("burst", at_the_edge());
    }
    let verdict = match wrong_passwords(lab, "alice").await {
        Outcome::Throttled(_) => Verdict::PASS,
        Outcome::Slowed(first, last) => {
            let note = format!(
                "answers slow down from {} ms to {} ms",
                first.as_millis(),
                last.as_millis()
            );
            Verdict::Pass { note: Some(note) }
        }
        Outcome::Unbounded(sent) => Verdict::Fail(Mismatch {
            consequence: "passwords of one account can be guessed without being slowed".into(),
            expected: "429, a block or rising delay".into(),
            actual: format!("{sent} wrong passwords in a row were all judged alike"),
            severity: match limit {
                DeclaredLimit::Count { .. } => Severity::High,
                DeclaredLimit::Undeclared | DeclaredLimit::Edge => Severity::Medium,
            },
        }),
        Outcome::Unclear(why) => Verdict::Inconclusive(why),
    };
    only("burst", verdict)
}
