//! Requests that name two users at once: on every route the same one counts, or they are refused.

use std::collections::BTreeSet;

use super::owners::{make, on, step};
use super::{Attempt, Lab, Sent};
use crate::judge::ObjectState;
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

/// The two whom a request names.
const USERS: [&str; 2] = ["alice", "bob"];

/// Makes a request of one of the two name both.
pub(super) type Double<'a> = &'a (dyn Fn(&str, Step) -> Step + Sync);

/// Whose data an answer or an effect showed, and where.
type Shown = (String, String);

/// The attempt at one way of naming two users, with what it came to in words.
pub(super) async fn attempt(
    lab: &mut dyn Lab,
    name: &str,
    double: Double<'_>,
    (severity, consequence): (Severity, &str),
) -> Attempt {
    let verdict = match shown(lab, double).await {
        Ok((shown, compared)) => verdict(&shown, compared, severity, consequence),
        Err(why) => Verdict::Inconclusive(why),
    };
    lab.cut(name);
    Attempt {
        name: name.to_owned(),
        verdict,
    }
}

fn verdict(shown: &[Shown], compared: usize, severity: Severity, consequence: &str) -> Verdict {
    let of = |user: &str| shown.iter().find(|(whose, _)| whose == user);
    match (of(USERS[0]), of(USERS[1])) {
        (Some((one, here)), Some((two, there))) => Verdict::Fail(Mismatch {
            consequence: consequence.to_owned(),
            expected: "the same user on every route, or a refusal".into(),
            actual: format!("{one} counts on {here}, {two} on {there}"),
            severity,
        }),
        _ if compared < 2 => Verdict::Skipped(
            "fewer than two routes answer both users, so that there is nothing to compare".into(),
        ),
        (Some((one, _)), None) | (None, Some((one, _))) => Verdict::Pass {
            note: Some(format!("{one} counts on every route")),
        },
        (None, None) => Verdict::PASS,
    }
}

/// What showed on all routes, and on how many routes it could.
async fn shown(lab: &mut dyn Lab, double: Double<'_>) -> Result<(Vec<Shown>, usize), String> {
    let (mut shown, mut compared) = (Vec::new(), 0);
    sign_in_both(lab).await?;
    let owned = lab.owned();
    let there = |call: &str| owned.iter().any(|route| route.call == call);
    for (user, other) in [(USERS[0], USERS[1]), (USERS[1], USERS[0])] {
        let mut reads = vec![step(user, "probe")];
        let mut private = !lab.public() && there("object.read");
        if private {
            make(lab, user, "own").await?;
            // Where anybody reads the objects of others (isolation.read-other), they do not tell who it was.
            let foreign = lab.send(on(other, "object.read", "own"), true).await?;
            let lent = lent(other, on(user, "object.read", "own"));
            private = !foreign.accepted && !lab.send(lent, true).await?.accepted;
        }
        if private {
            reads.push(on(user, "object.read", "own"));
            if there("object.list") {
                reads.push(on(user, "object.list", "own"));
            }
        }
        for read in reads {
            compared += usize::from(read_by(lab, &mut shown, (user, other), &read, double).await?);
        }
        if !private {
            continue;
        }
        create_by(lab, &mut shown, user, double).await?;
        for call in ["object.update", "object.delete"] {
            let verbs: &[&str] = match call {
                "object.update" => &["object.patch", "object.replace"],
                _ => &["object.delete"],
            };
            if verbs.iter().any(|verb| there(verb)) {
                changed_by(lab, &mut shown, (user, other), call, double).await?;
            }
        }
        compared += 1;
    }
    Ok((shown, compared / 2))
}

fn call_of(step: &Step) -> String {
    step.call.clone().unwrap_or_default()
}

/// A request of one user with the credential of the other.
fn lent(other: &str, step: Step) -> Step {
    Step {
        token: Some(format!("saved.{other}")),
        ..step
    }
}

/// The answer to a request that names both; one that says nothing ends it.
async fn sent(lab: &mut dyn Lab, step: Step) -> Result<Sent, String> {
    let sent = lab.send(step, false).await?;
    match sent.exchange.response() {
        Some(response) if !response.is_throttled() => Ok(sent),
        Some(_) | None => Err(format!("the target answered {}", sent.exchange.outcome())),
    }
}

/// Whose data a read shows. `false` where it tells nothing, since the user's own answer shows another's too, or nobody's.
async fn read_by(
    lab: &mut dyn Lab,
    shown: &mut Vec<Shown>,
    (user, other): (&str, &str),
    read: &Step,
    double: Double<'_>,
) -> Result<bool, String> {
    let own = lab.send(read.clone(), true).await?;
    if lab.owners(&own.exchange) != BTreeSet::from([user.to_owned()]) {
        return Ok(false);
    }
    let both = sent(lab, double(user, read.clone())).await?;
    let mut owners = lab.owners(&both.exchange);
    owners.retain(|owner| USERS.contains(&owner.as_str()));
    let line = both.exchange.line();
    if owners.contains(other) && call_of(read) != "probe" {
        // The path is the user's: where the other one alone gets nothing there, the user opened it.
        let alone = lab.send(lent(other, read.clone()), true).await?;
        if !lab.owners(&alone.exchange).contains(other) {
            shown.push((user.to_owned(), format!("the path of {line}")));
        }
    }
    shown.extend(owners.into_iter().map(|owner| (owner, line.clone())));
    Ok(true)
}

/// Who can read an object that was made.
async fn create_by(
    lab: &mut dyn Lab,
    shown: &mut Vec<Shown>,
    user: &str,
    double: Double<'_>,
) -> Result<(), String> {
    let create = Step {
        save: Some("made".into()),
        ..step(user, "object.create")
    };
    let made = sent(lab, double(user, create)).await?;
    if !made.accepted {
        return Ok(());
    }
    for reader in USERS {
        let read = lab.send(on(reader, "object.read", "made"), true).await?;
        if read.accepted {
            shown.push((reader.to_owned(), made.exchange.line()));
            if reader != user {
                // The clean-up deletes in the name of its maker. A target without a way to delete keeps it.
                let _ = lab.send(on(reader, "object.delete", "made"), true).await;
            }
        }
    }
    Ok(())
}

/// Whether the user's own object is changed or deleted: then the user counted, unless the other one alone does it too.
async fn changed_by(
    lab: &mut dyn Lab,
    shown: &mut Vec<Shown>,
    (user, other): (&str, &str),
    call: &str,
    double: Double<'_>,
) -> Result<(), String> {
    make(lab, user, "twin").await?;
    let before = lab.text("{twin.marker}")?;
    let alone = lab.send(lent(other, on(user, call, "twin")), true).await?;
    if happened(lab, user, &before, &alone).await? {
        return Ok(());
    }
    let both = sent(lab, double(user, on(user, call, "twin"))).await?;
    if happened(lab, user, &before, &both).await? {
        shown.push((user.to_owned(), both.exchange.line()));
    }
    Ok(())
}

/// Whether the object is another than it was, as its owner sees it. A good status alone shows no change.
async fn happened(
    lab: &mut dyn Lab,
    user: &str,
    before: &str,
    attempt: &Sent,
) -> Result<bool, String> {
    let gone = lab.look("twin").await?;
    if matches!(gone, ObjectState::Missing | ObjectState::Listed(false)) {
        return Ok(true);
    }
    let Some(new) = attempt.marker.as_deref().filter(|new| *new != before) else {
        return Ok(false);
    };
    let read = lab.send(on(user, "object.read", "twin"), true).await?;
    let response = read.exchange.response();
    Ok(response.is_some_and(|response| response.text().contains(new)))
}

/// Signs both in once more, under their names.
async fn sign_in_both(lab: &mut dyn Lab) -> Result<(), String> {
    for user in USERS {
        let login = Step {
            save: Some(user.to_owned()),
            ..step(user, "login")
        };
        let sent = lab.send(login, true).await?;
        if !sent.credential {
            return Err(format!(
                "{user} could not sign in: {}",
                sent.exchange.outcome()
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
