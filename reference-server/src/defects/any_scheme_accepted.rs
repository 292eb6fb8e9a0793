//! The header is cut at its blank, and what is behind it is the token (CWE-287).

use super::Defect;
use crate::identify::Identify;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::http::header;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "any-scheme-accepted",
    title: "A token is accepted under any scheme",
    cwe: 287,
    caught_by: &["token.scheme-wrong"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(AnySchemeAccepted(parts.identify.clone())),
        ..parts
    },
};

struct AnySchemeAccepted(Arc<dyn Identify>);

impl Identify for AnySchemeAccepted {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        let sent = head.headers.get(header::AUTHORIZATION);
        let words = sent.and_then(|value| value.to_str().ok()?.split_once(' '));
        match words {
            Some((_, token)) if !token.is_empty() => Ok(Some(token.to_owned())),
            Some(_) | None => self.0.credential(parts, head),
        }
    }
}
