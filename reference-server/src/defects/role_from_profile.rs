//! A change of the own record stores every member of its body, the role too (CWE-915).

use super::Defect;
use crate::accounts::{Accounts, User};
use crate::ids::UserId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "role-from-profile",
    title: "A change of the own record stores every member of its body, the role too",
    cwe: 915,
    caught_by: &["isolation.self-promote"],
    implies: &[],
    install,
};

type Changes = Arc<Mutex<HashMap<UserId, Map<String, Value>>>>;

fn install(parts: Parts) -> Parts {
    let changes = Changes::default();
    let accounts = Arc::new(Changed(parts.accounts.clone(), changes.clone()));
    let parts = Parts { accounts, ..parts };
    let inner = Arc::new(parts.clone());
    parts.around(move |router| {
        let (inner, changes) = (inner.clone(), changes.clone());
        router.layer(from_fn(move |request: Request, next: Next| {
            let (parts, changes) = (inner.clone(), changes.clone());
            async move {
                let (head, body) = request.into_parts();
                if head.method != Method::PATCH || head.uri.path() != "/api/auth/me" {
                    return next.run(Request::from_parts(head, body)).await;
                }
                let changed = change(&parts, &head, body, &changes).await;
                changed.unwrap_or_else(|problem| {
                    parts.replies.problem(&parts, &problem).into_response()
                })
            }
        }))
    })
}

async fn change(
    parts: &Parts,
    head: &Head,
    body: Body,
    changes: &Changes,
) -> Result<Response, Problem> {
    let who = parts.identify.identify(parts, head).await?;
    let body = parts.bodies.read(parts, head, body).await?;
    let mut all = changes.lock().unwrap_or_else(PoisonError::into_inner);
    all.entry(who.user.id.clone()).or_default().extend(body);
    drop(all);
    let view = parts.accounts.view(parts, &who.user);
    Ok(parts.replies.json(parts, StatusCode::OK, &view))
}

struct Changed(Arc<dyn Accounts>, Changes);

#[async_trait]
impl Accounts for Changed {
    fn inner(&self) -> &dyn Accounts {
        &*self.0
    }

    fn view(&self, parts: &Parts, user: &User) -> Value {
        let mut view = self.0.view(parts, user);
        let all = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, value) in all.get(&user.id).into_iter().flatten() {
            view[name] = value.clone();
        }
        view
    }
}
