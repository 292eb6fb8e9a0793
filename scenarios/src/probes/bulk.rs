//! Routes that gather objects: exports, searches, counts, and the total of the list. Whose they gather.

use std::collections::BTreeMap;

use serde_json::Value;

use super::owners::{Sheet, answered, fail, make, step};
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "bulk-endpoints",
    run: |lab| -> Run<'_> { Box::pin(gathered(lab)) },
};

/// What such routes are called below the list.
const WORDS: [&str; 8] = [
    "export", "search", "count", "stats", "summary", "all", "bulk", "batch",
];

/// One route, and what reports call it.
struct Place {
    name: String,
    step: Step,
}

async fn gathered(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    if lab.public() {
        let why = "everybody may read the resource, by design".to_owned();
        sheet.uncovered(lab, "the resource".into(), &[why]);
        return sheet.done();
    }
    for (owner, name) in [("alice", "theirs"), ("bob", "own")] {
        if let Err(why) = make(lab, owner, name).await {
            return sheet.stopped(lab, format!("an object of {owner}"), why);
        }
    }
    let mut silent = Vec::new();
    for place in places(lab) {
        match judged(lab, &place).await {
            Ok(Some(verdict)) => sheet.enter(lab, place.name, verdict),
            Ok(None) => {
                lab.cut("routes that gather nothing");
                silent.push(place.name);
            }
            Err(why) => sheet.enter(lab, place.name, Verdict::Inconclusive(why)),
        }
    }
    if !silent.is_empty() {
        let why = format!(
            "nothing of a user's own is gathered by {}",
            silent.join(", ")
        );
        sheet.uncovered(lab, "routes that gather nothing".into(), &[why]);
    }
    sheet.done()
}

/// The list for its total, the profile's own routes, and the usual ones below the list.
fn places(lab: &dyn Lab) -> Vec<Place> {
    let list = step("bob", "object.list");
    let below = lab.path(&list).unwrap_or_default();
    let below = below.split('?').next().unwrap_or_default().to_owned();
    let mut places = vec![Place {
        name: "the total of the list".into(),
        step: list.clone(),
    }];
    let own = lab.owned();
    let own = own
        .iter()
        .filter(|route| !route.call.starts_with("object.") && route.method == "GET");
    places.extend(own.map(|route| Place {
        name: route.call.clone(),
        step: step("bob", &route.call),
    }));
    if !below.is_empty() {
        places.extend(WORDS.map(|word| Place {
            name: format!("{word} below the list"),
            step: Step {
                at: Some(format!("{below}/{word}")),
                ..list.clone()
            },
        }));
    }
    places
}

/// Nothing where the route gives a user nothing of the own.
async fn judged(lab: &mut dyn Lab, place: &Place) -> Result<Option<Verdict>, String> {
    let sent = lab.send(place.step.clone(), false).await?;
    // A list that shows the objects of others is isolation.list-only-own.
    let is_list = place.step.at.is_none() && place.step.call.as_deref() == Some("object.list");
    if !sent.disclosed.is_empty() && !is_list {
        let consequence = "a route that gathers objects gathers those of everybody";
        return Ok(Some(answered(Ok(sent), consequence)));
    }
    if !heard(&sent)? {
        return Ok(None);
    }
    if let Some(verdict) = searched(lab, place).await? {
        return Ok(Some(verdict));
    }
    let counted = counted(lab, place).await?;
    let shows_own = shows(&sent, &lab.text("{own.marker}")?) && !is_list;
    Ok(counted.or(shows_own.then_some(Verdict::PASS)))
}

/// Whether it is an answer to build on.
fn heard(sent: &Sent) -> Result<bool, String> {
    match sent.exchange.response() {
        Some(response) if !response.is_throttled() => Ok(response.is_success()),
        Some(_) | None => Err(sent.exchange.outcome()),
    }
}

fn shows(sent: &Sent, text: &str) -> bool {
    let response = sent.exchange.response();
    response.is_some_and(|response| response.is_success() && response.text().contains(text))
}

/// A search for the words of another, where one for the own words finds them. A marker without its last letter: a whole
/// one in an answer cannot be an echo.
async fn searched(lab: &mut dyn Lab, place: &Place) -> Result<Option<Verdict>, String> {
    let Some(at) = place.step.at.as_ref().filter(|at| at.ends_with("/search")) else {
        return Ok(None);
    };
    let ask = |marker: &str| Step {
        at: Some(at.clone()),
        query: ["q", "query", "search"]
            .map(|name| (name.to_owned(), marker.to_owned()))
            .into(),
        ..place.step.clone()
    };
    let foreign = lab.send(ask("{theirs.marker|chop}"), false).await?;
    if !foreign.disclosed.is_empty() {
        return Ok(Some(answered(
            Ok(foreign),
            "a search finds the objects of others",
        )));
    }
    let own = lab.send(ask("{own.marker|chop}"), true).await?;
    let finds = shows(&own, &lab.text("{own.marker}")?);
    Ok(finds.then_some(Verdict::PASS))
}

/// Numbers that follow what others make. Twice, by different steps, and not without them: nothing but a count of the
/// objects of all does that while nobody else is on the line.
async fn counted(lab: &mut dyn Lab, place: &Place) -> Result<Option<Verdict>, String> {
    let before = numbers(lab, place).await?;
    if before.is_empty() {
        return Ok(None);
    }
    let same = numbers(lab, place).await?;
    objects(lab, "alice", 3).await?;
    let three = numbers(lab, place).await?;
    objects(lab, "alice", 2).await?;
    let five = numbers(lab, place).await?;
    objects(lab, "bob", 1).await?;
    let own = numbers(lab, place).await?;
    let grew = |from: &Numbers, to: &Numbers, at: &str, by: i64| {
        from.get(at)
            .zip(to.get(at))
            .is_some_and(|(from, to)| to - from == by)
    };
    let of_all = before.keys().find(|at| {
        grew(&before, &same, at, 0) && grew(&same, &three, at, 3) && grew(&three, &five, at, 2)
    });
    if let Some(at) = of_all {
        let Verdict::Fail(mismatch) = fail(
            "a count tells how many objects others have",
            "the number of the caller's own objects",
            format!("the number at {at} grew by 3 and by 2 with what another made"),
        ) else {
            return Ok(None);
        };
        return Ok(Some(Verdict::Fail(Mismatch {
            severity: Severity::Medium,
            ..mismatch
        })));
    }
    let of_own = before.keys().any(|at| {
        grew(&before, &same, at, 0) && grew(&same, &five, at, 0) && grew(&five, &own, at, 1)
    });
    Ok(of_own.then_some(Verdict::PASS))
}

async fn objects(lab: &mut dyn Lab, actor: &str, count: usize) -> Result<(), String> {
    for _ in 0..count {
        let made = lab.send(step(actor, "object.create"), true).await?;
        if !made.accepted {
            return Err(format!("{actor} got {}", made.exchange.outcome()));
        }
    }
    Ok(())
}

type Numbers = BTreeMap<String, i64>;

/// The whole numbers of an answer by where they stand, those of the usual headers for totals too.
async fn numbers(lab: &mut dyn Lab, place: &Place) -> Result<Numbers, String> {
    let sent = lab.send(place.step.clone(), true).await?;
    if !heard(&sent)? {
        return Ok(Numbers::new());
    }
    let mut found = Numbers::new();
    let Some(response) = sent.exchange.response() else {
        return Ok(found);
    };
    if let Some(json) = response.json() {
        collect(&json, String::new(), &mut found);
    }
    for name in ["x-total-count", "x-total", "content-range"] {
        let last = response
            .header(name)
            .and_then(|text| text.rsplit('/').next());
        if let Some(number) = last.and_then(|text| text.trim().parse().ok()) {
            found.insert(format!("the header {name}"), number);
        }
    }
    Ok(found)
}

fn collect(json: &Value, at: String, found: &mut Numbers) {
    match json {
        Value::Number(number) => {
            found.extend(number.as_i64().map(|number| (at, number)));
        }
        Value::Object(members) => {
            for (name, member) in members {
                collect(member, format!("{at}/{name}"), found);
            }
        }
        // The objects themselves are no totals.
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::{Fake, json as answer, run, word};
    use super::*;
    use crate::exchange::Response;

    #[derive(Clone, Copy, PartialEq)]
    enum Has {
        Nothing,
        OwnExport,
        ExportOfAll,
        OwnCount,
        CountOfAll,
        RequestCounter,
        TotalOfAll,
    }

    fn target(has: Has) -> Fake {
        let mut made = BTreeMap::from([("alice".to_owned(), 0), ("bob".to_owned(), 0)]);
        let mut requests = 0;
        Fake::new(move |step: &Step| {
            requests += 1;
            let actor = step.actor.clone().unwrap_or_default();
            let all: i32 = made.values().sum();
            let missing = (answer(404, Value::Null), false);
            let word = step
                .at
                .as_deref()
                .and_then(|at| at.strip_prefix("/api/tasks/"));
            match (step.call.as_deref(), word) {
                (Some("object.create"), _) => {
                    *made.entry(actor).or_default() += 1;
                    (answer(201, Value::Null), true)
                }
                (_, None) => {
                    let total = if has == Has::TotalOfAll { all } else { 0 };
                    let headers = vec![("x-total-count".to_owned(), total.to_string())];
                    (
                        Response {
                            headers,
                            ..answer(200, json!([]))
                        },
                        true,
                    )
                }
                (_, Some("export")) => match has {
                    Has::OwnExport => (answer(200, json!(["marker-of-own"])), true),
                    Has::ExportOfAll => (answer(200, json!(["secret of alice"])), true),
                    _ => missing,
                },
                (_, Some("count")) => match has {
                    Has::OwnCount => (answer(200, json!({ "count": made[&actor] })), true),
                    Has::CountOfAll => (answer(200, json!({ "count": all })), true),
                    Has::RequestCounter => (answer(200, json!({ "served": requests })), true),
                    _ => missing,
                },
                _ => missing,
            }
        })
    }

    #[track_caller]
    fn check(has: Has, want: &str) {
        assert_eq!(word(&run(&PROBE, &mut target(has))), want);
    }

    #[test]
    fn what_gathers_the_own_passes() {
        check(Has::OwnExport, "pass");
        check(Has::OwnCount, "pass");
    }

    #[test]
    fn what_gathers_those_of_all_fails() {
        check(Has::ExportOfAll, "fail");
        check(Has::CountOfAll, "fail");
        check(Has::TotalOfAll, "fail");
    }

    #[test]
    fn where_nothing_is_gathered_nothing_is_said() {
        check(Has::Nothing, "skipped");
        check(Has::RequestCounter, "skipped");
    }
}
