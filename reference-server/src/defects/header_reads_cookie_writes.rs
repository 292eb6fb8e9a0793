//! Beside the cookie a bearer token is taken, for apps; reads prefer it, and writes prefer the cookie (CWE-436).

use super::Defect;
use crate::identify::Identify;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::{Method, header};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "header-reads-cookie-writes",
    title: "Reads go by the header and writes by the cookie",
    cwe: 436,
    caught_by: &["token.cookie-header-disagree"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(HeaderReadsCookieWrites(parts.identify.clone())),
        ..parts
    },
};

struct HeaderReadsCookieWrites(Arc<dyn Identify>);

#[async_trait]
impl Identify for HeaderReadsCookieWrites {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        let value = head.headers.get(header::AUTHORIZATION);
        let value = value.and_then(|value| value.to_str().ok());
        let bearer = value.and_then(|value| value.strip_prefix("Bearer "));
        let cookie = self.0.credential(parts, head)?;
        let bearer = bearer.map(str::to_owned);
        Ok(match head.method == Method::GET {
            true => bearer.or(cookie),
            false => cookie.or(bearer),
        })
    }
}
