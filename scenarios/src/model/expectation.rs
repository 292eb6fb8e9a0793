//! What must hold for an answer: a keyword, or a predicate on one part of it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use super::Severity;

/// A keyword such as `refused`, or a table with a predicate.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Expectation {
    Keyword(Keyword),
    Check(Box<Check>),
}

impl Expectation {
    /// Whether it holds the answer against that of another case.
    pub fn compares(&self) -> bool {
        match self {
            Expectation::Keyword(_) => false,
            Expectation::Check(check) => {
                check.same_as.is_some()
                    || check.status_as.is_some()
                    || check.any_of.iter().any(Expectation::compares)
            }
        }
    }
}

/// The expectations that the judge knows by name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Keyword {
    /// 2xx, and what must be in the answer is there.
    Accepted,
    /// Any 3xx or 4xx except 429, or a 2xx, that discloses nothing of what the control disclosed and has no effect.
    Refused,
    /// Any 4xx, with no effect.
    Rejected,
    /// 429, or what the profile declares.
    Throttled,
    /// No marker, e-mail address, secret, or id at a declared place, of another actor.
    DisclosesNothing,
    /// The object reads back as it was.
    Unchanged,
    /// The object cannot be read any more.
    Gone,
    /// The object stands in the list.
    Present,
    /// The object does not stand in the list.
    Absent,
    /// None of the extra members that were sent shows up in the answer with the sent value, unless a neutral account
    /// shows the same.
    NotTakenOver,
    /// No 5xx.
    NoServerError,
    /// No stack trace, query, file path, or name of an environment variable.
    NoInternals,
    /// `Access-Control-Allow-Origin` allows the origin that was sent.
    OriginAllowed,
    /// `Access-Control-Allow-Origin` does not allow the origin that was sent; graded by credentials.
    OriginRefused,
    /// No password of any actor and no password hash in headers or body.
    NoSecret,
    /// A new credential came, and it is accepted.
    NewCredential,
    /// Nobody fetched the key that the token said to fetch from the harness's own listener.
    NotFetched,
}

impl Keyword {
    /// The word that files and reports use.
    pub fn word(self) -> &'static str {
        match self {
            Keyword::Accepted => "accepted",
            Keyword::Refused => "refused",
            Keyword::Rejected => "rejected",
            Keyword::Throttled => "throttled",
            Keyword::DisclosesNothing => "discloses-nothing",
            Keyword::Unchanged => "unchanged",
            Keyword::Gone => "gone",
            Keyword::Present => "present",
            Keyword::Absent => "absent",
            Keyword::NotTakenOver => "not-taken-over",
            Keyword::NoServerError => "no-server-error",
            Keyword::NoInternals => "no-internals",
            Keyword::OriginAllowed => "origin-allowed",
            Keyword::OriginRefused => "origin-refused",
            Keyword::NoSecret => "no-secret",
            Keyword::NewCredential => "new-credential",
            Keyword::NotFetched => "not-fetched",
        }
    }
}

/// A predicate on one part of the answer. Exactly one subject and at least one predicate are given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// A keyword with a severity, a condition or a note of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Keyword>,
    /// Subject: the status is one of these; `2` stands for 2xx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<u16>,
    /// Subject: the status is none of these; `5` stands for 5xx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status_not: Vec<u16>,
    /// Subject: a header by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// Subject: an attribute of the cookie that carries the credential, such as `httponly`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookie_attribute: Option<String>,
    /// Subject: the `Set-Cookie` line of the cookie that carries the credential, its value shortened to `…`; a cookie
    /// that is cleared has none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cookie: bool,
    /// Subject: a JSON pointer (RFC 6901) into the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Subject: a claim of the access token that the answer brought, or that the actor holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// Subject: a member of the token's header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_header: Option<String>,
    /// Subject: the whole body as text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub body: bool,
    /// Subject: the whole answer, compared with that of another case: status, set of headers, and body, where values
    /// that vary between any two answers are masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// Subject: the status alone, compared with that of another case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_as: Option<String>,
    /// Predicate: equal to this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// Predicate: equal to one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<Value>,
    /// Predicate: different from this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Value>,
    /// Predicate: there (`true`) or not there (`false`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// Predicate: holds a match of this regular expression, without regard to case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// Predicate: holds no match of this regular expression, without regard to case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
    /// Predicate: of this JSON type: `string`, `number`, `boolean`, `array`, `object`, `null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// For a claim that is a time: the claim that it is counted from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minus: Option<String>,
    /// Predicate: within these bounds in seconds, both included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub between: Option<[f64; 2]>,
    /// The profile's declaration that overrides `status`: `bad_token`, `others_object`, `duplicate`, `invalid`,
    /// `wrong_login`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Predicate: the greatest bound that the number of seconds is above decides the severity; above none passes.
    /// Beside `is` it grades a fail by the life that the sent token has left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grade: Vec<Grade>,
    /// Severity of a fail of this expectation, where it is not the scenario's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// A broken expectation is a pass with this note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Judged only where the answer has one of these statuses; `2` stands for 2xx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when_status: Vec<u16>,
    /// An answer with one of these statuses says nothing either way; `5` stands for 5xx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless_status: Vec<u16>,
    /// It is enough that one of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<Expectation>,
}

/// One step of a graded threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// A duration such as `24h` or `8d`.
    pub above: String,
    /// The severity beyond it; absent means a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

impl Expectation {
    /// The keyword, whether it stands alone or in a table.
    pub fn keyword(&self) -> Option<Keyword> {
        match self {
            Expectation::Keyword(keyword) => Some(*keyword),
            Expectation::Check(check) => check.is,
        }
    }
}

impl From<Keyword> for Expectation {
    fn from(keyword: Keyword) -> Expectation {
        Expectation::Keyword(keyword)
    }
}

impl<'de> Deserialize<'de> for Expectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Expectation, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Expectation;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a keyword such as \"refused\", or a table with a predicate")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Expectation, E> {
                Keyword::deserialize(de::value::StrDeserializer::new(text))
                    .map(Expectation::Keyword)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Expectation, A::Error> {
                Check::deserialize(de::value::MapAccessDeserializer::new(map))
                    .map(|c| Expectation::Check(Box::new(c)))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// The schema of `expect`: one expectation or a list of them.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it exists for its schema alone")]
pub(super) enum OneOrMany {
    One(Expectation),
    Many(Vec<Expectation>),
}

pub(super) fn one_or_many<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Expectation>, D::Error> {
    struct Visitor;

    impl<'de> de::Visitor<'de> for Visitor {
        type Value = Vec<Expectation>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an expectation or a list of them")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Expectation::deserialize(de::value::StrDeserializer::new(text)).map(|e| vec![e])
        }

        fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Expectation::deserialize(de::value::MapAccessDeserializer::new(map)).map(|e| vec![e])
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(de::value::SeqAccessDeserializer::new(seq))
        }
    }

    deserializer.deserialize_any(Visitor)
}
