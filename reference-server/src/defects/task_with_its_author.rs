//! A task is shown with the whole record of its author (CWE-213).

use super::Defect;
use crate::accounts::{Account, Accounts, Registration};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::tasks::{Task, Tasks};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "task-with-its-author",
    title: "A task is shown with the record of its author, hash included",
    cwe: 213,
    caught_by: &["isolation.excess-fields"],
    implies: &[],
    install: |parts| {
        let authors = Authors::default();
        Parts {
            accounts: Arc::new(Remembered(parts.accounts.clone(), authors.clone())),
            tasks: Arc::new(WithItsAuthor(parts.tasks.clone(), authors)),
            ..parts
        }
    },
};

/// Records by the id of the user.
type Authors = Arc<Mutex<HashMap<String, Value>>>;

struct Remembered(Arc<dyn Accounts>, Authors);

#[async_trait]
impl Accounts for Remembered {
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
        let account = self.0.create(parts, new, hash, body).await?;
        let id = account.user.id.as_str();
        let record = json!({ "id": id, "password_hash": account.password_hash.expose() });
        let mut authors = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        authors.insert(id.to_owned(), record);
        Ok(account)
    }
}

struct WithItsAuthor(Arc<dyn Tasks>, Authors);

impl Tasks for WithItsAuthor {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn view(&self, parts: &Parts, task: &Task) -> Result<Value, Problem> {
        let mut view = self.0.view(parts, task)?;
        let authors = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(author), Some(members)) = (authors.get(&task.owner), view.as_object_mut()) {
            members.insert("author".into(), author.clone());
        }
        Ok(view)
    }
}
