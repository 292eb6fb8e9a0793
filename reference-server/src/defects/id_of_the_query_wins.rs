//! Parameters of path and query are mixed: the guard looks at the path, the handler at the query (CWE-235).

use super::Defect;
use super::shared::tasks::{Act, Caller, by_id_alone, task_in};
use crate::ids::TaskId;

pub(super) const DEFECT: Defect = Defect {
    id: "id-of-the-query-wins",
    title: "An id in the query takes the place of the one that was checked",
    cwe: 235,
    caught_by: &["isolation.id-encodings"],
    implies: &[],
    install: |parts| {
        by_id_alone(parts, Caller::AnyUser, Act::Read, |head| {
            task_in(head.uri.path())?;
            let query = head.uri.query()?;
            TaskId::parse(query.strip_prefix("id=")?)
        })
    },
};
