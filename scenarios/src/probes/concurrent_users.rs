//! Two users ask at once over connections that are kept open; each answer must belong to who asked.

use super::owners::{answered, make, on};
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "concurrent-users",
    run: |lab| -> Run<'_> { Box::pin(interleaved(lab)) },
};

const ROUNDS: usize = 10;
const AT_ONCE: usize = 20;

async fn interleaved(lab: &mut dyn Lab) -> Vec<Attempt> {
    let name = "interleaved requests".to_owned();
    let verdict = match lab.public() {
        true => Verdict::Skipped("everybody may read the resource, by design".into()),
        false => rounds(lab).await.unwrap_or_else(Verdict::Inconclusive),
    };
    lab.cut(&name);
    vec![Attempt { name, verdict }]
}

async fn rounds(lab: &mut dyn Lab) -> Result<Verdict, String> {
    make(lab, "alice", "alices").await?;
    make(lab, "bob", "bobs").await?;
    let listed = lab.owned().iter().any(|route| route.call == "object.list");
    let ask = |index: usize| -> Step {
        let (actor, object) = [("alice", "alices"), ("bob", "bobs")][index % 2];
        match listed && index % 4 > 1 {
            true => on(actor, "object.list", object),
            false => on(actor, "object.read", object),
        }
    };
    for index in 0..4 {
        let alone = lab.send(ask(index), true).await?;
        if !alone.accepted || !alone.disclosed.is_empty() {
            let line = alone.exchange.line();
            return Err(format!(
                "{line} is not answered rightly when it comes alone either"
            ));
        }
    }
    for _ in 0..ROUNDS {
        lab.cut("the rounds before");
        let steps = (0..AT_ONCE).map(ask).collect();
        let sent = lab.together(steps).await;
        let verdicts = sent.into_iter().map(swapped);
        match Verdict::worst(verdicts) {
            Some(Verdict::Pass { .. }) | None => {}
            Some(verdict) => return Ok(verdict),
        }
    }
    Ok(Verdict::PASS)
}

/// What belongs to another, in an answer to a request that was answered rightly when it came alone.
fn swapped(sent: Result<Sent, String>) -> Verdict {
    const CONSEQUENCE: &str = "under load a user is given the answer that is meant for another";
    let line = sent
        .as_ref()
        .map_or(String::new(), |sent| sent.exchange.line());
    let alone = sent
        .as_ref()
        .map_or(String::new(), |sent| sent.exchange.outcome());
    match answered(sent, CONSEQUENCE) {
        Verdict::Fail(mismatch) => Verdict::Fail(Mismatch {
            severity: Severity::High,
            actual: format!("{} on {line}", mismatch.actual),
            ..mismatch
        }),
        Verdict::Pass { .. } if alone.starts_with('5') => {
            Verdict::Inconclusive(format!("a request among {AT_ONCE} was answered {alone}"))
        }
        other => other,
    }
}
