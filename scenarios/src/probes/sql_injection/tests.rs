use std::collections::BTreeMap;

use serde_json::Value;

use super::super::Owned;
use super::super::fake::{Fake, json as answer, run, word};
use super::*;

/// Reads a condition as a database does, as far as these pieces go.
fn holds(text: &str) -> bool {
    let (left, right) = text.rsplit_once('=').unwrap();
    let digit = |c: &char| c.is_ascii_digit();
    left.chars().rev().find(digit) == right.chars().find(digit)
}

/// A target that pastes what it gets: in the `path`, as `q`, as `sort`, in the `body`; or whose `body` crashes on a
/// quote.
fn target(pastes: &'static str) -> Fake {
    let mut kept: BTreeMap<String, String> = BTreeMap::new();
    let mut titles = Vec::new();
    let mut fake = Fake::new(move |step: &Step| {
        let record = |text: &str| (answer(200, json!({ "title": text })), true);
        match step.call.as_deref() {
            Some("object.create" | "object.update") => {
                let name = step.save.clone().or(step.on.clone()).unwrap_or_default();
                let text = match step.fields.get("marker").and_then(Value::as_str) {
                    Some(text) => text.to_owned(),
                    None => format!("marker-of-{name}"),
                };
                if pastes == "crash" && text.replace("''", "").contains('\'') {
                    return (answer(500, Value::Null), false);
                }
                let text = match pastes {
                    "body" => text.replace("'||'", ""),
                    _ => text,
                };
                titles.push(text.clone());
                kept.insert(name, text);
                (answer(201, Value::Null), true)
            }
            Some("object.list") => {
                let mut shown = titles.clone();
                if let Some(text) = step.query.get("q") {
                    let pasted = pastes == "q" && text.contains("%' AND '");
                    shown.retain(|title| match pasted {
                        true => text.starts_with(title.as_str()) && holds(text),
                        false => title.contains(text.as_str()),
                    });
                }
                if let Some(sort) = step.query.get("sort").filter(|_| pastes == "sort")
                    && holds(sort)
                {
                    shown.sort();
                    if sort.contains("DESC") {
                        shown.reverse();
                    }
                }
                (answer(200, json!(shown)), true)
            }
            _ => match step.path.get("id") {
                Some(id) if id == "id-of-object" => record("marker-of-object"),
                Some(id) if pastes == "path" && id.contains("' AND '") && holds(id) => {
                    record("marker-of-object")
                }
                Some(_) => (answer(404, Value::Null), false),
                None => record(&kept[step.on.as_deref().unwrap()]),
            },
        }
    });
    let owned = |call: &str| Owned {
        call: call.into(),
        method: "GET".into(),
        path: "/tasks".into(),
    };
    fake.owned = ["object.read", "object.list", "object.patch"]
        .map(owned)
        .into();
    fake
}

#[track_caller]
fn check(pastes: &'static str, failed: &[&str]) {
    let attempts = run(&PROBE, &mut target(pastes));
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
fn texts_that_stay_texts_pass() {
    check("nothing", &[]);
}

#[test]
fn a_condition_that_is_read_fails() {
    check("path", &["the id in a path"]);
    check("q", &["q in the query of the list"]);
    check("sort", &["the order of a list"]);
}

#[test]
fn texts_that_are_joined_or_break_the_query_fail() {
    let both = [
        "a text in the body of object.create",
        "a text in the body of object.update",
    ];
    check("body", &both);
    check("crash", &both);
}
