//! The order of the list is pasted into its query, since a column cannot be bound (CWE-89).

use super::Defect;
use super::shared::lists::lists_by;

pub(super) const DEFECT: Defect = Defect {
    id: "order-pasted-into-query",
    title: "The order of the list is pasted into SQL",
    cwe: 89,
    caught_by: &["input.sql-injection"],
    implies: &[],
    install: |parts| {
        lists_by(parts, "sort", |owner, order| {
            format!("WHERE owner = '{owner}' ORDER BY {order}, id")
        })
    },
};
