//! Registrations are not counted (CWE-799).

use super::Defect;
use super::shared::limits::without;
use crate::throttle::Rule;

pub(super) const DEFECT: Defect = Defect {
    id: "no-registration-limit",
    title: "Registrations are not counted",
    cwe: 799,
    caught_by: &["rate.registration-burst"],
    implies: &[],
    install: |parts| without(parts, Rule::Registration),
};
