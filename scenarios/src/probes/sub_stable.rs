//! The subject of tokens is the same at each sign-in of a user, and another for another user.

use serde_json::Value;

use super::burst::only;
use super::jws::Jws;
use super::{Attempt, Lab, Probe, Run};
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "sub-stable-and-distinct",
    run: |lab| -> Run<'_> { Box::pin(compared(lab)) },
};

async fn compared(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = of_sign_ins(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only("two sign-ins of one user, one of another", verdict)
}

async fn of_sign_ins(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let mut subjects = Vec::new();
    for actor in ["alice", "alice", "bob"] {
        let token = lab.fresh_token(actor).await?;
        let Some(jws) = Jws::read(&token) else {
            let why = "a sign-in gives no JSON web token";
            return Ok(Verdict::Skipped(why.into()));
        };
        let Some(subject) = jws.claims.get("sub").and_then(text) else {
            let why = "tokens name no user in sub (see token.claims-present)";
            return Ok(Verdict::Skipped(why.into()));
        };
        subjects.push(subject);
    }
    Ok(judged(&subjects, lab.text("{alice.id}").ok().as_deref()))
}

fn judged(subjects: &[String], known: Option<&str>) -> Verdict {
    let [first, again, other] = subjects else {
        return Verdict::Inconclusive("there are no three tokens to compare".into());
    };
    let fail = |consequence: &str, expected: &str, actual: &str| {
        Verdict::Fail(Mismatch {
            consequence: consequence.into(),
            expected: expected.into(),
            actual: actual.into(),
            severity: Severity::High,
        })
    };
    if first == other || again == other {
        return fail(
            "tokens do not tell one user from another",
            "another sub for another user",
            "the same sub in the tokens of two users",
        );
    }
    if first != again {
        return fail(
            "who is known by the sub of a token is another user after the next sign-in",
            "the same sub at each sign-in of a user",
            "another sub at the second sign-in",
        );
    }
    // Some keep an account and a user apart; it is no fault.
    let note = known.filter(|known| known != first).map(|_| {
        "the sub of tokens is another id than the one by which the API names the user".to_owned()
    });
    Verdict::Pass { note }
}

/// A subject as text; some write it as a number.
fn text(sub: &Value) -> Option<String> {
    match sub {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::jws::written;
    use crate::probes::scripted::{Scripted, yes};
    use serde_json::json;

    /// The verdict on the claims of the two sign-ins of alice, and of the one of bob.
    fn verdict(alice: [Value; 2], bob: Value) -> Verdict {
        let mut lab = Scripted::new(|_| yes());
        lab.texts = [("{alice.id}", "7")].into();
        let mut turns = alice.into_iter();
        lab.sign_in = Some(Box::new(move |actor| {
            let claims = match actor {
                "alice" => turns.next().unwrap(),
                _ => bob.clone(),
            };
            written(&json!({"alg": "HS256"}), &claims)
        }));
        lab.run(&PROBE).remove(0).1
    }

    #[track_caller]
    fn check(alice: [Value; 2], bob: Value, want: &str) {
        let got = match verdict(alice, bob) {
            Verdict::Fail(mismatch) => mismatch.actual,
            Verdict::Pass { note: Some(_) } => "noted".into(),
            other => other.word().into(),
        };
        assert_eq!(got, want);
    }

    fn sub(value: impl Into<Value>) -> Value {
        let value: Value = value.into();
        json!({"sub": value})
    }

    #[test]
    fn a_subject_that_stays_and_tells_users_apart_passes() {
        check([sub("7"), sub("7")], sub("8"), "pass");
        check([sub(7), sub(7)], sub(8), "pass");
        check([sub("a|7"), sub("a|7")], sub("a|8"), "noted");
    }

    #[test]
    fn one_that_changes_or_is_shared_fails() {
        let changed = "another sub at the second sign-in";
        check([sub("s1"), sub("s2")], sub("s3"), changed);
        let shared = "the same sub in the tokens of two users";
        check([sub("7"), sub("7")], sub("7"), shared);
        check([sub("7"), sub("8")], sub("8"), shared);
    }

    #[test]
    fn tokens_without_a_subject_are_judged_elsewhere() {
        check([json!({"user_id": 7}), json!({})], json!({}), "skipped");
        check([sub(""), sub("")], sub(""), "skipped");
        check([sub(json!(null)), sub("7")], sub("8"), "skipped");
    }

    #[test]
    fn what_cannot_be_read_or_had_says_nothing() {
        let mut lab = Scripted::new(|_| yes());
        assert_eq!(lab.words(&PROBE), ["inconclusive"]);
        lab.sign_in = Some(Box::new(|actor| format!("opaque-{actor}")));
        assert_eq!(lab.words(&PROBE), ["skipped"]);
    }
}
