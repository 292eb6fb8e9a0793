//! The id of another's object in odd spellings, and beside an own one where only one is expected.

use super::owners::{Sheet, answered, make, on, step, untouched};
use super::{Attempt, Lab, Probe, Run};
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "id-encodings",
    run: |lab| -> Run<'_> { Box::pin(spelt(lab)) },
};

/// Parameters that a handler may take for the id.
const NAMES: [&str; 4] = ["id", "id[]", "ids", "object_id"];

/// Other spellings that some part of a back end may take for the same id.
fn spellings(id: &str) -> Vec<(&'static str, String)> {
    let all = [
        ("upper case", id.to_uppercase()),
        ("a URN", format!("urn:uuid:{id}")),
        // In upper case, as GUIDs stand in braces; a text of small letters there would be a template.
        ("braces", format!("{{{}}}", id.to_uppercase())),
        ("no hyphens", id.replace('-', "")),
        ("a leading zero", format!("0{id}")),
        ("a plus", format!("+{id}")),
        ("a fraction", format!("{id}.0")),
        ("a space behind it", format!("{id} ")),
        ("a line feed behind it", format!("{id}\n")),
    ];
    all.into_iter().filter(|(_, spelt)| spelt != id).collect()
}

async fn spelt(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    let places: Vec<String> = lab.owned().into_iter().map(|route| route.call).collect();
    let there = |call: &str| places.iter().any(|place| place == call);
    if lab.public() || !there("object.read") {
        let why = "no route reads one object of its owner's alone".to_owned();
        sheet.uncovered(lab, "the resource".into(), &[why]);
        return sheet.done();
    }
    for (owner, name) in [("alice", "theirs"), ("bob", "own")] {
        if let Err(why) = make(lab, owner, name).await {
            return sheet.stopped(lab, format!("an object of {owner}"), why);
        }
    }
    if let Err(why) = odd(lab, &mut sheet).await {
        return sheet.stopped(lab, "odd spellings".into(), why);
    }
    for name in NAMES {
        let step = Step {
            query: [(name.to_owned(), "{theirs.id}".to_owned())].into(),
            ..on("bob", "object.read", "own")
        };
        let sent = lab.send(step, false).await;
        let consequence =
            format!("a second id, in the query ({name}), leads to the object of another");
        let verdict = answered(sent, &consequence);
        sheet.enter(
            lab,
            format!("{name} in the query, beside the own id"),
            verdict,
        );
    }
    if there("object.patch") || there("object.replace") {
        let step = Step {
            extra: [("id".to_owned(), "{theirs.id}".into())].into(),
            ..on("bob", "object.update", "own")
        };
        let consequence = "a second id, in the body, leads to the object of another";
        let sent = lab.send(step, false).await;
        let after = untouched(lab, "theirs", consequence).await;
        let verdict = Verdict::worst([answered(sent, consequence), after]);
        let verdict = verdict.unwrap_or(Verdict::PASS);
        sheet.enter(lab, "id in the body, beside the own id".into(), verdict);
    }
    sheet.done()
}

/// Each spelling counts where it leads its owner to the object.
async fn odd(lab: &mut dyn Lab, sheet: &mut Sheet) -> Result<(), String> {
    let mut silent = Vec::new();
    let marker = lab.text("{theirs.marker}")?;
    for (how, spelt) in spellings(&lab.text("{theirs.id}")?) {
        let read = |actor: &str| Step {
            path: [("id".to_owned(), spelt.clone())].into(),
            ..step(actor, "object.read")
        };
        let foreign = lab.send(read("bob"), false).await;
        let consequence = format!("with {how} in the id, a user reads what belongs to another");
        let verdict = answered(foreign, &consequence);
        let owners = lab.send(read("alice"), true).await?;
        let response = owners.exchange.response();
        let leads = response.is_some_and(|r| r.is_success() && r.text().contains(&marker));
        match leads || matches!(verdict, Verdict::Fail(_)) {
            true => sheet.enter(lab, how.to_owned(), verdict),
            false => {
                lab.cut("spellings that lead nowhere");
                silent.push(how.to_owned());
            }
        }
    }
    sheet.uncovered(lab, "spellings that lead nowhere".into(), &silent);
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Owned;
    use super::super::fake::{Fake, json as answer, run, word};
    use super::*;

    /// A target that knows ids in any case, and checks the owner or not, for these and for a second id.
    fn target(checks_case: bool, believes_query: bool) -> Fake {
        let mut fake = Fake::new(move |step: &Step| {
            let actor = step.actor.clone().unwrap_or_default();
            let theirs = (
                answer(200, json!({ "title": "marker-of-theirs, secret of alice" })),
                true,
            );
            if believes_query && step.query.contains_key("id") {
                return theirs;
            }
            match step.path.get("id").map(String::as_str) {
                Some("ID-OF-THEIRS") if actor == "alice" || !checks_case => theirs,
                Some(_) => (answer(404, Value::Null), false),
                None => (answer(200, json!({ "title": "marker-of-own" })), true),
            }
        });
        let owned = |call: &str| Owned {
            call: call.into(),
            method: "GET".into(),
            path: "/tasks/{id}".into(),
        };
        fake.owned = ["object.read", "object.patch"].map(owned).into();
        fake
    }

    #[track_caller]
    fn check(checks_case: bool, believes_query: bool, failed: &[&str]) {
        let attempts = run(&PROBE, &mut target(checks_case, believes_query));
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
    fn spellings_that_lead_only_their_owner_to_the_object_pass() {
        check(true, false, &[]);
    }

    #[test]
    fn a_spelling_or_a_second_id_that_skips_the_check_fails() {
        check(false, false, &["upper case"]);
        check(true, true, &["id in the query, beside the own id"]);
    }

    #[test]
    fn a_target_without_a_read_is_skipped() {
        let mut lab = target(true, false);
        lab.owned.clear();
        assert_eq!(word(&run(&PROBE, &mut lab)), "skipped");
    }
}
