//! Placeholders such as `{email}` in the texts of a profile: which there are, and how they are filled.
//!
//! A brace that does not enclose a bare word is an ordinary character.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Number, Value};

/// Every placeholder and what stands in its place.
pub const PLACEHOLDERS: &[(&str, &str)] = &[
    ("email", "the account's e-mail address"),
    ("username", "the account's user name"),
    ("password", "the account's password"),
    ("new_password", "the password that it is changed to"),
    ("name", "the account's display name"),
    (
        "user_id",
        "the account's id, as `credential.user_id` finds it",
    ),
    (
        "id",
        "the object's id; a fresh text where the client chooses it",
    ),
    ("parent_id", "the id of the resource's parent"),
    ("marker", "a random secret text that the object is known by"),
    ("rand", "twelve random letters and digits"),
    ("digits", "eight random digits"),
    ("uuid", "a random UUID"),
    ("refresh_token", "the account's refresh token"),
    ("token", "the account's access token"),
    ("now", "seconds since 1970 (in `jwt.mint`)"),
    ("exp", "`now` and `jwt.lifetime` (in `jwt.mint`)"),
    ("env:NAME", "the environment variable NAME"),
];

/// Where a text stands decides which placeholders it may hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope<'a> {
    /// Facts about the target: the environment only.
    Fact,
    /// A new account: random texts.
    Account,
    /// A request, and what earlier steps saved.
    Request(&'a [String]),
    /// Claims of a minted token.
    Mint,
}

impl<'a> Scope<'a> {
    /// The names that are known here.
    pub(super) fn names(self) -> Vec<&'a str> {
        match self {
            Scope::Fact => vec!["env:NAME"],
            Scope::Account => vec!["rand", "digits", "uuid", "env:NAME"],
            Scope::Request(saved) => {
                let names = PLACEHOLDERS
                    .iter()
                    .map(|(name, _)| *name)
                    .filter(|name| !["now", "exp"].contains(name));
                names.chain(saved.iter().map(String::as_str)).collect()
            }
            Scope::Mint => {
                vec![
                    "email", "username", "name", "user_id", "rand", "digits", "uuid", "now", "exp",
                    "env:NAME",
                ]
            }
        }
    }
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// `{name}`, or `{name:kind}`.
    Placeholder {
        name: &'a str,
        kind: Option<&'a str>,
    },
}

/// The text cut at its placeholders.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut from) = (0, 0);
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let inside = text[open + 1..].split('}').next().unwrap_or_default();
        let end = open + 1 + inside.len();
        let word = |c: char| c.is_ascii_alphanumeric() || "_:.-".contains(c);
        if inside.is_empty() || end == text.len() || !inside.chars().all(word) {
            from = open + 1;
            continue;
        }
        if start < open {
            pieces.push(Piece::Text(&text[start..open]));
        }
        let (name, kind) = inside
            .split_once(':')
            .map_or((inside, None), |(name, kind)| (name, Some(kind)));
        pieces.push(Piece::Placeholder { name, kind });
        (start, from) = (end + 1, end + 1);
    }
    if start < text.len() {
        pieces.push(Piece::Text(&text[start..]));
    }
    pieces
}

/// Whether the text holds this placeholder.
pub fn holds(text: &str, wanted: &str) -> bool {
    pieces(text)
        .iter()
        .any(|piece| matches!(piece, Piece::Placeholder { name, .. } if *name == wanted))
}

/// Whether a text of the value holds this placeholder.
pub(super) fn json_holds(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => holds(text, wanted),
        Value::Array(items) => items.iter().any(|item| json_holds(item, wanted)),
        Value::Object(members) => members.values().any(|member| json_holds(member, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A placeholder that nothing is known for in this run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing is known for `{{{0}}}`")]
pub struct Unfilled(pub String);

/// Gives each placeholder its value.
pub fn fill(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Result<String, Unfilled> {
    filled(text, value, |value| value)
}

/// As [`fill`], with each value percent-encoded, so that it cannot leave its segment of a path or query.
pub fn fill_path(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Result<String, Unfilled> {
    filled(text, value, |value| {
        utf8_percent_encode(&value, SEGMENT).to_string()
    })
}

/// Fills every text of a body; a text that is nothing but `{name:number}` becomes a number, where the value is one.
pub fn fill_json(body: &Value, value: &dyn Fn(&str) -> Option<String>) -> Result<Value, Unfilled> {
    Ok(match body {
        Value::String(text) => {
            let filled = fill(text, value)?;
            match pieces(text)[..] {
                [
                    Piece::Placeholder {
                        kind: Some(kind), ..
                    },
                ] => number(kind, &filled).unwrap_or(Value::String(filled)),
                _ => Value::String(filled),
            }
        }
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| fill_json(item, value))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(members) => {
            let filled = members
                .iter()
                .map(|(name, member)| Ok((name.clone(), fill_json(member, value)?)));
            Value::Object(filled.collect::<Result<_, _>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => body.clone(),
    })
}

/// What cannot stand in a path segment or a query value as it is.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'/')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

fn filled(
    text: &str,
    value: &dyn Fn(&str) -> Option<String>,
    encode: impl Fn(String) -> String,
) -> Result<String, Unfilled> {
    pieces(text)
        .into_iter()
        .try_fold(String::new(), |done, piece| {
            Ok(match piece {
                Piece::Text(text) => done + text,
                Piece::Placeholder { name, .. } => {
                    done + &encode(value(name).ok_or_else(|| Unfilled(name.to_owned()))?)
                }
            })
        })
}

fn number(kind: &str, text: &str) -> Option<Value> {
    let number = match kind {
        "number" => text.parse::<i64>().ok().map(Number::from)?,
        _ => text.parse::<f64>().ok().and_then(Number::from_f64)?,
    };
    Some(Value::Number(number))
}
