//! The text of a search is pasted into the query of the list (CWE-89).

use super::Defect;
use super::shared::lists::lists_by;

pub(super) const DEFECT: Defect = Defect {
    id: "search-pasted-into-query",
    title: "The text of a search is pasted into SQL",
    cwe: 89,
    caught_by: &["input.sql-injection"],
    implies: &[],
    install: |parts| {
        lists_by(parts, "q", |owner, text| {
            format!("WHERE owner = '{owner}' AND title LIKE '%{text}%' ORDER BY created_at, id")
        })
    },
};
