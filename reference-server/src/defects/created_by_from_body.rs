//! Whoever is named as the maker of a task becomes its owner (CWE-915).

use super::Defect;
use super::shared::tasks::created_for;

pub(super) const DEFECT: Defect = Defect {
    id: "created-by-from-body",
    title: "Whoever is named as the maker of a task becomes its owner",
    cwe: 915,
    caught_by: &["isolation.create-for-other"],
    implies: &[(
        "isolation.list-only-own",
        "what was put into the account of another stands in its list",
    )],
    install: |parts| created_for(parts, "created_by"),
};
