//! The check of the user in the path looks at the path before it is decoded (CWE-647).

use super::Defect;
use crate::identify::Identity;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Tasks};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "guard-compares-the-raw-path",
    title: "A user id with a percent-encoded character is not compared with the caller's",
    cwe: 647,
    caught_by: &["isolation.grid"],
    implies: &[],
    install: |parts| {
        let tasks = Arc::new(GuardComparesTheRawPath(parts.tasks.clone()));
        Parts { tasks, ..parts }.around(|router| router.layer(from_fn(noted)))
    },
};

tokio::task_local! {
    /// Whether the pattern of the guard fits the path as it came.
    static GUARDED: bool;
}

async fn noted(request: Request, next: Next) -> axum::response::Response {
    let user = request.uri().path().split('/').nth(2).unwrap_or_default();
    let guarded = !user.contains('%');
    GUARDED.scope(guarded, next.run(request)).await
}

struct GuardComparesTheRawPath(Arc<dyn Tasks>);

impl Tasks for GuardComparesTheRawPath {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn scope(&self, parts: &Parts, who: &Identity, path_owner: &str) -> Result<Scope, Problem> {
        if GUARDED.try_with(|guarded| *guarded).unwrap_or(true) {
            return self.0.scope(parts, who, path_owner);
        }
        Ok(Scope {
            owner: UserId::parse(path_owner).ok_or_else(Problem::not_found)?,
            path_owner: path_owner.to_owned(),
        })
    }
}
