//! Logins are limited for each account, but not for the address that they come from (CWE-307).

use super::Defect;
use super::shared::limits::without;
use crate::throttle::Rule;

pub(super) const DEFECT: Defect = Defect {
    id: "no-address-limit",
    title: "Logins are not limited for the address that they come from",
    cwe: 307,
    caught_by: &["rate.login-spray"],
    implies: &[],
    install: |parts| without(parts, Rule::Login),
};
