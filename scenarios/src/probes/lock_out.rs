//! After the limit of wrong passwords was met, its owner gets into the account again before long.

use std::time::Duration;

use super::burst::{announced, only, right_login, size, throttled, wait};
use super::{Attempt, Counted, Lab, Probe, Run};
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "lock-out",
    run: |lab| -> Run<'_> { Box::pin(lock_out(lab)) },
};

/// An owner who is kept out for longer is denied the service.
const LONGEST: Duration = Duration::from_secs(15 * 60);
const NAME: &str = "right password after the limit";

async fn lock_out(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = kept_out(lab).await.unwrap_or_else(|verdict| verdict);
    lab.cut(NAME);
    only(NAME, verdict)
}

async fn kept_out(lab: &mut dyn Lab) -> Result<Verdict, Verdict> {
    if let Some(outcome) = refused(lab, true).await? {
        let why = format!("the right password was answered {outcome} before any wrong one");
        return Err(Verdict::Inconclusive(why));
    }
    let ceiling = throttled(lab, "alice").await?;
    lab.cut("up to the limit");
    let (_, window) = size(lab.limit(Counted::FailedLogins));
    let told = announced(&ceiling.answer).unwrap_or(window);
    if told > LONGEST {
        return Ok(match refused(lab, false).await? {
            None => Verdict::PASS,
            Some(outcome) => too_long(format!(
                "{outcome}, to come back after {} minutes",
                told.as_secs() / 60
            )),
        });
    }
    let mut waited = Duration::ZERO;
    let mut last = String::new();
    // An attempt may make the lock last longer, so that there is one alone in between.
    for duration in [told, LONGEST] {
        let waiting = wait(lab, duration).await;
        waiting.map_err(Verdict::Inconclusive)?;
        waited += duration;
        match refused(lab, false).await? {
            None => return Ok(Verdict::PASS),
            Some(outcome) => last = outcome,
        }
    }
    Ok(too_long(format!(
        "{last} for the right password after {} minutes",
        waited.as_secs() / 60
    )))
}

fn too_long(actual: String) -> Verdict {
    Verdict::Fail(Mismatch {
        consequence: "whoever sends a few wrong passwords locks the owner out of the account"
            .into(),
        expected: "the right password gets in within 15 minutes".into(),
        actual,
        severity: Severity::Medium,
    })
}

/// What the right password was answered, where it did not get in.
async fn refused(lab: &mut dyn Lab, control: bool) -> Result<Option<String>, Verdict> {
    let sent = lab.send(right_login("alice"), control).await;
    let sent = sent.map_err(Verdict::Inconclusive)?;
    let outcome = sent.exchange.outcome();
    match sent.exchange.response() {
        _ if sent.credential => Ok(None),
        Some(response) if response.status < 500 || response.is_throttled() => Ok(Some(outcome)),
        Some(_) | None => Err(Verdict::Inconclusive(outcome)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Limiter, run, verdict};
    use super::*;

    #[track_caller]
    fn check(lasts: u64, told: Option<u64>, patience: u64, want: &str) {
        let mut lab = Limiter {
            lasts: Duration::from_secs(lasts),
            told: told.map(Duration::from_secs),
            patience: Duration::from_secs(patience),
            ..Limiter::default()
        };
        let verdict = verdict(&run(&PROBE, &mut lab));
        assert_eq!(verdict.word(), want, "{verdict:?}");
    }

    #[test]
    fn an_owner_who_gets_in_after_the_time_that_is_told_or_a_quarter_of_an_hour_passes() {
        check(60, Some(60), 60, "pass");
        check(60, None, 60, "pass");
        check(900, Some(900), 3600, "pass");
        check(900, Some(60), 3600, "pass");
    }

    #[test]
    fn a_lock_without_an_end_is_found() {
        check(u64::MAX, None, 3600, "fail");
        check(u64::MAX, Some(60), 3600, "fail");
    }

    #[test]
    fn a_day_that_the_answer_itself_tells_needs_no_wait() {
        check(86_400, Some(86_400), 60, "fail");
    }

    #[test]
    fn without_the_patience_to_wait_nothing_is_said() {
        check(u64::MAX, None, 60, "inconclusive");
        check(900, Some(900), 60, "inconclusive");
    }

    #[test]
    fn without_a_limit_nobody_is_locked_out() {
        let mut lab = Limiter {
            most: 1000,
            ..Limiter::default()
        };
        assert_eq!(verdict(&run(&PROBE, &mut lab)).word(), "skipped");
    }
}
