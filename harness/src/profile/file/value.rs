//! Statuses, spans of time, rate limits and other small values, each in its own notation.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, value::SeqAccessDeserializer},
};
use serde_json::Value;

use crate::profile::loose::{Loose, loose};

loose!(Statuses, Seconds, Rate, Size, Origin, Audience);

/// Any TOML value as JSON; dates become texts.
pub(super) fn json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(|value| Some(dates_as_texts(value)))
}

fn dates_as_texts(value: Value) -> Value {
    match value {
        Value::Object(mut members) => match members.remove("$__toml_private_datetime") {
            Some(date) => date,
            None => Value::Object(
                members
                    .into_iter()
                    .map(|(name, member)| (name, dates_as_texts(member)))
                    .collect(),
            ),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(dates_as_texts).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// One status, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Statuses(pub(in crate::profile) Vec<u16>);

/// A status is a number from 100 to 599.
pub(in crate::profile) fn status(number: i64) -> Result<u16, String> {
    let status = u16::try_from(number)
        .ok()
        .filter(|status| (100..600).contains(status));
    status.ok_or_else(|| format!("{number} is no HTTP status"))
}

impl<'de> Loose<'de> for Statuses {
    const WHAT: &'static str = "a status or a list of statuses";

    fn from_integer(number: i64) -> Option<Result<Self, String>> {
        Some(status(number).map(|status| Statuses(vec![status])))
    }

    fn from_list<A: SeqAccess<'de>>(list: A) -> Option<Result<Self, A::Error>> {
        let numbers = Vec::<i64>::deserialize(SeqAccessDeserializer::new(list));
        let statuses = numbers.and_then(|numbers| {
            numbers
                .into_iter()
                .map(status)
                .collect::<Result<_, _>>()
                .map(Statuses)
                .map_err(serde::de::Error::custom)
        });
        Some(statuses)
    }
}

impl JsonSchema for Statuses {
    fn schema_name() -> Cow<'static, str> {
        "Statuses".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json_schema!({ "type": "integer", "minimum": 100, "maximum": 599 });
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

/// A span of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::profile) struct Seconds(pub(in crate::profile) u64);

impl Seconds {
    fn parse(text: &str) -> Option<u64> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
        let unit = match text[digits.len()..].trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return None,
        };
        digits.trim().parse::<u64>().ok()?.checked_mul(unit)
    }
}

impl<'de> Loose<'de> for Seconds {
    const WHAT: &'static str = "seconds, or a text such as `\"15m\"` (`s`, `m`, `h`, `d`)";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        Some(
            Seconds::parse(text)
                .map(Seconds)
                .ok_or_else(|| format!("`{text}` is no span of time; write {}", Self::WHAT)),
        )
    }

    fn from_integer(number: i64) -> Option<Result<Self, String>> {
        Some(
            u64::try_from(number)
                .map(Seconds)
                .map_err(|_| "a span of time is not negative".to_owned()),
        )
    }
}

impl JsonSchema for Seconds {
    fn schema_name() -> Cow<'static, str> {
        "Seconds".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^[0-9]+ ?[smhd]$" }] })
    }
}

/// A rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::profile) enum Rate {
    Edge,
    Count { count: u32, seconds: u32 },
}

impl Rate {
    fn parse(text: &str) -> Option<Rate> {
        if text == "edge" {
            return Some(Rate::Edge);
        }
        let (count, window) = text.split_once(" in ")?;
        let seconds = u32::try_from(Seconds::parse(window)?)
            .ok()
            .filter(|seconds| *seconds > 0)?;
        Some(Rate::Count {
            count: count.parse().ok().filter(|count| *count > 0)?,
            seconds,
        })
    }
}

impl<'de> Loose<'de> for Rate {
    const WHAT: &'static str = "a limit like `\"5 in 60s\"`, or `\"edge\"`";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        Some(Rate::parse(text).ok_or_else(|| format!("`{text}` is no limit; write {}", Self::WHAT)))
    }
}

impl JsonSchema for Rate {
    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(edge|[1-9][0-9]* in [1-9][0-9]* ?[smhd])$",
            "description": "So many in so much time, like `5 in 60s`, or `edge` for what is in front of the target.",
        })
    }
}

/// The largest body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::profile) enum Size {
    Edge,
    Bytes(u64),
}

impl Size {
    fn parse(text: &str) -> Option<Size> {
        if text == "edge" {
            return Some(Size::Edge);
        }
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
        let unit = match text[digits.len()..].trim() {
            "kB" => 1000,
            "KiB" => 1 << 10,
            "MB" => 1_000_000,
            "MiB" => 1 << 20,
            _ => return None,
        };
        let bytes = digits.parse::<u64>().ok()?.checked_mul(unit)?;
        Some(Size::Bytes(bytes)).filter(|_| bytes > 0)
    }
}

impl<'de> Loose<'de> for Size {
    const WHAT: &'static str =
        "bytes, a text such as `\"2MB\"` (`kB`, `KiB`, `MB`, `MiB`), or `\"edge\"`";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        Some(Size::parse(text).ok_or_else(|| format!("`{text}` is no size; write {}", Self::WHAT)))
    }

    fn from_integer(number: i64) -> Option<Result<Self, String>> {
        let bytes = u64::try_from(number).ok().filter(|bytes| *bytes > 0);
        Some(
            bytes
                .map(Size::Bytes)
                .ok_or_else(|| "a size is above 0".to_owned()),
        )
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "string", "pattern": "^(edge|[1-9][0-9]* ?(kB|KiB|MB|MiB))$" }],
            "description": "Bytes, a text like `2MB`, or `edge` for what is in front of the target.",
        })
    }
}

/// The `Origin` that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) enum Origin {
    None,
    /// The first of `origins`, or the auth URL's own.
    First,
    /// The auth URL's own.
    Own,
    This(String),
}

impl<'de> Loose<'de> for Origin {
    const WHAT: &'static str =
        "true, false, `\"self\"`, or an origin like `\"https://app.example.com\"`";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        Some(Ok(if text == "self" {
            Origin::Own
        } else {
            Origin::This(text.to_owned())
        }))
    }

    fn from_flag(flag: bool) -> Option<Result<Self, String>> {
        Some(Ok(if flag { Origin::First } else { Origin::None }))
    }
}

impl JsonSchema for Origin {
    fn schema_name() -> Cow<'static, str> {
        "Origin".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`true` is the first of `origins`, or the auth URL's own; `self` is the auth URL's own.",
            "type": ["boolean", "string"],
        })
    }
}

/// One audience, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Audience(pub(in crate::profile) Vec<String>);

impl<'de> Loose<'de> for Audience {
    const WHAT: &'static str = "a text or a list of texts";

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        Some(Ok(Audience(vec![text.to_owned()])))
    }

    fn from_list<A: SeqAccess<'de>>(list: A) -> Option<Result<Self, A::Error>> {
        Some(Vec::deserialize(SeqAccessDeserializer::new(list)).map(Audience))
    }
}

impl JsonSchema for Audience {
    fn schema_name() -> Cow<'static, str> {
        "Audience".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
    }
}
