//! Texts that careless back ends break: each is stored and read back as it was, or refused.

use serde_json::json;

use super::owners::{Sheet, has, on, step};
use super::records::strings_with;
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "quote-roundtrip",
    run: |lab| -> Run<'_> { Box::pin(texts(lab)) },
};

/// A text, and what may stand in its place by design.
struct Text {
    name: &'static str,
    text: &'static str,
    /// What it becomes where texts are normalised or cleaned on purpose.
    by_design: &'static [&'static str],
}

const fn text(name: &'static str, text: &'static str) -> Text {
    Text {
        name,
        text,
        by_design: &[],
    }
}

/// Each begins and ends with a word, so that what is trimmed is nothing.
const TEXTS: [Text; 9] = [
    text("quotes", "it's \"quoted\" and ''doubled'' end"),
    text("backslashes", r"back\slash \n \u0041 \\ end"),
    text(
        "words and comments of SQL",
        "100% _under; select 1 -- x /* y */ end",
    ),
    text("letters of many alphabets", "žluťoučký кот 漢字 ﬁ end"),
    text("an emoji of four bytes", "smile 😀 end"),
    text("an emoji of several characters", "family 👩‍👩‍👧 end"),
    text("text from right to left", "shalom שלום مرحبا end"),
    Text {
        name: "a combining mark",
        text: "cafe\u{301} end",
        by_design: &["caf\u{e9} end"],
    },
    Text {
        name: "a NUL character",
        text: "before\u{0}after end",
        by_design: &[
            "beforeafter end",
            "before after end",
            "before\u{fffd}after end",
        ],
    },
];

async fn texts(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    if !has(lab, "object.read") {
        let why = "no route reads one object".to_owned();
        sheet.uncovered(lab, "stored texts".into(), &[why]);
        return sheet.done();
    }
    let plain = text("plain words", "plain words end");
    match stored(lab, &plain).await {
        Ok(Stored::AsItWas) => lab.cut(plain.name),
        Ok(other) => {
            let why = format!("plain words do not read back either: {}", other.words());
            return sheet.stopped(lab, plain.name.into(), why);
        }
        Err(why) => return sheet.stopped(lab, plain.name.into(), why),
    }
    for text in &TEXTS {
        let verdict = match stored(lab, text).await {
            Ok(stored) => judged(text, stored),
            Err(why) => Verdict::Inconclusive(why),
        };
        sheet.enter(lab, text.name.to_owned(), verdict);
    }
    sheet.done()
}

/// What became of a text.
enum Stored {
    AsItWas,
    ByDesign,
    Changed(String),
    Refused(u16),
    Crashed(u16),
}

impl Stored {
    fn words(&self) -> String {
        match self {
            Stored::AsItWas => "it reads back".into(),
            Stored::ByDesign => "it reads back in a normal form".into(),
            Stored::Changed(now) => format!("it reads back as {now}"),
            Stored::Refused(status) | Stored::Crashed(status) => {
                format!("it was answered {status}")
            }
        }
    }
}

fn judged(text: &Text, stored: Stored) -> Verdict {
    let fail = |actual: String| {
        Verdict::Fail(Mismatch {
            consequence: format!("{} are not stored as they were sent", text.name),
            expected: "the text as it was sent, or 4xx".into(),
            actual,
            severity: Severity::Medium,
        })
    };
    match stored {
        Stored::AsItWas | Stored::Refused(_) => Verdict::PASS,
        Stored::ByDesign => Verdict::Pass {
            note: Some(format!("{}: {}", text.name, stored.words())),
        },
        // That NUL is refused without a crash is what errors.no-5xx-on-bad-input judges.
        Stored::Crashed(status) if text.text.contains('\0') => Verdict::Pass {
            note: Some(format!("{} was answered {status}", text.name)),
        },
        Stored::Changed(_) | Stored::Crashed(_) => fail(stored.words()),
    }
}

/// Makes an object with the text, and reads it back.
async fn stored(lab: &mut dyn Lab, text: &Text) -> Result<Stored, String> {
    // The front is how the text is found again, and what tells it from that of all others.
    let front = lab.text("{marker}")?;
    let create = Step {
        fields: [("marker".to_owned(), json!(format!("{front} {}", text.text)))].into(),
        save: Some("stored".into()),
        ..step("alice", "object.create")
    };
    let made = lab.send(create, false).await?;
    let status = heard(&made)?;
    if !made.accepted {
        let denied = made.exchange.response().is_some_and(|r| r.denied);
        return match status {
            500.. => Ok(Stored::Crashed(status)),
            400.. => Ok(Stored::Refused(status)),
            _ if denied => Ok(Stored::Refused(status)),
            _ => Err(format!("it was answered {status}, and no object was made")),
        };
    }
    let read = lab
        .send(on("alice", "object.read", "stored"), false)
        .await?;
    let status = heard(&read)?;
    if status >= 500 {
        return Ok(Stored::Crashed(status));
    }
    let json = read
        .exchange
        .response()
        .and_then(|response| response.json());
    let json = json.ok_or_else(|| format!("the object was answered {status} without JSON"))?;
    let found = strings_with(&json, &front);
    let reads = |text: &str| found.iter().any(|now| now.contains(text));
    Ok(if reads(&format!("{front} {}", text.text)) {
        Stored::AsItWas
    } else if (text.by_design.iter()).any(|text| reads(&format!("{front} {text}"))) {
        Stored::ByDesign
    } else {
        let now = found.first().map(|now| now.replace(&front, "…"));
        Stored::Changed(now.map_or("nothing".into(), |now| format!("{now:?}")))
    })
}

fn heard(sent: &Sent) -> Result<u16, String> {
    match sent.exchange.response() {
        Some(response) if !response.is_throttled() => Ok(response.status),
        Some(_) | None => Err(sent.exchange.outcome()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Owned;
    use serde_json::Value;

    use super::super::fake::{Fake, json as answer, run, word};
    use super::*;

    /// A target that stores what `keep` makes of a text, or answers with a status.
    fn target(keep: fn(&str) -> Result<String, u16>) -> Fake {
        let mut kept = String::new();
        let mut fake = Fake::new(move |step: &Step| match step.call.as_deref() {
            Some("object.create") => match keep(step.fields["marker"].as_str().unwrap()) {
                Ok(text) => {
                    kept = text;
                    (answer(201, json!({ "id": 7 })), true)
                }
                Err(status) => (answer(status, Value::Null), false),
            },
            _ => (answer(200, json!({ "data": { "title": kept } })), true),
        });
        fake.owned = vec![Owned {
            call: "object.read".into(),
            method: "GET".into(),
            path: "/tasks/{id}".into(),
        }];
        fake
    }

    #[track_caller]
    fn check(keep: fn(&str) -> Result<String, u16>, want: &str, failed: &[&str]) {
        let attempts = run(&PROBE, &mut target(keep));
        let found: Vec<_> = attempts
            .iter()
            .filter(|attempt| matches!(attempt.verdict, Verdict::Fail(_)))
            .map(|attempt| attempt.name.as_str())
            .collect();
        assert_eq!(found, failed);
        assert_eq!(word(&attempts), want);
    }

    #[test]
    fn what_is_kept_refused_or_normalised_passes() {
        check(|text| Ok(text.to_owned()), "pass", &[]);
        check(|text| Ok(text.replace("e\u{301}", "\u{e9}")), "pass", &[]);
        check(
            |text| {
                if text.is_ascii() {
                    Ok(text.to_owned())
                } else {
                    Err(422)
                }
            },
            "pass",
            &[],
        );
        check(
            |text| Ok(format!("  {}  ", text.replace('\0', ""))),
            "pass",
            &[],
        );
    }

    #[test]
    fn what_is_changed_or_cut_fails() {
        check(|text| Ok(text.replace('\'', "\\'")), "fail", &["quotes"]);
        let cut = |text: &str| Ok(text.split('\0').next().unwrap_or_default().to_owned());
        check(cut, "fail", &["a NUL character"]);
    }

    #[test]
    fn a_crash_fails_unless_it_is_nul_that_crashes() {
        let crash = |text: &str| {
            if text.contains('😀') {
                Err(500)
            } else {
                Ok(text.to_owned())
            }
        };
        check(crash, "fail", &["an emoji of four bytes"]);
        let crash = |text: &str| {
            if text.contains('\0') {
                Err(500)
            } else {
                Ok(text.to_owned())
            }
        };
        check(crash, "pass", &[]);
    }

    #[test]
    fn where_plain_words_do_not_read_back_nothing_is_said() {
        check(|_| Ok("something else".into()), "inconclusive", &[]);
        check(|_| Err(500), "inconclusive", &[]);
    }

    #[test]
    fn a_target_without_a_read_is_skipped() {
        let mut lab = target(|text| Ok(text.to_owned()));
        lab.owned.clear();
        assert_eq!(word(&run(&PROBE, &mut lab)), "skipped");
    }
}
