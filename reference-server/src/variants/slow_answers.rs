//! Each answer takes at least 150 ms.

use super::Variant;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use std::time::Duration;

pub(super) const VARIANT: Variant = Variant {
    id: "slow-answers",
    title: "150 ms before each answer",
    install: |parts| {
        parts.around(|router| {
            router.layer(from_fn(|request: Request, next: Next| async {
                tokio::time::sleep(DELAY).await;
                next.run(request).await
            }))
        })
    },
    ..Variant::PLAIN
};

const DELAY: Duration = Duration::from_millis(150);
