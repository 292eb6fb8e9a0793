//! The key set is fetched from the address that the token names (CWE-347).

use super::Defect;
use super::shared::fetch::fetch;
use super::shared::foreign_keys::{key_of, trusting};
use jsonwebtoken::DecodingKey;
use serde_json::Value;

pub(super) const DEFECT: Defect = Defect {
    id: "key-set-address-trusted",
    title: "The key set that a token points to is fetched and trusted",
    cwe: 347,
    caught_by: &["token.jku-attacker"],
    implies: &[],
    install: |parts| trusting(parts, "jku", keys),
};

fn keys(url: &str) -> Vec<DecodingKey> {
    let set = fetch(url).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let keys = set.and_then(|mut set| set["keys"].take().as_array().cloned());
    keys.iter().flatten().filter_map(key_of).collect()
}
