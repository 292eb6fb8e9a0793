//! Random sequences of operations by three users, shrunk to the shortest one after which somebody sees or changes what
//! belongs to another.

use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::owners::fail;
use super::{Attempt, Lab, Probe, Run};
use crate::verdict::Verdict;
use world::{KINDS, Kind, Operation, Outcome, Stock, played};

mod world;

pub(super) const PROBE: Probe = Probe {
    name: "isolation-sequence",
    run: |lab| -> Run<'_> { Box::pin(sequences(lab)) },
};

const SEQUENCES: usize = 5;
const OPERATIONS: usize = 9;
/// Replays while a sequence is shrunk.
const REPLAYS: usize = 40;
/// Sign-ins after a sign-out in one run, since targets limit them.
const SIGN_INS: usize = 6;

/// What goes wrong most often, whatever the seed: after each of these by one user, another looks.
const FIRST: [(u8, Kind, u8); 12] = [
    (0, Kind::Patch, 0),
    (0, Kind::List, 0),
    (1, Kind::List, 0),
    (0, Kind::List, 0),
    (0, Kind::Refresh, 0),
    (0, Kind::List, 0),
    (1, Kind::Refresh, 0),
    (1, Kind::List, 0),
    (1, Kind::Patch, 0),
    (0, Kind::Delete, 0),
    (1, Kind::Create, 0),
    (0, Kind::Transfer, 1),
];

fn first() -> Vec<Operation> {
    let place = |kind| KINDS.iter().position(|other| *other == kind).unwrap_or(0) as u8;
    FIRST
        .map(|(who, kind, which)| (who, place(kind), which))
        .into()
}

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
    let mut stock = Stock { sign_ins: SIGN_INS };
    match played(lab, &first(), &mut stock).await {
        Outcome::Held => lab.cut("what held"),
        Outcome::Unclear(why) => return Verdict::Inconclusive(why),
        Outcome::Broken(_) => {
            let shortest = needed(lab, first(), &mut stock).await;
            return shown(lab, &shortest, &first()).await;
        }
    }
    for mut tree in trees(lab.seed()) {
        match played(lab, &tree.current(), &mut stock).await {
            Outcome::Held => lab.cut("what held"),
            Outcome::Unclear(why) => return Verdict::Inconclusive(why),
            Outcome::Broken(_) => {
                let whole = tree.current();
                let shorter = halved(lab, &mut tree, &mut stock).await;
                let shortest = needed(lab, shorter, &mut stock).await;
                return shown(lab, &shortest, &whole).await;
            }
        }
    }
    Verdict::PASS
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
async fn halved<T>(lab: &mut dyn Lab, tree: &mut T, stock: &mut Stock) -> Vec<Operation>
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
    shortest
}

/// Halving may stop at operations that do no harm; each one that is not needed goes. One may be needed only as long as a
/// later one is there, so that they are tried twice.
async fn needed(
    lab: &mut dyn Lab,
    mut shortest: Vec<Operation>,
    stock: &mut Stock,
) -> Vec<Operation> {
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

/// Plays the shortest sequence once more, for the evidence; where that needed what others left behind, the whole one.
async fn shown(lab: &mut dyn Lab, shortest: &[Operation], whole: &[Operation]) -> Verdict {
    for operations in [shortest, whole] {
        lab.cut("what was tried");
        let mut stock = Stock { sign_ins: SIGN_INS };
        match played(lab, operations, &mut stock).await {
            Outcome::Broken(what) => {
                return fail(
                    "after a sequence of ordinary requests a user sees or changes what belongs to another",
                    "each user's objects to be that user's alone, whatever came before",
                    what,
                );
            }
            Outcome::Held => {}
            Outcome::Unclear(why) => return Verdict::Inconclusive(why),
        }
    }
    Verdict::Inconclusive("flaky: a sequence broke once and not again".into())
}

#[cfg(test)]
mod tests;
