//! POST asks for no token: without one it believes the path (CWE-306).

use super::Defect;
use crate::identify::{Identify, Identity};
use crate::ids::{SessionId, UserId};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::Claims;
use async_trait::async_trait;
use axum::http::Method;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "creates-without-token",
    title: "Tasks are created without a token",
    cwe: 306,
    caught_by: &["token.missing"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(CreatesWithoutToken(parts.identify.clone())),
        ..parts
    },
};

struct CreatesWithoutToken(Arc<dyn Identify>);

#[async_trait]
impl Identify for CreatesWithoutToken {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        if head.method != Method::POST || parts.identify.credential(parts, head)?.is_some() {
            return self.0.identify(parts, head).await;
        }
        let named = head
            .uri
            .path()
            .split('/')
            .nth(2)
            .and_then(UserId::parse)
            .ok_or_else(Problem::unauthenticated)?;
        let account = parts
            .accounts
            .by_id(parts, &named)
            .await?
            .ok_or_else(Problem::not_found)?;
        Ok(Identity {
            user: account.user,
            session: SessionId::random(),
            claims: Claims::new(),
        })
    }
}
