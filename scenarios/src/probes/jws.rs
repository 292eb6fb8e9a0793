//! What a JSON web token says of itself, read without verifying it.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

/// Header and claims of a signed JSON web token (RFC 7515 7.1).
pub(super) struct Jws {
    header: Value,
    pub(super) claims: Value,
}

impl Jws {
    pub(super) fn read(token: &str) -> Option<Jws> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, _] = parts[..] else {
            return None;
        };
        Some(Jws {
            header: header_of(header)?,
            claims: object(claims)?,
        })
    }

    /// A member of the header, where it is a text.
    pub(super) fn named(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }
}

/// Whether a text is a JSON web token, signed or encrypted (RFC 7516 7.1).
pub(super) fn is_token(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts.len(), 3 | 5) && header_of(parts[0]).is_some()
}

fn header_of(part: &str) -> Option<Value> {
    object(part).filter(|header| header.get("alg").is_some())
}

fn object(part: &str) -> Option<Value> {
    let bytes = Base64UrlUnpadded::decode_vec(part.trim_end_matches('=')).ok()?;
    let value = serde_json::from_slice::<Value>(&bytes).ok()?;
    value.is_object().then_some(value)
}

#[cfg(test)]
pub(super) fn written(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    format!("{}.{}.c2ln", part(header), part(claims))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_is_read_and_other_texts_are_not() {
        let token = written(&json!({"alg": "HS256", "kid": 7}), &json!({"sub": "u"}));
        let jws = Jws::read(&token).unwrap();
        assert_eq!(jws.named("alg"), Some("HS256"));
        assert_eq!(jws.named("kid"), None);
        assert_eq!(jws.claims, json!({"sub": "u"}));
        assert!(is_token(&token));
        assert!(is_token(&format!("{token}.x.y")));
        for other in ["", "a.b.c", "opaque", "e30.e30.c2ln", &token[1..]] {
            assert!(Jws::read(other).is_none() && !is_token(other), "{other}");
        }
    }
}
