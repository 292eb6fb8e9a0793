//! Where a value stands in an answer, and how a credential is sent.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize,
    de::{MapAccess, value::MapAccessDeserializer},
};

use crate::profile::loose::{Loose, loose};

loose!(Pointer, Place, UserId);

/// A JSON pointer (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Pointer(pub(in crate::profile) String);

impl<'de> Loose<'de> for Pointer {
    const WHAT: &'static str = "a JSON pointer like `\"/user/id\"`";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        if !text.is_empty() && !text.starts_with('/') {
            let meant = text.trim_start_matches("$.").replace('.', "/");
            return Some(Err(format!(
                "`{text}` is no JSON pointer, which starts with `/`; write `/{meant}`"
            )));
        }
        if text
            .split('~')
            .skip(1)
            .any(|rest| !rest.starts_with(['0', '1']))
        {
            return Some(Err(format!(
                "`{text}` is no JSON pointer: `~` is written `~0`, and `/` in a name `~1`"
            )));
        }
        Some(Ok(Pointer(text.to_owned())))
    }
}

impl JsonSchema for Pointer {
    fn schema_name() -> Cow<'static, str> {
        "Pointer".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(/([^~]|~[01])*)?$",
            "description": "A JSON pointer (RFC 6901), such as `/user/id`; empty for the whole answer.",
        })
    }
}

/// Where a value stands in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) enum Place {
    Pointer(Pointer),
    Header(String),
    Cookie(String),
}

/// Where a value stands in an answer, in the long way: one of these.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlaceTable {
    /// In the JSON body.
    pointer: Option<Pointer>,
    /// In a header.
    header: Option<String>,
    /// In a cookie that is set.
    cookie: Option<String>,
}

impl<'de> Loose<'de> for Place {
    const WHAT: &'static str =
        "a JSON pointer, or a table with one of `pointer`, `header`, `cookie`";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        Pointer::from_text(text).map(|pointer| pointer.map(Place::Pointer))
    }

    fn from_table<A: MapAccess<'de>>(table: A) -> Option<Result<Self, A::Error>> {
        Some(table_of(
            table,
            Self::WHAT,
            |table: PlaceTable| match table {
                PlaceTable {
                    pointer: Some(pointer),
                    header: None,
                    cookie: None,
                } => Some(Place::Pointer(pointer)),
                PlaceTable {
                    pointer: None,
                    header: Some(header),
                    cookie: None,
                } => Some(Place::Header(header)),
                PlaceTable {
                    pointer: None,
                    header: None,
                    cookie: Some(cookie),
                } => Some(Place::Cookie(cookie)),
                PlaceTable { .. } => None,
            },
        ))
    }
}

impl JsonSchema for Place {
    fn schema_name() -> Cow<'static, str> {
        "Place".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (pointer, table) = (
            generator.subschema_for::<Pointer>(),
            generator.subschema_for::<PlaceTable>(),
        );
        json_schema!({ "anyOf": [pointer, table] })
    }
}

/// Where the user's id is learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) enum UserId {
    /// In the answer of login or registration.
    Pointer(Pointer),
    /// In a claim of the access token.
    Claim(String),
    /// In the answer of `me`.
    Me(Pointer),
    None,
}

/// Where the user's id is learnt, in the long way: one of these.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UserIdTable {
    /// In the answer of login or registration.
    pointer: Option<Pointer>,
    /// In a claim of the access token.
    claim: Option<String>,
    /// In the answer of the route `me`.
    me: Option<Pointer>,
}

impl<'de> Loose<'de> for UserId {
    const WHAT: &'static str =
        "a JSON pointer, a table with one of `pointer`, `claim`, `me`, or \"none\"";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        match text {
            "none" => Some(Ok(UserId::None)),
            _ => Pointer::from_text(text).map(|pointer| pointer.map(UserId::Pointer)),
        }
    }

    fn from_table<A: MapAccess<'de>>(table: A) -> Option<Result<Self, A::Error>> {
        Some(table_of(
            table,
            Self::WHAT,
            |table: UserIdTable| match table {
                UserIdTable {
                    pointer: Some(pointer),
                    claim: None,
                    me: None,
                } => Some(UserId::Pointer(pointer)),
                UserIdTable {
                    pointer: None,
                    claim: Some(claim),
                    me: None,
                } => Some(UserId::Claim(claim)),
                UserIdTable {
                    pointer: None,
                    claim: None,
                    me: Some(me),
                } => Some(UserId::Me(me)),
                UserIdTable { .. } => None,
            },
        ))
    }
}

impl JsonSchema for UserId {
    fn schema_name() -> Cow<'static, str> {
        "UserId".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (pointer, table) = (
            generator.subschema_for::<Pointer>(),
            generator.subschema_for::<UserIdTable>(),
        );
        json_schema!({ "anyOf": [{ "const": "none", "description": "Users have no id that matters." }, pointer, table] })
    }
}

/// How the access token is sent: in a header (`Authorization` where nothing is said) after a scheme word, in a
/// cookie, or in the query.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "SendTable")]
#[schemars(!try_from, with = "SendTable")]
pub(in crate::profile) enum Send {
    Header {
        name: String,
        scheme: Option<String>,
    },
    Cookie(String),
    Query(String),
}

/// How the access token is sent: `header` and `scheme`, or one of the others.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SendTable {
    /// The header; `Authorization` where only `scheme` is given.
    header: Option<String>,
    /// The word in front of the token, such as `Token`; none where only `header` is given.
    scheme: Option<String>,
    /// The cookie.
    cookie: Option<String>,
    /// The query parameter.
    query: Option<String>,
}

impl TryFrom<SendTable> for Send {
    type Error = &'static str;

    fn try_from(table: SendTable) -> Result<Send, Self::Error> {
        let authorization = || "Authorization".to_owned();
        match table {
            SendTable {
                header: None,
                scheme: None,
                cookie: Some(cookie),
                query: None,
            } => Ok(Send::Cookie(cookie)),
            SendTable {
                header: None,
                scheme: None,
                cookie: None,
                query: Some(query),
            } => Ok(Send::Query(query)),
            SendTable {
                header: None,
                scheme: None,
                ..
            }
            | SendTable {
                cookie: Some(_), ..
            }
            | SendTable { query: Some(_), .. } => {
                Err("give `header` with or without `scheme`, or `cookie`, or `query`")
            }
            SendTable { header, scheme, .. } => Ok(Send::Header {
                name: header.unwrap_or_else(authorization),
                scheme: scheme.filter(|word| !word.is_empty()),
            }),
        }
    }
}

/// Reads a table of which one alternative must be given.
fn table_of<'de, A, T, R>(
    table: A,
    what: &str,
    choose: impl FnOnce(T) -> Option<R>,
) -> Result<R, A::Error>
where
    A: MapAccess<'de>,
    T: Deserialize<'de>,
{
    let read = T::deserialize(MapAccessDeserializer::new(table))?;
    choose(read).ok_or_else(|| serde::de::Error::custom(format!("expected {what}")))
}
