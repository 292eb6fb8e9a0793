//! Identities that no verified token stands behind.

use crate::db::on;
use crate::identify::{Identify, Identity};
use crate::ids::{SessionId, UserId};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::{Claims, Reject};
use async_trait::async_trait;
use axum::http::{HeaderName, HeaderValue, Method};
use std::sync::Arc;

/// The user id that the path names.
pub(in crate::defects) fn path_user(head: &Head) -> Option<UserId> {
    head.uri.path().split('/').nth(2).and_then(UserId::parse)
}

/// That user, by the id alone; `gone` where there is none.
pub(in crate::defects) async fn believed(
    parts: &Parts,
    id: &UserId,
    gone: fn() -> Problem,
) -> Result<Identity, Problem> {
    let account = parts.accounts.by_id(parts, id).await?.ok_or_else(gone)?;
    Ok(Identity {
        user: account.user,
        session: SessionId::random(),
        claims: Claims::new(),
    })
}

const FIRST: &str = "SELECT id FROM users ORDER BY created_at LIMIT 1";

/// Whoever registered first.
pub(in crate::defects) async fn first_user(parts: &Parts) -> Result<Identity, Problem> {
    let sql = parts.db.sql(FIRST);
    let id: Option<String> =
        on!(&parts.db, pool => sqlx::query_scalar(sql).fetch_optional(pool).await)?;
    let id = UserId::known(id.ok_or_else(Problem::unauthenticated)?);
    believed(parts, &id, Problem::unauthenticated).await
}

/// Requests by this method need no token: without one they are the user of the path.
pub(in crate::defects) fn open_to_all(parts: Parts, method: Method) -> Parts {
    Parts {
        identify: Arc::new(OpenToAll(parts.identify.clone(), method)),
        ..parts
    }
}

struct OpenToAll(Arc<dyn Identify>, Method);

#[async_trait]
impl Identify for OpenToAll {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        if head.method != self.1 || parts.identify.credential(parts, head)?.is_some() {
            return self.0.identify(parts, head).await;
        }
        let named = path_user(head).ok_or_else(Problem::unauthenticated)?;
        believed(parts, &named, Problem::not_found).await
    }
}

/// Requests by this method have their token decoded and not verified.
pub(in crate::defects) fn only_decoded(parts: Parts, method: Method) -> Parts {
    Parts {
        identify: Arc::new(OnlyDecoded(parts.identify.clone(), method)),
        ..parts
    }
}

struct OnlyDecoded(Arc<dyn Identify>, Method);

#[async_trait]
impl Identify for OnlyDecoded {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        if head.method != self.1 {
            return self.0.identify(parts, head).await;
        }
        let token = parts
            .identify
            .credential(parts, head)?
            .ok_or_else(Problem::unauthenticated)?;
        let refused = |reject: Reject| Problem::invalid_token(reject.0);
        let claims = parts.tokens.decode(parts, &token).map_err(refused)?.claims;
        let user = parts.tokens.subject(parts, &claims).map_err(refused)?;
        let gone = || Problem::invalid_token("the user is gone");
        let identity = believed(parts, &user, gone).await?;
        Ok(Identity { claims, ..identity })
    }
}

/// Of several credentials in a request reads take the first, and writes the last. `all` gives each as a value of `name`.
pub(in crate::defects) fn first_reads_last_writes(
    parts: Parts,
    name: HeaderName,
    all: fn(&Head) -> Vec<HeaderValue>,
) -> Parts {
    Parts {
        identify: Arc::new(FirstReadsLastWrites {
            inner: parts.identify.clone(),
            name,
            all,
        }),
        ..parts
    }
}

struct FirstReadsLastWrites {
    inner: Arc<dyn Identify>,
    name: HeaderName,
    all: fn(&Head) -> Vec<HeaderValue>,
}

impl Identify for FirstReadsLastWrites {
    fn inner(&self) -> &dyn Identify {
        &*self.inner
    }

    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        let all = (self.all)(head);
        let taken = match head.method == Method::GET {
            true => all.into_iter().next(),
            false => all.into_iter().next_back(),
        };
        let Some(taken) = taken else {
            return self.inner.credential(parts, head);
        };
        let mut one = head.clone();
        one.headers.insert(&self.name, taken);
        self.inner.credential(parts, &one)
    }
}
