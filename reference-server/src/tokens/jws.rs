//! A compact JWS taken apart strictly (RFC 7515 7.1): three segments, canonical base64url, objects without doubles.

use super::Reject;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Longer texts are no tokens of ours.
const MAX_TOKEN: usize = 4096;

/// A token whose form is right; nothing in it is believed yet.
#[derive(Debug, Clone)]
pub struct Jws {
    pub header: Map<String, Value>,
    pub claims: Map<String, Value>,
    /// `header.payload` as it came.
    pub message: String,
    /// The third segment as it came.
    pub signature: String,
}

impl Jws {
    /// Takes a token apart.
    pub fn parse(token: &str) -> Result<Self, Reject> {
        if token.len() > MAX_TOKEN {
            return Err(Reject("longer than 4096 bytes"));
        }
        let mut segments = token.split('.');
        let (Some(header), Some(claims), Some(signature), None) = (
            segments.next(),
            segments.next(),
            segments.next(),
            segments.next(),
        ) else {
            return Err(Reject("not three segments"));
        };
        // Refuses padding, other alphabets and unused bits that are not zero.
        if Base64UrlUnpadded::decode_vec(signature).is_err() {
            return Err(Reject("signature is not canonical base64url"));
        }
        Ok(Self {
            header: object(header)?,
            claims: object(claims)?,
            message: token[..header.len() + 1 + claims.len()].to_owned(),
            signature: signature.to_owned(),
        })
    }
}

fn object(segment: &str) -> Result<Map<String, Value>, Reject> {
    let bytes = Base64UrlUnpadded::decode_vec(segment)
        .map_err(|_| Reject("segment is not canonical base64url"))?;
    let Unique(map) = serde_json::from_slice(&bytes)
        .map_err(|_| Reject("segment is not an object without doubles"))?;
    Ok(map)
}

/// An object in which no member appears twice: which one counts would be anybody's guess (RFC 8725 2.4).
struct Unique(Map<String, Value>);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Unique;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Unique, A::Error> {
                let mut map = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if map.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member appears twice"));
                    }
                }
                Ok(Unique(map))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seg(text: &str) -> String {
        Base64UrlUnpadded::encode_string(text.as_bytes())
    }

    #[track_caller]
    fn refused(token: &str, because: &str) {
        let Err(Reject(why)) = Jws::parse(token) else {
            panic!("accepted {token}")
        };
        assert!(why.contains(because), "{why}");
    }

    #[test]
    fn a_well_formed_token_is_taken_apart() {
        let token = format!(
            "{}.{}.{}",
            seg(r#"{"alg":"x"}"#),
            seg(r#"{"sub":"y"}"#),
            seg("zz")
        );
        let jws = Jws::parse(&token).unwrap();
        assert_eq!(
            (&jws.header["alg"], &jws.claims["sub"]),
            (&Value::from("x"), &Value::from("y"))
        );
        assert_eq!(format!("{}.{}", jws.message, jws.signature), token);
    }

    #[test]
    fn other_numbers_of_segments_are_refused() {
        for token in ["", ".", "..", "a", "a.b", "a.b.c.d"] {
            assert!(Jws::parse(token).is_err(), "{token}");
        }
    }

    #[test]
    fn padding_and_unused_bits_are_refused() {
        refused(&format!("{}=.{}.", seg("{}"), seg("{}")), "canonical");
        refused(&format!("{}.{}.AB", seg("{}"), seg("{}")), "canonical");
    }

    #[test]
    fn doubled_members_and_trailing_data_are_refused() {
        refused(
            &format!("{}.{}.", seg("{}"), seg(r#"{"sub":"a","sub":"b"}"#)),
            "doubles",
        );
        refused(&format!("{}.{}.", seg("{}"), seg("{} 1")), "doubles");
        refused(&format!("{}.{}.", seg("[]"), seg("{}")), "doubles");
    }

    #[test]
    fn deep_nesting_is_refused_without_a_crash() {
        let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        refused(
            &format!("{}.{}.", seg("{}"), seg(&format!(r#"{{"a":{deep}}}"#))),
            "",
        );
    }
}
