//! A logout ends the sessions of everybody: the condition on the user was forgotten (CWE-613).

use super::Defect;
use crate::db::on;
use crate::flows::Flows;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "logout-ends-everybodys-sessions",
    title: "A logout ends the sessions of everybody",
    cwe: 613,
    caught_by: &["session.logout-only-self"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(EndsEverybodys(parts.flows.clone())),
        ..parts
    },
};

const END: &str = "UPDATE sessions SET ended_at = $1 WHERE ended_at IS NULL";

struct EndsEverybodys(Arc<dyn Flows>);

#[async_trait]
impl Flows for EndsEverybodys {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn logout(&self, parts: &Parts, head: &Head) -> Result<Response, Problem> {
        parts.identify.identify(parts, head).await?;
        let (sql, now) = (parts.db.sql(END), parts.now_ms());
        on!(&parts.db, pool => sqlx::query(sql).bind(now).execute(pool).await.map(|_| ()))?;
        Ok(parts.replies.signed_out(parts))
    }
}
