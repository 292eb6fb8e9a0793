//! Privileges that a user writes into the own record, by whatever route changes it.

use serde_json::{Map, Value, json};

use super::owners::{Sheet, fail, step};
use super::records::{holds_text, member_with, places};
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "self-promote",
    run: |lab| -> Run<'_> { Box::pin(promoted(lab)) },
};

/// What nobody may set for himself.
fn privileges() -> Vec<(&'static str, Value)> {
    vec![
        ("role", json!("admin")),
        ("roles", json!(["admin"])),
        ("is_admin", json!(true)),
        ("isAdmin", json!(true)),
        ("is_superuser", json!(true)),
        ("is_staff", json!(true)),
        ("permissions", json!(["*"])),
        ("plan", json!("enterprise")),
        ("email_verified", json!(true)),
        ("emailVerified", json!(true)),
        ("is_verified", json!(true)),
    ]
}

/// A way to change the own record: a request whose body is still to be given, and the member around it.
struct Way {
    step: Step,
    around: Option<String>,
}

impl Way {
    fn with(&self, member: &str, value: Value) -> Step {
        let inner = Value::Object(Map::from_iter([(member.to_owned(), value)]));
        let body = match &self.around {
            Some(name) => Value::Object(Map::from_iter([(name.clone(), inner)])),
            None => inner,
        };
        Step {
            raw_body: Some(body.to_string()),
            ..self.step.clone()
        }
    }

    fn name(&self) -> String {
        let method = self.step.method.as_deref().unwrap_or_default();
        let place = self.step.at.as_deref();
        let place = place.or(self.step.call.as_deref()).unwrap_or_default();
        format!("{method} {}", place.replace("{alice.id}", "{id}"))
    }
}

async fn promoted(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    if !lab.disposable("alice") {
        let why = "no account could be made whose record may be changed".to_owned();
        sheet.uncovered(lab, "the own record".into(), &[why]);
        return sheet.done();
    }
    let before = match own_record(lab).await {
        Ok(record) => record,
        Err(why) => return sheet.stopped(lab, "the own record".into(), why),
    };
    let name = lab.text("{alice.name}").unwrap_or_default();
    let mail = lab.text("{alice.email}").unwrap_or_default();
    let around = member_with(&before, &mail).and_then(|(around, _)| around);
    let member = member_with(&before, &name).map_or("name".to_owned(), |(_, member)| member);
    let mut silent = Vec::new();
    for way in ways(lab, around.as_ref()) {
        match changes(lab, &way, &member).await {
            Ok(true) => {
                if let Err(why) = each(lab, &mut sheet, &way).await {
                    return sheet.stopped(lab, way.name(), why);
                }
            }
            Ok(false) if silent.contains(&way.name()) => {}
            Ok(false) => silent.push(way.name()),
            Err(why) => silent.push(format!("{} ({why})", way.name())),
        }
        lab.cut("ways that change nothing");
    }
    if !silent.is_empty() {
        let why = format!(
            "nothing in the own record is changed by {}",
            silent.join(", ")
        );
        sheet.uncovered(lab, "ways that change nothing".into(), &[why]);
    }
    sheet.done()
}

/// Where records are changed: at the identity route, at a route of the profile, and where they usually stand.
fn ways(lab: &dyn Lab, around: Option<&String>) -> Vec<Way> {
    let me = lab.path(&step("alice", "me")).unwrap_or_default();
    let me = me.split('?').next().unwrap_or_default().to_owned();
    let mut steps = Vec::new();
    let own = lab.owned();
    let own = own.iter().filter(|route| {
        !route.call.starts_with("object.") && matches!(route.method.as_str(), "PATCH" | "PUT")
    });
    steps.extend(own.map(|route| Step {
        method: Some(route.method.clone()),
        ..step("alice", &route.call)
    }));
    let by = |method: &str, step: Step| Step {
        method: Some(method.to_owned()),
        ..step
    };
    for method in ["PATCH", "PUT"] {
        let at = Some(me.clone());
        steps.push(by(
            method,
            Step {
                at,
                ..step("alice", "me")
            },
        ));
        let places = places(lab);
        steps.extend(
            places
                .iter()
                .map(|place| by(method, place.of("alice", "alice"))),
        );
    }
    // Better Auth and its like.
    let front = me.rsplit_once('/').map_or("", |(front, _)| front);
    let at = Some(format!("{front}/update-user"));
    steps.push(by(
        "POST",
        Step {
            at,
            ..step("alice", "me")
        },
    ));
    let shapes = |step: Step| {
        let nested = around.map(|name| Way {
            step: step.clone(),
            around: Some(name.clone()),
        });
        [Some(Way { step, around: None }), nested]
    };
    steps.into_iter().flat_map(shapes).flatten().collect()
}

/// Whether a harmless member is changed by it.
async fn changes(lab: &mut dyn Lab, way: &Way, member: &str) -> Result<bool, String> {
    let text = lab.text("Renamed {rand}")?;
    let sent = lab.send(way.with(member, json!(text)), true).await?;
    if !sent.exchange.response().is_some_and(|r| r.is_success()) {
        return Ok(false);
    }
    Ok(holds_text(
        &lab.send(step("alice", "me"), true).await?,
        &text,
    ))
}

async fn each(lab: &mut dyn Lab, sheet: &mut Sheet, way: &Way) -> Result<(), String> {
    for (member, value) in privileges() {
        let before = own_record(lab).await?;
        let sent = lab.send(way.with(member, value.clone()), false).await?;
        let after = own_record(lab).await;
        let verdict = match (unheard(&sent), after) {
            (Some(why), _) | (None, Err(why)) => Verdict::Inconclusive(why),
            (None, Ok(after))
                if holds(&after, member, &value) && !holds(&before, member, &value) =>
            {
                fail(
                    "a user gives himself privileges by a change of the own record",
                    "the member ignored or refused",
                    format!("{}, and `{member}` is now {value}", sent.exchange.outcome()),
                )
            }
            (None, Ok(_)) => Verdict::PASS,
        };
        sheet.enter(lab, format!("{}, {member}", way.name()), verdict);
    }
    Ok(())
}

/// Why an answer says nothing.
fn unheard(sent: &Sent) -> Option<String> {
    match sent.exchange.response() {
        Some(response) if !response.is_throttled() => None,
        Some(_) | None => Some(sent.exchange.outcome()),
    }
}

/// How the own record reads now.
async fn own_record(lab: &mut dyn Lab) -> Result<Value, String> {
    let sent = lab.send(step("alice", "me"), true).await?;
    let record = sent
        .exchange
        .response()
        .and_then(|response| response.json());
    let outcome = sent.exchange.outcome();
    record
        .filter(|_| sent.accepted)
        .ok_or_else(|| format!("alice's own record was answered {outcome}"))
}

/// Whether a member has this value anywhere in a record.
fn holds(record: &Value, member: &str, value: &Value) -> bool {
    match record {
        Value::Object(members) => members
            .iter()
            .any(|(name, here)| (name == member && here == value) || holds(here, member, value)),
        Value::Array(items) => items.iter().any(|item| holds(item, member, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Fake, json as answer, mail, run, word};
    use super::*;

    /// A record that takes over the members of `PATCH` bodies that `allowed` says; nested in `user` on wish.
    fn target(allowed: &'static [&'static str], nested: bool) -> Fake {
        let mut record = json!({ "id": "alice-id", "email": mail("alice"), "name": "Name of alice", "is_staff": true });
        Fake::new(move |step: &Step| {
            let shown = |record: &Value| match nested {
                true => json!({ "user": record }),
                false => record.clone(),
            };
            match (step.method.as_deref(), step.at.as_deref()) {
                (None, None) => (answer(200, shown(&record)), true),
                (Some("PATCH"), Some("/api/auth/me")) => {
                    let body: Value =
                        serde_json::from_str(step.raw_body.as_deref().unwrap()).unwrap();
                    let body = if nested { &body["user"] } else { &body };
                    let Some(members) = body.as_object() else {
                        return (answer(422, Value::Null), false);
                    };
                    for (name, value) in members {
                        if allowed.contains(&name.as_str()) {
                            record[name] = value.clone();
                        }
                    }
                    (answer(200, shown(&record)), true)
                }
                _ => (answer(404, Value::Null), false),
            }
        })
    }

    #[track_caller]
    fn check(allowed: &'static [&'static str], nested: bool, want: &str, failed: &[&str]) {
        let attempts = run(&PROBE, &mut target(allowed, nested));
        let found: Vec<_> = attempts
            .iter()
            .filter(|attempt| matches!(attempt.verdict, Verdict::Fail(_)))
            .map(|attempt| attempt.name.as_str())
            .collect();
        assert_eq!(found, failed);
        assert_eq!(word(&attempts), want);
    }

    #[test]
    fn a_record_whose_privileges_stay_as_they_are_passes() {
        check(&["name"], false, "pass", &[]);
        check(&["name"], true, "pass", &[]);
    }

    #[test]
    fn a_privilege_that_is_taken_over_fails() {
        let failed = &["PATCH /api/auth/me, role"];
        check(&["name", "role"], false, "fail", failed);
        check(&["name", "role"], true, "fail", failed);
    }

    #[test]
    fn what_was_there_before_was_not_taken_over() {
        check(&["name", "is_staff"], false, "pass", &[]);
    }

    #[test]
    fn a_record_that_cannot_be_changed_is_left_alone() {
        check(&[], false, "skipped", &[]);
        let mut lab = target(&["name", "role"], false);
        lab.disposable = false;
        assert_eq!(word(&run(&PROBE, &mut lab)), "skipped");
    }
}
