//! Bodies whose JSON is deeper than that of any form: answered like other input, or the end of the process.

use serde_json::{Map, Value};

use super::owners::{on, step};
use super::volley::clear;
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::exchange::{Answer, NoAnswer};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "json-depth",
    run: |lab| -> Run<'_> { Box::pin(nested(lab)) },
};

const DEPTH: usize = 10_000;
/// Below what most servers read of a body, and as long as the longest of the deep ones.
const FLAT: usize = 60_000;
const MEMBER: &str = "authspec_nested";
const MADE: &str = "nested";

/// What stands in itself, with the text that opens and the one that closes a level.
const SHAPES: [(&str, &str, &str); 2] = [("lists", "[", "]"), ("objects", "{\"a\":", "}")];

async fn nested(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for call in ["login", "object.create"] {
        attempts.extend(sent_to(lab, call).await);
    }
    attempts
}

/// A login that nobody has, or an object of alice's.
fn call_of(call: &str) -> Step {
    match call {
        "login" => Step {
            fields: [
                ("email".to_owned(), "deep-{rand}@example.com".into()),
                ("username".to_owned(), "deep-{rand}".into()),
            ]
            .into(),
            ..step("anonymous", call)
        },
        _ => Step {
            save: Some(MADE.to_owned()),
            ..step("alice", call)
        },
    }
}

async fn sent_to(lab: &mut dyn Lab, call: &str) -> Vec<Attempt> {
    let one = |verdict| {
        vec![Attempt {
            name: call.to_owned(),
            verdict,
        }]
    };
    let body = match flat_body(lab, call).await {
        Ok(body) => body,
        Err(verdict) => return one(verdict),
    };
    let mut attempts = Vec::new();
    for (shape, open, close) in SHAPES {
        let name = format!("{call} with {shape} in {shape}");
        let deep = Step {
            fields: Default::default(),
            raw_body: Some(with_nested(&body, open, close)),
            ..call_of(call)
        };
        let verdict = tried(lab, call, deep).await;
        lab.cut(&name);
        attempts.push(Attempt { name, verdict });
    }
    attempts
}

/// The members of a body that is answered although it is as long as the deep ones.
async fn flat_body(lab: &mut dyn Lab, call: &str) -> Result<Map<String, Value>, Verdict> {
    let flat = Step {
        extra: [(MEMBER.to_owned(), "x".repeat(FLAT).into())].into(),
        ..call_of(call)
    };
    let sent = lab.send(flat, true).await.map_err(Verdict::Skipped)?;
    unmade(lab, call, &sent).await;
    let outcome = sent.exchange.outcome();
    if !clear(&sent) {
        let why = format!("a flat body of the same size was answered {outcome}");
        return Err(Verdict::Inconclusive(why));
    }
    if sent.exchange.status() == Some(413) {
        let why = format!("bodies of {} kB are refused for their size", FLAT / 1000);
        return Err(Verdict::Skipped(why));
    }
    let body = serde_json::from_slice(&sent.exchange.request.body);
    body.map_err(|_| Verdict::Skipped("its body is no JSON object".into()))
}

/// What was made with an odd member must not stand in lists that others read.
async fn unmade(lab: &mut dyn Lab, call: &str, sent: &Sent) {
    if sent.accepted && call == "object.create" {
        // Where objects cannot be deleted it stays, as all others do.
        let _ = lab.send(on("alice", "object.delete", MADE), true).await;
    }
}

/// The body with a further member, written as text: values that deep are more than our own stack bears.
fn with_nested(body: &Map<String, Value>, open: &str, close: &str) -> String {
    let mut others = body.clone();
    others.remove(MEMBER);
    let others = Value::Object(others).to_string();
    let comma = if others == "{}" { "" } else { "," };
    format!(
        "{{\"{MEMBER}\":{}1{}{comma}{}",
        open.repeat(DEPTH),
        close.repeat(DEPTH),
        &others[1..]
    )
}

async fn tried(lab: &mut dyn Lab, call: &str, deep: Step) -> Verdict {
    let mut sent = match lab.send(deep.clone(), false).await {
        Ok(sent) => sent,
        Err(why) => return Verdict::Inconclusive(why),
    };
    // A connection may be lost by chance, once.
    if matches!(sent.exchange.answer, Answer::Nothing(_)) {
        sent = match lab.send(deep, false).await {
            Ok(sent) => sent,
            Err(why) => return Verdict::Inconclusive(why),
        };
    }
    unmade(lab, call, &sent).await;
    let answers = match lab.send(step("alice", "probe"), true).await {
        Ok(own) => own.accepted,
        Err(why) => return Verdict::Inconclusive(why),
    };
    judged(&sent, answers)
}

/// `answers` says whether the target answers the next request as it should.
fn judged(sent: &Sent, answers: bool) -> Verdict {
    let outcome = sent.exchange.outcome();
    let broke = match &sent.exchange.answer {
        Answer::Response(response) if response.is_throttled() => {
            return Verdict::Inconclusive(outcome);
        }
        // 501 and 505 are answers to what is not supported.
        Answer::Response(response) => {
            response.status >= 500 && ![501, 505].contains(&response.status)
        }
        Answer::Nothing(NoAnswer::Garbage(_)) => return Verdict::Inconclusive(outcome),
        Answer::Nothing(NoAnswer::Closed(_) | NoAnswer::TimedOut | NoAnswer::Unreachable(_)) => {
            true
        }
    };
    let (severity, consequence, then) = match (broke, answers) {
        (false, true) => return Verdict::PASS,
        (false, false) => {
            return Verdict::Inconclusive(
                "afterwards alice's own request was not answered as before".into(),
            );
        }
        (true, true) => (
            Severity::Low,
            "a few kilobytes of brackets end in a server error",
            "the next request is answered",
        ),
        (true, false) => (
            Severity::Medium,
            "a few kilobytes of brackets take the service from everybody",
            "the next request is not answered as it should be",
        ),
    };
    Verdict::Fail(Mismatch {
        consequence: consequence.into(),
        expected: "an answer, and one to the next request".into(),
        actual: format!("{outcome}, and {then}"),
        severity,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Exchange, Response};
    use crate::probes::scripted::{Said, Scripted, status, yes};

    /// Whether a step is one of the deep ones.
    fn deep(step: &Step) -> bool {
        step.raw_body.is_some()
    }

    #[track_caller]
    fn check(answer: fn(&Step) -> Said, want: &[&str]) {
        assert_eq!(Scripted::new(answer).words(&PROBE), want);
    }

    #[test]
    fn deep_bodies_may_be_refused_or_taken() {
        let refused: fn(&Step) -> Said = |step| match deep(step) {
            true => status(400),
            false => yes(),
        };
        check(refused, &["pass"; 4]);
        check(|_| yes(), &["pass"; 4]);
        let unknown: fn(&Step) -> Said = |step| match step.call.as_deref() {
            Some("login") => status(401),
            _ => yes(),
        };
        check(unknown, &["pass"; 4]);
    }

    #[test]
    fn a_crash_fails() {
        let crashes: fn(&Step) -> Said = |step| match deep(step) {
            true => status(500),
            false => yes(),
        };
        check(crashes, &["fail"; 4]);
    }

    #[test]
    fn without_a_control_nothing_is_said() {
        check(|_| status(500), &["inconclusive"; 2]);
        check(|_| status(429), &["inconclusive"; 2]);
        check(|_| status(413), &["skipped"; 2]);
        check(|_| status(404), &["inconclusive"; 4]);
    }

    #[track_caller]
    fn weighs(answer: Answer, answers: bool, want: Option<Severity>) {
        let sent = Sent {
            exchange: Exchange {
                actor: "alice".into(),
                call: "object.create".into(),
                control: false,
                request: Default::default(),
                answer,
                recipe: None,
            },
            accepted: false,
            credential: false,
            disclosed: Vec::new(),
            marker: None,
        };
        let severity = match judged(&sent, answers) {
            Verdict::Fail(mismatch) => Some(mismatch.severity),
            _ => None,
        };
        assert_eq!(severity, want);
    }

    #[test]
    fn what_goes_on_answering_weighs_less() {
        let of = |status| {
            Answer::Response(Response {
                status,
                ..Response::default()
            })
        };
        let closed = || Answer::Nothing(NoAnswer::Closed("reset".into()));
        weighs(of(500), true, Some(Severity::Low));
        weighs(of(502), false, Some(Severity::Medium));
        weighs(closed(), true, Some(Severity::Low));
        weighs(closed(), false, Some(Severity::Medium));
        weighs(
            Answer::Nothing(NoAnswer::TimedOut),
            true,
            Some(Severity::Low),
        );
        weighs(of(501), true, None);
        weighs(of(400), false, None);
    }

    #[test]
    fn the_nested_member_stands_beside_the_others() {
        let body: Map<String, Value> =
            serde_json::from_str(r#"{"authspec_nested": "xx", "title": "t"}"#).unwrap();
        let text = with_nested(&body, "[", "]");
        assert!(text.starts_with(r#"{"authspec_nested":[[["#));
        assert!(text.ends_with(r#"]]],"title":"t"}"#));
        let alone = with_nested(&Map::new(), "{\"a\":", "}");
        assert!(alone.ends_with("}}}}"));
        assert!(alone.len() <= FLAT + 30, "{}", alone.len());
    }
}
