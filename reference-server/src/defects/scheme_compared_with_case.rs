//! The scheme is compared to the letter (CWE-178).

use super::Defect;
use crate::identify::Identify;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::http::header;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "scheme-compared-with-case",
    title: "Only the spelling Bearer is accepted",
    cwe: 178,
    caught_by: &["token.scheme-case"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(SchemeComparedWithCase(parts.identify.clone())),
        ..parts
    },
};

struct SchemeComparedWithCase(Arc<dyn Identify>);

impl Identify for SchemeComparedWithCase {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        let sent = head.headers.get(header::AUTHORIZATION);
        match sent {
            Some(value) if !value.as_bytes().starts_with(b"Bearer ") => {
                Err(Problem::invalid_token("not Bearer"))
            }
            Some(_) | None => self.0.credential(parts, head),
        }
    }
}
