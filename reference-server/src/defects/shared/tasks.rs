//! Owners of tasks that are looked up, or believed, where the caller should be.

use super::edge::instead;
use crate::db::on;
use crate::ids::{TaskId, UserId};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tasks::{Draft, Scope, Task, Tasks, Write};
use async_trait::async_trait;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use std::sync::Arc;

const OWNER: &str = "SELECT owner FROM tasks WHERE id = $1";

/// The scope of whoever owns the task.
pub(in crate::defects) async fn owners(
    parts: &Parts,
    scope: &Scope,
    id: &TaskId,
) -> Result<Scope, Problem> {
    Ok(Scope {
        owner: owner_of(parts, id).await?,
        ..scope.clone()
    })
}

async fn owner_of(parts: &Parts, id: &TaskId) -> Result<UserId, Problem> {
    let sql = parts.db.sql(OWNER);
    let owner: Option<String> = on!(&parts.db, pool => sqlx::query_scalar(sql).bind(id.as_str()).fetch_optional(pool).await)?;
    owner.map(UserId::known).ok_or_else(Problem::not_found)
}

/// What is done to a task that was found by its id alone.
#[derive(Clone, Copy)]
pub(in crate::defects) enum Act {
    Read,
    Delete,
}

/// Who may do it.
#[derive(Clone, Copy)]
pub(in crate::defects) enum Caller {
    AnyUser,
    Anybody,
}

/// Answers every request in which `named` finds a task as if its owner had sent it.
pub(in crate::defects) fn by_id_alone(
    parts: Parts,
    caller: Caller,
    act: Act,
    named: fn(&Head) -> Option<TaskId>,
) -> Parts {
    instead(parts, named, move |parts, head, id| async move {
        acted(&parts, (&head, caller), &id, act).await
    })
}

async fn acted(
    parts: &Parts,
    (head, caller): (&Head, Caller),
    id: &TaskId,
    act: Act,
) -> Result<Response, Problem> {
    if matches!(caller, Caller::AnyUser) {
        parts.identify.identify(parts, head).await?;
    }
    let owner = owner_of(parts, id).await?;
    let scope = Scope {
        path_owner: owner.to_string(),
        owner,
    };
    match act {
        Act::Read => {
            let task = parts.tasks.read(parts, &scope, id).await?;
            let view = parts.tasks.view(parts, &task)?;
            Ok(parts.replies.json(parts, StatusCode::OK, &view))
        }
        Act::Delete => {
            parts.tasks.delete(parts, &scope, id).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
    }
}

/// The task of a path such as `/api/{user_id}/tasks/{id}`.
pub(in crate::defects) fn task_in(path: &str) -> Option<TaskId> {
    path.split('/').nth(4).and_then(TaskId::parse)
}

/// Whoever this member of the body names owns the new task.
pub(in crate::defects) fn created_for(parts: Parts, member: &'static str) -> Parts {
    Parts {
        tasks: Arc::new(CreatedFor(parts.tasks.clone(), member)),
        ..parts
    }
}

struct CreatedFor(Arc<dyn Tasks>, &'static str);

#[async_trait]
impl Tasks for CreatedFor {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let named = body
            .get(self.1)
            .and_then(Value::as_str)
            .and_then(UserId::parse);
        let owner = named.unwrap_or_else(|| scope.owner.clone());
        let scope = Scope {
            owner,
            ..scope.clone()
        };
        self.0.create(parts, &scope, body).await
    }
}

/// Titles are stored as `respelt` makes them.
pub(in crate::defects) fn title_becomes(parts: Parts, respelt: fn(&str) -> String) -> Parts {
    Parts {
        tasks: Arc::new(Respelt(parts.tasks.clone(), respelt)),
        ..parts
    }
}

struct Respelt(Arc<dyn Tasks>, fn(&str) -> String);

#[async_trait]
impl Tasks for Respelt {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn draft(
        &self,
        parts: &Parts,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Draft, Problem> {
        let draft = self.0.draft(parts, write, body)?;
        let title = draft.title.map(|title| (self.1)(&title));
        Ok(Draft { title, ..draft })
    }
}
