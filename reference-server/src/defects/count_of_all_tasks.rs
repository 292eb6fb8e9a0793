//! The number of tasks forgets the owner (CWE-639).

use super::Defect;
use super::shared::lists::gathered_at;
use serde_json::json;

pub(super) const DEFECT: Defect = Defect {
    id: "count-of-all-tasks",
    title: "The number of a user's tasks is that of everybody's",
    cwe: 639,
    caught_by: &["isolation.bulk-endpoints"],
    implies: &[],
    install: |parts| gathered_at(parts, "count", |tasks| json!({ "count": tasks.len() })),
};
