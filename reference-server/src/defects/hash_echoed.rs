//! The answer shows the stored record, the hash too (CWE-200).

use super::Defect;
use super::shared::accounts::keeps;
use serde_json::Value;

pub(super) const DEFECT: Defect = Defect {
    id: "hash-echoed",
    title: "The answer shows the stored record, the hash too",
    cwe: 200,
    caught_by: &[
        "registration.response-no-secret",
        "login.no-secret-in-response",
    ],
    implies: &[],
    install: |parts| {
        keeps(parts, "password_hash", |_, hash, _| {
            Some(Value::from(hash.expose()))
        })
    },
};
