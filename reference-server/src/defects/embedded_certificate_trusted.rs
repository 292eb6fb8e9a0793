//! A token is verified with the certificate in its own header, and nobody asks who issued that (CWE-295).

use super::Defect;
use super::shared::foreign_keys::{certified, trusting};
use jsonwebtoken::DecodingKey;

pub(super) const DEFECT: Defect = Defect {
    id: "embedded-certificate-trusted",
    title: "The certificate in the header of a token is trusted",
    cwe: 295,
    caught_by: &["token.embedded-x5c"],
    implies: &[],
    install: |parts| trusting(parts, "x5c", keys),
};

fn keys(chain: &str) -> Vec<DecodingKey> {
    let chain: Vec<String> = serde_json::from_str(chain).unwrap_or_default();
    chain
        .first()
        .and_then(|leaf| certified(leaf))
        .into_iter()
        .collect()
}
