//! Answers with tokens may be stored by caches (CWE-525).

use super::Defect;
use crate::parts::{Head, Parts};
use crate::replies::Replies;
use axum::http::HeaderMap;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "tokens-cacheable",
    title: "Answers with tokens may be stored by caches",
    cwe: 525,
    caught_by: &["login.cache-control"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(TokensCacheable(parts.replies.clone())),
        ..parts
    },
};

struct TokensCacheable(Arc<dyn Replies>);

impl Replies for TokensCacheable {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn caching(&self, _: &Parts, _: &Head, _: &mut HeaderMap) {}
}
