//! One refresh token is used several times at once; one line of successors may come of it.

use std::collections::BTreeMap;

use super::owners::step;
use super::volley::{Volley, accepted, at_once, fail, race, sign_in};
use super::{Attempt, Lab, Probe, Run};
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "refresh-race",
    run: |lab| -> Run<'_> { Box::pin(raced(lab)) },
};

const AT_ONCE: usize = 5;

async fn raced(lab: &mut dyn Lab) -> Vec<Attempt> {
    let by_design = by_design(lab).await;
    race(lab, "uses at once", by_design, |lab| Box::pin(round(lab))).await
}

/// Why several successors are no fault here: a used token is meant to be good for a while, for clients that lost an answer.
async fn by_design(lab: &mut dyn Lab) -> Result<Option<String>, String> {
    // The declared time and a second more.
    if lab.text("{refresh_grace}")? == "1s" {
        return Ok(None);
    }
    fresh(lab).await?;
    if !accepted(lab, using("raced", "next")).await? {
        return Err("a fresh refresh token was refused".into());
    }
    let again = accepted(lab, using("raced", "again")).await?;
    Ok(again.then(|| {
        "a used refresh token still works at once, and the profile does not say that it should not \
         (session.refresh_grace = 0)"
            .into()
    }))
}

async fn round(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let first = fresh(lab).await?;
    let names: Vec<String> = (0..AT_ONCE).map(|index| format!("next-{index}")).collect();
    let steps = names.iter().map(|name| using("raced", name)).collect();
    let Volley { answers, unclear } = at_once(lab, steps).await;
    let good = names.iter().zip(&answers).filter(|(_, sent)| sent.accepted);
    let good: Vec<&String> = good.map(|(name, _)| name).collect();
    if good.is_empty() {
        let none = "no use of a refresh token at once with others succeeded";
        return Err(unclear.unwrap_or_else(|| none.into()));
    }
    let brought = good
        .into_iter()
        .filter_map(|name| Some((lab.refresh_token(name)?, name)));
    let successors: BTreeMap<String, &String> =
        brought.filter(|(token, _)| *token != first).collect();
    if successors.is_empty() {
        let why = "a refresh token is not replaced when it is used (see refresh.rotation)";
        return Ok(Verdict::Skipped(why.into()));
    }
    let mut alive = 0;
    for name in successors.values() {
        alive += usize::from(accepted(lab, using(name, "after")).await?);
    }
    if alive > 1 {
        return Ok(fail(
            "a stolen refresh token that is used at the same moment as its owner's lives on beside it, unnoticed",
            "one successor that works",
            format!("{alive} of {AT_ONCE} uses at once gave a successor of their own that works"),
        ));
    }
    match unclear {
        Some(why) => Err(why),
        None => Ok(Verdict::PASS),
    }
}

/// Signs in as `raced` and gives the refresh token.
async fn fresh(lab: &mut dyn Lab) -> Result<String, String> {
    sign_in(lab, "alice", "raced").await?;
    lab.refresh_token("raced")
        .ok_or_else(|| "a login gives no refresh token".into())
}

fn using(saved: &str, save: &str) -> Step {
    Step {
        using: Some(saved.to_owned()),
        token: Some("none".into()),
        save: Some(save.to_owned()),
        ..step("alice", "refresh")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::probes::scripted::{Said, Scripted, status, yes};

    /// What becomes of a token that was used already.
    #[derive(Clone, Copy)]
    enum Reuse {
        /// So many uses at once find it fresh; later ones are refused.
        Refused { race: usize },
        /// Each is given the one successor.
        Same,
        /// Each is given one of its own.
        Another,
        /// It is not replaced at all.
        Kept,
        /// Nobody gets anything.
        Broken(u16),
        /// Each use at once has a successor, of which the last alone is kept.
        LastCounts,
    }

    fn judged(reuse: Reuse, grace: &'static str) -> &'static str {
        let (mut count, mut uses, mut dead) = (0, 0, BTreeSet::new());
        let mut names = std::collections::BTreeMap::<String, String>::new();
        let mut last = String::new();
        let mut lab = Scripted::new(move |step| {
            let save = step.save.clone().unwrap_or_default();
            let mut fresh = || {
                count += 1;
                format!("t{count}")
            };
            let give = |token: String, names: &mut std::collections::BTreeMap<String, String>| {
                names.insert(save.clone(), token.clone());
                Said {
                    refresh: Some(token),
                    ..yes()
                }
            };
            if step.call.as_deref() == Some("login") {
                uses = 0;
                return give(fresh(), &mut names);
            }
            let token = names.get(step.using.as_deref().unwrap_or_default());
            let token = token.cloned().unwrap_or_default();
            let at_once = save.starts_with("next-");
            uses += usize::from(at_once);
            let used = !dead.insert(token.clone());
            match reuse {
                Reuse::Broken(code) => status(code),
                Reuse::Kept => give(token, &mut names),
                Reuse::Same if used => give(last.clone(), &mut names),
                Reuse::Refused { race } if used && !(at_once && uses <= race) => status(401),
                Reuse::LastCounts if save == "after" && token != last => status(401),
                Reuse::LastCounts if used && !at_once => status(401),
                Reuse::Same | Reuse::Another | Reuse::Refused { .. } | Reuse::LastCounts => {
                    last = fresh();
                    give(last.clone(), &mut names)
                }
            }
        });
        lab.texts = [("{refresh_grace}", grace)].into();
        lab.words(&PROBE)[0]
    }

    #[test]
    fn one_successor_passes() {
        for grace in ["1s", "61s"] {
            assert_eq!(judged(Reuse::Refused { race: 1 }, grace), "pass");
            assert_eq!(judged(Reuse::LastCounts, grace), "pass");
        }
        assert_eq!(judged(Reuse::Same, "1s"), "pass");
    }

    #[test]
    fn several_that_work_fail() {
        for grace in ["1s", "61s"] {
            assert_eq!(judged(Reuse::Refused { race: 2 }, grace), "fail");
        }
        assert_eq!(judged(Reuse::Another, "1s"), "fail");
    }

    #[test]
    fn a_grace_time_or_a_token_that_stays_is_no_race() {
        assert_eq!(judged(Reuse::Another, "61s"), "skipped");
        assert_eq!(judged(Reuse::Same, "61s"), "skipped");
        assert_eq!(judged(Reuse::Kept, "1s"), "skipped");
    }

    #[test]
    fn what_was_not_answered_is_inconclusive() {
        for code in [401, 429, 500] {
            assert_eq!(judged(Reuse::Broken(code), "1s"), "inconclusive");
        }
    }
}
