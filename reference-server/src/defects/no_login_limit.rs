//! Failed logins are not counted (CWE-307).

use super::Defect;
use super::shared::limits::without;
use crate::throttle::Rule;

pub(super) const DEFECT: Defect = Defect {
    id: "no-login-limit",
    title: "Failed logins are not counted",
    cwe: 307,
    caught_by: &["rate.login-burst"],
    implies: &[],
    install: |parts| without(parts, Rule::FailedLogin),
};
