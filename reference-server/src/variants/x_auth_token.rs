//! The token travels in `X-Auth-Token`, without a scheme; `Authorization` is not looked at.

use super::Variant;
use crate::cors::Cors;
use crate::identify::Identify;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::sync::Arc;

pub(super) const VARIANT: Variant = Variant {
    id: "x-auth-token",
    title: "The token in a header of its own",
    profile: r#"
[credential]
send = { header = "X-Auth-Token" }
"#,
    skips: &[("token.scheme-*", "there is no scheme before the token")],
    install: |parts| Parts {
        identify: Arc::new(OwnHeader(parts.identify.clone())),
        cors: Arc::new(OwnHeaderAllowed(parts.cors.clone())),
        ..parts
    },
    ..Variant::PLAIN
};

const NAME: &str = "x-auth-token";

struct OwnHeader(Arc<dyn Identify>);

#[async_trait]
impl Identify for OwnHeader {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    fn credential(&self, _: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        let mut values = head.headers.get_all(NAME).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => match value.to_str() {
                Ok(token) if !token.is_empty() => Ok(Some(token.to_owned())),
                Ok(_) | Err(_) => Err(Problem::invalid_token("no text in the header")),
            },
            (Some(_), Some(_)) => Err(Problem::invalid_token("two tokens")),
        }
    }
}

struct OwnHeaderAllowed(Arc<dyn Cors>);

impl Cors for OwnHeaderAllowed {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn preflight(&self, parts: &Parts, head: &Head) -> Option<Response> {
        let mut response = self.0.preflight(parts, head)?;
        let allowed = HeaderValue::from_static("Content-Type, X-Auth-Token");
        if response.status().is_success() {
            response
                .headers_mut()
                .insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        }
        Some(response)
    }
}
