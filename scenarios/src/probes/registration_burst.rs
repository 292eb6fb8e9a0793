//! Registrations from one address, one after another, until the target slows or stops them.

use super::burst::{beyond, in_time, only, size};
use super::{Attempt, Counted, DeclaredLimit, Lab, Probe, Run};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "registration-burst",
    run: |lab| -> Run<'_> { Box::pin(burst(lab)) },
};

/// More registrations are not sent.
const MOST: u32 = 100;
const NAME: &str = "registrations in a row";

async fn burst(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = registered(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only(NAME, verdict)
}

async fn registered(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let limit = lab.limit(Counted::Registrations);
    if limit == DeclaredLimit::Edge {
        let why = "the profile declares that the edge limits registrations";
        return Ok(Verdict::Skipped(why.into()));
    }
    let (most, window) = size(limit);
    if most > MOST {
        return Ok(beyond(limit, MOST));
    }
    lab.room(Counted::Registrations, most).await?;
    let start = lab.now();
    let mut refused = None;
    for nth in 0..most {
        let sent = lab.send(register(), false).await?;
        let outcome = sent.exchange.outcome();
        match sent.exchange.response() {
            Some(response) if response.is_throttled() && nth > 0 => return Ok(Verdict::PASS),
            _ if sent.accepted && refused.is_none() => {}
            // A challenge is no 429, yet it stays.
            Some(response) if nth > 0 && !sent.accepted && response.status < 500 => {
                if refused.replace(response.status) == Some(response.status) {
                    let note = format!("from the {}th on they were answered {outcome}", nth);
                    return Ok(Verdict::Pass { note: Some(note) });
                }
            }
            Some(_) | None => return Err(format!("registration {} got {outcome}", nth + 1)),
        }
    }
    if let Some(status) = refused {
        return Err(format!("the last registration alone got {status}"));
    }
    let took = lab.now().saturating_sub(start);
    in_time(took, window, &format!("{most} registrations"))?;
    Ok(Verdict::Fail(Mismatch {
        consequence: "accounts can be made in any number, for spam, or to fill the database".into(),
        expected: "429 or a challenge".into(),
        actual: format!("{most} registrations in a row all succeeded"),
        severity: Severity::Low,
    }))
}

fn register() -> Step {
    Step {
        actor: Some("{fresh}".into()),
        call: Some("register".into()),
        ..Step::default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::testing::{Limiter, check};
    use super::*;

    fn registers(most: u32) -> Limiter {
        Limiter {
            registrations: most,
            ..Limiter::default()
        }
    }

    #[test]
    fn a_limit_of_registrations_passes() {
        check(&PROBE, registers(20), "pass");
    }

    #[test]
    fn registrations_without_a_limit_are_found() {
        check(&PROBE, registers(1000), "fail");
    }

    #[test]
    fn what_is_declared_is_looked_for() {
        let of = |most| Limiter {
            declared: DeclaredLimit::Count {
                count: 40,
                seconds: 60,
            },
            ..registers(most)
        };
        check(&PROBE, of(40), "pass");
        check(&PROBE, of(41), "fail");
        let high = Limiter {
            declared: DeclaredLimit::Count {
                count: 120,
                seconds: 60,
            },
            ..registers(1000)
        };
        check(&PROBE, high, "skipped");
    }

    #[test]
    fn a_challenge_that_stays_is_a_limit_too() {
        let lab = Limiter {
            asks_for_a_picture_after: Some(10),
            ..registers(1000)
        };
        check(&PROBE, lab, "pass");
    }

    #[test]
    fn where_the_first_is_refused_already_nothing_is_said() {
        check(&PROBE, registers(0), "inconclusive");
    }

    #[test]
    fn what_takes_longer_than_the_window_says_nothing() {
        let lab = Limiter {
            pace: Duration::from_secs(5),
            ..registers(1000)
        };
        check(&PROBE, lab, "inconclusive");
    }
}
