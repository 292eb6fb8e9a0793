//! Routes of administrators, asked by somebody who is none.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::owners::{Sheet, answered, fail, step};
use super::volley::clear;
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "admin-routes",
    run: |lab| -> Run<'_> { Box::pin(asked(lab)) },
};

/// Where back ends have what lists users or settings, below the base URL.
const USUAL: [&str; 7] = [
    "/admin/users",
    "/api/admin/users",
    "/api/v1/admin/users",
    "/api/auth/admin/list-users",
    "/api/admin/stats",
    "/api/users/all",
    "/management/users",
];

/// Who asks: somebody with an account, and anybody.
const CALLERS: [&str; 2] = ["alice", "anonymous"];

const CONSEQUENCE: &str = "a route of administrators answers everybody";

async fn asked(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    let (nowhere, everywhere) = match unknown(lab).await {
        Ok(unknown) => unknown,
        Err(why) => return sheet.stopped(lab, "an address that is not there".into(), why),
    };
    let mut silent = Vec::new();
    for (name, step) in places(lab) {
        let mut there = None;
        for caller in CALLERS {
            let request = Step {
                actor: Some(caller.to_owned()),
                ..step.clone()
            };
            let sent = lab.send(request, false).await;
            let refuses = sent.as_ref().is_ok_and(|sent| {
                let status = sent.exchange.status();
                matches!(status, Some(401 | 403)) && !nowhere.contains(&status)
            });
            let verdict = judged(lab, sent, &everywhere);
            let says = refuses || !matches!(verdict, Verdict::Pass { .. });
            there = Verdict::worst(there.into_iter().chain(says.then_some(verdict)));
            if matches!(there, Some(Verdict::Fail(_))) {
                break;
            }
        }
        match there {
            Some(verdict) => sheet.enter(lab, name, verdict),
            None => {
                lab.cut("other places");
                silent.push(name);
            }
        }
    }
    if !silent.is_empty() {
        let why = format!(
            "nothing is at {}; a route of your own is asked where it stands under [routes] with admin in its name",
            silent.join(", ")
        );
        sheet.uncovered(lab, "other places".into(), &[why]);
    }
    sheet.done()
}

/// What addresses that nobody has are answered, below the places and beside them: their statuses, and the e-mail
/// addresses that stand in every answer.
async fn unknown(lab: &mut dyn Lab) -> Result<(Vec<Option<u16>>, BTreeSet<String>), String> {
    let (mut statuses, mut everywhere) = (Vec::new(), BTreeSet::new());
    for caller in CALLERS {
        for at in ["/api/admin/{rand}", "/{rand}"] {
            let request = Step {
                at: Some(at.into()),
                ..get(caller)
            };
            let sent = lab.send(request, true).await?;
            if !clear(&sent) {
                return Err(format!("the target answered {}", sent.exchange.outcome()));
            }
            statuses.push(sent.exchange.status());
            everywhere.extend(addresses(&sent));
        }
    }
    Ok((statuses, everywhere))
}

fn get(caller: &str) -> Step {
    Step {
        method: Some("GET".into()),
        ..step(caller, "probe")
    }
}

/// The profile's own routes that say so by their name or path, and the usual ones.
fn places(lab: &dyn Lab) -> Vec<(String, Step)> {
    let own = lab.owned();
    let own = own
        .iter()
        .filter(|route| !route.call.starts_with("object.") && route.method == "GET")
        .filter(|route| route.call.contains("admin") || route.path.contains("admin"))
        .map(|route| (route.call.clone(), step("alice", &route.call)));
    let usual = USUAL.map(|at| {
        let step = Step {
            at: Some(at.into()),
            ..get("alice")
        };
        (at.to_owned(), step)
    });
    own.chain(usual).collect()
}

/// An answer with data of others: what is known of them, or addresses of more people than the one who asks.
fn judged(lab: &dyn Lab, sent: Result<Sent, String>, everywhere: &BTreeSet<String>) -> Verdict {
    let own = lab.text("{alice.email}").unwrap_or_default().to_lowercase();
    match &sent {
        Ok(sent) => {
            let mut strangers = addresses(sent);
            strangers.retain(|address| *address != own && !everywhere.contains(address));
            let people = strangers.len();
            match people > 1 {
                true => fail(
                    CONSEQUENCE,
                    "a refusal",
                    format!(
                        "{} with the e-mail addresses of {people} others",
                        sent.exchange.outcome()
                    ),
                ),
                false => answered(Ok(sent.clone()), CONSEQUENCE),
            }
        }
        Err(_) => answered(sent, CONSEQUENCE),
    }
}

static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,}""#).ok());

/// The e-mail addresses that stand as values in a good JSON answer, in small letters.
fn addresses(sent: &Sent) -> BTreeSet<String> {
    let response = sent.exchange.response();
    let response = response.filter(|response| response.is_success() && response.json().is_some());
    let (Some(response), Some(pattern)) = (response, ADDRESS.as_ref()) else {
        return BTreeSet::new();
    };
    let text = response.text();
    let found = pattern.find_iter(&text);
    found
        .map(|found| found.as_str().trim_matches('"').to_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fake::{Fake, json as answer, mail, run, word};
    use super::*;

    #[track_caller]
    fn check(users: fn(&str) -> (u16, Value), elsewhere: u16, want: &str) {
        let mut lab = Fake::new(move |step: &Step| {
            let caller = step.actor.as_deref().unwrap_or_default();
            let (status, body) = match step.at.as_deref() {
                Some("/api/admin/users") => users(caller),
                _ => (elsewhere, Value::Null),
            };
            (answer(status, body), status == 200)
        });
        assert_eq!(word(&run(&PROBE, &mut lab)), want);
    }

    fn everybody(_: &str) -> (u16, Value) {
        (200, json!([mail("bob"), mail("carol"), mail("alice")]))
    }

    #[test]
    fn a_list_of_users_for_everybody_is_found() {
        check(everybody, 404, "fail");
        check(
            |caller| match caller {
                "anonymous" => everybody(caller),
                _ => (403, Value::Null),
            },
            404,
            "fail",
        );
    }

    #[test]
    fn a_route_that_refuses_passes() {
        check(|_| (403, Value::Null), 404, "pass");
        check(|_| (401, Value::Null), 404, "pass");
    }

    #[test]
    fn where_no_such_route_can_be_seen_nothing_is_said() {
        check(|_| (404, Value::Null), 404, "skipped");
        // Everything is refused, whether it is there or not.
        check(|_| (403, Value::Null), 403, "skipped");
        // A page for everything, with an address of its own.
        check(|_| (200, json!("help@example.com")), 200, "skipped");
        let contacts = || json!(["help@example.com", "sales@example.com"]);
        let mut lab = Fake::new(move |_: &Step| (answer(200, contacts()), true));
        assert_eq!(word(&run(&PROBE, &mut lab)), "skipped");
    }
}
