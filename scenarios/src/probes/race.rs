//! Wrong passwords for one account in one flight: no more of them are judged than one after another.

use super::burst::{answer, in_time, measured, only, size, wrong_login};
use super::{Attempt, Counted, Lab, Probe, Run};
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "login-race",
    run: |lab| -> Run<'_> { Box::pin(race(lab)) },
};

/// More guesses are not sent at once.
const MOST: u32 = 100;
const NAME: &str = "guesses at once";

async fn race(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = raced(lab).await.unwrap_or_else(|verdict| verdict);
    lab.cut(NAME);
    only(NAME, verdict)
}

async fn raced(lab: &mut dyn Lab) -> Result<Verdict, Verdict> {
    let ceiling = measured(lab, "bob").await?;
    // Where a window ends in between, twice as many are judged rightly.
    let rightly = 2 * ceiling.after + 5;
    let flight = rightly + ceiling.after + 5;
    if flight > MOST {
        return Err(Verdict::Skipped(format!(
            "{} wrong passwords are judged one after another, and more than {MOST} at once would be needed to outrun that",
            ceiling.after
        )));
    }
    let room = lab.room(Counted::Logins, flight).await;
    room.map_err(Verdict::Inconclusive)?;
    lab.cut("one after another");
    let (_, window) = size(lab.limit(Counted::FailedLogins));
    let start = lab.now();
    let guesses = (0..flight).map(|_| wrong_login("bob")).collect();
    let (mut judged, mut unclear) = (0, Vec::new());
    for sent in lab.together(guesses).await {
        match answer(sent) {
            Ok(response) if ceiling.lets_through(&response) => judged += 1,
            Ok(response) if ceiling.holds(&response) => {}
            Ok(response) => unclear.push(response.status.to_string()),
            Err(why) => unclear.push(why),
        }
    }
    let took = lab.now().saturating_sub(start);
    in_time(took, window, &format!("{flight} wrong passwords")).map_err(Verdict::Inconclusive)?;
    if judged > rightly {
        return Ok(Verdict::Fail(Mismatch {
            consequence: "guesses that are sent at once are judged before any of them is counted"
                .into(),
            expected: format!("about {} judged, as one after another", ceiling.after),
            actual: format!(
                "{judged} of {flight} wrong passwords that were sent at once were judged"
            ),
            severity: Severity::Medium,
        }));
    }
    match unclear.first() {
        Some(why) if unclear.len() * 2 > flight as usize => Err(Verdict::Inconclusive(format!(
            "{} of {flight} guesses were answered neither as one alone nor by the limit: {why}",
            unclear.len()
        ))),
        Some(_) | None => Ok(Verdict::PASS),
    }
}

#[cfg(test)]
mod tests {
    use super::super::DeclaredLimit;
    use super::super::testing::{Limiter, check};
    use super::*;

    #[test]
    fn a_count_that_keeps_up_passes() {
        check(&PROBE, Limiter::default(), "pass");
    }

    #[test]
    fn a_failure_that_is_counted_afterwards_is_found() {
        let lab = Limiter {
            counts_late: true,
            ..Limiter::default()
        };
        check(&PROBE, lab, "fail");
    }

    #[test]
    fn a_limit_of_the_address_is_measured_anew_when_its_window_is_over() {
        let mut lab = Limiter {
            most: 20,
            by_address: true,
            ..Limiter::default()
        };
        // Of those before, fifteen count; taken for the limit, the five that are left would make a fault of twenty.
        lab.before = 15;
        check(&PROBE, lab, "pass");
    }

    #[test]
    fn without_a_limit_there_is_none_to_outrun() {
        let lab = Limiter {
            most: 1000,
            ..Limiter::default()
        };
        check(&PROBE, lab, "skipped");
    }

    #[test]
    fn a_limit_that_no_flight_outruns_is_not_judged() {
        let lab = Limiter {
            most: 60,
            declared: DeclaredLimit::Count {
                count: 60,
                seconds: 60,
            },
            counts_late: true,
            ..Limiter::default()
        };
        check(&PROBE, lab, "skipped");
    }

    #[test]
    fn answers_that_say_nothing_are_no_pass() {
        let lab = Limiter {
            fails_at_once: true,
            ..Limiter::default()
        };
        check(&PROBE, lab, "inconclusive");
    }
}
