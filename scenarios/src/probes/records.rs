//! Where the records of users usually stand, and what an answer says about one.

use serde_json::Value;

use super::owners::step;
use super::{Lab, Sent};
use crate::disclosure::{Fact, FactKind, shows};
use crate::model::Step;

/// A place of one user's record: the same request for anybody's.
pub(super) struct Place {
    /// The profile's own route, or a path that many back ends have.
    call: String,
    /// The path with `{id}` in it; the profile's own where it is its own route.
    at: Option<String>,
}

/// Paths under which many back ends have the record of a user.
const USUAL: [&str; 3] = ["/users/{id}", "/api/users/{id}", "/api/v1/users/{id}"];

impl Place {
    /// A request of `actor` about the record of `whose`.
    pub(super) fn of(&self, actor: &str, whose: &str) -> Step {
        let path = [("user_id".to_owned(), whose.to_owned())];
        Step {
            at: (self.at.as_ref()).map(|at| at.replace("{id}", &format!("{{{whose}.id}}"))),
            path: if self.at.is_some() {
                Default::default()
            } else {
                path.into()
            },
            method: Some("GET".into()),
            ..step(actor, &self.call)
        }
    }

    /// A request for the records of everybody, where the place is beside the others.
    pub(super) fn of_all(&self, actor: &str) -> Option<Step> {
        let at = self.at.as_deref()?.strip_suffix("/{id}")?;
        Some(Step {
            at: Some(at.to_owned()).filter(|at| !at.is_empty()),
            ..self.of(actor, actor)
        })
    }

    /// What reports call it.
    pub(super) fn name(&self) -> &str {
        self.at.as_deref().unwrap_or(&self.call)
    }
}

/// The profile's own routes with a user id in them, a place beside the identity route, and the usual ones.
pub(super) fn places(lab: &dyn Lab) -> Vec<Place> {
    let me = lab.path(&step("bob", "me")).unwrap_or_default();
    let me = me.split('?').next().unwrap_or_default();
    let beside = me
        .rsplit_once('/')
        .map(|(front, _)| format!("{front}/{{id}}"));
    let mut paths: Vec<String> = beside.into_iter().collect();
    for usual in USUAL {
        if !paths.iter().any(|path| path == usual) {
            paths.push(usual.to_owned());
        }
    }
    let own = lab.owned();
    let own = own
        .iter()
        .filter(|route| !route.call.starts_with("object.") && route.path.contains("{user_id}"))
        .filter(|route| route.method == "GET")
        .map(|route| Place {
            call: route.call.clone(),
            at: None,
        });
    let guessed = paths.into_iter().map(|at| Place {
        call: "me".into(),
        at: Some(at),
    });
    own.chain(guessed).collect()
}

/// Whether an answer shows the address of an actor, wherever it stands.
pub(super) fn shows_address(lab: &dyn Lab, sent: &Sent, actor: &str) -> bool {
    let (Some(response), Ok(value)) = (
        sent.exchange.response(),
        lab.text(&format!("{{{actor}.email}}")),
    ) else {
        return false;
    };
    let fact = Fact {
        owner: actor.to_owned(),
        kind: FactKind::Email,
        value,
    };
    shows(response, &fact, &[])
}

/// Whether a text stands in an answer, in a JSON string or as it is.
pub(super) fn holds_text(sent: &Sent, text: &str) -> bool {
    sent.exchange
        .response()
        .is_some_and(|response| response.is_success() && response.text().contains(text))
}

/// The member of a user's record that holds this text, and the member around the record where it is nested.
pub(super) fn member_with(record: &Value, text: &str) -> Option<(Option<String>, String)> {
    let here = |members: &Value| {
        let found = members
            .as_object()?
            .iter()
            .find(|(_, value)| value.as_str() == Some(text));
        found.map(|(name, _)| name.clone())
    };
    if let Some(name) = here(record) {
        return Some((None, name));
    }
    let around = record.as_object()?.iter();
    around
        .filter_map(|(outer, inner)| Some((Some(outer.clone()), here(inner)?)))
        .next()
}

/// The strings of an answer in which this word stands.
pub(super) fn strings_with(json: &Value, word: &str) -> Vec<String> {
    match json {
        Value::String(text) if text.contains(word) => vec![text.clone()],
        Value::Array(items) => items
            .iter()
            .flat_map(|item| strings_with(item, word))
            .collect(),
        Value::Object(members) => members
            .values()
            .flat_map(|member| strings_with(member, word))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}
