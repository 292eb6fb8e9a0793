//! More objects than a page should hold: how many of them one answer of the list gives.

use super::owners::step;
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "pagination-bound",
    run: |lab| -> Run<'_> { Box::pin(pages(lab)) },
};

/// Made at once.
const BATCH: usize = 20;
/// A page of more objects is not filled.
const MOST: u32 = 500;
/// What the parameter for the size of a page is called where the profile does not say it.
const NAMES: [&str; 4] = ["limit", "per_page", "page_size", "size"];

async fn pages(lab: &mut dyn Lab) -> Vec<Attempt> {
    let declared = lab.pages();
    let most = declared.as_ref().map_or(100, |pages| pages.most);
    if most > MOST {
        let why = format!(
            "the profile declares pages of {most} objects, and no more than {MOST} are made"
        );
        return vec![attempt("one page", Verdict::Skipped(why))];
    }
    let wanted = most as usize + BATCH;
    let made = match made(lab, wanted).await {
        Ok(Made::All(markers)) => markers,
        // What is bounded need not be paged.
        Ok(Made::Refused(after)) => {
            let note = Some(format!("a user can have no more than {after} objects"));
            return vec![attempt("one page", Verdict::Pass { note })];
        }
        Err(why) => return vec![attempt("one page", Verdict::Inconclusive(why))],
    };
    lab.cut("the objects");
    let plain = match lab.send(step("alice", "object.list"), true).await {
        Ok(sent) if sent.exchange.response().is_some_and(|r| r.is_success()) => sent,
        Ok(sent) => {
            let why = format!("the list answered {}", sent.exchange.outcome());
            return vec![attempt("one page", Verdict::Inconclusive(why))];
        }
        Err(why) => return vec![attempt("one page", Verdict::Inconclusive(why))],
    };
    if !plain.disclosed.is_empty() {
        let why = "the list holds the objects of others already (isolation.list-only-own)";
        return vec![attempt("one page", Verdict::Inconclusive(why.into()))];
    }
    let mut attempts = vec![entered(
        lab,
        "as it is",
        judged(&plain, &made, "no parameters"),
    )];
    let (limits, offset) = match declared {
        Some(pages) => (vec![pages.limit], Some(pages.offset)),
        None => (NAMES.map(str::to_owned).into(), None),
    };
    let mut asked = Vec::new();
    for limit in limits {
        for value in ["100000", "-1"] {
            asked.push(vec![(limit.clone(), value)]);
        }
        if let Some(offset) = &offset {
            asked.push(vec![(limit, "100000"), (offset.clone(), "-1")]);
        }
    }
    for query in asked {
        if matches!(attempts[0].verdict, Verdict::Fail(_)) {
            // It has no pages, whatever is asked for.
            break;
        }
        let words: Vec<_> = query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let words = words.join("&");
        let list = Step {
            query: query
                .iter()
                .map(|(name, value)| (name.clone(), (*value).to_owned()))
                .collect(),
            ..step("alice", "object.list")
        };
        let verdict = match lab.send(list, false).await {
            Ok(sent) => judged(&sent, &made, &words),
            Err(why) => Verdict::Inconclusive(why),
        };
        attempts.push(entered(lab, &words, verdict));
    }
    attempts
}

fn attempt(name: &str, verdict: Verdict) -> Attempt {
    Attempt {
        name: name.to_owned(),
        verdict,
    }
}

fn entered(lab: &mut dyn Lab, name: &str, verdict: Verdict) -> Attempt {
    lab.cut(name);
    attempt(name, verdict)
}

enum Made {
    /// Their markers.
    All(Vec<String>),
    /// After so many the target would make no more.
    Refused(usize),
}

async fn made(lab: &mut dyn Lab, wanted: usize) -> Result<Made, String> {
    let mut markers = Vec::new();
    while markers.len() < wanted {
        let count = BATCH.min(wanted - markers.len());
        let batch = vec![step("alice", "object.create"); count];
        for sent in lab.together(batch).await {
            let sent = sent?;
            match (sent.accepted, sent.exchange.response()) {
                (true, _) => markers.extend(sent.marker),
                (false, Some(response))
                    if !markers.is_empty()
                        && (400..500).contains(&response.status)
                        && !response.is_throttled() =>
                {
                    return Ok(Made::Refused(markers.len()));
                }
                (false, _) => {
                    let outcome = sent.exchange.outcome();
                    return Err(format!(
                        "only {} objects could be made: {outcome}",
                        markers.len()
                    ));
                }
            }
        }
    }
    Ok(Made::All(markers))
}

/// One answer of the list: how many of the objects are in it, and nothing of others.
fn judged(sent: &Sent, made: &[String], asked: &str) -> Verdict {
    let fail = |consequence: &str, expected: &str, actual: String, severity| {
        Verdict::Fail(Mismatch {
            consequence: consequence.to_owned(),
            expected: expected.to_owned(),
            actual,
            severity,
        })
    };
    if !sent.disclosed.is_empty() {
        return fail(
            "a parameter of the pages leads to the objects of others",
            "the caller's own objects alone",
            format!("{} with {}", asked, sent.disclosed.join(", ")),
            Severity::Critical,
        );
    }
    let Some(response) = sent.exchange.response().filter(|r| !r.is_throttled()) else {
        return Verdict::Inconclusive(sent.exchange.outcome());
    };
    if response.status >= 500 {
        return Verdict::Pass {
            note: Some(format!("{asked} crashed with {}", response.status)),
        };
    }
    let text = response.text();
    let there = made
        .iter()
        .filter(|marker| text.contains(marker.as_str()))
        .count();
    match response.is_success() && there == made.len() {
        true => fail(
            "one request makes the target read and send a list of any length",
            "a page that ends somewhere (resource.paging.most in the profile, 100 where it says nothing)",
            format!("all {there} objects in one answer to {asked}"),
            Severity::Low,
        ),
        false => Verdict::PASS,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Pages;
    use super::super::fake::{Fake, json as answer, run, word};
    use super::*;

    /// How many objects a page has, for what was asked for as its size.
    type Size = fn(Option<i64>) -> Option<usize>;

    fn target(size: Size, quota: usize) -> Fake {
        let mut count = 0;
        Fake::new(move |step: &Step| match step.call.as_deref() {
            Some("object.create") if count >= quota => (answer(409, json!({})), false),
            Some("object.create") => {
                count += 1;
                (answer(201, json!({ "id": count })), true)
            }
            _ => {
                let asked = step.query.get("limit").and_then(|text| text.parse().ok());
                match size(asked) {
                    // The markers of this laboratory are all the same: a full page has one, another none.
                    Some(size) if size >= count => (answer(200, json!(["mk"])), true),
                    Some(_) => (answer(200, json!([])), true),
                    None => (answer(422, json!({})), false),
                }
            }
        })
    }

    fn declared(most: u32) -> Option<Pages> {
        Some(Pages {
            limit: "limit".into(),
            offset: "offset".into(),
            most,
        })
    }

    #[track_caller]
    fn check(size: Size, quota: usize, pages: Option<Pages>, want: &str) {
        let mut fake = target(size, quota);
        fake.pages = pages;
        assert_eq!(word(&run(&PROBE, &mut fake)), want);
    }

    fn bounded(asked: Option<i64>) -> Option<usize> {
        match asked {
            Some(..=0) => None,
            Some(asked) => Some(asked.min(100) as usize),
            None => Some(50),
        }
    }

    #[test]
    fn pages_with_a_bound_pass() {
        check(bounded, usize::MAX, declared(100), "pass");
        check(bounded, usize::MAX, None, "pass");
        check(|_| Some(20), usize::MAX, None, "pass");
        check(|_| Some(300), usize::MAX, declared(300), "pass");
    }

    #[test]
    fn pages_without_a_bound_fail() {
        check(
            |asked| Some(asked.unwrap_or(50).max(0) as usize),
            usize::MAX,
            declared(100),
            "fail",
        );
        check(
            |asked| Some(asked.unwrap_or(50).max(0) as usize),
            usize::MAX,
            None,
            "fail",
        );
        // SQLite reads a negative limit as none.
        let negative: Size = |asked| match asked {
            Some(..0) => Some(usize::MAX),
            _ => Some(100),
        };
        check(negative, usize::MAX, declared(100), "fail");
    }

    #[test]
    fn a_list_without_pages_fails_unless_a_user_can_have_few_objects() {
        check(|_| Some(usize::MAX), usize::MAX, None, "fail");
        check(|_| Some(usize::MAX), 70, None, "pass");
    }

    #[test]
    fn larger_pages_are_not_filled_and_what_cannot_be_made_says_nothing() {
        check(|_| Some(usize::MAX), usize::MAX, declared(1000), "skipped");
        check(bounded, 0, None, "inconclusive");
    }
}
