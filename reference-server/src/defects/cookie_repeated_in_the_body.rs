//! The answer to a sign-in holds the token of its own HttpOnly cookie as well (CWE-522).

use super::Defect;
use crate::config::AuthMode;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::replies::Replies;
use crate::sessions::Started;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::json;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "cookie-repeated-in-the-body",
    title: "The token of the cookie stands in the body as well",
    cwe: 522,
    caught_by: &["cookie.token-also-in-body"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(RepeatedInTheBody(parts.replies.clone())),
        ..parts
    },
};

struct RepeatedInTheBody(Arc<dyn Replies>);

impl Replies for RepeatedInTheBody {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn grant(
        &self,
        parts: &Parts,
        status: StatusCode,
        started: &Started,
    ) -> Result<Response, Problem> {
        let answer = self.0.grant(parts, status, started)?;
        if parts.config.auth == AuthMode::Bearer {
            return Ok(answer);
        }
        let set = answer.headers().get_all(header::SET_COOKIE);
        let first = set.iter().next().and_then(|line| line.to_str().ok());
        let pair = first.and_then(|line| line.split(';').next());
        let token = pair.and_then(|pair| pair.split_once('=')).map(|(_, v)| v);
        let user = parts.accounts.view(parts, &started.user);
        let body = json!({ "user": user, "access_token": token });
        let mut repeated = parts.replies.json(parts, status, &body);
        for line in set {
            let headers = repeated.headers_mut();
            headers.append(header::SET_COOKIE, line.clone());
        }
        Ok(repeated)
    }
}
