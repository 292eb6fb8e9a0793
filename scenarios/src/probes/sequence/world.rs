//! Three users, their objects, and what should be true at each point of a sequence.

use super::super::owners::{make, on, step};
use super::super::{Lab, Sent};
use crate::judge::ObjectState;
use crate::model::Step;

pub(super) const ACTORS: [&str; 3] = ["alice", "bob", "carol"];

/// What is done, by how often it is chosen. Shrinking goes to the front, so that what is not needed becomes nothing.
pub(super) const KINDS: [Kind; 14] = [
    Kind::Nothing,
    Kind::Read,
    Kind::List,
    Kind::List,
    Kind::Create,
    Kind::Patch,
    Kind::Patch,
    Kind::Replace,
    Kind::Delete,
    Kind::Delete,
    Kind::Transfer,
    Kind::Transfer,
    Kind::Refresh,
    Kind::Leave,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nothing,
    Read,
    List,
    Create,
    Patch,
    Replace,
    Delete,
    /// An update that names another owner.
    Transfer,
    Refresh,
    /// Signs out, or in again.
    Leave,
}

/// Who, what, and on which object. For objects, 0 and 3 are their owner, 1 and 2 the others.
pub(super) type Operation = (u8, u8, u8);

/// What lasts for all sequences of a run.
pub(super) struct Stock {
    pub(super) sign_ins: usize,
}

pub(super) enum Outcome {
    Held,
    Broken(String),
    Unclear(String),
}

/// What the model knows of an object.
struct Known {
    name: String,
    owner: usize,
    /// It should read back to its owner.
    stands: bool,
}

/// What should be true at a point of a sequence.
struct World {
    objects: Vec<Known>,
    signed_in: [bool; 3],
    story: Vec<String>,
}

pub(super) async fn played(
    lab: &mut dyn Lab,
    operations: &[Operation],
    stock: &mut Stock,
) -> Outcome {
    let mut world = World {
        objects: Vec::new(),
        signed_in: [true; 3],
        story: Vec::new(),
    };
    let mut outcome = world.create(lab, 0).await;
    for operation in operations {
        if !matches!(outcome, Outcome::Held) {
            break;
        }
        outcome = world.apply(lab, *operation, stock).await;
    }
    for (actor, signed_in) in ACTORS.into_iter().zip(world.signed_in) {
        if !signed_in && let Err(why) = lab.fresh_token(actor).await {
            return Outcome::Unclear(why);
        }
    }
    world.signed_in = [true; 3];
    if matches!(outcome, Outcome::Held) {
        outcome = world.read_back(lab).await;
    }
    outcome
}

impl World {
    async fn create(&mut self, lab: &mut dyn Lab, actor: usize) -> Outcome {
        let name = format!("o{}", self.objects.len());
        if let Err(why) = make(lab, ACTORS[actor], &name).await {
            return Outcome::Unclear(why);
        }
        self.story.push(format!("{} creates {name}", ACTORS[actor]));
        self.objects.push(Known {
            name,
            owner: actor,
            stands: true,
        });
        Outcome::Held
    }

    async fn apply(
        &mut self,
        lab: &mut dyn Lab,
        (who, kind, which): Operation,
        stock: &mut Stock,
    ) -> Outcome {
        let kind = KINDS[usize::from(kind) % KINDS.len()];
        let object = usize::from(which) % self.objects.len();
        let owner = self.objects[object].owner;
        let actor = match kind {
            Kind::Nothing | Kind::List | Kind::Create | Kind::Refresh | Kind::Leave => {
                usize::from(who) % 3
            }
            _ => (owner + usize::from(who)) % 3,
        };
        let name = ACTORS[actor];
        let of = self.objects[object].name.clone();
        let (step, words) = match kind {
            Kind::Read => (on(name, "object.read", &of), format!("{name} reads {of}")),
            Kind::List => (step(name, "object.list"), format!("{name} lists")),
            Kind::Patch => (
                on(name, "object.patch", &of),
                format!("{name} patches {of}"),
            ),
            Kind::Replace => (
                on(name, "object.replace", &of),
                format!("{name} replaces {of}"),
            ),
            Kind::Delete => (
                on(name, "object.delete", &of),
                format!("{name} deletes {of}"),
            ),
            Kind::Transfer => {
                let receiver = format!("{{{}.id}}", ACTORS[(actor + 1) % 3]);
                let step = Step {
                    extra: [("user_id".to_owned(), receiver.into())].into(),
                    ..on(name, "object.update", &of)
                };
                (
                    step,
                    format!("{name} gives {of} to {}", ACTORS[(actor + 1) % 3]),
                )
            }
            Kind::Create if self.objects.len() < 3 && self.signed_in[actor] => {
                return self.create(lab, actor).await;
            }
            Kind::Refresh if self.signed_in[actor] => return self.refresh(lab, actor).await,
            Kind::Leave => return self.leave(lab, actor, stock).await,
            Kind::Nothing | Kind::Create | Kind::Refresh => return Outcome::Held,
        };
        let call = step.call.clone().unwrap_or_default();
        if !there(lab, &call) {
            return Outcome::Held;
        }
        self.story.push(words);
        let sent = match lab.send(step, false).await {
            Ok(sent) => sent,
            Err(why) => return Outcome::Unclear(why),
        };
        let outcome = self.heard(name, &sent);
        if !matches!(outcome, Outcome::Held) {
            return outcome;
        }
        let writes = !matches!(kind, Kind::Read | Kind::List);
        if actor == owner {
            // What a credential that should have ended still does to its owner's own is no matter of isolation.
            self.objects[object].stands &=
                kind != Kind::Delete && (self.signed_in[actor] || !writes);
            let outcome = self.owner_sees(lab, object, writes).await;
            return match outcome {
                Outcome::Held if writes => self.stranger_reads(lab, object).await,
                other => other,
            };
        }
        match writes && self.signed_in[owner] && self.objects[object].stands {
            true => self.still_stands(lab, object).await,
            false => Outcome::Held,
        }
    }

    /// What one request fills shows in the next of somebody else: a sequence need not find that pair by chance.
    async fn stranger_reads(&mut self, lab: &mut dyn Lab, object: usize) -> Outcome {
        let (of, owner) = (
            self.objects[object].name.clone(),
            self.objects[object].owner,
        );
        let stranger = (1..3)
            .map(|step| (owner + step) % 3)
            .find(|other| self.signed_in[*other]);
        let Some(name) = stranger.map(|stranger| ACTORS[stranger]) else {
            return Outcome::Held;
        };
        if !there(lab, "object.read") {
            return Outcome::Held;
        }
        self.story.push(format!("{name} reads {of}"));
        match lab.send(on(name, "object.read", &of), false).await {
            Ok(sent) => self.heard(name, &sent),
            Err(why) => Outcome::Unclear(why),
        }
    }

    /// An answer that gives nothing of others away.
    fn heard(&self, name: &str, sent: &Sent) -> Outcome {
        if !sent.disclosed.is_empty() {
            let found = sent.disclosed.join(", ");
            return Outcome::Broken(format!("{found}, after: {}", self.story.join("; ")));
        }
        match sent.exchange.response() {
            Some(response) if !response.is_throttled() => Outcome::Held,
            _ => Outcome::Unclear(format!("{name} got {}", sent.exchange.outcome())),
        }
    }

    /// What an owner wrote reads back; a target that ignores updates cannot be followed further.
    async fn owner_sees(&mut self, lab: &mut dyn Lab, object: usize, wrote: bool) -> Outcome {
        if !wrote || !self.objects[object].stands {
            return Outcome::Held;
        }
        let stands = lab.look(&self.objects[object].name).await;
        self.objects[object].stands = matches!(stands, Ok(ObjectState::AsItWas));
        Outcome::Held
    }

    async fn still_stands(&self, lab: &mut dyn Lab, object: usize) -> Outcome {
        let known = &self.objects[object];
        let after = || format!("after: {}", self.story.join("; "));
        match lab.look(&known.name).await {
            Ok(ObjectState::AsItWas | ObjectState::Listed(true) | ObjectState::NotLooked) => {
                Outcome::Held
            }
            Ok(ObjectState::Changed(how)) => {
                Outcome::Broken(format!("{} changed ({how}), {}", known.name, after()))
            }
            Ok(ObjectState::Missing | ObjectState::Listed(false)) => {
                Outcome::Broken(format!("{} is gone, {}", known.name, after()))
            }
            Ok(ObjectState::Unknown(why)) | Err(why) => Outcome::Unclear(why),
        }
    }

    async fn refresh(&mut self, lab: &mut dyn Lab, actor: usize) -> Outcome {
        let name = ACTORS[actor];
        let renew = Step {
            save: Some("renewed".into()),
            ..step(name, "refresh")
        };
        // A target without the route says so before anything is sent.
        let Ok(sent) = lab.send(renew, false).await else {
            return Outcome::Held;
        };
        self.story.push(format!("{name} refreshes"));
        self.signed_in[actor] = sent.accepted;
        if sent.accepted {
            lab.adopt(name, "renewed");
        }
        Outcome::Held
    }

    /// Signs out and keeps the ended credential, or signs in again.
    async fn leave(&mut self, lab: &mut dyn Lab, actor: usize, stock: &mut Stock) -> Outcome {
        let name = ACTORS[actor];
        if !self.signed_in[actor] {
            self.story.push(format!("{name} signs in"));
            self.signed_in[actor] = true;
            return match lab.fresh_token(name).await {
                Ok(_) => Outcome::Held,
                Err(why) => Outcome::Unclear(why),
            };
        }
        if stock.sign_ins == 0 {
            return Outcome::Held;
        }
        if lab.send(step(name, "logout"), false).await.is_ok() {
            stock.sign_ins -= 1;
            self.signed_in[actor] = false;
            self.story.push(format!("{name} signs out"));
        }
        Outcome::Held
    }

    /// In the end each object that should stand reads back to its owner as it was.
    async fn read_back(&mut self, lab: &mut dyn Lab) -> Outcome {
        for object in 0..self.objects.len() {
            if !self.objects[object].stands {
                continue;
            }
            let outcome = self.still_stands(lab, object).await;
            if !matches!(outcome, Outcome::Held) {
                return outcome;
            }
            let outcome = self.stranger_reads(lab, object).await;
            if !matches!(outcome, Outcome::Held) {
                return outcome;
            }
        }
        Outcome::Held
    }
}

/// Whether the profile has a route for it.
fn there(lab: &dyn Lab, call: &str) -> bool {
    lab.owned().iter().any(|route| match call {
        "object.update" => matches!(route.call.as_str(), "object.patch" | "object.replace"),
        _ => route.call == call,
    })
}
