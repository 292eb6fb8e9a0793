//! Methods of an object's route that are easily forgotten: HEAD, OPTIONS, POST, and methods named by an override.

use super::owners::{NOBODY, Sheet, USERS, answered, attack, fail, make, on, untouched};
use super::{Attempt, Lab, Probe, Run};
use crate::exchange::Response;
use crate::judge::ObjectState;
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "other-methods",
    run: |lab| -> Run<'_> { Box::pin(methods(lab, &USERS)) },
};

pub(super) const ANONYMOUS: Probe = Probe {
    name: "methods-without-a-token",
    run: |lab| -> Run<'_> { Box::pin(methods(lab, &NOBODY)) },
};

const HEADERS: [&str; 3] = [
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
];

async fn methods(lab: &mut dyn Lab, attackers: &[(Option<&str>, &str)]) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    let there = |call: &str, lab: &dyn Lab| lab.owned().iter().any(|route| route.call == call);
    if lab.public() || !there("object.read", lab) {
        let why = "no route reads one object of its owner's alone".to_owned();
        sheet.uncovered(lab, "the resource".into(), &[why]);
        return sheet.done();
    }
    for &(attacker, victim) in attackers {
        let name = format!("{} on {victim}'s", attacker.unwrap_or("nobody"));
        if let Err(why) = direction(lab, &mut sheet, attacker, victim, &name).await {
            return sheet.stopped(lab, name, why);
        }
    }
    sheet.done()
}

async fn direction(
    lab: &mut dyn Lab,
    sheet: &mut Sheet,
    attacker: Option<&str>,
    victim: &str,
    name: &str,
) -> Result<(), String> {
    let who = attacker.map_or("anybody", |_| "any user");
    let mut silent = Vec::new();
    make(lab, victim, "object").await?;
    let by = |step: Step, method: &str| Step {
        method: Some(method.to_owned()),
        ..step
    };
    let own = || on(victim, "object.read", "object");
    let foreign = || attack(attacker, victim, "object.read", "object");
    let plain = lab.send(by(foreign(), "GET"), true).await?;
    if !plain.disclosed.is_empty() {
        let scenario = attacker.map_or("token.missing", |_| "isolation.read-other");
        let why = format!("GET gives the object away already ({scenario})");
        sheet.uncovered(lab, format!("{name}, any method"), &[why]);
        return Ok(());
    }
    let owners = lab.send(by(own(), "HEAD"), true).await?;
    let others = lab.send(by(foreign(), "HEAD"), false).await?;
    let missing = Step {
        on: None,
        path: [("id".to_owned(), unused(&lab.text("{object.id}")?))].into(),
        ..by(foreign(), "HEAD")
    };
    let missing = lab.send(missing, true).await?;
    match (
        owners.exchange.response(),
        others.exchange.response(),
        missing.exchange.response(),
    ) {
        (Some(owners), Some(others), Some(missing)) if owners.is_success() => {
            let consequence = format!("HEAD tells {who} about the objects of others");
            let verdict = match told(owners, others, missing) {
                Some(actual) => fail(&consequence, "a refusal", actual),
                None => Verdict::PASS,
            };
            sheet.enter(lab, format!("{name}, HEAD"), verdict);
        }
        _ => silent.push(format!("HEAD ({})", owners.exchange.outcome())),
    }
    let owners = lab.send(by(own(), "OPTIONS"), true).await?;
    if owners.exchange.response().is_some_and(Response::is_success) {
        let sent = lab.send(by(foreign(), "OPTIONS"), false).await;
        let consequence = format!("OPTIONS tells {who} about the objects of others");
        let verdict = answered(sent, &consequence);
        sheet.enter(lab, format!("{name}, OPTIONS"), verdict);
    } else {
        silent.push(format!("OPTIONS ({})", owners.exchange.outcome()));
    }
    for (call, method) in [
        ("object.replace", "PUT"),
        ("object.patch", "PATCH"),
        ("object.delete", "DELETE"),
    ] {
        if lab.owned().iter().any(|route| route.call == call) {
            overridden(
                lab,
                sheet,
                (attacker, victim, name),
                (call, method),
                &mut silent,
            )
            .await?;
        }
    }
    sheet.uncovered(lab, format!("{name}, other methods"), &silent);
    Ok(())
}

/// POST that says it is another method: plainly, by header, by query and by body.
async fn overridden(
    lab: &mut dyn Lab,
    sheet: &mut Sheet,
    (attacker, victim, name): (Option<&str>, &str, &str),
    (call, method): (&str, &str),
    silent: &mut Vec<String>,
) -> Result<(), String> {
    let mut ways: Vec<(String, Step)> = HEADERS
        .iter()
        .map(|header| {
            let headers = [((*header).to_owned(), method.to_owned())].into();
            (
                format!("{header}: {method}"),
                Step {
                    headers,
                    ..Step::default()
                },
            )
        })
        .collect();
    let query = Step {
        query: [("_method".to_owned(), method.to_owned())].into(),
        ..Step::default()
    };
    let body = Step {
        extra: [("_method".to_owned(), method.into())].into(),
        ..Step::default()
    };
    ways.push((format!("_method={method} in the query"), query));
    ways.push((format!("_method={method} in the body"), body));
    make(lab, victim, "twin").await?;
    for (way, more) in ways {
        let posted = |step: Step| Step {
            method: Some("POST".into()),
            headers: more.headers.clone(),
            query: more.query.clone(),
            extra: more.extra.clone(),
            ..step
        };
        let before = lab.text("{twin.marker}")?;
        let control = lab.send(posted(on(victim, call, "twin")), true).await?;
        let works = match call {
            "object.delete" => lab.look("twin").await? == ObjectState::Missing,
            _ => {
                control.accepted
                    && lab.text("{twin.marker}")? != before
                    && lab.look("twin").await? == ObjectState::AsItWas
            }
        };
        if !works {
            silent.push(format!("{way} ({})", control.exchange.outcome()));
            if lab.look("twin").await? != ObjectState::AsItWas {
                make(lab, victim, "twin").await?;
            }
            continue;
        }
        let consequence = match attacker {
            Some(_) => format!("POST with {way} changes the objects of others"),
            None => format!("POST with {way} changes objects without a token"),
        };
        let foreign = attack(attacker, victim, call, "object");
        let sent = lab.send(posted(foreign), false).await;
        let told = answered(sent, &consequence);
        let kept = untouched(lab, "object", &consequence).await;
        let verdict = Verdict::worst([told, kept]).unwrap_or(Verdict::PASS);
        let broken = matches!(verdict, Verdict::Fail(_));
        sheet.enter(lab, format!("{name}, {way}"), verdict);
        make(lab, victim, "twin").await?;
        if broken {
            make(lab, victim, "object").await?;
        }
    }
    Ok(())
}

/// An id of the same form that nobody has.
pub(super) fn unused(id: &str) -> String {
    if id.chars().all(|c| c.is_ascii_digit()) {
        return "987654321".into();
    }
    let last = id.chars().next_back().unwrap_or('a');
    let other = if last == '0' { '1' } else { '0' };
    format!("{}{other}", &id[..id.len() - last.len_utf8()])
}

/// What a HEAD of another's object says that only its owner should learn.
fn told(owners: &Response, foreign: &Response, missing: &Response) -> Option<String> {
    if !foreign.is_success() {
        return None;
    }
    let same = |name: &&str| {
        let there = |response: &Response| response.header(name).map(str::to_owned);
        let value = there(owners).filter(|value| value != "0");
        value.is_some() && value == there(foreign) && there(foreign) != there(missing)
    };
    let found: Vec<_> = ["etag", "content-length", "last-modified"]
        .into_iter()
        .filter(same)
        .collect();
    (!found.is_empty()).then(|| {
        format!(
            "{} with the owner's {}",
            foreign.status,
            found.join(" and ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, length: &str) -> Response {
        Response {
            status,
            headers: vec![("content-length".into(), length.into())],
            ..Response::default()
        }
    }

    #[track_caller]
    fn check(owners: (u16, &str), foreign: (u16, &str), missing: (u16, &str), want: bool) {
        let all = [owners, foreign, missing].map(|(status, length)| head(status, length));
        assert_eq!(told(&all[0], &all[1], &all[2]).is_some(), want);
    }

    #[test]
    fn the_owners_length_counts_only_where_a_missing_object_has_another() {
        check((200, "120"), (200, "120"), (404, "90"), true);
        check((200, "120"), (404, "90"), (404, "90"), false);
        check((200, "120"), (200, "120"), (200, "120"), false);
        check((200, "0"), (200, "0"), (404, "90"), false);
    }

    #[test]
    fn an_unused_id_has_the_form_of_the_used_one() {
        assert_eq!(unused("17"), "987654321");
        assert_eq!(unused("ab-c0"), "ab-c1");
        assert_eq!(unused("ab-cf"), "ab-c0");
    }
}
