//! The tasks port: whose they are is part of every question.

mod model;
mod query;

pub use model::{Draft, Task, Write};
pub use query::{Column, Query, Sort};

use crate::db::on;
use crate::identify::Identity;
use crate::ids::{TaskId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;

/// One page of the list.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    pub items: Vec<Task>,
    pub limit: u32,
    pub offset: u32,
    /// Where the next page begins; `null` on the last.
    pub next_offset: Option<u32>,
}

/// Who asks, and for whose tasks: `owner` is the signed-in user, `path_owner` the first segment of the path.
#[derive(Debug, Clone)]
pub struct Scope {
    pub owner: UserId,
    pub path_owner: String,
}

const COLUMNS: &str =
    "SELECT id, owner, title, description, completed, created_at, updated_at FROM tasks";
const INSERT: &str = "INSERT INTO tasks (id, owner, title, description, completed, created_at, updated_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const READ: &str = "SELECT id, owner, title, description, completed, created_at, updated_at FROM tasks WHERE id = $1 AND owner = $2";
const UPDATE: &str = "UPDATE tasks SET title = COALESCE($1, title), description = COALESCE($2, description), \
    completed = COALESCE($3, completed), updated_at = $4 WHERE id = $5 AND owner = $6";
const DELETE: &str = "DELETE FROM tasks WHERE id = $1 AND owner = $2";

/// Every fixed statement of this module, for the test that prepares them all.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, READ, UPDATE, DELETE];

/// Tasks of one owner. Writes get the raw JSON body; a task of another is a 404 like one that does not exist.
#[async_trait]
pub trait Tasks: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Tasks;

    /// Whose tasks this request is about; a 404 unless the path names the caller.
    fn scope(&self, parts: &Parts, who: &Identity, path_owner: &str) -> Result<Scope, Problem> {
        self.inner().scope(parts, who, path_owner)
    }
    /// The task that the path names.
    fn id(&self, parts: &Parts, raw: &str) -> Result<TaskId, Problem> {
        self.inner().id(parts, raw)
    }
    /// What a body says about a task, validated.
    fn draft(
        &self,
        parts: &Parts,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Draft, Problem> {
        self.inner().draft(parts, write, body)
    }
    /// What the query string of the list says, validated.
    fn query(&self, parts: &Parts, pairs: &[(String, String)]) -> Result<Query, Problem> {
        self.inner().query(parts, pairs)
    }
    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        self.inner().create(parts, scope, body).await
    }
    /// `pairs` is the whole query string, decoded.
    async fn list(
        &self,
        parts: &Parts,
        scope: &Scope,
        pairs: &[(String, String)],
    ) -> Result<Page, Problem> {
        self.inner().list(parts, scope, pairs).await
    }
    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        self.inner().read(parts, scope, id).await
    }
    /// Replaces or patches, and returns the task as it is now.
    async fn update(
        &self,
        parts: &Parts,
        scope: &Scope,
        id: &TaskId,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        self.inner().update(parts, scope, id, write, body).await
    }
    async fn delete(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<(), Problem> {
        self.inner().delete(parts, scope, id).await
    }
    /// What answers show of a task.
    fn view(&self, parts: &Parts, task: &Task) -> Result<Value, Problem> {
        self.inner().view(parts, task)
    }
    /// The body of a list answer.
    fn page(&self, parts: &Parts, page: &Page) -> Result<String, Problem> {
        self.inner().page(parts, page)
    }
}

/// The secure tasks, in the database.
pub(crate) struct OwnTasks;

#[async_trait]
impl Tasks for OwnTasks {
    fn inner(&self) -> &dyn Tasks {
        self
    }

    fn scope(&self, _: &Parts, who: &Identity, path_owner: &str) -> Result<Scope, Problem> {
        if who.user.id.as_str() != path_owner {
            return Err(Problem::not_found());
        }
        Ok(Scope {
            owner: who.user.id.clone(),
            path_owner: path_owner.to_owned(),
        })
    }

    fn id(&self, _: &Parts, raw: &str) -> Result<TaskId, Problem> {
        TaskId::parse(raw).ok_or_else(Problem::not_found)
    }

    fn draft(&self, _: &Parts, write: Write, body: &Map<String, Value>) -> Result<Draft, Problem> {
        Draft::read(write, body)
    }

    fn query(&self, _: &Parts, pairs: &[(String, String)]) -> Result<Query, Problem> {
        Query::read(pairs)
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let task = parts
            .tasks
            .draft(parts, Write::Create, body)?
            .into_task(&scope.owner, parts.now_ms());
        let sql = parts.db.sql(INSERT);
        on!(&parts.db, pool => sqlx::query(sql)
            .bind(&task.id).bind(&task.owner).bind(&task.title).bind(&task.description).bind(task.completed)
            .bind(task.created_at).bind(task.updated_at).execute(pool).await.map(|_| ()))?;
        Ok(task)
    }

    async fn list(
        &self,
        parts: &Parts,
        scope: &Scope,
        pairs: &[(String, String)],
    ) -> Result<Page, Problem> {
        let query = parts.tasks.query(parts, pairs)?;
        let sql = list_sql(&query);
        let like = query.search.as_deref().map(pattern);
        // One more than asked for tells whether there is a next page, without counting.
        let rows = i64::from(query.limit) + 1;
        let mut items: Vec<Task> = on!(&parts.db, pool => {
            let mut list = sqlx::query_as(AssertSqlSafe(sql)).bind(scope.owner.as_str());
            if let Some(completed) = query.completed {
                list = list.bind(completed);
            }
            if let Some(like) = &like {
                list = list.bind(like);
            }
            list.bind(rows).bind(i64::from(query.offset)).fetch_all(pool).await
        })?;
        let more = items.len() > query.limit as usize;
        items.truncate(query.limit as usize);
        let next_offset = more.then(|| query.offset + query.limit);
        Ok(Page {
            items,
            limit: query.limit,
            offset: query.offset,
            next_offset,
        })
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        let sql = parts.db.sql(READ);
        let task: Option<Task> = on!(&parts.db, pool => sqlx::query_as(sql)
            .bind(id.as_str()).bind(scope.owner.as_str()).fetch_optional(pool).await)?;
        task.ok_or_else(Problem::not_found)
    }

    async fn update(
        &self,
        parts: &Parts,
        scope: &Scope,
        id: &TaskId,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let draft = parts.tasks.draft(parts, write, body)?;
        let (sql, now) = (parts.db.sql(UPDATE), parts.now_ms());
        let rows = on!(&parts.db, pool => sqlx::query(sql)
            .bind(draft.title).bind(draft.description).bind(draft.completed).bind(now)
            .bind(id.as_str()).bind(scope.owner.as_str()).execute(pool).await.map(|done| done.rows_affected()))?;
        if rows == 0 {
            return Err(Problem::not_found());
        }
        parts.tasks.read(parts, scope, id).await
    }

    async fn delete(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<(), Problem> {
        let sql = parts.db.sql(DELETE);
        let rows = on!(&parts.db, pool => sqlx::query(sql)
            .bind(id.as_str()).bind(scope.owner.as_str()).execute(pool).await.map(|done| done.rows_affected()))?;
        if rows == 0 {
            Err(Problem::not_found())
        } else {
            Ok(())
        }
    }

    fn view(&self, _: &Parts, task: &Task) -> Result<Value, Problem> {
        serde_json::to_value(task).map_err(Problem::internal)
    }

    fn page(&self, _: &Parts, page: &Page) -> Result<String, Problem> {
        serde_json::to_string(page).map_err(Problem::internal)
    }
}

/// The statement of the list; made of constants only, values are bound.
pub(crate) fn list_sql(query: &Query) -> String {
    let mut sql = format!("{COLUMNS} WHERE owner = $1");
    let mut next = 2;
    if query.completed.is_some() {
        sql.push_str(&format!(" AND completed = ${next}"));
        next += 1;
    }
    if query.search.is_some() {
        sql.push_str(&format!(" AND LOWER(title) LIKE ${next} ESCAPE '!'"));
        next += 1;
    }
    let column = match query.sort.by {
        Column::CreatedAt => "created_at",
        Column::UpdatedAt => "updated_at",
        Column::Title => "title",
        Column::Completed => "completed",
    };
    let order = if query.sort.descending { "DESC" } else { "ASC" };
    sql.push_str(&format!(
        " ORDER BY {column} {order}, id {order} LIMIT ${next} OFFSET ${}",
        next + 1
    ));
    sql
}

/// The text anywhere in the title, its own wildcards taken literally.
fn pattern(text: &str) -> String {
    let escaped = text
        .to_lowercase()
        .replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_");
    format!("%{escaped}%")
}
