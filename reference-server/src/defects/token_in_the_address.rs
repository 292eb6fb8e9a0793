//! Where no header came, the token is taken from the query (CWE-598).

use super::Defect;
use crate::identify::Identify;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::http::header;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "token-in-the-address",
    title: "A token in the address is accepted",
    cwe: 598,
    caught_by: &["token.query-string"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(TokenInTheAddress(parts.identify.clone())),
        ..parts
    },
};

struct TokenInTheAddress(Arc<dyn Identify>);

impl Identify for TokenInTheAddress {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        if head.headers.contains_key(header::AUTHORIZATION) {
            return self.0.credential(parts, head);
        }
        let mut pairs = head.uri.query().unwrap_or_default().split('&');
        let token = pairs.find_map(|pair| pair.strip_prefix("access_token="));
        match token {
            Some(token) => Ok(Some(token.to_owned())),
            None => self.0.credential(parts, head),
        }
    }
}
