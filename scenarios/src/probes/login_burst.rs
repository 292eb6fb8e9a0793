//! Wrong passwords for one account, one after another, until the target slows or stops them.

use std::time::Duration;

use super::{Attempt, DeclaredLimit, Lab, Probe, Run};
use crate::exchange::Response;
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "login-burst",
    run: |lab| -> Run<'_> { Box::pin(burst(lab)) },
};

/// Attempts where the profile declares no limit.
const UNDECLARED: u32 = 30;

/// How a burst ended.
pub(super) enum Outcome {
    /// Throttled, with the answer that said so.
    Throttled(Response),
    /// Refused ever more slowly: first and last delay.
    Slowed(Duration, Duration),
    /// Every attempt was judged like the first.
    Unbounded(u32),
    Unclear(String),
}

async fn burst(lab: &mut dyn Lab) -> Vec<Attempt> {
    let limit = lab.login_limit();
    if limit == DeclaredLimit::Edge {
        let why = "the profile declares that the edge limits logins".to_owned();
        return vec![Attempt {
            name: "burst".into(),
            verdict: Verdict::Skipped(why),
        }];
    }
    let verdict = match wrong_passwords(lab).await {
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
    vec![Attempt {
        name: "burst".into(),
        verdict,
    }]
}

/// Sends wrong passwords for alice up to one above the limit, or until one is throttled.
pub(super) async fn wrong_passwords(lab: &mut dyn Lab) -> Outcome {
    let most = match lab.login_limit() {
        DeclaredLimit::Count { count, .. } => count + 1,
        DeclaredLimit::Undeclared | DeclaredLimit::Edge => UNDECLARED,
    };
    let mut delays = Vec::new();
    let mut first_status = None;
    for attempt in 0..most {
        let sent = match lab.send(wrong_login(), attempt == 0).await {
            Ok(sent) => sent,
            Err(why) => return Outcome::Unclear(why),
        };
        let Some(response) = sent.exchange.response() else {
            return Outcome::Unclear(format!(
                "attempt {}: {}",
                attempt + 1,
                sent.exchange.outcome()
            ));
        };
        if response.is_throttled() {
            return match attempt {
                0 => Outcome::Unclear("the very first wrong password was throttled".into()),
                _ => Outcome::Throttled(response.clone()),
            };
        }
        if sent.credential || response.status >= 500 {
            return Outcome::Unclear(format!("a wrong password was answered {}", response.status));
        }
        let first = *first_status.get_or_insert(response.status);
        if response.status != first {
            return Outcome::Throttled(response.clone());
        }
        delays.push(response.duration);
    }
    let edge = |slice: &[Duration]| {
        let mut sorted = slice.to_vec();
        sorted.sort();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    };
    let (first, last) = (
        edge(&delays[..delays.len().min(3)]),
        edge(&delays[delays.len().saturating_sub(3)..]),
    );
    if last > first * 4 && last > Duration::from_millis(500) {
        // Only a delay of this account counts; a target that is slow for everybody is not a limit.
        return match lab
            .send(
                Step {
                    actor: Some("bob".into()),
                    ..wrong_login()
                },
                true,
            )
            .await
        {
            Ok(other)
                if other
                    .exchange
                    .response()
                    .is_some_and(|r| r.duration < last / 2) =>
            {
                Outcome::Slowed(first, last)
            }
            Ok(_) => Outcome::Unclear("the target became slow for every account".into()),
            Err(why) => Outcome::Unclear(why),
        };
    }
    Outcome::Unbounded(most)
}

fn wrong_login() -> Step {
    Step {
        actor: Some("alice".into()),
        call: Some("login".into()),
        token: Some("none".into()),
        fields: [("password".to_owned(), "not-the-{rand}-password".into())].into(),
        ..Step::default()
    }
}
