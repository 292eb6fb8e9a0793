//! To save the database, answers about tasks may be kept by every cache for a minute (CWE-524).

use super::Defect;
use crate::parts::{Head, Parts};
use crate::replies::Replies;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "tasks-for-shared-caches",
    title: "Answers about tasks say that shared caches may keep them",
    cwe: 524,
    caught_by: &["isolation.shared-cache"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(ForSharedCaches(parts.replies.clone())),
        ..parts
    },
};

struct ForSharedCaches(Arc<dyn Replies>);

impl Replies for ForSharedCaches {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn caching(&self, parts: &Parts, head: &Head, headers: &mut HeaderMap) {
        if head.method == Method::GET && head.uri.path().contains("/tasks") {
            let kept = HeaderValue::from_static("public, max-age=60");
            headers.insert(header::CACHE_CONTROL, kept);
        }
        self.0.caching(parts, head, headers);
    }
}
