//! A token is verified with the key in its own header, as libraries once did by default (CWE-347).

use super::Defect;
use super::shared::foreign_keys::{key_of, trusting};
use jsonwebtoken::DecodingKey;

pub(super) const DEFECT: Defect = Defect {
    id: "embedded-key-trusted",
    title: "The key in the header of a token is trusted",
    cwe: 347,
    caught_by: &["token.embedded-jwk", "token.hs-as-asymmetric"],
    implies: &[],
    install: |parts| trusting(parts, "jwk", keys),
};

fn keys(jwk: &str) -> Vec<DecodingKey> {
    let jwk = serde_json::from_str(jwk).unwrap_or_default();
    key_of(&jwk).into_iter().collect()
}
