//! The token is verified for reading; the handler of DELETE only decodes it (CWE-863).

use super::Defect;
use crate::identify::{Identify, Identity};
use crate::ids::SessionId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::Reject;
use async_trait::async_trait;
use axum::http::Method;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "token-decoded-only-on-delete",
    title: "DELETE decodes the token and does not verify it",
    cwe: 863,
    caught_by: &["token.all-routes-same-verifier"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(TokenDecodedOnlyOnDelete(parts.identify.clone())),
        ..parts
    },
};

struct TokenDecodedOnlyOnDelete(Arc<dyn Identify>);

#[async_trait]
impl Identify for TokenDecodedOnlyOnDelete {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        if head.method != Method::DELETE {
            return self.0.identify(parts, head).await;
        }
        let token = parts
            .identify
            .credential(parts, head)?
            .ok_or_else(Problem::unauthenticated)?;
        let refused = |reject: Reject| Problem::invalid_token(reject.0);
        let claims = parts.tokens.decode(parts, &token).map_err(refused)?.claims;
        let user = parts.tokens.subject(parts, &claims).map_err(refused)?;
        let account = parts.accounts.by_id(parts, &user).await?;
        let account = account.ok_or_else(|| Problem::invalid_token("the user is gone"))?;
        Ok(Identity {
            user: account.user,
            session: SessionId::random(),
            claims,
        })
    }
}
