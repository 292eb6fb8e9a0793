//! No answer forbids browsers to guess its type (CWE-693).

use super::Defect;
use crate::parts::{Head, Parts};
use crate::replies::Replies;
use axum::http::{HeaderMap, header};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "types-are-guessed",
    title: "Browsers may guess the type of answers",
    cwe: 693,
    caught_by: &["transport.nosniff"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(TypesAreGuessed(parts.replies.clone())),
        ..parts
    },
};

struct TypesAreGuessed(Arc<dyn Replies>);

impl Replies for TypesAreGuessed {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn security_headers(&self, parts: &Parts, head: &Head, headers: &mut HeaderMap) {
        self.0.security_headers(parts, head, headers);
        headers.remove(header::X_CONTENT_TYPE_OPTIONS);
    }
}
