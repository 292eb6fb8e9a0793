//! Whether users see and end their own sessions, and nobody else's.

use std::time::Duration;

use serde_json::Value;

use super::owners::{Sheet, step};
use super::volley::{accepted, clear, sign_in};
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::judge::check::seconds;
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "session-list",
    run: |lab| -> Run<'_> { Box::pin(sessions(lab)) },
};

const LIST: &str = "the own list";
const OWN: &str = "an own session";
const FOREIGN: &str = "a session of another user";

/// The members by which back ends name a session, the likeliest first.
const NAMES: [&str; 11] = [
    "id",
    "_id",
    "session_id",
    "sessionId",
    "sid",
    "uuid",
    "jti",
    "pk",
    "token",
    "key",
    "handle",
];

/// What one session of a list is called: members and their values. The first tells it from the others.
type Names = Vec<(&'static str, String)>;

async fn sessions(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    let new = match told_apart(lab).await {
        Ok(new) => new,
        Err(why) => return sheet.stopped(lab, LIST.into(), why),
    };
    let verdict = match new.strangers {
        false => Verdict::PASS,
        true => Verdict::fail(
            Severity::Low,
            "the list of a user's sessions holds those of others",
            "the sessions of the user who asks",
            "a session that another user began a moment before",
        ),
    };
    sheet.enter(lab, LIST.into(), verdict);
    let Some(spare) = new.spare else {
        let why = "which session of the list is the new one cannot be told";
        return sheet.stopped(lab, OWN.into(), why.into());
    };
    let name = match ended_by_its_owner(lab, &spare).await {
        Ok((verdict, name)) => {
            sheet.enter(lab, OWN.into(), verdict);
            name
        }
        Err(why) => return sheet.stopped(lab, OWN.into(), why),
    };
    let Some(name) = name else {
        return sheet.done();
    };
    let verdict = match new.theirs {
        Some(theirs) => ended_by_a_stranger(lab, &theirs, name).await,
        None => Err("which session of bob's list is the new one cannot be told".into()),
    };
    let verdict = verdict.unwrap_or_else(Verdict::Inconclusive);
    sheet.enter(lab, FOREIGN.into(), verdict);
    sheet.done()
}

/// What new sign-ins brought to the lists of their users.
struct New {
    /// Bob's stands in alice's list.
    strangers: bool,
    spare: Option<Names>,
    theirs: Option<Names>,
}

/// Signs both in once more, alice as `spare` and bob as `theirs`, and looks what their lists show of it.
async fn told_apart(lab: &mut dyn Lab) -> Result<New, String> {
    let before = listed(lab, "alice").await?;
    let bobs = listed(lab, "bob").await?;
    sign_in(lab, "bob", "theirs").await?;
    let theirs = beyond(&bobs, listed(lab, "bob").await?);
    let between = listed(lab, "alice").await?;
    let strangers = beyond(&before, between.clone());
    sign_in(lab, "alice", "spare").await?;
    let spare = beyond(&between, listed(lab, "alice").await?);
    if spare.is_empty() {
        return Err("a new sign-in does not show in the list of sessions".into());
    }
    Ok(New {
        strangers: strangers.iter().any(|one| holds(&theirs, one)),
        spare: single(spare),
        theirs: single(theirs),
    })
}

/// The names of all sessions that a user's list shows.
async fn listed(lab: &mut dyn Lab, actor: &str) -> Result<Vec<Names>, String> {
    let sent = lab.send(step(actor, "sessions"), true).await?;
    let response = sent.exchange.response().filter(|_| sent.accepted);
    let Some(json) = response.and_then(|response| response.json()) else {
        let outcome = sent.exchange.outcome();
        return Err(format!("{actor}'s list of sessions was answered {outcome}"));
    };
    let items = items(&json);
    let named: Vec<Names> = items.iter().filter_map(|item| names(item)).collect();
    match named.len() == items.len() {
        true => Ok(named),
        false => Err("the sessions of the list have no id that is known by its name".into()),
    }
}

/// The first list of objects in an answer, in an envelope or not.
fn items(json: &Value) -> Vec<&Value> {
    match json {
        Value::Array(items) if items.iter().any(Value::is_object) => items.iter().collect(),
        Value::Object(members) => {
            let mut inner = members.values().map(items);
            inner.find(|found| !found.is_empty()).unwrap_or_default()
        }
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Vec::new()
        }
    }
}

fn names(item: &Value) -> Option<Names> {
    let text = |name: &'static str| match item.get(name)? {
        Value::String(text) => Some((name, text.clone())),
        Value::Number(number) => Some((name, number.to_string())),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let names: Names = NAMES.into_iter().filter_map(text).collect();
    Some(names).filter(|names| !names.is_empty())
}

fn holds(list: &[Names], session: &Names) -> bool {
    list.iter().any(|one| one.first() == session.first())
}

fn beyond(before: &[Names], mut now: Vec<Names>) -> Vec<Names> {
    now.retain(|session| !holds(before, session));
    now
}

fn single(mut all: Vec<Names>) -> Option<Names> {
    all.pop().filter(|_| all.is_empty())
}

async fn revoke(lab: &mut dyn Lab, id: &str, control: bool) -> Result<Sent, String> {
    let step = Step {
        path: [("id".to_owned(), id.to_owned())].into(),
        ..step("alice", "revoke-session")
    };
    lab.send(step, control).await
}

async fn works(lab: &mut dyn Lab, actor: &str, saved: &str) -> Result<bool, String> {
    let look = Step {
        token: Some(format!("saved.{saved}")),
        ..step(actor, "probe")
    };
    accepted(lab, look).await
}

/// Alice ends one session by another of hers: the verdict, and the name by which it was ended.
async fn ended_by_its_owner(
    lab: &mut dyn Lab,
    spare: &Names,
) -> Result<(Verdict, Option<&'static str>), String> {
    if !works(lab, "alice", "spare").await? {
        return Err("a new session of alice's does not work".into());
    }
    let mut answered = None;
    for (name, id) in spare {
        let sent = revoke(lab, id, false).await?;
        let outcome = sent.exchange.outcome();
        if !clear(&sent) {
            return Err(format!("ending an own session was answered {outcome}"));
        }
        // Some say yes to a name that they do not know.
        if !sent.accepted {
            continue;
        }
        answered = Some(outcome);
        if !works(lab, "alice", "spare").await? {
            return Ok((Verdict::PASS, Some(*name)));
        }
        if !holds(&listed(lab, "alice").await?, spare) {
            return Ok((unlisted(lab).await?, Some(*name)));
        }
    }
    let Some(answered) = answered else {
        return Err("by none of its names in the list can a session be ended".into());
    };
    until_no_cache_knows_it(lab).await?;
    if !works(lab, "alice", "spare").await? {
        return Err("the session ended later, and it cannot be told by which name".into());
    }
    let actual = format!("{answered}, and it still works and stands in the list");
    Ok((goes_on(actual), None))
}

fn goes_on(actual: String) -> Verdict {
    Verdict::fail(
        Severity::Low,
        "a session that its user ends, on a lost device perhaps, goes on",
        "the end of the session",
        actual,
    )
}

/// Judges a session that is no longer in the list, and whose credential was accepted all the same.
async fn unlisted(lab: &mut dyn Lab) -> Result<Verdict, String> {
    until_no_cache_knows_it(lab).await?;
    if !works(lab, "alice", "spare").await? {
        return Ok(Verdict::PASS);
    }
    let stateless = match lab.refresh_token("spare") {
        Some(_) => {
            let refresh = Step {
                using: Some("spare".into()),
                token: Some("none".into()),
                ..step("alice", "refresh")
            };
            !accepted(lab, refresh).await?
        }
        // What a token says of itself holds until it expires.
        None => {
            let token = lab.fresh_token("alice").await?;
            token.starts_with("eyJ") && token.split('.').count() == 3
        }
    };
    Ok(match stateless {
        true => Verdict::Pass {
            note: Some("the access token of an ended session is good until it expires".into()),
        },
        false => goes_on("it is gone from the list, and its credential still works".into()),
    })
}

async fn until_no_cache_knows_it(lab: &mut dyn Lab) -> Result<(), String> {
    let cache = seconds(&lab.text("{cache}")?).unwrap_or_default();
    lab.wait(Duration::from_secs_f64(cache)).await
}

/// Alice ends a session of bob's, by the name by which her own one ended.
async fn ended_by_a_stranger(
    lab: &mut dyn Lab,
    theirs: &Names,
    by: &str,
) -> Result<Verdict, String> {
    let Some((_, id)) = theirs.iter().find(|(name, _)| *name == by) else {
        return Err(format!("bob's session has no {by}"));
    };
    if !works(lab, "bob", "theirs").await? {
        return Err("a new session of bob's does not work".into());
    }
    // Where ending one session ended this one too, she would attack nobody.
    if !accepted(lab, step("alice", "probe")).await? {
        return Err("alice's own session ended with the other one".into());
    }
    let sent = revoke(lab, id, false).await?;
    let goes_on = works(lab, "bob", "theirs").await? && holds(&listed(lab, "bob").await?, theirs);
    match (goes_on, clear(&sent)) {
        (true, true) => Ok(Verdict::PASS),
        (true, false) => Err(format!(
            "ending a session of another user was answered {}",
            sent.exchange.outcome()
        )),
        (false, _) => Ok(Verdict::fail(
            Severity::High,
            "a user can end the sessions of others",
            "a refusal, or no effect",
            format!("{}, and bob's session is over", sent.exchange.outcome()),
        )),
    }
}

#[cfg(test)]
mod tests;
