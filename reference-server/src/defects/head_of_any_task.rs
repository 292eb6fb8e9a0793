//! HEAD is answered by a handler of its own, which was forgotten when the owner was checked (CWE-650).

use super::Defect;
use super::shared::tasks::{Act, Caller, by_id_alone, task_in};
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "head-of-any-task",
    title: "HEAD answers about the tasks of anybody",
    cwe: 650,
    caught_by: &["isolation.other-methods"],
    implies: &[],
    install: |parts| {
        by_id_alone(parts, Caller::AnyUser, Act::Read, |head| {
            task_in(head.uri.path()).filter(|_| head.method == Method::HEAD)
        })
    },
};
