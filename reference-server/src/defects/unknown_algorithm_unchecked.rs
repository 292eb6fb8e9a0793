//! Each algorithm that is known has its check, and one that is not known has none (CWE-327).

use super::Defect;
use super::shared::tokens::unsigned;
use crate::tokens::jws::Jws;
use serde_json::Value;

pub(super) const DEFECT: Defect = Defect {
    id: "unknown-algorithm-unchecked",
    title: "A token under an unknown algorithm is not checked",
    cwe: 327,
    caught_by: &["token.alg-unknown"],
    implies: &[("token.alg-missing", "an empty name is unknown too")],
    install: |parts| unsigned(parts, is_unknown),
};

const KNOWN: &[&str] = &["none", "hs", "rs", "ps", "es", "ed"];

fn is_unknown(jws: &Jws) -> bool {
    let alg = jws.header.get("alg").and_then(Value::as_str);
    let alg = alg.unwrap_or("none").to_lowercase();
    !KNOWN.iter().any(|known| alg.starts_with(known)) && !jws.signature.is_empty()
}
