//! The user id of the path decides whose tasks they are; the token only has to be valid (CWE-639).

use super::Defect;
use crate::identify::Identity;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Tasks};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "path-user-id-trusted",
    title: "The user id of the path is trusted",
    cwe: 639,
    caught_by: &[
        "isolation.path-user-id",
        "isolation.read-other",
        "isolation.update-other",
        "isolation.delete-other",
    ],
    implies: &[
        (
            "errors.status-consistent",
            "the object of another is answered with 200",
        ),
        (
            "isolation.list-only-own",
            "what was put into the account of another stands in its list",
        ),
    ],
    install: |parts| Parts {
        tasks: Arc::new(PathUserIdTrusted(parts.tasks.clone())),
        ..parts
    },
};

struct PathUserIdTrusted(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for PathUserIdTrusted {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn scope(&self, _: &Parts, _: &Identity, path_owner: &str) -> Result<Scope, Problem> {
        let owner = UserId::parse(path_owner).ok_or_else(Problem::not_found)?;
        Ok(Scope {
            owner,
            path_owner: path_owner.to_owned(),
        })
    }
}
