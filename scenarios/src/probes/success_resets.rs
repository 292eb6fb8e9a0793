//! Wrong passwords for one account, each followed by the right one of another: the limit is reached all the same.

use super::burst::{answer, in_time, measured, only, right_login, size, wrong_login};
use super::{Attempt, Counted, Lab, Probe, Run};
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "success-resets",
    run: |lab| -> Run<'_> { Box::pin(alternate(lab)) },
};

/// More guesses are not sent.
const MOST: u32 = 100;
const NAME: &str = "successes in between";

async fn alternate(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = alternated(lab).await.unwrap_or_else(|verdict| verdict);
    lab.cut(NAME);
    only(NAME, verdict)
}

async fn alternated(lab: &mut dyn Lab) -> Result<Verdict, Verdict> {
    let ceiling = measured(lab, "carol").await?;
    // Where a window ends in between, twice as many are judged rightly.
    let most = 2 * ceiling.after + 5;
    if most > MOST {
        return Err(Verdict::Skipped(format!(
            "{} wrong passwords are judged in a row; no more than {MOST} are sent here",
            ceiling.after
        )));
    }
    let room = lab.room(Counted::Logins, 2 * most).await;
    room.map_err(Verdict::Inconclusive)?;
    lab.cut("without a success");
    let (_, window) = size(lab.limit(Counted::FailedLogins));
    let start = lab.now();
    for _ in 0..most {
        let right = lab.send(right_login("bob"), false).await;
        let right = right.map_err(Verdict::Inconclusive)?;
        match right.exchange.response() {
            _ if right.credential => {}
            Some(response) if ceiling.holds(response) => return Ok(Verdict::PASS),
            Some(_) | None => {
                let outcome = right.exchange.outcome();
                let why = format!("the right password of bob was answered {outcome}");
                return Err(Verdict::Inconclusive(why));
            }
        }
        let wrong = answer(lab.send(wrong_login("carol"), false).await);
        let wrong = wrong.map_err(Verdict::Inconclusive)?;
        if !ceiling.lets_through(&wrong) {
            return Ok(Verdict::PASS);
        }
    }
    let took = lab.now().saturating_sub(start);
    in_time(took, window, &format!("{most} wrong passwords")).map_err(Verdict::Inconclusive)?;
    Ok(Verdict::Fail(Mismatch {
        consequence: "whoever has an account guesses without a limit: each login of their own clears the count".into(),
        expected: format!("an answer of the limit after about {}", ceiling.after),
        actual: format!("{most} wrong passwords were judged with a right login of another before each"),
        severity: Severity::Low,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Limiter, check};
    use super::*;

    #[test]
    fn failures_that_stay_counted_pass() {
        check(&PROBE, Limiter::default(), "pass");
        let lab = Limiter {
            by_address: true,
            ..Limiter::default()
        };
        check(&PROBE, lab, "pass");
    }

    #[test]
    fn a_success_that_clears_every_count_is_found() {
        for by_address in [false, true] {
            let lab = Limiter {
                by_address,
                success_clears: true,
                ..Limiter::default()
            };
            check(&PROBE, lab, "fail");
        }
    }

    #[test]
    fn a_minute_that_is_too_short_for_them_says_nothing() {
        let lab = Limiter {
            success_clears: true,
            pace: std::time::Duration::from_secs(3),
            ..Limiter::default()
        };
        check(&PROBE, lab, "inconclusive");
    }

    #[test]
    fn without_a_limit_there_is_none_to_clear() {
        let lab = Limiter {
            most: 1000,
            ..Limiter::default()
        };
        check(&PROBE, lab, "skipped");
    }
}
