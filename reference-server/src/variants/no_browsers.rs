//! Only programs call it: there are no CORS headers, and preflights meet no route.

use super::Variant;
use crate::cors::Cors;
use crate::parts::{Head, Parts};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use std::sync::Arc;

pub(super) const VARIANT: Variant = Variant {
    id: "no-browsers",
    title: "No browser client, no CORS",
    profile: r#"
[front_end]
origins = []
none = true
"#,
    skips: &[("cors.*", "the profile says that no browser calls")],
    install: |parts| Parts {
        cors: Arc::new(NoBrowsers(parts.cors.clone())),
        ..parts
    },
    ..Variant::PLAIN
};

struct NoBrowsers(Arc<dyn Cors>);

impl Cors for NoBrowsers {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn preflight(&self, _: &Parts, _: &Head) -> Option<Response> {
        None
    }
    fn decorate(&self, _: &Parts, _: Option<&HeaderValue>, _: &mut HeaderMap) {}
}
