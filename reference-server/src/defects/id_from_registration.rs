//! Whoever registers may choose the id of the account (CWE-915).

use super::Defect;
use crate::accounts::{Account, Accounts, Registration, User};
use crate::db::on;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "id-from-registration",
    title: "Whoever registers may choose the id of the account",
    cwe: 915,
    caught_by: &["registration.mass-assignment"],
    implies: &[],
    install: |parts| Parts {
        accounts: Arc::new(IdFromRegistration(parts.accounts.clone())),
        ..parts
    },
};

const CHOOSE: &str = "UPDATE users SET id = $1 WHERE id = $2";

struct IdFromRegistration(Arc<dyn Accounts>);

#[async_trait]
impl Accounts for IdFromRegistration {
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
        let Some(id) = body
            .get("id")
            .and_then(Value::as_str)
            .and_then(UserId::parse)
        else {
            return Ok(account);
        };
        let sql = parts.db.sql(CHOOSE);
        on!(&parts.db, pool => sqlx::query(sql).bind(id.as_str()).bind(account.user.id.as_str()).execute(pool).await.map(|_| ()))?;
        Ok(Account {
            user: User { id, ..account.user },
            ..account
        })
    }
}
