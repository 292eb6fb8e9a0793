//! Lists that are asked for by statements of another making.

use super::edge::instead;
use crate::db::on;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tasks::{Page, Scope, Task, Tasks};
use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::sync::Arc;

/// A list that is asked for with this parameter, by a statement whose end is made of the owner's id and its value.
pub(in crate::defects) fn lists_by(
    parts: Parts,
    parameter: &'static str,
    end: fn(&str, &str) -> String,
) -> Parts {
    Parts {
        tasks: Arc::new(ListsBy {
            inner: parts.tasks.clone(),
            parameter,
            end,
        }),
        ..parts
    }
}

struct ListsBy {
    inner: Arc<dyn Tasks>,
    parameter: &'static str,
    end: fn(&str, &str) -> String,
}

#[async_trait]
impl Tasks for ListsBy {
    fn inner(&self) -> &dyn Tasks {
        &*self.inner
    }

    async fn list(
        &self,
        parts: &Parts,
        scope: &Scope,
        pairs: &[(String, String)],
    ) -> Result<Page, Problem> {
        let value = pairs.iter().find(|(name, _)| name == self.parameter);
        let Some((_, value)) = value else {
            return self.inner.list(parts, scope, pairs).await;
        };
        let end = (self.end)(scope.owner.as_str(), value);
        let query = format!(
            "SELECT id, owner, title, description, completed, created_at, updated_at FROM tasks {end}"
        );
        let items: Vec<Task> =
            on!(&parts.db, pool => sqlx::query_as(AssertSqlSafe(query)).fetch_all(pool).await)?;
        Ok(Page {
            limit: 100,
            offset: 0,
            next_offset: None,
            items,
        })
    }
}

const ALL: &str = "SELECT id, owner, title, description, completed, created_at, updated_at FROM tasks ORDER BY id";

/// `GET /api/{user_id}/tasks/{word}`, made of the tasks of everybody.
pub(in crate::defects) fn gathered_at(
    parts: Parts,
    word: &'static str,
    made: fn(Vec<Task>) -> Value,
) -> Parts {
    let meant = move |head: &Head| {
        let named = head.uri.path().split('/').nth(4) == Some(word);
        (named && head.method == Method::GET).then_some(())
    };
    instead(parts, meant, move |parts, head, ()| async move {
        gathered(&parts, &head, made).await
    })
}

async fn gathered(
    parts: &Parts,
    head: &Head,
    made: fn(Vec<Task>) -> Value,
) -> Result<Response, Problem> {
    let who = parts.identify.identify(parts, head).await?;
    let path_owner = head.uri.path().split('/').nth(2).unwrap_or_default();
    parts.tasks.scope(parts, &who, path_owner)?;
    let sql = parts.db.sql(ALL);
    let tasks: Vec<Task> = on!(&parts.db, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
    Ok(parts.replies.json(parts, StatusCode::OK, &made(tasks)))
}
