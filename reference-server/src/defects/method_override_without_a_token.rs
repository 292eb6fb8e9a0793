//! A header turns POST into another method, whose handler is called without the guard of its route (CWE-306).

use super::Defect;
use super::method_override_after_the_guard::deleted_by_header;
use super::shared::tasks::{Act, Caller, by_id_alone};

pub(super) const DEFECT: Defect = Defect {
    id: "method-override-without-a-token",
    title: "POST that a header turns into DELETE deletes without a token",
    cwe: 306,
    caught_by: &["token.method-override"],
    implies: &[(
        "isolation.other-methods",
        "what nobody needs a token for, other users do too",
    )],
    install: |parts| by_id_alone(parts, Caller::Anybody, Act::Delete, deleted_by_header),
};
