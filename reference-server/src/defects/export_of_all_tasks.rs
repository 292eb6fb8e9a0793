//! The export forgets the owner (CWE-639).

use super::Defect;
use super::shared::lists::gathered_at;
use serde_json::json;

pub(super) const DEFECT: Defect = Defect {
    id: "export-of-all-tasks",
    title: "The export of a user's tasks holds those of everybody",
    cwe: 639,
    caught_by: &["isolation.bulk-endpoints"],
    implies: &[],
    install: |parts| gathered_at(parts, "export", |tasks| json!({ "tasks": tasks })),
};
