//! The list takes the user from the path, every other route from the token (CWE-639).

use super::Defect;
use crate::identify::Identity;
use crate::ids::{TaskId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Page, Scope, Task, Tasks, Write};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "list-trusts-the-path",
    title: "The list takes its user from the path",
    cwe: 639,
    caught_by: &["isolation.path-user-id"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(ListTrustsThePath(parts.tasks.clone())),
        ..parts
    },
};

/// Notes where the path names another; only the list goes on from there.
struct ListTrustsThePath(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for ListTrustsThePath {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn scope(&self, _: &Parts, who: &Identity, path_owner: &str) -> Result<Scope, Problem> {
        Ok(Scope {
            owner: who.user.id.clone(),
            path_owner: path_owner.to_owned(),
        })
    }

    fn id(&self, parts: &Parts, raw: &str) -> Result<TaskId, Problem> {
        self.0.id(parts, raw)
    }

    async fn list(
        &self,
        parts: &Parts,
        scope: &Scope,
        pairs: &[(String, String)],
    ) -> Result<Page, Problem> {
        let owner = UserId::known(scope.path_owner.clone());
        self.0
            .list(
                parts,
                &Scope {
                    owner,
                    ..scope.clone()
                },
                pairs,
            )
            .await
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        self.0.create(parts, &own(scope)?, body).await
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        self.0.read(parts, &own(scope)?, id).await
    }

    async fn update(
        &self,
        parts: &Parts,
        scope: &Scope,
        id: &TaskId,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        self.0.update(parts, &own(scope)?, id, write, body).await
    }

    async fn delete(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<(), Problem> {
        self.0.delete(parts, &own(scope)?, id).await
    }
}

fn own(scope: &Scope) -> Result<Scope, Problem> {
    if scope.owner.as_str() == scope.path_owner {
        Ok(scope.clone())
    } else {
        Err(Problem::not_found())
    }
}
