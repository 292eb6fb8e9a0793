//! A panic over a bad token poisons the lock that the health route takes (CWE-400).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) const DEFECT: Defect = Defect {
    id: "unhealthy-after-bad-token",
    title: "A malformed token makes the service unhealthy",
    cwe: 400,
    caught_by: &["resilience.health-after-attack"],
    implies: &[],
    install,
};

fn install(parts: Parts) -> Parts {
    let poisoned = Arc::new(AtomicBool::new(false));
    let parts = Parts {
        tokens: Arc::new(UnhealthyAfterBadToken {
            inner: parts.tokens.clone(),
            poisoned: poisoned.clone(),
        }),
        ..parts
    };
    parts.around(move |router| {
        let poisoned = poisoned.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let dead =
                poisoned.load(Ordering::SeqCst) && request.uri().path().starts_with("/health");
            async move {
                if dead {
                    return StatusCode::SERVICE_UNAVAILABLE.into_response();
                }
                next.run(request).await
            }
        }))
    })
}

struct UnhealthyAfterBadToken {
    inner: Arc<dyn Tokens>,
    poisoned: Arc<AtomicBool>,
}

impl Tokens for UnhealthyAfterBadToken {
    fn inner(&self) -> &dyn Tokens {
        &*self.inner
    }

    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        self.inner
            .decode(parts, token)
            .inspect_err(|_| self.poisoned.store(true, Ordering::SeqCst))
    }
}
