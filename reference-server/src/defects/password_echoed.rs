//! The answer shows what was sent, the password too (CWE-200).

use super::Defect;
use super::shared::accounts::keeps;
use serde_json::Value;

pub(super) const DEFECT: Defect = Defect {
    id: "password-echoed",
    title: "The answer shows what was sent, the password too",
    cwe: 200,
    caught_by: &[
        "registration.response-no-secret",
        "login.no-secret-in-response",
    ],
    implies: &[],
    install: |parts| {
        keeps(parts, "password", |new, _, _| {
            Some(Value::from(new.password.expose()))
        })
    },
};
