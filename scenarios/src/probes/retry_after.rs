//! A throttled answer says when to come back, and coming back then works.

use std::time::Duration;

use super::burst::{announced, only, right_login, throttled};
use super::{Attempt, Lab, Probe, Run};
use crate::exchange::Response;
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "retry-after",
    run: |lab| -> Run<'_> { Box::pin(come_back(lab)) },
};

async fn come_back(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = match throttled(lab, "alice").await {
        Ok(ceiling) => waited(lab, &ceiling.answer).await,
        Err(verdict) => verdict,
    };
    only("after the time that the answer names", verdict)
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
    match lab.send(right_login("alice"), false).await {
        Ok(sent) if sent.credential => Verdict::PASS,
        Ok(sent) if sent.exchange.response().is_none() => {
            Verdict::Inconclusive(sent.exchange.outcome())
        }
        Ok(sent) => fail(format!(
            "the right password got {} after {} s",
            sent.exchange.outcome(),
            delay.as_secs()
        )),
        Err(why) => Verdict::Inconclusive(why),
    }
}
