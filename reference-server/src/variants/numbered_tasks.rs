//! Ids are numbers that count up, users' and tasks' alike.

use super::Variant;
use crate::accounts::{Account, Accounts, Registration, User};
use crate::db::on;
use crate::ids::{TaskId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::tasks::{Page, Scope, Task, Tasks};
use crate::tokens::{Claims, Reject, Tokens};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const VARIANT: Variant = Variant {
    id: "numbered-tasks",
    title: "Ids that count up",
    install: |parts| Parts {
        accounts: Arc::new(NumberedUsers(parts.accounts.clone(), AtomicU64::new(0))),
        tokens: Arc::new(NumberedSubjects(parts.tokens.clone())),
        tasks: Arc::new(Numbered(parts.tasks.clone(), AtomicU64::new(0))),
        ..parts
    },
    ..Variant::PLAIN
};

const RENAME_USER: &str = "UPDATE users SET id = $1 WHERE id = $2";
const RENAME_TASK: &str = "UPDATE tasks SET id = $1 WHERE id = $2";

/// A number in its one spelling.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// The same object with its ids as numbers.
fn numbered(mut value: Value) -> Value {
    for name in ["id", "user_id"] {
        let found = value.get(name).and_then(Value::as_str).and_then(number);
        if let Some(found) = found {
            value[name] = found.into();
        }
    }
    value
}

struct NumberedUsers(Arc<dyn Accounts>, AtomicU64);

#[async_trait]
impl Accounts for NumberedUsers {
    fn inner(&self) -> &dyn Accounts {
        &*self.0
    }

    async fn create(
        &self,
        parts: &Parts,
        new: &Registration,
        hash: Secret,
        body: &Map<String, Value>,
    ) -> Result<Account, Problem> {
        let mut account = self.0.create(parts, new, hash, body).await?;
        let id = UserId::known((self.1.fetch_add(1, Ordering::SeqCst) + 1).to_string());
        let sql = parts.db.sql(RENAME_USER);
        on!(&parts.db, pool => sqlx::query(sql)
            .bind(id.as_str()).bind(account.user.id.as_str()).execute(pool).await.map(|_| ()))?;
        account.user.id = id;
        Ok(account)
    }

    fn view(&self, parts: &Parts, user: &User) -> Value {
        numbered(self.0.view(parts, user))
    }
}

struct NumberedSubjects(Arc<dyn Tokens>);

impl Tokens for NumberedSubjects {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn subject(&self, _: &Parts, claims: &Claims) -> Result<UserId, Reject> {
        let sub = claims.get("sub").and_then(Value::as_str);
        let sub = sub.filter(|sub| number(sub).is_some());
        sub.map(|sub| UserId::known(sub.to_owned()))
            .ok_or(Reject("sub is no user id"))
    }
}

struct Numbered(Arc<dyn Tasks>, AtomicU64);

#[async_trait]
impl Tasks for Numbered {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn id(&self, _: &Parts, raw: &str) -> Result<TaskId, Problem> {
        number(raw).ok_or_else(Problem::not_found)?;
        Ok(TaskId::known(raw.to_owned()))
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let mut task = self.0.create(parts, scope, body).await?;
        let id = (self.1.fetch_add(1, Ordering::SeqCst) + 1).to_string();
        let sql = parts.db.sql(RENAME_TASK);
        on!(&parts.db, pool => sqlx::query(sql)
            .bind(&id).bind(&task.id).execute(pool).await.map(|_| ()))?;
        task.id = id;
        Ok(task)
    }

    fn view(&self, parts: &Parts, task: &Task) -> Result<Value, Problem> {
        self.0.view(parts, task).map(numbered)
    }

    fn page(&self, parts: &Parts, page: &Page) -> Result<String, Problem> {
        let items = page.items.iter().map(|task| self.view(parts, task));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        Ok(json!({
            "items": items, "limit": page.limit, "offset": page.offset, "next_offset": page.next_offset,
        })
        .to_string())
    }
}
