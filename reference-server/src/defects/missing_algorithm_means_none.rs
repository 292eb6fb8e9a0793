//! The algorithm is looked up by name, and where that finds nothing the signature is not checked (CWE-347).

use super::Defect;
use super::shared::tokens::unsigned;
use crate::tokens::jws::Jws;
use serde_json::Value;

pub(super) const DEFECT: Defect = Defect {
    id: "missing-algorithm-means-none",
    title: "A token that names no algorithm is not checked",
    cwe: 347,
    caught_by: &["token.alg-missing"],
    implies: &[],
    install: |parts| unsigned(parts, names_none),
};

fn names_none(jws: &Jws) -> bool {
    jws.header.get("alg").and_then(Value::as_str).is_none() && jws.signature.is_empty()
}
