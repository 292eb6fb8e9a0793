//! The route with a trailing slash was added later, and finds a task by its id alone (CWE-647).

use super::Defect;
use super::shared::tasks::{Act, Caller, by_id_alone, task_in};
use crate::ids::TaskId;
use crate::parts::Head;
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "trailing-slash-skips-the-owner",
    title: "With a slash at the end a task is read by its id alone",
    cwe: 647,
    caught_by: &["isolation.grid"],
    implies: &[],
    install: |parts| by_id_alone(parts, Caller::AnyUser, Act::Read, read_with_a_slash),
};

fn read_with_a_slash(head: &Head) -> Option<TaskId> {
    let path = head.uri.path().strip_suffix('/')?;
    let reads = head.method == Method::GET && path.split('/').nth(3) == Some("tasks");
    task_in(path).filter(|_| reads)
}
