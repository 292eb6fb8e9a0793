//! The body of a new task may name its owner (CWE-915).

use super::Defect;
use super::shared::tasks::created_for;

pub(super) const DEFECT: Defect = Defect {
    id: "owner-from-body-on-create",
    title: "The body of a new task may name its owner",
    cwe: 915,
    caught_by: &["isolation.create-for-other"],
    implies: &[(
        "isolation.list-only-own",
        "what was put into the account of another stands in its list",
    )],
    install: |parts| created_for(parts, "user_id"),
};
