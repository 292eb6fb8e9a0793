//! The key is selected by a query into which the id of the key is pasted (CWE-89).

use super::Defect;
use super::shared::hmac::signed_with;
use crate::db::on;
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use async_trait::async_trait;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "key-id-pasted-into-query",
    title: "The id of the key is pasted into SQL",
    cwe: 89,
    caught_by: &["token.kid-sql-injection"],
    implies: &[
        ("errors.no-5xx-on-bad-token", "a quote breaks the query"),
        (
            "errors.no-stack-trace",
            "the complaint of the database reaches the client",
        ),
    ],
    install,
};

/// Messages whose signature fits the key that was selected for them.
type Verified = Arc<Mutex<HashSet<String>>>;

fn install(parts: Parts) -> Parts {
    let verified = Verified::default();
    Parts {
        identify: Arc::new(SelectsKey(parts.identify.clone(), verified.clone())),
        tokens: Arc::new(BelievesSelection(parts.tokens.clone(), verified)),
        ..parts
    }
}

struct SelectsKey(Arc<dyn Identify>, Verified);

#[async_trait]
impl Identify for SelectsKey {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        if let Ok(Some(token)) = parts.identify.credential(parts, head)
            && let Ok(jws) = parts.tokens.decode(parts, &token)
            && let Some(kid) = jws.header.get("kid").and_then(Value::as_str)
            && let Some(key) = selected(parts, kid).await?
            && signed_with(key.as_bytes(), jws.message.as_bytes()) == jws.signature
        {
            known(&self.1).insert(jws.message);
        }
        self.0.identify(parts, head).await
    }
}

async fn selected(parts: &Parts, kid: &str) -> Result<Option<String>, Problem> {
    let current = parts.config.secret.expose();
    let query = format!(
        "SELECT secret FROM (SELECT 'current' AS id, '{current}' AS secret) AS signing_keys WHERE id = '{kid}'"
    );
    on!(&parts.db, pool => sqlx::query_scalar(AssertSqlSafe(query)).fetch_optional(pool).await)
        .map_err(Problem::internal)
}

fn known(verified: &Verified) -> MutexGuard<'_, HashSet<String>> {
    verified.lock().unwrap_or_else(PoisonError::into_inner)
}

struct BelievesSelection(Arc<dyn Tokens>, Verified);

impl Tokens for BelievesSelection {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn key_hints(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match known(&self.1).contains(&jws.message) {
            true => Ok(()),
            false => self.0.key_hints(parts, jws),
        }
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match known(&self.1).contains(&jws.message) {
            true => Ok(()),
            false => self.0.signature(parts, jws),
        }
    }
}
