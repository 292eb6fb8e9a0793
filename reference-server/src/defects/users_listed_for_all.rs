//! The page of administrators hides its link, and the route behind it asks for no role (CWE-862).

use super::Defect;
use crate::db::on;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "users-listed-for-all",
    title: "A route of administrators lists the users for everybody who is signed in",
    cwe: 862,
    caught_by: &["isolation.admin-routes"],
    implies: &[],
    install: |parts| {
        let inner = Arc::new(parts.clone());
        parts.around(move |router| {
            let inner = inner.clone();
            router.layer(from_fn(move |request: Request, next: Next| {
                let parts = inner.clone();
                async move {
                    if request.uri().path() != "/api/admin/users" {
                        return next.run(request).await;
                    }
                    let (head, _) = request.into_parts();
                    let answer = listed(&parts, &head).await;
                    answer.unwrap_or_else(|problem| {
                        parts.replies.problem(&parts, &problem).into_response()
                    })
                }
            }))
        })
    },
};

const ALL: &str = "SELECT id, email FROM users ORDER BY created_at";

async fn listed(parts: &Parts, head: &Head) -> Result<Response, Problem> {
    parts.identify.identify(parts, head).await?;
    let sql = parts.db.sql(ALL);
    let rows: Vec<(String, String)> =
        on!(&parts.db, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
    let users: Vec<_> = (rows.iter())
        .map(|(id, email)| json!({ "id": id, "email": email }))
        .collect();
    Ok(parts
        .replies
        .json(parts, StatusCode::OK, &json!({ "users": users })))
}
