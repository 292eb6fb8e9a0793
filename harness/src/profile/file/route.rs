//! Routes: `"POST /login"`, or a table with more.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize,
    de::{MapAccess, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::{
    place::{Place, Pointer},
    value::{Statuses, json},
};
use crate::profile::loose::{Loose, loose};

/// A route, or the statement that there is none.
#[derive(Debug, Clone)]
pub(in crate::profile) enum Route {
    Absent,
    Is(Box<RouteTable>),
}

loose!(Route, Call);

impl<'de> Loose<'de> for Route {
    const WHAT: &'static str =
        "a route: a text like `\"POST /login\"`, a table with `send`, or `false`";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        let table = |send| {
            Route::Is(Box::new(RouteTable {
                send: Some(send),
                ..RouteTable::default()
            }))
        };
        Some(Call::parse(text).map(table))
    }

    fn from_flag(flag: bool) -> Option<Result<Self, String>> {
        (!flag).then_some(Ok(Route::Absent))
    }

    fn from_table<A: MapAccess<'de>>(table: A) -> Option<Result<Self, A::Error>> {
        Some(
            RouteTable::deserialize(MapAccessDeserializer::new(table))
                .map(|table| Route::Is(Box::new(table))),
        )
    }
}

impl JsonSchema for Route {
    fn schema_name() -> Cow<'static, str> {
        "Route".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (call, table) = (
            generator.subschema_for::<Call>(),
            generator.subschema_for::<RouteTable>(),
        );
        json_schema!({ "anyOf": [call, table, { "const": false, "description": "The target has no such route." }] })
    }
}

/// A route with more than its method and path.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::profile) struct RouteTable {
    /// Method and path.
    pub(in crate::profile) send: Option<Call>,
    /// The JSON body.
    #[serde(deserialize_with = "json")]
    pub(in crate::profile) json: Option<Value>,
    /// The form body, in the place of `json`.
    pub(in crate::profile) form: Option<BTreeMap<String, String>>,
    /// Headers beside the credential and the type of the body.
    pub(in crate::profile) headers: Option<BTreeMap<String, String>>,
    /// The status or statuses of success; any 2xx where nothing is said.
    pub(in crate::profile) ok: Option<Statuses>,
    /// For a target that tells success in the body.
    pub(in crate::profile) success: Option<Told>,
    /// The URL that the route belongs to, where it is not the usual one.
    pub(in crate::profile) at: Option<Side>,
    /// Whether a credential is needed, where it is not as usual.
    pub(in crate::profile) protected: Option<bool>,
    /// Where an id stands in the answer; for `me` the user's, for a parent its own.
    pub(in crate::profile) id: Option<Pointer>,
    /// Values that later steps of the login use as `{name}`.
    pub(in crate::profile) save: Option<BTreeMap<String, Place>>,
}

/// One of the two URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::profile) enum Side {
    Auth,
    Api,
}

/// What the body of an answer tells, where the status does not.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::profile) struct Told {
    /// Where it stands.
    pub(in crate::profile) pointer: Pointer,
    /// What it is; anything but null and false where nothing is said.
    #[serde(default, deserialize_with = "json")]
    pub(in crate::profile) equals: Option<Value>,
}

/// A method and a path, with a query where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Call {
    pub(in crate::profile) method: String,
    pub(in crate::profile) path: String,
}

impl Call {
    fn parse(text: &str) -> Result<Call, String> {
        let wrong = |why: &str| {
            Err(format!(
                "`{text}` is no route: {why}; write a method and a path, like `POST /login`"
            ))
        };
        let Some((method, path)) = text.split_once(' ') else {
            return wrong("a method or a path is missing");
        };
        if method.is_empty() || !method.chars().all(|c| c.is_ascii_uppercase()) {
            return wrong("the method must be in capital letters");
        }
        if !path.starts_with('/') || path.starts_with("//") {
            return wrong("the path must start with one `/`, since the host comes from `[target]`");
        }
        if path.chars().any(|c| c.is_whitespace() || c.is_control()) || path.contains('#') {
            return wrong("the path may hold neither blanks nor `#`");
        }
        Ok(Call {
            method: method.to_owned(),
            path: path.to_owned(),
        })
    }
}

impl<'de> Loose<'de> for Call {
    const WHAT: &'static str = "a method and a path, like `\"POST /login\"`";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        Some(Call::parse(text))
    }
}

impl JsonSchema for Call {
    fn schema_name() -> Cow<'static, str> {
        "Call".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[A-Z]+ /[^\\s#]*$",
            "description": "A method and a path, like `POST /login`.",
        })
    }
}
