//! A header turns POST into another method after the rights to POST were checked (CWE-650).

use super::Defect;
use super::shared::tasks::{Act, Caller, by_id_alone, task_in};
use crate::ids::TaskId;
use crate::parts::Head;
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "method-override-after-the-guard",
    title: "POST that a header turns into DELETE deletes any task",
    cwe: 650,
    caught_by: &["isolation.other-methods"],
    implies: &[],
    install: |parts| by_id_alone(parts, Caller::AnyUser, Act::Delete, deleted_by_header),
};

pub(super) fn deleted_by_header(head: &Head) -> Option<TaskId> {
    let header = head.headers.get("x-http-method-override");
    let deletes = head.method == Method::POST && header.is_some_and(|name| name == "DELETE");
    task_in(head.uri.path()).filter(|_| deletes)
}
