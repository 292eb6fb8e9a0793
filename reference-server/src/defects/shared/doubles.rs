//! Objects in which a member stands twice, as parsers read them that do not refuse it.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Which of two members of one name counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::defects) enum Counts {
    First,
    Last,
}

/// The object of a segment; `None` where it is none.
pub(in crate::defects) fn object(segment: &str, counts: Counts) -> Option<Map<String, Value>> {
    let bytes = Base64UrlUnpadded::decode_vec(segment).ok()?;
    match counts {
        // serde_json keeps the last.
        Counts::Last => serde_json::from_slice(&bytes).ok(),
        Counts::First => serde_json::from_slice(&bytes).ok().map(|First(map)| map),
    }
}

/// An object as a segment.
pub(in crate::defects) fn segment(object: Map<String, Value>) -> String {
    Base64UrlUnpadded::encode_string(Value::Object(object).to_string().as_bytes())
}

struct First(Map<String, Value>);

impl<'de> Deserialize<'de> for First {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = First;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<First, A::Error> {
                let mut map = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    map.entry(name).or_insert(value);
                }
                Ok(First(map))
            }
        }
        deserializer.deserialize_map(Members)
    }
}
