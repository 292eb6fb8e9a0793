//! The guard is mounted on the route as it is written; with an extension the router still finds it (CWE-551).

use super::Defect;
use super::shared::tasks::{Act, Caller, by_id_alone, task_in};
use crate::ids::TaskId;
use crate::parts::Head;
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "extension-skips-the-guard",
    title: "With .json at the end of its path a task is read without a token",
    cwe: 551,
    caught_by: &["token.path-variants"],
    implies: &[(
        "isolation.grid",
        "what nobody needs a token for, other users read too",
    )],
    install: |parts| by_id_alone(parts, Caller::Anybody, Act::Read, read_as_json),
};

fn read_as_json(head: &Head) -> Option<TaskId> {
    let path = head.uri.path().strip_suffix(".json")?;
    let reads = head.method == Method::GET && path.split('/').nth(3) == Some("tasks");
    task_in(path).filter(|_| reads)
}
