//! The certificate is fetched from the address that the token names (CWE-295).

use super::Defect;
use super::shared::fetch::fetch;
use super::shared::foreign_keys::{certified, trusting};
use jsonwebtoken::DecodingKey;

pub(super) const DEFECT: Defect = Defect {
    id: "certificate-address-trusted",
    title: "The certificate that a token points to is fetched and trusted",
    cwe: 295,
    caught_by: &["token.x5u-attacker"],
    implies: &[],
    install: |parts| trusting(parts, "x5u", keys),
};

fn keys(url: &str) -> Vec<DecodingKey> {
    fetch(url)
        .and_then(|text| certified(&text))
        .into_iter()
        .collect()
}
