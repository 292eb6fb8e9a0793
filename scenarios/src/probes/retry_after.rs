//! A throttled answer says when to come back, and coming back then works.

use std::time::Duration;

use super::login_burst::{Outcome, wrong_passwords};
use super::{Attempt, DeclaredLimit, Lab, Probe, Run};
use crate::exchange::Response;
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "retry-after",
    run: |lab| -> Run<'_> { Box::pin(come_back(lab)) },
};

async fn come_back(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = if lab.login_limit() == DeclaredLimit::Edge {
        Verdict::Skipped("the profile declares that the edge limits logins".into())
    } else {
        match wrong_passwords(lab).await {
            Outcome::Throttled(response) => waited(lab, &response).await,
            Outcome::Slowed(..) | Outcome::Unbounded(_) => Verdict::Skipped(
                "no limit was met, so that none could announce itself (see rate.login-burst)"
                    .into(),
            ),
            Outcome::Unclear(why) => Verdict::Inconclusive(why),
        }
    };
    vec![Attempt {
        name: "after the time that the answer names".into(),
        verdict,
    }]
}

async fn waited(lab: &mut dyn Lab, throttled: &Response) -> Verdict {
    let fail = |actual: String| {
        Verdict::Fail(Mismatch {
            consequence: "clients cannot know when to try again".into(),
            expected: "Retry-After or RateLimit fields that are true".into(),
            actual,
            severity: Severity::Low,
        })
    };
    let Some(delay) = announced(throttled) else {
        return fail(format!("{} without such a field", throttled.status));
    };
    if delay > lab.patience() {
        let why = format!(
            "the target asks to wait {} s; give --patience {}s",
            delay.as_secs(),
            delay.as_secs() + 1
        );
        return Verdict::Inconclusive(why);
    }
    if let Err(why) = lab.wait(delay + Duration::from_secs(1)).await {
        return Verdict::Inconclusive(why);
    }
    let right = Step {
        actor: Some("alice".into()),
        call: Some("login".into()),
        token: Some("none".into()),
        ..Step::default()
    };
    match lab.send(right, false).await {
        Ok(sent) if sent.credential => Verdict::PASS,
        Ok(sent) => fail(format!(
            "the right password got {} after {} s",
            sent.exchange.outcome(),
            delay.as_secs()
        )),
        Err(why) => Verdict::Inconclusive(why),
    }
}

/// The seconds that `Retry-After` (RFC 9110 10.2.3), `X-Retry-After`, or `RateLimit-Reset` names.
fn announced(response: &Response) -> Option<Duration> {
    let seconds = response.retry_after()?;
    if let Ok(number) = seconds.trim().parse::<u64>() {
        return Some(Duration::from_secs(number));
    }
    // The other form is a date, counted from the answer's own.
    let at = |text: &str| {
        jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(text)
            .ok()
    };
    let wait = at(seconds)?.as_second() - at(response.header("date")?)?.as_second();
    u64::try_from(wait).ok().map(Duration::from_secs)
}
