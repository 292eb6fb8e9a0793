//! A task, and what a request may say about one.

use crate::clock::rfc3339;
use crate::ids::{TaskId, UserId};
use crate::problem::Problem;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A task as stored and as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Task {
    pub id: String,
    #[serde(rename = "user_id")]
    pub owner: String,
    pub title: String,
    pub description: String,
    pub completed: bool,
    /// Milliseconds since 1970; shown as RFC 3339.
    #[serde(serialize_with = "as_text")]
    pub created_at: i64,
    #[serde(serialize_with = "as_text")]
    pub updated_at: i64,
}

fn as_text<S: Serializer>(ms: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*ms))
}

/// Which members a body must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    Create,
    Replace,
    Patch,
}

/// The members of a task that a body sets; others are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub title: Option<String>,
    pub description: Option<String>,
    pub completed: Option<bool>,
}

const MAX_TITLE: usize = 200;
const MAX_DESCRIPTION: usize = 5000;

impl Draft {
    /// Reads a body; create and replace need a title and set what is absent to its default.
    pub(crate) fn read(write: Write, body: &Map<String, Value>) -> Result<Self, Problem> {
        let title = match body.get("title") {
            None => None,
            Some(Value::String(title)) if !title.trim().is_empty() => {
                Some(bounded(title, MAX_TITLE, "title")?)
            }
            Some(_) => {
                return Err(Problem::invalid(
                    "title must be text of 1 to 200 characters.",
                ));
            }
        };
        let description = match body.get("description") {
            None => None,
            Some(Value::Null) => Some(String::new()),
            Some(Value::String(text)) => Some(bounded(text, MAX_DESCRIPTION, "description")?),
            Some(_) => return Err(Problem::invalid("description must be text.")),
        };
        let completed = match body.get("completed") {
            None => None,
            Some(Value::Bool(completed)) => Some(*completed),
            Some(_) => return Err(Problem::invalid("completed must be true or false.")),
        };
        match write {
            Write::Patch => Ok(Self {
                title,
                description,
                completed,
            }),
            Write::Create | Write::Replace => Ok(Self {
                title: Some(title.ok_or_else(|| {
                    Problem::invalid("title must be text of 1 to 200 characters.")
                })?),
                description: Some(description.unwrap_or_default()),
                completed: Some(completed.unwrap_or(false)),
            }),
        }
    }

    /// A new task of this owner.
    pub(crate) fn into_task(self, owner: &UserId, now: i64) -> Task {
        Task {
            id: TaskId::random().to_string(),
            owner: owner.to_string(),
            title: self.title.unwrap_or_default(),
            description: self.description.unwrap_or_default(),
            completed: self.completed.unwrap_or(false),
            created_at: now,
            updated_at: now,
        }
    }
}

/// NUL is refused because PostgreSQL cannot store it.
fn bounded(text: &str, max: usize, name: &str) -> Result<String, Problem> {
    if text.chars().count() > max || text.contains('\0') {
        return Err(Problem::invalid(format!(
            "{name} must have at most {max} characters and no NUL."
        )));
    }
    Ok(text.to_owned())
}
