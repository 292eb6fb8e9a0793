//! A compact JWS taken apart (RFC 7515 3.1), and the drafts that manipulated ones are written from.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};

use super::{algorithm::Algorithm, key::Key, object::Object, recipe::Unforgeable};

/// A compact JWS whose header and payload are JSON objects; its text is kept as it travelled.
#[derive(Clone, PartialEq)]
pub struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signature: Vec<u8>,
    text: String,
    dots: (usize, usize),
}

/// Why a text is no compact JWS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAToken {
    /// It has another number of parts.
    #[error("{0} parts between dots instead of 3")]
    Parts(usize),
    /// A part is not base64url without padding (RFC 7515 2).
    #[error("the {0} is not base64url without padding")]
    Base64(&'static str),
    /// A part is not a JSON object in UTF-8.
    #[error("the {0} is not a JSON object")]
    Json(&'static str),
}

impl Token {
    /// Takes a compact JWS apart. Nothing is verified.
    ///
    /// # Errors
    /// [`NotAToken`] names the first thing that is not as RFC 7515 7.1 has it.
    pub fn parse(text: &str) -> Result<Token, NotAToken> {
        let parts: Vec<_> = text.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(NotAToken::Parts(parts.len()));
        };
        Ok(Token {
            header: object(header, "header")?,
            claims: object(claims, "payload")?,
            signature: bytes(signature, "signature")?,
            text: text.to_owned(),
            dots: (header.len(), header.len() + 1 + claims.len()),
        })
    }

    /// The decoded header; of members that stand twice, the last.
    pub fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// The decoded payload; of members that stand twice, the last.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The decoded signature, empty where there is none.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The `alg` of the header, if it is a text.
    pub fn alg(&self) -> Option<&str> {
        self.header.get("alg")?.as_str()
    }

    /// The `kid` of the header, if it is a text.
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// The token as it travelled.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first part as it travelled.
    pub fn header_text(&self) -> &str {
        &self.text[..self.dots.0]
    }

    /// The second part as it travelled.
    pub fn claims_text(&self) -> &str {
        &self.text[self.dots.0 + 1..self.dots.1]
    }

    /// The third part as it travelled.
    pub fn signature_text(&self) -> &str {
        &self.text[self.dots.1 + 1..]
    }

    /// What is signed: the first two parts with their dot (RFC 7515 5.1).
    pub fn signing_input(&self) -> &str {
        &self.text[..self.dots.1]
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, [redacted])", self.alg().unwrap_or("no alg"))
    }
}

/// Header and payload as they will travel, still without a signature.
pub(super) struct Draft {
    header: String,
    claims: String,
}

impl Draft {
    /// The two parts of a token, unchanged.
    pub(super) fn of(token: &Token) -> Draft {
        Draft {
            header: token.header_text().to_owned(),
            claims: token.claims_text().to_owned(),
        }
    }

    /// The same with members of the header changed.
    pub(super) fn header(self, edit: impl FnOnce(&mut Object)) -> Draft {
        Draft {
            header: edited(&self.header, edit),
            ..self
        }
    }

    /// The same with members of the payload changed.
    pub(super) fn claims(self, edit: impl FnOnce(&mut Object)) -> Draft {
        Draft {
            claims: edited(&self.claims, edit),
            ..self
        }
    }

    /// The same with any bytes for a payload.
    pub(super) fn payload(self, bytes: &[u8]) -> Draft {
        Draft {
            claims: part(bytes),
            ..self
        }
    }

    /// The payload as JSON text.
    pub(super) fn claims_json(&self) -> String {
        decoded(&self.claims)
    }

    /// What a signature is made over.
    pub(super) fn signing_input(&self) -> String {
        format!("{}.{}", self.header, self.claims)
    }

    /// The whole token with these bytes for a signature; none leaves the third part empty.
    pub(super) fn with_signature(&self, signature: &[u8]) -> String {
        format!("{}.{}.{}", self.header, self.claims, part(signature))
    }

    /// What a signature is made over where the payload is not encoded (RFC 7797 3).
    pub(super) fn raw_signing_input(&self, payload: &str) -> String {
        format!("{}.{payload}", self.header)
    }

    /// The whole token with a payload that is not encoded.
    pub(super) fn with_raw_payload(&self, payload: &str, signature: &[u8]) -> String {
        format!("{}.{payload}.{}", self.header, part(signature))
    }

    /// The whole token, signed.
    ///
    /// # Errors
    /// [`Unforgeable::KeyMismatch`] where the key cannot be used with the algorithm.
    pub(super) fn signed(&self, algorithm: Algorithm, key: &Key) -> Result<String, Unforgeable> {
        let signature = key.sign(algorithm, self.signing_input().as_bytes())?;
        Ok(self.with_signature(&signature))
    }
}

/// Bytes as one part of a token.
pub(super) fn part(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes header and payload of whatever resembles a token, for evidence: padded, in the standard alphabet, with more or
/// fewer parts. What is not JSON comes as a text. `None` where no part decodes to JSON.
pub fn describe(text: &str) -> Option<(Value, Value)> {
    let mut parts = text.split('.');
    let header = lenient(parts.next()?);
    let claims = parts.next().map_or(Value::Null, lenient);
    (is_json(&header) || is_json(&claims)).then_some((header, claims))
}

fn is_json(value: &Value) -> bool {
    !matches!(value, Value::String(_) | Value::Null)
}

fn lenient(part: &str) -> Value {
    let plain: String = part
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '=')
        .collect();
    let plain = plain.replace('+', "-").replace('/', "_");
    let Ok(bytes) = Base64UrlUnpadded::decode_vec(&plain) else {
        return Value::String(part.to_owned());
    };
    serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()))
}

fn edited(part_text: &str, edit: impl FnOnce(&mut Object)) -> String {
    let Some(mut object) = Object::parse(&decoded(part_text)) else {
        unreachable!("a draft is edited before its parts become anything but objects");
    };
    edit(&mut object);
    part(object.text().as_bytes())
}

fn decoded(part_text: &str) -> String {
    let bytes = Base64UrlUnpadded::decode_vec(part_text).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn bytes(text: &str, what: &'static str) -> Result<Vec<u8>, NotAToken> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| NotAToken::Base64(what))
}

fn object(text: &str, what: &'static str) -> Result<Map<String, Value>, NotAToken> {
    serde_json::from_slice(&bytes(text, what)?).map_err(|_| NotAToken::Json(what))
}

#[cfg(test)]
mod tests {
    use proptest::{collection, prelude::*};
    use serde_json::json;

    use super::*;

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                collection::vec((".*", inner), 0..4)
                    .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
            ]
        })
    }

    fn json_object() -> impl Strategy<Value = Value> {
        collection::vec((".*", json_value()), 0..6)
            .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into())
    }

    fn compact(header: &str, claims: &str, signature: &[u8]) -> String {
        format!(
            "{}.{}.{}",
            part(header.as_bytes()),
            part(claims.as_bytes()),
            part(signature)
        )
    }

    proptest! {
        #[test]
        fn no_change_is_the_identity(
            header in json_object(), claims in json_object(), pretty in any::<bool>(), signature in any::<Vec<u8>>(),
        ) {
            let claims_text = if pretty { serde_json::to_string_pretty(&claims) } else { serde_json::to_string(&claims) };
            let text = compact(&header.to_string(), &claims_text.unwrap(), &signature);
            let token = Token::parse(&text).unwrap();
            prop_assert_eq!(token.text(), &text);
            prop_assert_eq!(Draft::of(&token).with_signature(token.signature()), text);
            let read: Value = serde_json::from_str(&claims.to_string()).unwrap();
            prop_assert_eq!(Value::from(token.claims().clone()), read);
        }

        #[test]
        fn an_edit_without_change_keeps_the_value(claims in json_object()) {
            let token = Token::parse(&compact("{}", &claims.to_string(), &[])).unwrap();
            let same = Draft::of(&token).header(|_| ()).claims(|_| ()).with_signature(&[]);
            prop_assert_eq!(same, token.text());
        }

        #[test]
        fn nothing_panics_the_parser(text in ".*") {
            let _ = Token::parse(&text);
            let _ = describe(&text);
        }
    }

    #[track_caller]
    fn check(text: &str, want: NotAToken) {
        assert_eq!(Token::parse(text), Err(want));
    }

    #[test]
    fn what_is_no_token_is_named() {
        check("", NotAToken::Parts(1));
        check("a.b", NotAToken::Parts(2));
        check("a.b.c.d.e", NotAToken::Parts(5));
        check("e30=.e30.", NotAToken::Base64("header"));
        check("e30.W10.", NotAToken::Json("payload"));
        check("e30.e30.+", NotAToken::Base64("signature"));
    }

    #[test]
    fn evidence_reads_more_than_the_parser() {
        let claims = part(br#"{"sub":"u"}"#);
        for text in [
            format!("e30.{claims}"),
            format!("e30=.{claims}==.x.y"),
            format!("e30.{claims}.???"),
        ] {
            assert_eq!(
                describe(&text),
                Some((json!({}), json!({"sub": "u"}))),
                "{text}"
            );
        }
        assert_eq!(describe("nothing.here"), None);
        assert_eq!(describe(""), None);
    }

    #[test]
    fn debug_does_not_show_the_token() {
        let token = Token::parse("e30.e30.c2VjcmV0").unwrap();
        assert_eq!(format!("{token:?}"), "Token(no alg, [redacted])");
    }
}
