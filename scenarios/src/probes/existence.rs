//! Whether the answer about another's object tells that it exists.

use super::methods::unused;
use super::owners::{make, on};
use super::{Attempt, Lab, Probe, Run};
use crate::exchange::{Exchange, Response};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "existence-oracle",
    run: |lab| -> Run<'_> { Box::pin(compared(lab)) },
};

async fn compared(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for call in [
        "object.read",
        "object.replace",
        "object.patch",
        "object.delete",
    ] {
        if !lab.owned().iter().any(|route| route.call == call) {
            continue;
        }
        let verdict = one(lab, call).await.unwrap_or_else(Verdict::Inconclusive);
        lab.cut(call);
        attempts.push(Attempt {
            name: call.to_owned(),
            verdict,
        });
    }
    attempts
}

async fn one(lab: &mut dyn Lab, call: &str) -> Result<Verdict, String> {
    if lab.public() {
        return Ok(Verdict::Skipped(
            "everybody may read the resource, by design".into(),
        ));
    }
    make(lab, "alice", "object").await?;
    let id = lab.text("{object.id}")?;
    let other = unused(&id);
    let missing = Step {
        on: None,
        path: [("id".to_owned(), other.clone())].into(),
        ..on("bob", call, "object")
    };
    let missing = lab.send(missing, true).await?;
    let foreign = lab.send(on("bob", call, "object"), false).await?;
    let (Some(nothing), Some(answer)) = (refusal(&missing.exchange), refusal(&foreign.exchange))
    else {
        // What is given away, or changed, is the business of other scenarios.
        let why = "one of the two was not refused, so that they cannot be compared";
        return Ok(Verdict::Inconclusive(why.into()));
    };
    let Some(difference) = difference((answer, &id), (nothing, &other)) else {
        return Ok(Verdict::PASS);
    };
    if random(&id) {
        let note =
            format!("the answer tells that an id exists ({difference}), which nobody can guess");
        return Ok(Verdict::Pass { note: Some(note) });
    }
    Ok(Verdict::Fail(Mismatch {
        consequence: "whoever counts through ids learns which objects of others exist".into(),
        expected: "the same answer for what is another's and what is not there".into(),
        actual: difference,
        severity: Severity::Low,
    }))
}

fn refusal(exchange: &Exchange) -> Option<&Response> {
    exchange
        .response()
        .filter(|response| response.denied || (300..500).contains(&response.status))
        .filter(|response| !response.is_throttled())
}

/// What differs once the ids that were asked for are taken out.
fn difference(
    (foreign, id): (&Response, &str),
    (missing, other): (&Response, &str),
) -> Option<String> {
    if foreign.status != missing.status {
        return Some(format!("{} and {}", foreign.status, missing.status));
    }
    let (a, b) = (masked(&foreign.text(), id), masked(&missing.text(), other));
    (a.len() != b.len()).then(|| "bodies of different length".into())
}

/// The text without the id, and with one sign for each word that holds a digit: ids, numbers and times of the answer's own.
fn masked(text: &str, id: &str) -> String {
    let numeric = id.chars().all(|c| c.is_ascii_digit());
    let text = match numeric {
        // Its digits stand in times and trace ids by chance.
        true => text.to_owned(),
        false => text.replace(id, "0"),
    };
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    let mask = |word: &str| match word.contains(|c: char| c.is_ascii_digit()) {
        true => format!(
            "0{}",
            word.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        ),
        false => word.to_owned(),
    };
    words.map(mask).collect()
}

/// A UUID of version 4, with 122 random bits (RFC 9562 5.4).
fn random(id: &str) -> bool {
    let hex: Vec<char> = id.chars().filter(|c| *c != '-').collect();
    hex.len() == 32
        && hex.iter().all(char::is_ascii_hexdigit)
        && hex[12] == '4'
        && matches!(hex[16].to_ascii_lowercase(), '8' | '9' | 'a' | 'b')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Response {
        Response {
            status,
            body: body.into(),
            ..Response::default()
        }
    }

    #[track_caller]
    fn check(foreign: (u16, &str), missing: (u16, &str), same: bool) {
        let (foreign, missing) = (answer(foreign.0, foreign.1), answer(missing.0, missing.1));
        assert_eq!(
            difference((&foreign, "7"), (&missing, "987654321")).is_none(),
            same
        );
    }

    #[test]
    fn the_ids_that_were_asked_for_are_no_difference() {
        check((404, "no task 7"), (404, "no task 987654321"), true);
        check(
            (404, r#"{"task": 7, "trace": "a7f0", "at": "10:07:17"}"#),
            (
                404,
                r#"{"task": 987654321, "trace": "b0c1", "at": "10:07:18"}"#,
            ),
            true,
        );
        check((403, ""), (404, ""), false);
        check((404, "not yours"), (404, "not there at all"), false);
    }

    #[test]
    fn only_version_4_is_random() {
        assert!(random("6f1d2c9e-8f7a-4b60-9d0e-0b6c6f3f2a11"));
        assert!(!random("0190a5c2-8f7a-7b60-9d0e-0b6c6f3f2a11"));
        assert!(!random("17"));
    }
}
