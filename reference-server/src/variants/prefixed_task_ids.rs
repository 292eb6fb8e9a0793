//! Ids of tasks are random texts behind a prefix, as in `tsk_9fQ…`.

use super::Variant;
use crate::db::on;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const VARIANT: Variant = Variant {
    id: "prefixed-task-ids",
    title: "Ids with a prefix",
    install: |parts| Parts {
        tasks: Arc::new(Prefixed(parts.tasks.clone())),
        ..parts
    },
    ..Variant::PLAIN
};

const RENAME: &str = "UPDATE tasks SET id = $1 WHERE id = $2";

struct Prefixed(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for Prefixed {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn id(&self, _: &Parts, raw: &str) -> Result<TaskId, Problem> {
        let rest = raw.strip_prefix("tsk_").ok_or_else(Problem::not_found)?;
        if rest.len() != 22 {
            return Err(Problem::not_found());
        }
        Ok(TaskId::known(raw.to_owned()))
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let mut task = self.0.create(parts, scope, body).await?;
        let id = Base64UrlUnpadded::encode_string(&rand::random::<[u8; 16]>());
        let id = format!("tsk_{id}");
        let sql = parts.db.sql(RENAME);
        on!(&parts.db, pool => sqlx::query(sql)
            .bind(&id).bind(&task.id).execute(pool).await.map(|_| ()))?;
        task.id = id;
        Ok(task)
    }
}
