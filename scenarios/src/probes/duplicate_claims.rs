//! Claims that stand twice in a token that is rightly signed.

use super::owners::{answered, step};
use super::winner;
use super::{Attempt, Lab, Probe, Run};
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "duplicate-claims",
    run: |lab| -> Run<'_> { Box::pin(claims(lab)) },
};

const FAULT: (Severity, &str) = (
    Severity::Medium,
    "of two subjects in one token, one route takes the first and another the second",
);

async fn claims(lab: &mut dyn Lab) -> Vec<Attempt> {
    // A forged token names its sender first or last: the order of the two users stays the same.
    let double = |user: &str, step: Step| {
        let form = match user {
            "alice" => "sub-own-foreign",
            _ => "sub-foreign-own",
        };
        Step {
            token: Some(format!("duplicate-claims#{form}")),
            ..step
        }
    };
    let subjects = winner::attempt(lab, "two subjects", &double, FAULT).await;
    let expired = Step {
        token: Some("duplicate-claims#exp-future-past".into()),
        ..step("alice", "probe")
    };
    let sent = lab.send(expired, false).await;
    let name = "two expiries, the last past".to_owned();
    lab.cut(&name);
    let verdict = match answered(sent, "a token is accepted whose last expiry is past") {
        Verdict::Fail(mismatch) => Verdict::Fail(crate::verdict::Mismatch {
            severity: Severity::Medium,
            ..mismatch
        }),
        other => other,
    };
    vec![subjects, Attempt { name, verdict }]
}
