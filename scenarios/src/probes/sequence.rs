//! Random sequences of operations by three users, shrunk to the shortest one after which somebody sees or changes what
//! belongs to another.

use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::owners::{fail, make, on, step};
use super::{Attempt, Lab, Probe, Run};
use crate::judge::ObjectState;
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "isolation-sequence",
    run: |lab| -> Run<'_> { Box::pin(sequences(lab)) },
};

const ACTORS: [&str; 3] = ["alice", "bob", "carol"];
const SEQUENCES: usize = 24;
const OPERATIONS: usize = 10;
/// Replays while a sequence is shrunk.
const REPLAYS: usize = 40;
/// Sign-ins after a sign-out in one run, since targets limit them.
const SIGN_INS: usize = 6;

/// What is done, by how often it is chosen. Shrinking goes to the front, so that what is not needed becomes nothing.
const KINDS: [Kind; 17] = [
    Kind::Nothing,
    Kind::Read,
    Kind::Read,
    Kind::Read,
    Kind::Read,
    Kind::List,
    Kind::List,
    Kind::Create,
    Kind::Patch,
    Kind::Patch,
    Kind::Replace,
    Kind::Delete,
    Kind::Delete,
    Kind::Delete,
    Kind::Transfer,
    Kind::Refresh,
    Kind::Leave,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
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
type Operation = (u8, u8, u8);

async fn sequences(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = match lab.public() {
        true => Verdict::Skipped("everybody may read the resource, by design".into()),
        false => explore(lab).await,
    };
    let name = "random sequences".to_owned();
    lab.cut(&name);
    vec![Attempt { name, verdict }]
}

async fn explore(lab: &mut dyn Lab) -> Verdict {
    let mut stock = Stock {
        sign_ins: SIGN_INS,
        read_back: 0,
    };
    for mut tree in trees(lab.seed()) {
        match played(lab, &tree.current(), &mut stock).await {
            Outcome::Held => {}
            Outcome::Unclear(why) => return Verdict::Inconclusive(why),
            Outcome::Broken(_) => {
                let shortest = shrink(lab, &mut tree, &mut stock).await;
                return shown(lab, &shortest, &mut stock).await;
            }
        }
        lab.cut("what held");
    }
    match stock.read_back {
        0 => Verdict::Inconclusive("no owner could read back an object".into()),
        _ => Verdict::PASS,
    }
}

/// The sequences of a run, which its seed decides.
fn trees(seed: u64) -> Vec<impl ValueTree<Value = Vec<Operation>> + Send> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = vec((0..4u8, 0..KINDS.len() as u8, 0..3u8), OPERATIONS);
    let trees = (0..SEQUENCES).filter_map(|_| strategy.new_tree(&mut runner).ok());
    trees.collect()
}

/// Shorter and simpler as long as it still breaks; each try has objects of its own.
async fn shrink<T>(lab: &mut dyn Lab, tree: &mut T, stock: &mut Stock) -> Vec<Operation>
where
    T: ValueTree<Value = Vec<Operation>> + Send,
{
    let mut shortest = tree.current();
    let mut moved = tree.simplify();
    for _ in 0..REPLAYS {
        if !moved {
            break;
        }
        let tried = tree.current();
        stock.sign_ins = SIGN_INS;
        moved = match played(lab, &tried, stock).await {
            Outcome::Broken(_) => {
                shortest = tried;
                tree.simplify()
            }
            Outcome::Held | Outcome::Unclear(_) => tree.complicate(),
        };
    }
    // Halving may stop at operations that do no harm; each one that is not needed goes. One may be needed only as long
    // as a later one is there, so that they are tried twice.
    for index in (0..shortest.len()).chain(0..shortest.len()) {
        let (who, kind, which) = shortest[index];
        if KINDS[usize::from(kind)] == Kind::Nothing {
            continue;
        }
        shortest[index].1 = 0;
        stock.sign_ins = SIGN_INS;
        if !matches!(played(lab, &shortest, stock).await, Outcome::Broken(_)) {
            shortest[index] = (who, kind, which);
        }
    }
    shortest
}

/// Plays the shortest sequence once more, for the evidence.
async fn shown(lab: &mut dyn Lab, operations: &[Operation], stock: &mut Stock) -> Verdict {
    lab.cut("what was tried");
    stock.sign_ins = SIGN_INS;
    match played(lab, operations, stock).await {
        Outcome::Broken(what) => fail(
            "after a sequence of ordinary requests a user sees or changes what belongs to another",
            "each user's objects to be that user's alone, whatever came before",
            what,
        ),
        Outcome::Held => Verdict::Inconclusive("flaky: a sequence broke once and not again".into()),
        Outcome::Unclear(why) => Verdict::Inconclusive(why),
    }
}

/// What lasts for all sequences of a run.
struct Stock {
    sign_ins: usize,
    read_back: usize,
}

enum Outcome {
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

async fn played(lab: &mut dyn Lab, operations: &[Operation], stock: &mut Stock) -> Outcome {
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
        outcome = world.read_back(lab, stock).await;
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
        if !sent.disclosed.is_empty() {
            let found = sent.disclosed.join(", ");
            return Outcome::Broken(format!("{found}, after: {}", self.story.join("; ")));
        }
        match sent.exchange.response() {
            Some(response) if !response.is_throttled() => {}
            _ => return Outcome::Unclear(format!("{name} got {}", sent.exchange.outcome())),
        }
        let writes = !matches!(kind, Kind::Read | Kind::List);
        if actor == owner {
            // What a credential that should have ended still does to its owner's own is no matter of isolation.
            self.objects[object].stands &=
                kind != Kind::Delete && (self.signed_in[actor] || !writes);
            return self.owner_sees(lab, object, writes).await;
        }
        match writes && self.signed_in[owner] && self.objects[object].stands {
            true => self.still_stands(lab, object).await,
            false => Outcome::Held,
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
    async fn read_back(&mut self, lab: &mut dyn Lab, stock: &mut Stock) -> Outcome {
        for object in 0..self.objects.len() {
            if !self.objects[object].stands {
                continue;
            }
            let outcome = self.still_stands(lab, object).await;
            if !matches!(outcome, Outcome::Held) {
                return outcome;
            }
            stock.read_back += 1;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_sequences_and_another_seed_others() {
        let of = |seed| {
            trees(seed)
                .iter()
                .map(ValueTree::current)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(42), of(42));
        assert_ne!(of(42), of(43));
        assert_eq!(of(42).len(), SEQUENCES);
    }

    #[test]
    fn each_kind_of_operation_comes_up_in_a_run() {
        let all: Vec<_> = trees(42).iter().flat_map(ValueTree::current).collect();
        for kind in KINDS {
            assert!(
                all.iter()
                    .any(|(_, index, _)| KINDS[usize::from(*index)] == kind),
                "{kind:?}"
            );
        }
    }
}
