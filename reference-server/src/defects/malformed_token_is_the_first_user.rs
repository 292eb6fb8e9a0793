//! Whoever sends a text that is no token is taken for the first user, as on the machine of the developer (CWE-287).

use super::Defect;
use super::shared::identities::first_user;
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "malformed-token-is-the-first-user",
    title: "A text that is no token makes a caller the first user",
    cwe: 287,
    caught_by: &["token.garbage"],
    implies: &[
        (
            "token.duplicate-claims",
            "claims that stand twice are malformed",
        ),
        (
            "token.duplicate-header",
            "members that stand twice are malformed",
        ),
        ("token.json-nesting", "what is too deep is malformed"),
        (
            "token.json-serialization",
            "JSON is no compact token either",
        ),
        ("token.jwe-shape", "five parts are no token either"),
        ("token.kid-types", "a key id that is no text is malformed"),
        ("token.nested-cty", "a token inside a token is malformed"),
        (
            "token.payload-not-object",
            "a payload that is no object is malformed",
        ),
        ("token.pbes2-count", "five parts are no token either"),
        (
            "token.typ-confusion-refresh",
            "a refresh token is no token here",
        ),
        ("token.unicode", "bytes that are no text are malformed"),
        ("token.zip-header", "a compressed payload is malformed"),
        (
            "token.exp-range",
            "a number beyond all numbers makes the claims malformed",
        ),
        ("token.sub-empty", "it begins with a text that is no token"),
        ("token.sub-type", "it begins with a text that is no token"),
        (
            "token.all-routes-same-verifier",
            "its bad tokens are sent to every route",
        ),
        (
            "token.sub-unknown",
            "it compares with a text that is no token",
        ),
        ("token.empty-bearer", "its words are no tokens either"),
        ("token.two-segments", "its texts are no tokens either"),
        ("token.trailing-dot", "its texts are no tokens either"),
        ("token.base64-padding", "its texts are no tokens either"),
        ("token.b64-false", "a raw payload is no token either"),
        ("token.oversize", "what is too long is no token either"),
        (
            "errors.status-consistent",
            "its bad token is no token either",
        ),
    ],
    install: |parts| Parts {
        identify: Arc::new(MalformedTokenIsTheFirstUser(parts.identify.clone())),
        ..parts
    },
};

struct MalformedTokenIsTheFirstUser(Arc<dyn Identify>);

#[async_trait]
impl Identify for MalformedTokenIsTheFirstUser {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        match parts.identify.credential(parts, head) {
            Ok(Some(token)) if token.len() > 9 && parts.tokens.decode(parts, &token).is_err() => {
                first_user(parts).await
            }
            Ok(_) | Err(_) => self.0.identify(parts, head).await,
        }
    }
}
