//! The page of administrators hides its link, and the route behind it asks for no role (CWE-862).

use super::Defect;
use super::shared::edge::instead;
use crate::db::on;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "users-listed-for-all",
    title: "A route of administrators lists the users for everybody who is signed in",
    cwe: 862,
    caught_by: &["isolation.admin-routes"],
    implies: &[],
    install: |parts| {
        let meant = |head: &Head| (head.uri.path() == "/api/admin/users").then_some(());
        instead(parts, meant, listed)
    },
};

const ALL: &str = "SELECT id, email FROM users ORDER BY created_at";

async fn listed(parts: Arc<Parts>, head: Head, (): ()) -> Result<Response, Problem> {
    parts.identify.identify(&parts, &head).await?;
    let sql = parts.db.sql(ALL);
    let rows: Vec<(String, String)> =
        on!(&parts.db, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
    let users: Vec<_> = (rows.iter())
        .map(|(id, email)| json!({ "id": id, "email": email }))
        .collect();
    Ok(parts
        .replies
        .json(&parts, StatusCode::OK, &json!({ "users": users })))
}
