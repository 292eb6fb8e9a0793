//! Steps that are sent at once: what the probes of races have in common.

use std::future::Future;
use std::pin::Pin;

use super::owners::step;
use super::{Attempt, Lab, Sent};
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

/// The answers to steps that were sent at once.
pub(super) struct Volley {
    pub(super) answers: Vec<Sent>,
    /// Why they were not at once, or not all answered: what they do not show, nobody knows.
    pub(super) unclear: Option<String>,
}

/// Sends steps at once.
pub(super) async fn at_once(lab: &mut dyn Lab, steps: Vec<Step>) -> Volley {
    let (count, before) = (steps.len(), lab.waited());
    let mut volley = Volley {
        answers: Vec::new(),
        unclear: None,
    };
    for sent in lab.together(steps).await {
        match sent {
            Ok(sent) => {
                if !clear(&sent) {
                    let outcome = sent.exchange.outcome();
                    volley.unclear = Some(format!("one of {count} at once was answered {outcome}"));
                }
                volley.answers.push(sent);
            }
            Err(why) => volley.unclear = Some(why),
        }
    }
    if lab.waited() > before {
        volley.unclear = Some(format!("a limit kept {count} requests apart"));
    }
    volley
}

/// Whether an answer says yes or no.
pub(super) fn clear(sent: &Sent) -> bool {
    let response = sent.exchange.response();
    response.is_some_and(|response| !response.is_throttled() && response.status < 500)
}

/// Whether a step that comes alone is answered well.
pub(super) async fn accepted(lab: &mut dyn Lab, step: Step) -> Result<bool, String> {
    let sent = lab.send(step, false).await?;
    match clear(&sent) {
        true => Ok(sent.accepted),
        false => Err(format!(
            "{} was answered {}",
            sent.exchange.line(),
            sent.exchange.outcome()
        )),
    }
}

/// One round of a race.
pub(super) type Round =
    for<'a> fn(&'a mut dyn Lab) -> Pin<Box<dyn Future<Output = Found> + Send + 'a>>;

/// What a round came to, or why it says nothing.
pub(super) type Found = Result<Verdict, String>;

/// A race that is run once and lost is no less run: so many rounds are, unless one shows a fault.
const ROUNDS: usize = 3;

/// Runs the rounds of a race as one attempt. `by_design` says why it does not apply here, or why that is not known.
pub(super) async fn race(
    lab: &mut dyn Lab,
    name: &str,
    by_design: Result<Option<String>, String>,
    round: Round,
) -> Vec<Attempt> {
    let mut rounds = match by_design {
        Ok(None) => Vec::new(),
        Ok(Some(why)) => vec![Verdict::Skipped(why)],
        Err(why) => vec![Verdict::Inconclusive(why)],
    };
    let over = |verdict: &Verdict| matches!(verdict, Verdict::Fail(_) | Verdict::Skipped(_));
    while rounds.len() < ROUNDS && !rounds.iter().any(over) {
        lab.cut("the rounds before");
        rounds.push(round(lab).await.unwrap_or_else(Verdict::Inconclusive));
    }
    lab.cut(name);
    vec![Attempt {
        name: name.to_owned(),
        verdict: of_rounds(rounds),
    }]
}

/// Signs somebody in and saves what comes.
pub(super) async fn sign_in(lab: &mut dyn Lab, actor: &str, saved: &str) -> Result<(), String> {
    let login = Step {
        save: Some(saved.to_owned()),
        ..step(actor, "login")
    };
    let sent = lab.send(login, true).await?;
    match sent.accepted {
        true => Ok(()),
        false => {
            let outcome = sent.exchange.outcome();
            Err(format!("{actor} could not sign in: {outcome}"))
        }
    }
}

fn of_rounds(rounds: Vec<Verdict>) -> Verdict {
    let passed = |verdict: &&Verdict| matches!(verdict, Verdict::Pass { .. });
    let pass = rounds.iter().find(passed).cloned();
    match Verdict::worst(rounds) {
        Some(Verdict::Inconclusive(why)) => pass.unwrap_or(Verdict::Inconclusive(why)),
        Some(verdict) => verdict,
        None => Verdict::Inconclusive("nothing was sent".into()),
    }
}

pub(super) fn fail(consequence: &str, expected: &str, actual: String) -> Verdict {
    Verdict::fail(Severity::Medium, consequence, expected, actual)
}
