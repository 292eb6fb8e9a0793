//! Predicates on one part of an answer.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::{Broken, Held, Observation, among, answered, fault, same};
use crate::exchange::{Exchange, Response};
use crate::model::{Check, Severity};

/// Seconds of `90`, `30s`, `15m`, `24h`, `8d`.
pub fn seconds(text: &str) -> Option<f64> {
    let (number, factor) = match text.trim().strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) => {
            let factor = match text.trim().chars().last()? {
                's' => 1.0,
                'm' => 60.0,
                'h' => 3_600.0,
                _ => 86_400.0,
            };
            (number, factor)
        }
        None => (text.trim(), 1.0),
    };
    number.parse::<f64>().ok().map(|n| n * factor)
}

pub(super) fn check(check: &Check, seen: &Observation<'_>) -> Held {
    let Some(response) = seen.exchange.response() else {
        return Err(Broken::Unclear("no answer".into()));
    };
    if !check.status.is_empty() {
        let wanted: Vec<_> = check
            .status
            .iter()
            .map(|s| {
                if *s < 10 {
                    format!("{s}xx")
                } else {
                    s.to_string()
                }
            })
            .collect();
        let named = check
            .policy
            .as_deref()
            .and_then(|name| seen.declared.iter().find(|(policy, _)| *policy == name));
        let declared = named.is_some_and(|(_, statuses)| among(response.status, statuses));
        // Which 4xx a refusal is that has no status of its own cannot be asked.
        let refuses = |status: &u16| matches!(status, 4 | 400..500);
        let denied = response.denied && check.status.iter().any(refuses);
        return holds(
            declared || denied || answered(response, &check.status),
            || wanted.join(" or "),
            || response.status.to_string(),
        );
    }
    if !check.status_not.is_empty() {
        let forbidden = answered(response, &check.status_not);
        return holds(
            !forbidden,
            || "another status".into(),
            || response.status.to_string(),
        );
    }
    if let Some(name) = &check.same_as {
        return same_as(name, response, seen);
    }
    if let Some(name) = &check.status_as {
        let (_, other) = answer_of(name, seen)?;
        return holds(
            response.status == other.status,
            || format!("{} as for `{name}`", other.status),
            || response.status.to_string(),
        );
    }
    let (what, value) = subject(check, response, seen)?;
    predicate(check, &what, value)
}

/// What another case got, where it is an answer to compare with.
fn answer_of<'a>(
    name: &str,
    seen: &Observation<'a>,
) -> Result<(&'a Exchange, &'a Response), Broken> {
    let Some((_, other)) = seen.others.iter().find(|(case, _)| case == name) else {
        return Err(Broken::Unclear(format!(
            "there is no answer of the case `{name}` to compare with"
        )));
    };
    match other.response().filter(|r| !r.is_throttled()) {
        Some(response) => Ok((other, response)),
        None => Err(Broken::Unclear(format!(
            "the case `{name}` got {}",
            other.outcome()
        ))),
    }
}

fn same_as(name: &str, response: &Response, seen: &Observation<'_>) -> Held {
    let (other, other_response) = answer_of(name, seen)?;
    let other_sent = String::from_utf8_lossy(&other.request.body).into_owned();
    match same::difference(response, seen.sent, other_response, &other_sent) {
        Some(difference) => Err(fault(format!("the same answer as `{name}`"), difference)),
        None => Ok(None),
    }
}

/// The part of the answer that is looked at: its name, and its value where it is there.
fn subject(
    check: &Check,
    response: &Response,
    seen: &Observation<'_>,
) -> Result<(String, Option<Value>), Broken> {
    if let Some(name) = &check.header {
        let values: Vec<_> = response.header_all(name).collect();
        let value = (!values.is_empty()).then(|| Value::String(values.join(", ")));
        return Ok((format!("the header {name}"), value));
    }
    if check.cookie {
        let line = seen.cookie.as_deref().map(without_value);
        return Ok(("the session cookie".into(), line.map(Value::String)));
    }
    if let Some(name) = &check.cookie_attribute {
        let Some(line) = &seen.cookie else {
            return Err(Broken::Unclear(
                "the answer set no cookie that carries the credential".into(),
            ));
        };
        let value = line.split(';').skip(1).find_map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            key.trim()
                .eq_ignore_ascii_case(name)
                .then(|| Value::String(value.trim().to_owned()))
        });
        return Ok((format!("the cookie attribute {name}"), value));
    }
    if let Some(pointer) = &check.pointer {
        return Ok((
            format!("the value at {pointer}"),
            response
                .json()
                .and_then(|json| json.pointer(pointer).cloned()),
        ));
    }
    if check.body {
        return Ok((
            "the body".into(),
            Some(Value::String(response.text().into_owned())),
        ));
    }
    let Some(token) = &seen.token else {
        return Err(Broken::Unclear("there is no token that can be read".into()));
    };
    if let Some(name) = &check.claim {
        return Ok((
            format!("the claim {name}"),
            claim(check, name, token, seen.now)?,
        ));
    }
    if let Some(name) = &check.token_header {
        return Ok((
            format!("the token header {name}"),
            token.header.get(name).cloned(),
        ));
    }
    Err(Broken::Unclear(
        "the expectation names no part of the answer".into(),
    ))
}

/// A `Set-Cookie` line that gives the session away to nobody; an empty value stays empty.
fn without_value(line: &str) -> String {
    let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let value = if value.trim().is_empty() { "" } else { "…" };
    format!("{}={value};{attributes}", name.trim())
}

fn claim(
    check: &Check,
    name: &str,
    token: &super::DecodedToken,
    now: f64,
) -> Result<Option<Value>, Broken> {
    // `*` is all claims as text, for searches.
    if name == "*" {
        return Ok(Some(Value::String(
            Value::Object(token.claims.clone()).to_string(),
        )));
    }
    let value = token.claims.get(name).cloned();
    let Some(from) = &check.minus else {
        return Ok(value);
    };
    let Some(end) = value.as_ref().and_then(Value::as_f64) else {
        return Ok(None);
    };
    // A token that does not say when it was issued was issued a moment ago, in this run.
    let start = token
        .claims
        .get(from)
        .and_then(Value::as_f64)
        .unwrap_or(now);
    Ok(Some(Value::from(end - start)))
}

fn predicate(check: &Check, what: &str, value: Option<Value>) -> Held {
    if let Some(present) = check.present {
        let wanted = if present {
            what.to_owned()
        } else {
            format!("no {}", what.trim_start_matches("the "))
        };
        return holds(
            value.is_some() == present,
            || wanted,
            || {
                if present {
                    "absent".into()
                } else {
                    "there".into()
                }
            },
        );
    }
    let text = value.as_ref().map(|v| match v {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    if let Some(pattern) = &check.lacks {
        let hit = regex(pattern)?
            .find(text.as_deref().unwrap_or_default())
            .is_some();
        return holds(
            !hit,
            || format!("{what} without what matches `{pattern}`"),
            || "a match".into(),
        );
    }
    if let Some(not) = &check.not {
        return holds(
            value.as_ref() != Some(not),
            || format!("{what} other than {not}"),
            || not.to_string(),
        );
    }
    let Some(value) = value else {
        return Err(fault(what, "absent"));
    };
    let shown = || text.clone().unwrap_or_default();
    if let Some(pattern) = &check.matches {
        return holds(
            regex(pattern)?.is_match(&shown()),
            || format!("{what} matching `{pattern}`"),
            shown,
        );
    }
    if let Some(want) = &check.equals {
        let equal = &value == want
            || want
                .as_str()
                .is_some_and(|want| crate::disclosure::same(&value, want));
        return holds(equal, || format!("{what} equal to {want}"), shown);
    }
    if !check.one_of.is_empty() {
        return holds(
            check.one_of.contains(&value),
            || format!("{what} of the listed values"),
            shown,
        );
    }
    if let Some(kind) = &check.kind {
        let actual = match &value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        return holds(
            actual == kind,
            || format!("{what} of type {kind}"),
            || actual.into(),
        );
    }
    let Some(number) = value.as_f64() else {
        return Err(fault(format!("{what} as a number"), shown()));
    };
    if let Some([low, high]) = check.between {
        return holds(
            (low..=high).contains(&number),
            || format!("{what} from {low} to {high}"),
            shown,
        );
    }
    graded(check, what, number)
}

/// The grade of a number of seconds: nothing below the least bound, else a severity or `None` for a note.
pub(super) fn grade(check: &Check, number: f64) -> Option<Option<Severity>> {
    let steps = check
        .grade
        .iter()
        .filter_map(|g| Some((seconds(&g.above)?, g.severity)));
    steps
        .filter(|(bound, _)| number > *bound)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, severity)| severity)
}

fn graded(check: &Check, what: &str, number: f64) -> Held {
    if check.grade.is_empty() {
        return Err(Broken::Unclear(format!(
            "the expectation says nothing about {what}"
        )));
    }
    let actual = format!("{} s", number.round());
    match grade(check, number) {
        None => Ok(None),
        Some(None) => Err(Broken::Noted(format!("{what} is {actual}"))),
        Some(severity) => {
            let least = check
                .grade
                .iter()
                .filter_map(|g| Some((seconds(&g.above)?, g.above.as_str())));
            let least = least
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .map_or("", |(_, text)| text);
            Err(Broken::Fault {
                expected: format!("{what} of at most {least}"),
                actual,
                severity,
            })
        }
    }
}

fn holds(held: bool, expected: impl FnOnce() -> String, actual: impl FnOnce() -> String) -> Held {
    if held {
        Ok(None)
    } else {
        Err(fault(expected(), actual()))
    }
}

/// Each pattern of the catalogue judges hundreds of answers; it is built once.
static BUILT: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);

fn regex(pattern: &str) -> Result<Regex, Broken> {
    let mut known = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(built) = known.get(pattern) {
        return Ok(built.clone());
    }
    let built = RegexBuilder::new(pattern).case_insensitive(true).build();
    let built = built.map_err(|error| {
        Broken::Unclear(format!("`{pattern}` is no regular expression: {error}"))
    })?;
    known.insert(pattern.to_owned(), built.clone());
    Ok(built)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_their_units() {
        for (text, want) in [
            ("90", Some(90.0)),
            ("30s", Some(30.0)),
            ("15m", Some(900.0)),
            (" 24h ", Some(86_400.0)),
            ("8d", Some(691_200.0)),
            ("8w", None),
            ("s", None),
        ] {
            assert_eq!(seconds(text), want, "{text}");
        }
    }

    #[test]
    fn the_value_of_a_cookie_is_left_out() {
        let set = without_value("sid=secret; Path=/; SameSite=None");
        assert_eq!(set, "sid=…; Path=/; SameSite=None");
        assert_eq!(without_value("sid=; Max-Age=0"), "sid=; Max-Age=0");
    }

    #[test]
    fn a_cookie_that_goes_to_every_site_is_told_from_one_that_is_cleared() {
        let everywhere = regex("^[^=]+=[^;](?:.*;)? *samesite=none(?:;|$)")
            .ok()
            .unwrap();
        let is = |line: &str| everywhere.is_match(&without_value(line));
        assert!(is("sid=secret; Path=/; SameSite=None; Secure"));
        assert!(is("sid=secret;samesite=none"));
        assert!(!is("sid=; Max-Age=0; SameSite=None"));
        assert!(!is("sid=secret; SameSite=Lax"));
    }
}
