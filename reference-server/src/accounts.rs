//! The accounts port: who exists, under which address, with which password hash.

mod email;

use crate::clock::rfc3339;
use crate::db::on;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::{Map, Value, json};

/// A person, as other parts may know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// A user with the PHC string of their password.
#[derive(Debug, Clone)]
pub struct Account {
    pub user: User,
    pub password_hash: Secret,
}

/// What a registration asks for, validated.
#[derive(Debug, Clone)]
pub struct Registration {
    /// In its stored form.
    pub email: String,
    pub name: String,
    pub password: Secret,
}

const INSERT: &str =
    "INSERT INTO users (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)";
const BY_EMAIL: &str =
    "SELECT id, email, name, password_hash, created_at FROM users WHERE email = $1";
const BY_ID: &str = "SELECT id, email, name, password_hash, created_at FROM users WHERE id = $1";
const SET_HASH: &str = "UPDATE users SET password_hash = $1 WHERE id = $2";
const DELETE: &str = "DELETE FROM users WHERE id = $1";

/// Every statement of this module, for the test that prepares them all.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, BY_EMAIL, BY_ID, SET_HASH, DELETE];

/// Accounts and their addresses.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Accounts;

    /// The one stored form of an address, or why it is refused.
    fn address(&self, parts: &Parts, raw: &str) -> Result<String, &'static str> {
        self.inner().address(parts, raw)
    }
    /// Reads and validates the body of a registration; members that it does not know are ignored.
    fn registration(
        &self,
        parts: &Parts,
        body: &Map<String, Value>,
    ) -> Result<Registration, Problem> {
        self.inner().registration(parts, body)
    }
    /// Stores a new account; the raw body is handed over too. A taken address is a 409.
    async fn create(
        &self,
        parts: &Parts,
        new: &Registration,
        hash: Secret,
        body: &Map<String, Value>,
    ) -> Result<Account, Problem> {
        self.inner().create(parts, new, hash, body).await
    }
    /// By the stored form of the address.
    async fn by_email(&self, parts: &Parts, email: &str) -> Result<Option<Account>, Problem> {
        self.inner().by_email(parts, email).await
    }
    async fn by_id(&self, parts: &Parts, id: &UserId) -> Result<Option<Account>, Problem> {
        self.inner().by_id(parts, id).await
    }
    async fn set_hash(&self, parts: &Parts, id: &UserId, hash: &Secret) -> Result<(), Problem> {
        self.inner().set_hash(parts, id, hash).await
    }
    /// Deletes the account with its sessions and tasks.
    async fn delete(&self, parts: &Parts, id: &UserId) -> Result<(), Problem> {
        self.inner().delete(parts, id).await
    }
    /// What answers show of a user.
    fn view(&self, parts: &Parts, user: &User) -> Value {
        self.inner().view(parts, user)
    }
}

/// The secure accounts, in the database.
pub(crate) struct StoredAccounts;

#[async_trait]
impl Accounts for StoredAccounts {
    fn inner(&self) -> &dyn Accounts {
        self
    }

    fn address(&self, _: &Parts, raw: &str) -> Result<String, &'static str> {
        email::normalise(raw)
    }

    fn registration(
        &self,
        parts: &Parts,
        body: &Map<String, Value>,
    ) -> Result<Registration, Problem> {
        let email = parts
            .accounts
            .address(parts, text(body, "email")?)
            .map_err(Problem::invalid)?;
        let name = text(body, "name")?;
        if name.trim().is_empty()
            || name.chars().count() > 100
            || name.chars().any(char::is_control)
        {
            return Err(Problem::invalid(
                "name must have 1 to 100 printable characters.",
            ));
        }
        let password = Secret::new(text(body, "password")?);
        parts
            .passwords
            .policy(parts, &password, &email)
            .map_err(Problem::invalid)?;
        Ok(Registration {
            email,
            name: name.to_owned(),
            password,
        })
    }

    async fn create(
        &self,
        parts: &Parts,
        new: &Registration,
        hash: Secret,
        _: &Map<String, Value>,
    ) -> Result<Account, Problem> {
        let user = User {
            id: UserId::random(),
            email: new.email.clone(),
            name: new.name.clone(),
            created_at: parts.now_ms(),
        };
        let sql = parts.db.sql(INSERT);
        let stored = on!(&parts.db, pool => sqlx::query(sql)
            .bind(user.id.as_str()).bind(&user.email).bind(&user.name).bind(hash.expose()).bind(user.created_at)
            .execute(pool).await.map(|_| ()));
        match stored {
            Ok(()) => Ok(Account {
                user,
                password_hash: hash,
            }),
            // The table decides, so that two registrations at once make one account.
            Err(error)
                if error
                    .as_database_error()
                    .is_some_and(|e| e.is_unique_violation()) =>
            {
                Err(Problem::new(
                    http::StatusCode::CONFLICT,
                    "email-taken",
                    "An account with this e-mail address exists.",
                ))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn by_email(&self, parts: &Parts, email: &str) -> Result<Option<Account>, Problem> {
        let sql = parts.db.sql(BY_EMAIL);
        let row: Option<Row> =
            on!(&parts.db, pool => sqlx::query_as(sql).bind(email).fetch_optional(pool).await)?;
        Ok(row.map(Account::from))
    }

    async fn by_id(&self, parts: &Parts, id: &UserId) -> Result<Option<Account>, Problem> {
        let sql = parts.db.sql(BY_ID);
        let row: Option<Row> = on!(&parts.db, pool => sqlx::query_as(sql).bind(id.as_str()).fetch_optional(pool).await)?;
        Ok(row.map(Account::from))
    }

    async fn set_hash(&self, parts: &Parts, id: &UserId, hash: &Secret) -> Result<(), Problem> {
        let sql = parts.db.sql(SET_HASH);
        on!(&parts.db, pool => sqlx::query(sql).bind(hash.expose()).bind(id.as_str()).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    async fn delete(&self, parts: &Parts, id: &UserId) -> Result<(), Problem> {
        let sql = parts.db.sql(DELETE);
        on!(&parts.db, pool => sqlx::query(sql).bind(id.as_str()).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    fn view(&self, _: &Parts, user: &User) -> Value {
        json!({ "id": user.id.as_str(), "email": user.email, "name": user.name, "created_at": rfc3339(user.created_at) })
    }
}

/// A member that must be text.
pub(crate) fn text<'a>(
    body: &'a Map<String, Value>,
    name: &'static str,
) -> Result<&'a str, Problem> {
    body.get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| Problem::invalid(format!("{name} must be text.")))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    email: String,
    name: String,
    password_hash: String,
    created_at: i64,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        let user = User {
            id: UserId::known(row.id),
            email: row.email,
            name: row.name,
            created_at: row.created_at,
        };
        Self {
            user,
            password_hash: Secret::new(row.password_hash),
        }
    }
}
