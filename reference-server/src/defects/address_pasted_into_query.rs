//! The address of a login is pasted into the query for its account (CWE-89).

use super::Defect;
use crate::accounts::{Account, Accounts, User};
use crate::db::on;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "address-pasted-into-query",
    title: "The address of a login is pasted into SQL",
    cwe: 89,
    caught_by: &["login.sql-injection"],
    implies: &[],
    install: |parts| Parts {
        accounts: Arc::new(AddressPastedIntoQuery(parts.accounts.clone())),
        ..parts
    },
};

struct AddressPastedIntoQuery(Arc<dyn Accounts>);

type Row = (String, String, String, String, i64);

#[async_trait]
impl Accounts for AddressPastedIntoQuery {
    fn inner(&self) -> &dyn Accounts {
        &*self.0
    }

    async fn by_email(&self, parts: &Parts, email: &str) -> Result<Option<Account>, Problem> {
        let query = format!(
            "SELECT id, email, name, password_hash, created_at FROM users WHERE email = '{email}'"
        );
        let row: Option<Row> = on!(&parts.db, pool => sqlx::query_as(AssertSqlSafe(query)).fetch_optional(pool).await)?;
        Ok(
            row.map(|(id, email, name, password_hash, created_at)| Account {
                user: User {
                    id: UserId::known(id),
                    email,
                    name,
                    created_at,
                },
                password_hash: Secret::new(password_hash),
            }),
        )
    }
}
