//! A scenario in plain words: what each attempt sends, and what must hold for the answer.

use scenarios::model::{
    Carry, Check, Connection, Control, Expectation, Keyword, NamedControl, Step, Values,
};
use serde_json::Value;

use crate::forge;

/// What a step sends: `bob calls object.read on alice's task with the token alg-none`.
pub(super) fn sends(step: &Step) -> String {
    let who = step.actor.as_deref().unwrap_or("alice");
    let Some(call) = &step.call else {
        let wait = step.wait.as_deref().unwrap_or("nothing");
        return format!("wait for {wait}");
    };
    let mut text = format!("{who} calls {call}");
    if let Some(on) = &step.on {
        text.push_str(&format!(" on `{on}`"));
    }
    if let Some(method) = &step.method {
        text.push_str(&format!(" by {method}"));
    }
    let mut with: Vec<String> = Vec::new();
    with.extend(
        step.path
            .iter()
            .map(|(name, whose)| format!("{whose}'s {name} in the path")),
    );
    with.extend(
        step.query
            .iter()
            .map(|(name, value)| format!("{name}={value} in the query")),
    );
    with.extend(
        step.headers
            .iter()
            .map(|(name, value)| match value.as_str() {
                "" => format!("no header {name}"),
                value => format!("the header {name}: {value}"),
            }),
    );
    with.extend(
        step.fields
            .iter()
            .map(|(name, value)| format!("{name} {}", shown(value))),
    );
    with.extend(step.omit.iter().map(|name| format!("no {name}")));
    with.extend(
        step.extra
            .iter()
            .map(|(name, value)| format!("an extra member {name} {}", shown(value))),
    );
    with.extend(
        step.raw_body
            .iter()
            .map(|body| format!("the body {}", shown(&Value::from(body.as_str())))),
    );
    with.extend(step.token.iter().map(|token| credential(token)));
    with.extend(step.carry.iter().map(|carry| match carry {
        Carry::Scheme(word) if word.is_empty() => "no scheme before the token".to_owned(),
        Carry::Scheme(word) => format!("the scheme `{word}` before the token"),
        Carry::Query(name) => format!("the token as {name} in the query instead"),
        Carry::Body(name) => format!("the token as {name} in the body instead"),
    }));
    with.extend(
        step.using
            .iter()
            .map(|saved| match saved.strip_suffix(".token") {
                Some(saved) => format!("the access token of `{saved}` as refresh token"),
                None => format!("the refresh token of `{saved}`"),
            }),
    );
    match step.connection {
        Some(Connection::New) => with.push("a connection of its own".into()),
        Some(Connection::Plain) => with.push("plain http".into()),
        None => {}
    }
    if !with.is_empty() {
        text.push_str(&format!(" with {}", with.join(", ")));
    }
    if let Some(wait) = &step.wait {
        text.push_str(&format!(", {wait} later"));
    }
    if let Some(needed) = &step.only_if {
        text.push_str(&format!(" (where the profile has {needed})"));
    }
    if let Some(name) = &step.save {
        text.push_str(&format!(", kept as `{name}`"));
    }
    text
}

fn credential(token: &str) -> String {
    if token == "none" {
        return "no credential".into();
    }
    if let Some(raw) = token.strip_prefix("raw:") {
        return format!("the text {} for a token", shown(&Value::from(raw)));
    }
    if let Some(saved) = token
        .strip_prefix("saved.")
        .and_then(|saved| saved.strip_suffix(".refresh"))
    {
        return format!("the refresh token of `{saved}` as access token");
    }
    if let Some(saved) = token.strip_prefix("saved.") {
        return format!("the credential kept as `{saved}`");
    }
    match forge::recipe(token.split('#').next().unwrap_or(token)) {
        Some(recipe) => format!("the token {token} ({})", recipe.title),
        None => format!("the token {token}"),
    }
}

/// What must hold for an answer: `the answer is a refusal`.
pub(super) fn expects(expectation: &Expectation) -> String {
    match expectation {
        Expectation::Keyword(keyword) => keyword_words(*keyword).into(),
        Expectation::Check(check) => check_words(check),
    }
}

fn keyword_words(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::Accepted => "it succeeds, and what must be in the answer is there",
        Keyword::Refused => {
            "it is refused: nothing that the control disclosed comes back, and nothing happens"
        }
        Keyword::Rejected => "it is answered by a 4xx, and nothing happens",
        Keyword::Throttled => "it is answered by a 429, or by what the profile declares",
        Keyword::DisclosesNothing => {
            "nothing of another actor comes back: no marker, e-mail address, secret or id"
        }
        Keyword::Unchanged => "the object reads back as it was",
        Keyword::Gone => "the object cannot be read any more",
        Keyword::Present => "the object stands in the list",
        Keyword::Absent => "the object does not stand in the list",
        Keyword::NotTakenOver => {
            "none of the extra members comes back with the value that was sent"
        }
        Keyword::NoServerError => "it is not answered by a 5xx",
        Keyword::NoInternals => "no stack trace, query, file path or name of a setting comes back",
        Keyword::OriginAllowed => "Access-Control-Allow-Origin allows the origin that was sent",
        Keyword::OriginRefused => {
            "Access-Control-Allow-Origin does not allow the origin that was sent"
        }
        Keyword::NoSecret => "no password and no hash of one comes back",
        Keyword::NewCredential => "a new credential comes back, and it is accepted",
        Keyword::NotFetched => "nobody fetches the key from the address in the token",
    }
}

fn check_words(check: &Check) -> String {
    let mut text = subject_and_predicates(check);
    if !check.when_status.is_empty() {
        text.push_str(&format!(
            ", where the answer has status {}",
            either(&check.when_status)
        ));
    }
    if !check.unless_status.is_empty() {
        text.push_str(&format!(
            " (nothing can be said where it has status {})",
            either(&check.unless_status)
        ));
    }
    if let Some(policy) = &check.policy {
        text.push_str(&format!(" (or what the profile declares as {policy})"));
    }
    if check.note.is_some() {
        text.push_str(" (otherwise a note)");
    }
    if let Some(severity) = check.severity {
        text.push_str(&format!(" (otherwise {})", severity.word()));
    }
    for grade in &check.grade {
        let weight = grade.severity.map_or("a note", |severity| severity.word());
        text.push_str(&format!("; above {}: {weight}", grade.above));
    }
    text
}

fn subject_and_predicates(check: &Check) -> String {
    if !check.any_of.is_empty() {
        let all: Vec<_> = check.any_of.iter().map(expects).collect();
        return format!("one of these holds: {}", all.join("; or "));
    }
    if let Some(keyword) = check.is {
        return keyword_words(keyword).into();
    }
    if !check.status.is_empty() {
        return format!("the status is {}", either(&check.status));
    }
    if !check.status_not.is_empty() {
        return format!("the status is not {}", either(&check.status_not));
    }
    if let Some(case) = &check.same_as {
        return format!("the answer is the same as that of `{case}`");
    }
    if let Some(case) = &check.status_as {
        return format!("the status is the same as that of `{case}`");
    }
    let subject = subject(check);
    let mut predicates: Vec<String> = Vec::new();
    predicates.extend(
        check
            .equals
            .iter()
            .map(|value| format!("is {}", shown(value))),
    );
    if !check.one_of.is_empty() {
        let values: Vec<_> = check.one_of.iter().map(shown).collect();
        predicates.push(format!("is one of {}", values.join(", ")));
    }
    predicates.extend(
        check
            .not
            .iter()
            .map(|value| format!("is not {}", shown(value))),
    );
    predicates.extend(
        check
            .present
            .map(|there| if there { "is there" } else { "is not there" }.to_owned()),
    );
    predicates.extend(
        check
            .matches
            .iter()
            .map(|pattern| format!("matches `{pattern}`")),
    );
    predicates.extend(
        check
            .lacks
            .iter()
            .map(|pattern| format!("holds nothing like `{pattern}`")),
    );
    predicates.extend(check.kind.iter().map(|kind| format!("is of type {kind}")));
    predicates.extend(
        check
            .between
            .map(|[low, high]| format!("is between {low} and {high} seconds")),
    );
    if predicates.is_empty() && !check.grade.is_empty() {
        predicates.push("is short".into());
    }
    format!("{subject} {}", predicates.join(" and "))
}

fn subject(check: &Check) -> String {
    if let Some(name) = &check.header {
        format!("the header {name}")
    } else if let Some(name) = &check.cookie_attribute {
        format!("the cookie's attribute {name}")
    } else if let Some(pointer) = &check.pointer {
        format!("{pointer} of the body")
    } else if let Some(claim) = &check.claim {
        match &check.minus {
            Some(from) => format!("the token's {claim}, counted from {from},"),
            None => format!("the token's claim {claim}"),
        }
    } else if let Some(member) = &check.token_header {
        format!("{member} of the token's header")
    } else {
        "the body".into()
    }
}

/// `400 or 422`; a single digit is a class.
fn either(statuses: &[u16]) -> String {
    let words: Vec<_> = statuses
        .iter()
        .map(|status| match status {
            1..=9 => format!("{status}xx"),
            _ => status.to_string(),
        })
        .collect();
    words.join(" or ")
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    reports::escape::cut(&text, 80).into_owned()
}

/// What must hold beside every attack.
pub(super) fn control(control: &Control) -> String {
    match control {
        Control::Step(step) => {
            let holds: Vec<_> = step.expect.iter().map(expects).collect();
            format!("{}; {}", sends(step), holds.join("; "))
        }
        Control::Named(named) => match named {
            NamedControl::None => "the target answers; the steps themselves are the control",
            NamedControl::Auth => {
                "the same route answers a fresh valid credential as it should and nobody as it should, around each attack"
            }
            NamedControl::Forge => {
                "a token that authspec signed itself, claims unchanged, is accepted on the same route, and nobody is not"
            }
            NamedControl::Login => "the right e-mail and password give a usable credential, before and after",
            NamedControl::Reg => "a well-formed registration of somebody new succeeds, before and after",
            NamedControl::Owner => {
                "the owner reads the object with its marker, and the attacker reads one of its own, around each attack"
            }
            NamedControl::Cors => "the allowed origin is allowed on the same URL and method",
            NamedControl::Refresh => "a fresh refresh token used once gives an access token that is accepted",
            NamedControl::Rate => "one request under the limit is answered normally, and the burst was delivered in time",
            NamedControl::Cookie => "the session cookie as it was issued is accepted",
            NamedControl::Tls => "the target is reached by https; no account is needed",
        }
        .into(),
    }
}

/// For what each attempt is repeated: `each route of routes.protected`.
pub(super) fn repeated(name: &str, values: &Values) -> String {
    match values {
        Values::Set(set) => format!("{{{name}}} is each of {set}"),
        Values::List(list) => format!("{{{name}}} is each of {}", list.join(", ")),
    }
}
