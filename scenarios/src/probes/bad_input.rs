//! Each field of each body once with what does not belong there: the answer may be anything but a server error.

use serde_json::{Value, json};

use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "bad-input",
    run: |lab| -> Run<'_> { Box::pin(thrown(lab)) },
};

/// Stands for a value that JSON has and Rust has not.
const SURROGATE: &str = "authspec-lone-surrogate";
/// How unknown addresses begin, so that they are found in a body.
const UNKNOWN: &str = "input-";

/// What is put in the place of a value, and how grave a crash on it is.
fn wrong_values() -> Vec<(&'static str, Option<Value>, Severity)> {
    use Severity::{Low, Medium};
    vec![
        ("left out", None, Medium),
        ("null", Some(Value::Null), Medium),
        ("a number", Some(json!(1)), Medium),
        ("a negative number", Some(json!(-1)), Medium),
        ("a number beyond 64 bits", Some(json!(1e300)), Low),
        ("a list", Some(json!([1, { "a": [] }])), Medium),
        ("an object", Some(json!({ "a": 1 })), Medium),
        ("an empty text", Some(json!("")), Medium),
        (
            "a date that is none",
            Some(json!("2026-02-30T25:61:00Z")),
            Medium,
        ),
        ("a long text", Some(json!("x".repeat(10_000))), Medium),
        ("a NUL character", Some(json!("a\u{0}b")), Low),
        ("a lone surrogate", Some(json!(SURROGATE)), Low),
    ]
}

/// Ids that a path may hold where one of an object belongs.
const IDS: &[(&str, &str, Severity)] = &[
    ("not an id", "not-an-id", Severity::Medium),
    ("zero", "0", Severity::Medium),
    ("a negative number", "-1", Severity::Medium),
    ("2^63", "9223372036854775808", Severity::Low),
    ("a quote", "1'", Severity::Medium),
    ("a NUL character", "a%00b", Severity::Low),
    ("bytes that are no UTF-8", "%ff%fe", Severity::Medium),
];

async fn thrown(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for call in ["register", "login", "object.create", "object.update"] {
        attempts.extend(of_body(lab, call).await);
    }
    attempts.extend(of_path(lab).await);
    attempts
}

fn step(call: &str) -> Step {
    let newcomer = || -> Value { format!("{UNKNOWN}{{rand}}@example.com").into() };
    let nobody = matches!(call, "register" | "login");
    Step {
        actor: Some(if nobody { "anonymous" } else { "alice" }.into()),
        call: Some(call.into()),
        fields: match nobody {
            true => [
                ("email".to_owned(), newcomer()),
                ("username".to_owned(), format!("{UNKNOWN}{{rand}}").into()),
            ]
            .into(),
            false => Default::default(),
        },
        ..Step::default()
    }
}

/// The well-formed body of a call, with a template in the place of what must be new each time.
async fn good_body(lab: &mut dyn Lab, call: &str) -> Result<Value, Attempt> {
    let unclear = |why: String| Attempt {
        name: call.to_owned(),
        verdict: Verdict::Inconclusive(why),
    };
    let sent = lab.send(step(call), true).await.map_err(|why| Attempt {
        name: call.to_owned(),
        verdict: Verdict::Skipped(why),
    })?;
    let Some(status) = sent.exchange.status() else {
        return Err(unclear(format!(
            "no answer to a good request: {}",
            sent.exchange.outcome()
        )));
    };
    // Nobody of that address can sign in; that the right password can is a base control.
    let good = sent.accepted || (call == "login" && (200..500).contains(&status) && status != 429);
    if !good {
        return Err(unclear(format!("a good request was answered {status}")));
    }
    let mut body = serde_json::from_slice(&sent.exchange.request.body).map_err(|_| Attempt {
        name: call.to_owned(),
        verdict: Verdict::Skipped("its body is no JSON".into()),
    })?;
    renewed(&mut body);
    Ok(body)
}

/// Puts a template in the place of each address that was made for this.
fn renewed(value: &mut Value) {
    match value {
        Value::String(text) if text.starts_with(UNKNOWN) => {
            let domain = text.split_once('@').map(|(_, domain)| format!("@{domain}"));
            *text = format!("{UNKNOWN}{{rand}}{}", domain.unwrap_or_default());
        }
        Value::Array(items) => items.iter_mut().for_each(renewed),
        Value::Object(members) => members.values_mut().for_each(renewed),
        _ => {}
    }
}

async fn of_body(lab: &mut dyn Lab, call: &str) -> Vec<Attempt> {
    let good = match good_body(lab, call).await {
        Ok(body) => body,
        Err(attempt) => return vec![attempt],
    };
    let mut cases = Vec::new();
    for pointer in leaves(&good) {
        for (what, value, severity) in wrong_values() {
            let harmless = value.as_ref().is_none_or(|value| !value.is_string());
            // A registration that succeeds makes an account: only what no address or password can be is tried.
            let mail = good.pointer(&pointer).and_then(Value::as_str);
            let known = mail.is_some_and(|text| text.starts_with(UNKNOWN));
            if call == "register" && !(known && harmless && value.is_some()) {
                continue;
            }
            let mut body = good.clone();
            replace(&mut body, &pointer, value);
            let raw_body = body
                .to_string()
                .replace(&format!("\"{SURROGATE}\""), "\"a\\ud800b\"");
            let step = Step {
                fields: Default::default(),
                raw_body: Some(raw_body),
                ..step(call)
            };
            cases.push((format!("{call} {pointer}: {what}"), step, severity));
        }
    }
    for (what, raw) in [
        ("no JSON", "{\"a\": "),
        ("a list", "[]"),
        ("a text", "\"a\""),
        ("null", "null"),
        ("nothing", ""),
    ] {
        let step = Step {
            fields: Default::default(),
            raw_body: Some(raw.to_owned()),
            ..step(call)
        };
        cases.push((format!("{call}: {what} for a body"), step, Severity::Medium));
    }
    answered(lab, call, cases).await
}

async fn of_path(lab: &mut dyn Lab) -> Vec<Attempt> {
    let read = |path: &[(&str, &str)]| Step {
        actor: Some("alice".into()),
        call: Some("object.read".into()),
        path: path
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Step::default()
    };
    match lab.send(read(&[]), true).await {
        Ok(sent) if sent.accepted => {}
        Ok(sent) => {
            let why = format!("a good request was answered {}", sent.exchange.outcome());
            return vec![Attempt {
                name: "object.read".into(),
                verdict: Verdict::Inconclusive(why),
            }];
        }
        Err(why) => {
            return vec![Attempt {
                name: "object.read".into(),
                verdict: Verdict::Skipped(why),
            }];
        }
    }
    let cases = IDS.iter().map(|(what, id, severity)| {
        let name = format!("object.read with an id that is {what}");
        (name, read(&[("id", id)]), *severity)
    });
    let cases = cases.collect();
    answered(lab, "object.read", cases).await
}

/// Sends all; what crashed is an attempt of its own, the rest is one.
async fn answered(
    lab: &mut dyn Lab,
    call: &str,
    cases: Vec<(String, Step, Severity)>,
) -> Vec<Attempt> {
    let (mut fine, mut silent, mut attempts) = (0, None, Vec::new());
    for (name, step, severity) in cases {
        match lab.send(step, false).await {
            Ok(sent) => match crashed(&sent, severity) {
                Some(verdict) => attempts.push(Attempt { name, verdict }),
                None if sent.exchange.response().is_none_or(|r| r.is_throttled()) => {
                    silent.get_or_insert(format!("{name}: {}", sent.exchange.outcome()));
                }
                None => {
                    lab.forget_last();
                    fine += 1;
                }
            },
            Err(why) => {
                silent.get_or_insert(format!("{name}: {why}"));
            }
        }
    }
    let verdict = match silent {
        Some(why) => Verdict::Inconclusive(why),
        None => Verdict::Pass {
            note: Some(format!(
                "{fine} malformed inputs were answered without a server error"
            )),
        },
    };
    if attempts.is_empty() {
        attempts.push(Attempt {
            name: call.to_owned(),
            verdict,
        });
    }
    attempts
}

fn crashed(sent: &Sent, severity: Severity) -> Option<Verdict> {
    let response = sent.exchange.response()?;
    // 501 and 505 are answers to what is not supported; 503 that asks to come back is no crash.
    let crash = response.status >= 500
        && ![501, 505].contains(&response.status)
        && !response.is_throttled();
    crash.then(|| {
        Verdict::Fail(Mismatch {
            consequence: "input of strangers reaches code that does not expect it".into(),
            expected: "4xx".into(),
            actual: response.status.to_string(),
            severity,
        })
    })
}

/// Pointers to all values that are neither lists nor objects.
fn leaves(body: &Value) -> Vec<String> {
    let below = |name: &str, member: &Value| -> Vec<String> {
        let name = name.replace('~', "~0").replace('/', "~1");
        leaves(member)
            .iter()
            .map(|rest| format!("/{name}{rest}"))
            .collect()
    };
    match body {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| below(name, member))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(at, item)| below(&at.to_string(), item))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![String::new()],
    }
}

/// Puts a value where a pointer points, or takes away what is there.
fn replace(body: &mut Value, pointer: &str, value: Option<Value>) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    match (body.pointer_mut(parent), value) {
        (Some(Value::Object(members)), Some(value)) => {
            members.insert(name, value);
        }
        (Some(Value::Object(members)), None) => {
            members.remove(&name);
        }
        (Some(Value::Array(items)), Some(value)) => {
            if let Some(item) = name.parse::<usize>().ok().and_then(|at| items.get_mut(at)) {
                *item = value;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_reached_wherever_it_stands() {
        let body = json!({ "user": { "email": "a", "tags": ["x"] }, "a/b": 1 });
        let mut found = leaves(&body);
        found.sort();
        assert_eq!(found, ["/a~1b", "/user/email", "/user/tags/0"]);
        let mut changed = body.clone();
        replace(&mut changed, "/user/email", None);
        replace(&mut changed, "/a~1b", Some(Value::Null));
        replace(&mut changed, "/user/tags/0", Some(json!(2)));
        assert_eq!(changed, json!({ "user": { "tags": [2] }, "a/b": null }));
    }

    #[test]
    fn addresses_that_were_made_for_this_are_new_each_time() {
        let mut body =
            json!({ "user": { "email": "input-abc@example.com", "name": "input-abc" }, "n": "x" });
        renewed(&mut body);
        let want = json!({ "user": { "email": "input-{rand}@example.com", "name": "input-{rand}" }, "n": "x" });
        assert_eq!(body, want);
    }
}
