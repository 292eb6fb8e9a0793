//! The record of another user: read, listed, changed and deleted where such records usually stand.

use serde_json::json;

use super::owners::{Sheet, answered, fail, step};
use super::records::{Place, holds_text, member_with, places, shows_address};
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "profile-other",
    run: |lab| -> Run<'_> { Box::pin(records(lab)) },
};

/// Parameters by which the identity route may be asked about somebody else.
const NAMES: [&str; 4] = ["user_id", "userId", "id", "user"];

async fn records(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    if lab.text("{alice.id}").is_err() || lab.text("{bob.id}").is_err() {
        let why = "nothing tells the ids of users".to_owned();
        sheet.uncovered(lab, "records by id".into(), &[why]);
        return sheet.done();
    }
    let me = match lab.send(step("bob", "me"), true).await {
        Ok(sent) => sent,
        Err(why) => return sheet.stopped(lab, "the own record".into(), why),
    };
    if !me.accepted {
        let why = format!("bob's own record was answered {}", me.exchange.outcome());
        return sheet.stopped(lab, "the own record".into(), why);
    }
    for name in NAMES {
        let query = [(name.to_owned(), "{alice.id}".to_owned())].into();
        let asked = Step {
            query,
            ..step("bob", "me")
        };
        let sent = lab.send(asked, false).await;
        let verdict = read(lab, sent, "the identity route shows whom its query names");
        sheet.enter(
            lab,
            format!("the identity route, {name} in the query"),
            verdict,
        );
    }
    let mut silent = Vec::new();
    for place in places(lab) {
        if one(lab, &mut sheet, &place).await {
            written(lab, &mut sheet, &place).await;
        } else {
            silent.push(place.name().to_owned());
        }
        if let Some(all) = place.of_all("bob") {
            listed(lab, &mut sheet, all).await;
        }
    }
    let silent: Vec<_> = (silent.iter())
        .map(|name| format!("{name} shows a user not even the own record"))
        .collect();
    sheet.uncovered(lab, "other places".into(), &silent);
    sheet.done()
}

/// What came back for the record of alice.
fn read(lab: &dyn Lab, sent: Result<Sent, String>, consequence: &str) -> Verdict {
    match &sent {
        Ok(sent) if shows_address(lab, sent, "alice") => fail(
            consequence,
            "nothing of another user's record",
            format!(
                "{} with the e-mail address of alice",
                sent.exchange.outcome()
            ),
        ),
        // The id of another is no secret: it was sent.
        Ok(sent) => answered(
            Ok(Sent {
                disclosed: Vec::new(),
                ..sent.clone()
            }),
            consequence,
        ),
        Err(_) => answered(sent, consequence),
    }
}

/// One record, of another and then the own; whether the place is one.
async fn one(lab: &mut dyn Lab, sheet: &mut Sheet, place: &Place) -> bool {
    let foreign = lab.send(place.of("bob", "alice"), false).await;
    let verdict = read(lab, foreign, "any user reads the records of all others");
    let own = lab.send(place.of("bob", "bob"), true).await;
    let there = own.is_ok_and(|own| own.accepted);
    if there || matches!(verdict, Verdict::Fail(_)) {
        sheet.enter(lab, format!("{} of another", place.name()), verdict);
    }
    lab.cut("other places");
    there
}

/// The records of all, where there is such a list.
async fn listed(lab: &mut dyn Lab, sheet: &mut Sheet, all: Step) {
    let name = format!("the list at {}", all.at.as_deref().unwrap_or_default());
    let sent = lab.send(all, false).await;
    let there = sent.as_ref().is_ok_and(|sent| sent.accepted);
    let verdict = read(lab, sent, "any user lists the records of all others");
    if there || matches!(verdict, Verdict::Fail(_)) {
        sheet.enter(lab, name, verdict);
    }
    lab.cut("other places");
}

/// Bob changes and deletes the record of carol, whom nobody needs; she shows that the same request works for her.
async fn written(lab: &mut dyn Lab, sheet: &mut Sheet, place: &Place) {
    let name = |method: &str| format!("{method} {} of another", place.name());
    if !lab.disposable("carol") {
        let why = "changes: no account could be made that may be changed".to_owned();
        return sheet.uncovered(lab, name("PATCH"), &[why]);
    }
    let mut silent = Vec::new();
    let member = named(lab).await;
    for method in ["PATCH", "PUT"] {
        let (attack, control) = (words(lab), words(lab));
        let with = |actor: &str, text: &str| Step {
            method: Some(method.into()),
            raw_body: Some(json!({ &member: text }).to_string()),
            ..place.of(actor, "carol")
        };
        let sent = lab.send(with("bob", &attack), false).await;
        let verdict = match (sent, reads(lab, &attack).await) {
            (Ok(sent), Ok(true)) => fail(
                "any user changes the records of all others",
                "the record as it was",
                format!(
                    "{}, and the record of carol has changed",
                    sent.exchange.outcome()
                ),
            ),
            (sent, Ok(false)) => {
                answered(sent.map(quiet), "any user reads the records of all others")
            }
            (Err(why), _) | (_, Err(why)) => Verdict::Inconclusive(why),
        };
        let allowed = lab.send(with("carol", &control), true).await;
        let works = allowed.is_ok() && reads(lab, &control).await == Ok(true);
        match works || matches!(verdict, Verdict::Fail(_)) {
            true => sheet.enter(lab, name(method), verdict),
            false => silent.push(format!("{method} changes not even the own record")),
        }
        lab.cut("changes that nobody can make");
    }
    let delete = |actor: &str| Step {
        method: Some("DELETE".into()),
        ..place.of(actor, "carol")
    };
    let sent = lab.send(delete("bob"), false).await;
    let verdict = match (sent, there(lab).await) {
        (Ok(sent), Ok(false)) => fail(
            "any user deletes the accounts of all others",
            "the account as it was",
            format!("{}, and carol is gone", sent.exchange.outcome()),
        ),
        (sent, Ok(true)) => answered(sent.map(quiet), "any user reads the records of all others"),
        (Err(why), _) | (_, Err(why)) => Verdict::Inconclusive(why),
    };
    if matches!(verdict, Verdict::Fail(_)) {
        sheet.enter(lab, name("DELETE"), verdict);
    } else {
        let allowed = lab.send(delete("carol"), true).await;
        match allowed.is_ok() && there(lab).await == Ok(false) {
            true => sheet.enter(lab, name("DELETE"), verdict),
            false => silent.push("DELETE ends not even the own account".to_owned()),
        }
    }
    sheet.uncovered(lab, format!("changes at {}", place.name()), &silent);
}

/// The answer to a request that names the id of another shows it, which gives nothing away.
fn quiet(sent: Sent) -> Sent {
    Sent {
        disclosed: Vec::new(),
        ..sent
    }
}

fn words(lab: &dyn Lab) -> String {
    lab.text("Renamed {rand}").unwrap_or_default()
}

/// The member of a record that holds a user's name.
async fn named(lab: &mut dyn Lab) -> String {
    let sent = lab.send(step("carol", "me"), true).await;
    let found = sent.ok().and_then(|sent| {
        let record = sent.exchange.response()?.json()?;
        let name = lab.text("{carol.name}").ok()?;
        member_with(&record, &name)
    });
    found.map_or_else(|| "name".to_owned(), |(_, member)| member)
}

/// Whether carol's record, as she reads it, holds a text.
async fn reads(lab: &mut dyn Lab, text: &str) -> Result<bool, String> {
    Ok(holds_text(
        &lab.send(step("carol", "me"), true).await?,
        text,
    ))
}

/// Whether carol is still known.
async fn there(lab: &mut dyn Lab) -> Result<bool, String> {
    let sent = lab.send(step("carol", "me"), true).await?;
    match sent.exchange.response() {
        Some(response) if response.is_throttled() || response.status >= 500 => {
            Err(format!("carol got {}", sent.exchange.outcome()))
        }
        Some(_) => Ok(sent.accepted),
        None => Err(format!("carol got {}", sent.exchange.outcome())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::fake::{Fake, json, mail, run, word};
    use super::*;
    use crate::exchange::Response;

    /// What a target lets others do at `/users/{id}`; `None` where it has no such route.
    fn target(lets: Option<&'static [&'static str]>) -> Fake {
        let mut names: BTreeMap<String, Option<String>> = ["alice", "bob", "carol"]
            .map(|actor| (actor.to_owned(), Some(format!("Name of {actor}"))))
            .into();
        Fake::new(move |step: &Step| {
            let actor = step.actor.clone().unwrap_or_default();
            let missing = || (json(404, serde_json::Value::Null), false);
            let record = |names: &BTreeMap<String, Option<String>>, whose: &str| match &names[whose]
            {
                Some(name) => {
                    let body =
                        json!({ "id": format!("{whose}-id"), "email": mail(whose), "name": name });
                    (json(200, body), whose == actor)
                }
                None => (json(401, serde_json::Value::Null), false),
            };
            let whose = match (&step.at, lets) {
                (None, _) => actor.clone(),
                (Some(at), Some(_)) => match at.strip_prefix("/users/") {
                    Some(id) => id.trim_end_matches("-id").to_owned(),
                    None => return missing(),
                },
                (Some(_), None) => return missing(),
            };
            let method = step.method.as_deref().unwrap_or("GET");
            if whose != actor && !lets.is_some_and(|lets| lets.contains(&method)) {
                return missing();
            }
            match method {
                "DELETE" => {
                    names.insert(whose, None);
                    (
                        Response {
                            status: 204,
                            ..Response::default()
                        },
                        true,
                    )
                }
                "PATCH" => {
                    let body: serde_json::Value =
                        serde_json::from_str(step.raw_body.as_deref().unwrap()).unwrap();
                    let name = body["name"].as_str().map(str::to_owned);
                    names.insert(whose.clone(), name);
                    record(&names, &whose)
                }
                "GET" => record(&names, &whose),
                _ => missing(),
            }
        })
    }

    #[track_caller]
    fn check(lets: Option<&'static [&'static str]>, failed: &[&str]) {
        let attempts = run(&PROBE, &mut target(lets));
        let found: Vec<_> = attempts
            .iter()
            .filter(|attempt| matches!(attempt.verdict, Verdict::Fail(_)))
            .map(|attempt| attempt.name.as_str())
            .collect();
        assert_eq!(found, failed);
        assert_eq!(
            word(&attempts),
            if failed.is_empty() { "pass" } else { "fail" }
        );
    }

    #[test]
    fn records_that_only_their_owner_gets_pass() {
        check(Some(&[]), &[]);
        check(None, &[]);
    }

    #[test]
    fn what_a_user_can_do_to_the_record_of_another_fails() {
        check(Some(&["GET"]), &["/users/{id} of another"]);
        check(Some(&["PATCH"]), &["PATCH /users/{id} of another"]);
        check(Some(&["DELETE"]), &["DELETE /users/{id} of another"]);
    }

    #[test]
    fn an_account_that_must_not_be_changed_is_not() {
        let mut lab = target(Some(&["PATCH", "DELETE"]));
        lab.disposable = false;
        assert_eq!(word(&run(&PROBE, &mut lab)), "pass");
    }

    #[test]
    fn without_an_own_record_nothing_is_said() {
        let mut lab = Fake::new(|_| (json(503, serde_json::Value::Null), false));
        assert_eq!(word(&run(&PROBE, &mut lab)), "inconclusive");
    }
}
