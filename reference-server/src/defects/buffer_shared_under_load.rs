//! Lists are written into a pool of eight buffers; when all are out, requests share one (CWE-488).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Page, Scope, Tasks};
use async_trait::async_trait;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "buffer-shared-under-load",
    title: "With more than eight requests at once, lists share a buffer",
    cwe: 488,
    caught_by: &["isolation.concurrent-users"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(BufferSharedUnderLoad {
            inner: parts.tasks.clone(),
            out: AtomicUsize::new(0),
            last: Mutex::default(),
        }),
        ..parts
    },
};

const POOL: usize = 8;

struct BufferSharedUnderLoad {
    inner: Arc<dyn Tasks>,
    out: AtomicUsize,
    last: Mutex<Option<Page>>,
}

#[async_trait]
impl Tasks for BufferSharedUnderLoad {
    fn inner(&self) -> &dyn Tasks {
        &*self.inner
    }

    async fn list(
        &self,
        parts: &Parts,
        scope: &Scope,
        pairs: &[(String, String)],
    ) -> Result<Page, Problem> {
        let out = self.out.fetch_add(1, Ordering::SeqCst);
        let page = self.inner.list(parts, scope, pairs).await;
        // As long as an answer takes to be written.
        let shared = |page: Option<Page>| {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if page.is_some() {
                *last = page;
            }
            last.clone()
        };
        let page = match page {
            Ok(page) if out >= POOL => {
                shared(Some(page.clone()));
                tokio::time::sleep(Duration::from_millis(3)).await;
                Ok(shared(None).unwrap_or(page))
            }
            other => {
                tokio::time::sleep(Duration::from_millis(1)).await;
                other
            }
        };
        self.out.fetch_sub(1, Ordering::SeqCst);
        page
    }
}
