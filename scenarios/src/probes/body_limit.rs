//! Bodies that are larger than any that a form sends: refused, or read to the end.

use super::owners::step;
use super::{Attempt, DeclaredSize, Lab, Probe, Run, Sent};
use crate::exchange::{Answer, NoAnswer};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "body-limit",
    run: |lab| -> Run<'_> { Box::pin(large(lab)) },
};

const MB: u64 = 1_000_000;
/// No more is sent at once, whatever is declared.
const MOST: u64 = 10 * MB;

async fn large(lab: &mut dyn Lab) -> Vec<Attempt> {
    let sizes = match lab.body_limit() {
        // Smaller limits are found without the larger body.
        DeclaredSize::Undeclared => vec![MB, MOST],
        DeclaredSize::Bytes(bytes) if bytes + MB / 10 <= MOST => vec![bytes + MB / 10],
        DeclaredSize::Bytes(bytes) => {
            let why =
                format!("the profile declares {bytes} bytes, and no more than {MOST} are sent");
            return one("large bodies", Verdict::Skipped(why));
        }
        DeclaredSize::Edge => {
            let why = "the profile declares that something in front of the target limits bodies";
            return one("large bodies", Verdict::Skipped(why.into()));
        }
    };
    match lab.send(step("alice", "object.create"), true).await {
        Ok(sent) if sent.accepted => {}
        Ok(sent) => {
            let why = format!("a small body was answered {}", sent.exchange.outcome());
            return one("large bodies", Verdict::Inconclusive(why));
        }
        Err(why) => return one("large bodies", Verdict::Inconclusive(why)),
    }
    let mut verdict = Verdict::PASS;
    let mut name = String::new();
    for size in sizes {
        name = format!("a body of {} kB", size / 1000);
        // A member that nobody knows: what counts is that it is read, and a row of that size would help nobody.
        let padding = "x".repeat(size as usize);
        let large = Step {
            extra: [("authspec_padding".to_owned(), padding.into())].into(),
            ..step("alice", "object.create")
        };
        verdict = match lab.send(large, false).await {
            Ok(sent) => judged(&sent, size),
            Err(why) => Verdict::Inconclusive(why),
        };
        // A megabyte is no fault yet.
        if !matches!(verdict, Verdict::Fail(_)) {
            break;
        }
    }
    one(&name, verdict)
}

fn one(name: &str, verdict: Verdict) -> Vec<Attempt> {
    vec![Attempt {
        name: name.to_owned(),
        verdict,
    }]
}

fn judged(sent: &Sent, size: u64) -> Verdict {
    let outcome = sent.exchange.outcome();
    match &sent.exchange.answer {
        // A server may close before it has read all of what it refuses (RFC 9110 15.5.14).
        Answer::Nothing(NoAnswer::Closed(_)) => Verdict::Pass {
            note: Some(format!("{size} bytes: the connection was closed")),
        },
        Answer::Nothing(_) => Verdict::Inconclusive(outcome),
        Answer::Response(response) if response.is_throttled() => Verdict::Inconclusive(outcome),
        Answer::Response(response) if sent.accepted => Verdict::Fail(Mismatch {
            consequence: "bodies of any size are read: a few requests at once fill the memory"
                .into(),
            expected: "413, or another 4xx".into(),
            actual: format!("{} to a body of {size} bytes", response.status),
            severity: Severity::Low,
        }),
        Answer::Response(response) if response.status >= 500 => Verdict::Inconclusive(format!(
            "a body of {size} bytes was answered {}, which is neither a limit nor none",
            response.status
        )),
        Answer::Response(_) => Verdict::PASS,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Fake, json, run, word};
    use super::*;

    /// What comes back for a body of more than so many bytes.
    fn check(limit: usize, status: u16, declared: DeclaredSize, want: &str) {
        let mut fake = Fake::new(
            move |step: &Step| match step.extra.get("authspec_padding") {
                Some(body) if body.as_str().unwrap().len() > limit => {
                    (json(status, serde_json::Value::Null), status < 300)
                }
                _ => (json(201, serde_json::Value::Null), true),
            },
        );
        fake.body_limit = declared;
        assert_eq!(word(&run(&PROBE, &mut fake)), want);
    }

    #[test]
    fn a_limit_of_up_to_ten_megabytes_passes() {
        check(100_000, 413, DeclaredSize::Undeclared, "pass");
        check(2_000_000, 400, DeclaredSize::Undeclared, "pass");
    }

    #[test]
    fn a_target_that_takes_everything_fails() {
        check(usize::MAX, 413, DeclaredSize::Undeclared, "fail");
    }

    #[test]
    fn a_declared_limit_is_the_one_that_is_tried() {
        let declared = DeclaredSize::Bytes(5_000_000);
        check(5_000_000, 413, declared, "pass");
        check(8_000_000, 413, declared, "fail");
        check(usize::MAX, 413, DeclaredSize::Bytes(50_000_000), "skipped");
        check(usize::MAX, 413, DeclaredSize::Edge, "skipped");
    }

    #[test]
    fn a_crash_and_a_broken_control_say_nothing() {
        check(500_000, 500, DeclaredSize::Undeclared, "inconclusive");
        let mut fake = Fake::new(|_| (json(500, serde_json::Value::Null), false));
        assert_eq!(word(&run(&PROBE, &mut fake)), "inconclusive");
    }
}
