//! What the probes of isolation share: objects of two users, and the verdict on one attempt at them.

use super::{Attempt, Lab, Sent};
use crate::judge::ObjectState;
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

/// Both directions: who attacks, and whom.
pub(super) const USERS: [(Option<&str>, &str); 2] =
    [(Some("bob"), "alice"), (Some("alice"), "bob")];
/// The attack that needs no account.
pub(super) const NOBODY: [(Option<&str>, &str); 1] = [(None, "alice")];

/// A call by somebody.
pub(super) fn step(actor: &str, call: &str) -> Step {
    Step {
        actor: Some(actor.to_owned()),
        call: Some(call.to_owned()),
        ..Step::default()
    }
}

/// A call on a saved object.
pub(super) fn on(actor: &str, call: &str, object: &str) -> Step {
    Step {
        on: Some(object.to_owned()),
        ..step(actor, call)
    }
}

/// A call on what belongs to the victim: by another user, or by nobody at all.
pub(super) fn attack(attacker: Option<&str>, victim: &str, call: &str, object: &str) -> Step {
    match attacker {
        Some(attacker) => on(attacker, call, object),
        None => Step {
            token: Some("none".into()),
            ..on(victim, call, object)
        },
    }
}

/// Whether the profile has a route for it, protected or open to all.
pub(super) fn has(lab: &dyn Lab, call: &str) -> bool {
    lab.path(&step("alice", call)).is_ok()
}

/// Makes an object and looks at it once, so that the next look has something to compare with.
pub(super) async fn make(lab: &mut dyn Lab, owner: &str, name: &str) -> Result<(), String> {
    let create = Step {
        save: Some(name.to_owned()),
        ..step(owner, "object.create")
    };
    let made = lab.send(create, true).await?;
    if !made.accepted {
        let outcome = made.exchange.outcome();
        return Err(format!("{owner} could not make an object: {outcome}"));
    }
    match lab.look(name).await? {
        ObjectState::AsItWas | ObjectState::Listed(true) => Ok(()),
        _ => Err(format!("{owner} cannot read back an object of its own")),
    }
}

/// What an answer to somebody else's request comes to, as far as the answer tells.
pub(super) fn answered(sent: Result<Sent, String>, consequence: &str) -> Verdict {
    let sent = match sent {
        Ok(sent) => sent,
        Err(why) => return Verdict::Inconclusive(why),
    };
    if !sent.disclosed.is_empty() {
        let actual = format!(
            "{} with {}",
            sent.exchange.outcome(),
            sent.disclosed.join(", ")
        );
        return fail(consequence, "an answer that discloses nothing", actual);
    }
    match sent.exchange.response() {
        Some(response) if response.is_throttled() => Verdict::Inconclusive(format!(
            "the target answered {} and asked to wait",
            response.status
        )),
        Some(_) => Verdict::PASS,
        None => Verdict::Inconclusive(sent.exchange.outcome()),
    }
}

/// What the owner's look at the object adds to the verdict.
pub(super) async fn untouched(lab: &mut dyn Lab, object: &str, consequence: &str) -> Verdict {
    let actual = match lab.look(object).await {
        Ok(ObjectState::AsItWas | ObjectState::Listed(true) | ObjectState::NotLooked) => {
            return Verdict::PASS;
        }
        Ok(ObjectState::Unknown(why)) | Err(why) => return Verdict::Inconclusive(why),
        Ok(ObjectState::Changed(how)) => format!("the owner's object changed: {how}"),
        Ok(ObjectState::Missing | ObjectState::Listed(false)) => {
            "the owner's object is gone".into()
        }
    };
    fail(consequence, "the object as it was", actual)
}

pub(super) fn fail(consequence: &str, expected: &str, actual: String) -> Verdict {
    Verdict::fail(Severity::Critical, consequence, expected, actual)
}

/// The attempts of one probe, and what could not be tried.
#[derive(Default)]
pub(super) struct Sheet {
    attempts: Vec<Attempt>,
    judged: usize,
    uncovered: usize,
}

impl Sheet {
    /// Enters an attempt; its evidence is what was sent since the one before.
    pub(super) fn enter(&mut self, lab: &mut dyn Lab, name: String, verdict: Verdict) {
        lab.cut(&name);
        self.judged += 1;
        self.attempts.push(Attempt { name, verdict });
    }

    /// Enters what reaches no handler here even for its owner, and so says nothing.
    pub(super) fn uncovered(&mut self, lab: &mut dyn Lab, name: String, ways: &[String]) {
        lab.cut(&name);
        if ways.is_empty() {
            return;
        }
        self.uncovered += ways.len();
        let why = format!("not covered: {}", ways.join("; "));
        self.attempts.push(Attempt {
            name,
            verdict: Verdict::Skipped(why),
        });
    }

    pub(super) fn stopped(mut self, lab: &mut dyn Lab, name: String, why: String) -> Vec<Attempt> {
        self.enter(lab, name, Verdict::Inconclusive(why));
        self.attempts
    }

    /// All attempts; the first that passed says how much was covered.
    pub(super) fn done(mut self) -> Vec<Attempt> {
        let note = format!(
            "{} combinations judged, {} not covered, since they reach no handler for their owner either (-v lists them)",
            self.judged, self.uncovered
        );
        let first = self
            .attempts
            .iter_mut()
            .find(|attempt| attempt.verdict == Verdict::PASS);
        if let (Some(first), true) = (first, self.uncovered > 0) {
            first.verdict = Verdict::Pass { note: Some(note) };
        }
        self.attempts
    }
}
