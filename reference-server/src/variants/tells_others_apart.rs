//! An object of another user is answered with 403, one that does not exist with 404.

use super::Variant;
use crate::db::on;
use crate::identify::Identity;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks, Write};
use async_trait::async_trait;
use axum::http::StatusCode;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const VARIANT: Variant = Variant {
    id: "tells-others-apart",
    title: "403 for what is another's, 404 for what is not there",
    profile: r#"
[policy]
others_object = 403
"#,
    install: |parts| Parts {
        tasks: Arc::new(TellsApart(parts.tasks.clone())),
        ..parts
    },
    ..Variant::PLAIN
};

const KNOWN: &str = "SELECT owner FROM tasks WHERE id = $1";

struct TellsApart(Arc<dyn Tasks>);

impl TellsApart {
    async fn told(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<(), Problem> {
        let sql = parts.db.sql(KNOWN);
        let owner: Option<String> = on!(&parts.db, pool => sqlx::query_scalar(sql)
            .bind(id.as_str()).fetch_optional(pool).await)?;
        match owner {
            Some(owner) if owner != scope.owner.as_str() => Err(forbidden()),
            Some(_) => Ok(()),
            None => Err(Problem::not_found()),
        }
    }
}

fn forbidden() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", "It belongs to another.")
}

#[async_trait]
impl Tasks for TellsApart {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn scope(&self, parts: &Parts, who: &Identity, path_owner: &str) -> Result<Scope, Problem> {
        self.0
            .scope(parts, who, path_owner)
            .map_err(|_| forbidden())
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        self.told(parts, scope, id).await?;
        self.0.read(parts, scope, id).await
    }

    async fn update(
        &self,
        parts: &Parts,
        scope: &Scope,
        id: &TaskId,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        self.told(parts, scope, id).await?;
        self.0.update(parts, scope, id, write, body).await
    }

    async fn delete(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<(), Problem> {
        self.told(parts, scope, id).await?;
        self.0.delete(parts, scope, id).await
    }
}
