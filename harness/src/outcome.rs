//! From played cases to the report: redaction, evidence, verdict of the whole.

use reports::model::{CaseResult, Evidence, EvidenceRequest, EvidenceResponse, ScenarioResult};
use scenarios::exchange::{Answer, Exchange};
use scenarios::model::Scenario;
use scenarios::verdict::Verdict;

use crate::play::Case;
use crate::run::{KEPT_EVIDENCE, Run};

/// Bodies in evidence are cut here, in bytes.
const BODY: usize = 4096;
/// More of a body is not searched for secrets; no more of an answer is kept.
const SEARCHED: usize = KEPT_EVIDENCE;
/// Values that are looked at one by one, in bytes; the rest is masked unseen.
const LOOKED_AT: usize = 32 << 10;
/// Exchanges that are kept of a case that needs no explanation.
const FEW: usize = 2;
/// Exchanges that are kept of any other.
const MANY: usize = 16;

/// The result of a scenario that was played.
pub(crate) fn played(
    run: &Run,
    scenario: &Scenario,
    cases: &[Case],
    duration_ms: u64,
) -> ScenarioResult {
    let verdict = Verdict::worst(cases.iter().map(|case| case.verdict.clone())).unwrap_or(
        Verdict::Skipped("none of its cases applies to this target".into()),
    );
    let mut result = stated(run, scenario, &verdict, None);
    result.duration_ms = duration_ms;
    result.cases = cases.iter().map(|case| case_result(run, case)).collect();
    result
}

/// The result of a scenario by its verdict alone.
pub(crate) fn stated(
    run: &Run,
    scenario: &Scenario,
    verdict: &Verdict,
    give: Option<String>,
) -> ScenarioResult {
    let (reason, note, severity) = match verdict {
        Verdict::Pass { note } => (None, note.clone(), scenario.severity),
        Verdict::Fail(mismatch) => (Some(mismatch.consequence.clone()), None, mismatch.severity),
        Verdict::Inconclusive(why) | Verdict::Skipped(why) | Verdict::Error(why) => {
            (Some(why.clone()), None, scenario.severity)
        }
    };
    let clean = |text: String| run.redactor.text(&text).0;
    ScenarioResult {
        id: scenario.id.clone(),
        area: scenario.area().to_owned(),
        title: scenario.requirement.clone(),
        severity,
        usual_severity: scenario.severity,
        verdict: verdict.into(),
        reason: reason.map(clean),
        note: note.map(clean),
        fix: scenario.fix.clone(),
        cause: None,
        needs: scenario.needs.iter().map(ToString::to_string).collect(),
        waived: run.target.waive.get(&scenario.id).cloned(),
        references: (&scenario.refs).into(),
        duration_ms: 0,
        why: Some(scenario.why.clone()),
        give,
        cases: Vec::new(),
    }
}

fn case_result(run: &Run, case: &Case) -> CaseResult {
    let clean = |text: &str| run.redactor.text(text).0;
    let (expected, actual, reason) = match &case.verdict {
        Verdict::Pass { note } => (String::new(), String::new(), note.as_deref().map(clean)),
        Verdict::Fail(mismatch) => (
            clean(&mismatch.expected),
            clean(&mismatch.actual),
            Some(clean(&mismatch.consequence)),
        ),
        Verdict::Inconclusive(why) | Verdict::Skipped(why) | Verdict::Error(why) => {
            (String::new(), String::new(), Some(clean(why)))
        }
    };
    CaseResult {
        name: clean(&case.name),
        verdict: (&case.verdict).into(),
        expected,
        actual,
        reason,
        evidence: evidence(run, case),
    }
}

fn evidence(run: &Run, case: &Case) -> Vec<Evidence> {
    let all = &case.exchanges;
    let attack = all.iter().rposition(|exchange| !exchange.control);
    let kept: Vec<&Exchange> = match case.verdict {
        // The attack, and what stands before it: its control.
        Verdict::Pass { .. } | Verdict::Skipped(_) => {
            let end = attack.map_or(all.len(), |at| at + 1);
            all[end.saturating_sub(FEW)..end].iter().collect()
        }
        Verdict::Fail(_) | Verdict::Inconclusive(_) | Verdict::Error(_) => {
            let end = attack.map_or(all.len(), |at| (at + MANY / 2).min(all.len()));
            all[end.saturating_sub(MANY)..end].iter().collect()
        }
    };
    kept.into_iter()
        .map(|exchange| recorded(run, exchange))
        .collect()
}

/// One exchange as the report keeps it.
pub(crate) fn recorded(run: &Run, exchange: &Exchange) -> Evidence {
    let request = &exchange.request;
    let mut variables = Vec::new();
    let mut clean = |text: &str| {
        let (text, more) = run.redactor.text(text);
        for variable in more {
            if !variables.contains(&variable) {
                variables.push(variable);
            }
        }
        text
    };
    let url = clean(&request.url);
    let headers = request
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), clean(value)))
        .collect();
    let sent_body = String::from_utf8_lossy(&request.body);
    let body = clean(searched(&sent_body));
    let cut = body.len() > BODY || sent_body.len() > SEARCHED;
    let body = head(&body, BODY);
    let sent = EvidenceRequest {
        method: request.method.clone(),
        url,
        headers,
        body,
        variables,
        truncated: cut,
    };
    let (response, no_answer) = match &exchange.answer {
        Answer::Response(response) => {
            let masked = |name: &str, value: &str| -> String {
                let text = run.redactor.text(value).0;
                if name.eq_ignore_ascii_case("set-cookie") {
                    cookie_masked(&text)
                } else {
                    text
                }
            };
            let sent = format!("{} {}", request.url, String::from_utf8_lossy(&request.body));
            let whole = shape(run, response, &sent);
            let body = run.redactor.text(searched(&whole)).0;
            let kept = EvidenceResponse {
                status: response.status,
                headers: response
                    .headers
                    .iter()
                    .map(|(name, value)| (name.clone(), masked(name, value)))
                    .collect(),
                truncated: response.truncated || body.len() > BODY || whole.len() > SEARCHED,
                body: head(&body, BODY),
                duration_ms: u64::try_from(response.duration.as_millis()).unwrap_or(u64::MAX),
            };
            (Some(kept), None)
        }
        Answer::Nothing(reason) => (None, Some(reason.to_string())),
    };
    Evidence {
        control: exchange.control,
        actor: exchange.actor.clone(),
        curl: reports::curl::curl(&sent),
        request: sent,
        response,
        no_answer,
        forged: exchange
            .recipe
            .as_ref()
            .map(|recipe| forged(run, recipe, exchange)),
    }
}

/// The body with its shape and the run's own values; what else a good answer holds may be somebody's real data.
fn shape(run: &Run, response: &scenarios::exchange::Response, sent: &str) -> String {
    let text = response.text().into_owned();
    let json = response
        .json()
        .filter(|_| response.is_success() && !run.options.full_evidence);
    let Some(mut json) = json else { return text };
    let facts = run.facts();
    let own =
        |value: &str| sent.contains(value) || facts.iter().any(|fact| value.contains(&fact.value));
    let known = |value: &str| own(value) || !run.redactor.text(value).1.is_empty();
    mask(&mut json, &known, &mut LOOKED_AT.clone());
    json.to_string()
}

/// Words and small numbers that nobody is known by stay. `room` is how many bytes of values are still looked at.
fn mask(json: &mut serde_json::Value, own: &dyn Fn(&str) -> bool, room: &mut usize) {
    use serde_json::Value;
    const SHORT: usize = 8;
    let mut own_in_room = |text: &str| {
        let looks = text.len() <= *room;
        *room = room.saturating_sub(text.len());
        looks && own(text)
    };
    match json {
        Value::String(text) if text.chars().count() > SHORT && !own_in_room(text) => {
            *json = Value::from("[value]")
        }
        Value::Number(number)
            if number.to_string().len() > SHORT && !own_in_room(&number.to_string()) =>
        {
            *json = Value::from("[number]");
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, own, room)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| mask(member, own, room)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The recipe of a forged token with its header and claims, secrets masked.
fn forged(run: &Run, recipe: &str, exchange: &Exchange) -> reports::model::Forged {
    let token = exchange.request.headers.iter().find_map(|(_, value)| {
        value
            .split([' ', '=', ';'])
            .find_map(crate::forge::describe)
    });
    let (header, claims) = token.unwrap_or_default();
    let clean = |value: serde_json::Value| {
        let text = run.redactor.text(&value.to_string()).0;
        serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
    };
    reports::model::Forged {
        recipe: recipe.to_owned(),
        header: clean(header),
        claims: clean(claims),
    }
}

/// The value of a cookie that no variable stands for is masked; its name and attributes stay.
fn cookie_masked(line: &str) -> String {
    let (pair, attributes) = line
        .split_once(';')
        .map_or((line, ""), |(pair, rest)| (pair, rest));
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let value = if value.is_empty() || value.starts_with('$') {
        value
    } else {
        "[masked]"
    };
    let end = if attributes.is_empty() {
        String::new()
    } else {
        format!(";{attributes}")
    };
    format!("{name}={value}{end}")
}

fn searched(text: &str) -> &str {
    &text[..text.floor_char_boundary(SEARCHED)]
}

fn head(text: &str, bytes: usize) -> String {
    text[..text.floor_char_boundary(bytes)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_of_others_are_masked_and_the_shape_stays() {
        let own = |value: &str| value.contains("mk3rk3r");
        let mut body = json!({"items": [{"title": "mk3rk3r of ours", "owner": "Somebody Real", "done": true, "n": 7}]});
        mask(&mut body, &own, &mut 1000);
        assert_eq!(
            body,
            json!({"items": [{"title": "mk3rk3r of ours", "owner": "[value]", "done": true, "n": 7}]})
        );
    }

    #[test]
    fn what_nobody_looked_at_is_masked() {
        let mut body = json!(["mk3rk3r of ours", "mk3rk3r of ours"]);
        mask(&mut body, &|_| true, &mut 20);
        assert_eq!(body, json!(["mk3rk3r of ours", "[value]"]));
    }

    #[test]
    fn the_value_of_an_unknown_cookie_is_masked() {
        assert_eq!(
            cookie_masked("sid=abc; Path=/; HttpOnly"),
            "sid=[masked]; Path=/; HttpOnly"
        );
        assert_eq!(cookie_masked("sid=; Max-Age=0"), "sid=; Max-Age=0");
        assert_eq!(cookie_masked("sid=$ALICE_TOKEN"), "sid=$ALICE_TOKEN");
    }
}
