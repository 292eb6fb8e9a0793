//! The whole of right and wrong, as pure functions: (expectation, control, observation) -> verdict.
//!
//! The order is always the same: a broken control ends it, then noise (throttled, no answer), then what was disclosed
//! and what happened, and only then the status.

use std::sync::LazyLock;

use regex::Regex;

use crate::disclosure::Disclosure;
use crate::exchange::{Answer, Exchange, NoAnswer, Response};
use crate::model::{Check, Expectation, Keyword, Severity};
use crate::verdict::{Mismatch, Verdict};

pub mod check;
mod origin;
mod same;

pub(crate) use same::alike;

/// What the controls around an attack said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    Held,
    /// It did not hold, and why in a few words.
    Broken(String),
}

/// What a look afterwards said about the effect of an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The call cannot change anything, so nobody looked.
    NotLooked,
    None,
    Happened(String),
    /// Somebody looked and could not tell.
    Unknown(String),
}

/// Whether the target fetched what a token told it to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// The token named nothing that we serve.
    NotOffered,
    None,
    /// With the first line of the request.
    Made(String),
}

/// How an object reads to its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectState {
    NotLooked,
    AsItWas,
    Changed(String),
    Missing,
    /// In the list (`true`) or not in any of its pages.
    Listed(bool),
    Unknown(String),
}

/// A decoded compact token: header and claims.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DecodedToken {
    pub header: serde_json::Map<String, serde_json::Value>,
    pub claims: serde_json::Map<String, serde_json::Value>,
}

/// Everything that is known about one attempt.
#[derive(Debug, Clone)]
pub struct Observation<'a> {
    pub exchange: &'a Exchange,
    /// What the answer gave away of others.
    pub disclosed: Vec<Disclosure>,
    /// Whether what must be in a good answer is there (the receiver's own identity, marker or credential).
    pub complete: bool,
    /// What a good answer must hold, in words.
    pub wanted: &'a str,
    pub effect: Effect,
    pub object: ObjectState,
    /// The good answer of the same route, and whether it holds anything by which a disclosure could be told.
    pub control: Option<&'a Response>,
    pub control_is_telling: bool,
    /// The answer of the same route without any credential.
    pub anonymous: Option<&'a Response>,
    /// Whether the answer holds what only a login gives: an access token or session.
    pub credential: bool,
    /// Whether a credential that came was accepted; `None` where none came or nobody tried.
    pub credential_works: Option<bool>,
    /// The access token that the answer brought or the actor holds, where it is a JWT.
    pub token: Option<DecodedToken>,
    /// Members that were added to the body.
    pub extra: Vec<(String, serde_json::Value)>,
    /// Passwords of all actors.
    pub passwords: &'a [String],
    /// The `Set-Cookie` line of the cookie that carries the credential.
    pub cookie: Option<String>,
    /// Whether the target's credential travels in a cookie.
    pub cookies_authenticate: bool,
    /// Answers of other cases of the scenario by their names.
    pub others: &'a [(String, Exchange)],
    /// Everything that was sent, as text.
    pub sent: &'a str,
    pub silence: Silence,
    pub contact: &'a Contact,
    /// Seconds until the token that was sent expires, where it is a JWT.
    pub life_left: Option<f64>,
    /// The target's time in seconds since 1970, for tokens that do not say when they were issued.
    pub now: f64,
    /// Statuses that the profile declares, by the name of the policy.
    pub declared: &'a [(&'static str, Vec<u16>)],
}

/// What it means that no answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    Unclear,
    /// A connection that closes counts as refused.
    ClosingRefuses,
    /// Whatever comes instead of an answer counts as refused: nobody needs to be there.
    Refuses,
}

/// Judges one expectation. `severity` is what a fail weighs unless the expectation says otherwise.
pub fn judge(
    expect: &Expectation,
    severity: Severity,
    consequence: &str,
    control: &Control,
    seen: &Observation<'_>,
) -> Verdict {
    if let Control::Broken(why) = control {
        return Verdict::Inconclusive(why.clone());
    }
    if let Some(noise) = noise(expect, seen) {
        return noise;
    }
    let stated = |result: Result<Option<String>, Broken>| match result {
        Ok(note) => Verdict::Pass { note },
        Err(Broken::Unclear(why)) => Verdict::Inconclusive(why),
        Err(Broken::Noted(note)) => Verdict::Pass { note: Some(note) },
        Err(Broken::Fault {
            expected,
            actual,
            severity: own,
        }) => Verdict::Fail(Mismatch {
            consequence: consequence.to_owned(),
            expected,
            actual,
            severity: own.unwrap_or(severity),
        }),
    };
    match expect {
        Expectation::Keyword(keyword) => stated(self::keyword(*keyword, seen)),
        Expectation::Check(check) => {
            if !check.when_status.is_empty()
                && !seen
                    .exchange
                    .response()
                    .is_some_and(|response| answered(response, &check.when_status))
            {
                return Verdict::PASS;
            }
            if let Some(response) = seen.exchange.response()
                && answered(response, &check.unless_status)
            {
                let why = format!("the answer is {}, which says nothing here", response.status);
                return Verdict::Inconclusive(why);
            }
            if !check.any_of.is_empty() {
                return any_of(check, severity, consequence, control, seen);
            }
            let result = match check.is {
                Some(keyword) => {
                    self::keyword(keyword, seen).map_err(|broken| by_life_left(broken, check, seen))
                }
                None => check::check(check, seen),
            };
            match stated(result) {
                Verdict::Fail(mismatch) => match &check.note {
                    Some(note) => Verdict::Pass {
                        note: Some(format!("{note} ({})", mismatch.actual)),
                    },
                    None => {
                        let severity = check.severity.unwrap_or(mismatch.severity);
                        Verdict::Fail(Mismatch {
                            severity,
                            ..mismatch
                        })
                    }
                },
                other => other,
            }
        }
    }
}

/// Grades a fault by the life that the sent token has left; without a readable one it keeps its severity.
fn by_life_left(broken: Broken, check: &Check, seen: &Observation<'_>) -> Broken {
    let (
        Broken::Fault {
            expected, actual, ..
        },
        Some(left),
        false,
    ) = (&broken, seen.life_left, check.grade.is_empty())
    else {
        return broken;
    };
    match check::grade(check, left) {
        Some(Some(severity)) => Broken::Fault {
            expected: expected.clone(),
            actual: format!("{actual}; the token lives for another {} s", left.round()),
            severity: Some(severity),
        },
        Some(None) => Broken::Noted(format!(
            "{actual}, for the {} s that the token has left",
            left.round()
        )),
        None => broken,
    }
}

fn any_of(
    check: &Check,
    severity: Severity,
    why: &str,
    control: &Control,
    seen: &Observation<'_>,
) -> Verdict {
    let verdicts: Vec<_> = check
        .any_of
        .iter()
        .map(|one| judge(one, severity, why, control, seen))
        .collect();
    if let Some(pass) = verdicts.iter().find(|v| matches!(v, Verdict::Pass { .. })) {
        return pass.clone();
    }
    match Verdict::worst(verdicts) {
        Some(Verdict::Fail(mismatch)) => Verdict::Fail(Mismatch {
            severity: check.severity.unwrap_or(mismatch.severity),
            ..mismatch
        }),
        Some(other) => other,
        None => Verdict::Inconclusive("`any_of` is empty".into()),
    }
}

/// Why an expectation does not hold.
pub(crate) enum Broken {
    Fault {
        expected: String,
        actual: String,
        severity: Option<Severity>,
    },
    Unclear(String),
    Noted(String),
}

pub(crate) type Held = Result<Option<String>, Broken>;

pub(crate) fn fault(expected: impl Into<String>, actual: impl Into<String>) -> Broken {
    Broken::Fault {
        expected: expected.into(),
        actual: actual.into(),
        severity: None,
    }
}

/// Answers on which nothing can be built: throttled, or none at all.
fn noise(expect: &Expectation, seen: &Observation<'_>) -> Option<Verdict> {
    let wants_throttle = matches!(expect, Expectation::Keyword(Keyword::Throttled));
    match &seen.exchange.answer {
        Answer::Response(response) if response.is_throttled() && !wants_throttle => {
            Some(Verdict::Inconclusive(format!(
                "the target answered {} and asked to wait",
                response.status
            )))
        }
        Answer::Response(_) => None,
        Answer::Nothing(reason) => Some(match (reason, seen.silence) {
            (NoAnswer::Closed(_), Silence::ClosingRefuses | Silence::Refuses) => Verdict::Pass {
                note: Some("the connection was closed without an answer".into()),
            },
            (reason, Silence::Refuses) => Verdict::Pass {
                note: Some(format!("nobody answers there: {reason}")),
            },
            (reason, Silence::Unclear | Silence::ClosingRefuses) => {
                Verdict::Inconclusive(format!("no answer: {reason}"))
            }
        }),
    }
}

fn keyword(keyword: Keyword, seen: &Observation<'_>) -> Held {
    let Some(response) = seen.exchange.response() else {
        return Err(Broken::Unclear("no answer".into()));
    };
    match keyword {
        Keyword::Accepted => accepted(response, seen),
        Keyword::Refused => refused(response, seen),
        Keyword::Rejected => rejected(response, seen),
        Keyword::Throttled if response.is_throttled() => Ok(None),
        Keyword::Throttled => Err(fault("429", seen.exchange.outcome())),
        Keyword::DisclosesNothing => nothing_disclosed(seen).map(|()| None),
        Keyword::Unchanged => object(
            seen,
            |state| matches!(state, ObjectState::AsItWas),
            "the object as it was",
        ),
        Keyword::Gone => object(
            seen,
            |state| matches!(state, ObjectState::Missing),
            "no such object any more",
        ),
        Keyword::Present => object(
            seen,
            |state| matches!(state, ObjectState::Listed(true)),
            "the object in the list",
        ),
        Keyword::Absent => object(
            seen,
            |state| matches!(state, ObjectState::Listed(false)),
            "no such object in the list",
        ),
        Keyword::NotTakenOver => not_taken_over(response, seen),
        Keyword::NoServerError if response.status >= 500 => {
            Err(fault("4xx", response.status.to_string()))
        }
        Keyword::NoServerError => Ok(None),
        Keyword::NoInternals => no_internals(response, seen),
        Keyword::OriginAllowed => origin::allowed(response, seen),
        Keyword::OriginRefused => origin::refused(response, seen),
        Keyword::NoSecret => no_secret(response, seen),
        Keyword::NewCredential => new_credential(response, seen),
        Keyword::NotFetched => not_fetched(seen),
    }
}

fn accepted(response: &Response, seen: &Observation<'_>) -> Held {
    if !response.is_success() {
        return Err(fault(
            format!("2xx with {}", seen.wanted),
            response.status.to_string(),
        ));
    }
    if !seen.complete {
        return Err(fault(
            format!("2xx with {}", seen.wanted),
            format!("{} without it", response.status),
        ));
    }
    Ok(None)
}

/// The rules of a refusal: what came back and what happened decide, not the status.
fn refused(response: &Response, seen: &Observation<'_>) -> Held {
    nothing_disclosed(seen)?;
    if seen.credential && response.is_success() {
        return Err(fault(
            "no credential",
            format!("{} with a credential", response.status),
        ));
    }
    no_effect(seen)?;
    match response.status {
        _ if response.denied => Ok(None),
        500.. => Ok(Some(format!("crashed with {}", response.status))),
        300..500 => match edge(response, seen) {
            Some(why) => Err(Broken::Unclear(why)),
            None => Ok(None),
        },
        200..300 => refused_with_success(response, seen),
        _ => Err(Broken::Unclear(format!(
            "an interim status {}",
            response.status
        ))),
    }
}

/// A 2xx is a refusal where it is what nobody gets, or where it holds nothing of what the control held.
fn refused_with_success(response: &Response, seen: &Observation<'_>) -> Held {
    if seen
        .anonymous
        .is_some_and(|a| a.status == response.status && a.body == response.body)
    {
        return Ok(None);
    }
    if seen.control_is_telling {
        return Ok(Some(format!(
            "answered {} and disclosed nothing",
            response.status
        )));
    }
    match seen.control {
        Some(control)
            if control.status == response.status && alike(control, response, seen.sent) =>
        {
            Err(fault(
                "a refusal",
                format!(
                    "{}, the same answer as with a valid credential",
                    response.status
                ),
            ))
        }
        Some(_) if seen.effect == Effect::None => {
            Ok(Some(format!("answered {} without effect", response.status)))
        }
        Some(_) | None => Err(Broken::Unclear(format!(
            "answered {}, and nothing tells whether it was accepted",
            response.status
        ))),
    }
}

fn rejected(response: &Response, seen: &Observation<'_>) -> Held {
    no_effect(seen)?;
    match response.status {
        _ if response.denied => Ok(None),
        400..500 => match edge(response, seen) {
            Some(why) => Err(Broken::Unclear(why)),
            None => Ok(None),
        },
        500.. => Ok(Some(format!("crashed with {}", response.status))),
        status => Err(fault("4xx", status.to_string())),
    }
}

fn nothing_disclosed(seen: &Observation<'_>) -> Result<(), Broken> {
    match seen.disclosed.as_slice() {
        [] => Ok(()),
        found => {
            let what: Vec<_> = found.iter().map(|d| d.what.as_str()).collect();
            Err(fault(
                "a refusal that discloses nothing",
                format!("{} with {}", seen.exchange.outcome(), what.join(", ")),
            ))
        }
    }
}

fn no_effect(seen: &Observation<'_>) -> Result<(), Broken> {
    match &seen.effect {
        Effect::NotLooked | Effect::None => Ok(()),
        Effect::Happened(what) => Err(fault(
            "no effect",
            format!("{}, and {what}", seen.exchange.outcome()),
        )),
        Effect::Unknown(why) => Err(Broken::Unclear(format!(
            "the effect could not be looked at: {why}"
        ))),
    }
}

fn object(seen: &Observation<'_>, holds: impl Fn(&ObjectState) -> bool, wanted: &str) -> Held {
    if holds(&seen.object) {
        return Ok(None);
    }
    let actual = match &seen.object {
        ObjectState::NotLooked => {
            return Err(Broken::Unclear("nobody looked at the object".into()));
        }
        ObjectState::Unknown(why) => return Err(Broken::Unclear(why.clone())),
        ObjectState::AsItWas => "it reads back as it was".to_owned(),
        ObjectState::Changed(how) => format!("it was changed: {how}"),
        ObjectState::Missing => "it is gone".to_owned(),
        ObjectState::Listed(true) => "it stands in the list".to_owned(),
        ObjectState::Listed(false) => "it does not stand in the list".to_owned(),
    };
    Err(fault(wanted, actual))
}

/// Refused by something in front of the target: unlike anything that the target itself said.
fn edge(response: &Response, seen: &Observation<'_>) -> Option<String> {
    let own: Vec<&Response> = seen.control.into_iter().chain(seen.anonymous).collect();
    if own.is_empty() {
        return None;
    }
    let server = response.header("server");
    let other_server = server.is_some() && own.iter().all(|own| own.header("server") != server);
    let html = |r: &Response| {
        r.header("content-type")
            .is_some_and(|t| t.starts_with("text/html"))
    };
    let marks = (html(response) && !own.iter().any(|own| html(own))) || other_server;
    let blocked = matches!(response.status, 403 | 405 | 406 | 415 | 444 | 493 | 499);
    (marks && blocked).then(|| {
        format!(
            "refused with {} by something in front of the target",
            response.status
        )
    })
}

fn not_taken_over(response: &Response, seen: &Observation<'_>) -> Held {
    use serde_json::Value;
    fn shows(json: &Value, name: &str, value: &Value) -> bool {
        match json {
            Value::Object(members) => members
                .iter()
                .any(|(k, v)| (k == name && v == value) || shows(v, name, value)),
            Value::Array(items) => items.iter().any(|item| shows(item, name, value)),
            _ => false,
        }
    }
    let Some(json) = response.json() else {
        return Ok(None);
    };
    let neutral = seen.control.and_then(Response::json);
    let taken = seen.extra.iter().find(|(name, value)| {
        shows(&json, name, value)
            && !neutral
                .as_ref()
                .is_some_and(|neutral| shows(neutral, name, value))
    });
    match taken {
        Some((name, value)) => Err(fault(
            "the field ignored or refused",
            format!("`{name}` became {value}"),
        )),
        None => Ok(None),
    }
}

fn no_internals(response: &Response, seen: &Observation<'_>) -> Held {
    let good = seen
        .control
        .map(|c| c.text().into_owned())
        .unwrap_or_default();
    match crate::internals::found(&response.text(), seen.sent, &good).as_slice() {
        [] => Ok(None),
        found => Err(fault(
            "an answer without internals",
            format!("{} with {}", response.status, found.join(", ")),
        )),
    }
}

/// The beginnings of stored password hashes.
pub(crate) static HASH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\$2[aby]\$\d\d\$|\$argon2(?:id|i|d)\$|\$scrypt\$|\$pbkdf2|pbkdf2_sha256\$|\$[156]\$[./\w]").ok()
});

fn no_secret(response: &Response, seen: &Observation<'_>) -> Held {
    let Some(hash) = HASH.as_ref() else {
        return Err(Broken::Unclear("the pattern of hashes is broken".into()));
    };
    let mut places = vec![("the body".to_owned(), response.text().into_owned())];
    places.extend(
        response
            .headers
            .iter()
            .map(|(name, value)| (format!("the header {name}"), value.clone())),
    );
    for (place, text) in &places {
        if seen
            .passwords
            .iter()
            .any(|password| password.len() >= 8 && text.contains(password.as_str()))
        {
            return Err(fault(
                "no password material",
                format!("the password in {place}"),
            ));
        }
        if hash.is_match(text) {
            return Err(fault(
                "no password material",
                format!("a password hash in {place}"),
            ));
        }
    }
    Ok(None)
}

fn not_fetched(seen: &Observation<'_>) -> Held {
    match seen.contact {
        Contact::None => Ok(None),
        Contact::Made(line) => Err(fault(
            "nobody to follow the token's address",
            format!("{}, and `{line}` at our listener", seen.exchange.outcome()),
        )),
        Contact::NotOffered => Err(Broken::Unclear(
            "the token named no address of our listener".into(),
        )),
    }
}

fn new_credential(response: &Response, seen: &Observation<'_>) -> Held {
    if !response.is_success() || !seen.credential {
        return Err(fault(
            "2xx with a new credential",
            format!("{} without one", response.status),
        ));
    }
    match seen.credential_works {
        Some(true) => Ok(None),
        Some(false) => Err(fault(
            "a credential that is accepted",
            "one that is refused",
        )),
        None => Err(Broken::Unclear("nobody tried the new credential".into())),
    }
}

/// Whether an answer has one of these statuses; one that denies in its body counts as some 4xx.
pub(crate) fn answered(response: &Response, list: &[u16]) -> bool {
    match response.denied {
        true => list.contains(&4),
        false => among(response.status, list),
    }
}

/// `401` is among `[401]` and among `[4]`, which stands for 4xx.
pub(crate) fn among(status: u16, list: &[u16]) -> bool {
    list.iter()
        .any(|want| status == *want || (*want < 10 && status / 100 == *want))
}
