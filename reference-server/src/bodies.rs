//! The bodies port: how a request body becomes JSON, within limits of type, size and time.

use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Map, Value};

/// Reads bodies.
#[async_trait]
pub trait Bodies: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Bodies;

    /// Refuses other media types (415): a browser form cannot send `application/json` across sites.
    fn media_type(&self, parts: &Parts, head: &Head) -> Result<(), Problem> {
        self.inner().media_type(parts, head)
    }
    /// Bytes that are read at most.
    fn limit(&self, parts: &Parts) -> usize {
        self.inner().limit(parts)
    }
    /// The members of the JSON object in `bytes`.
    fn parse(&self, parts: &Parts, bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
        self.inner().parse(parts, bytes)
    }
    /// Type, size, time, form, in this order.
    async fn read(
        &self,
        parts: &Parts,
        head: &Head,
        body: Body,
    ) -> Result<Map<String, Value>, Problem> {
        self.inner().read(parts, head, body).await
    }
}

/// JSON objects only.
pub(crate) struct JsonBodies;

#[async_trait]
impl Bodies for JsonBodies {
    fn inner(&self) -> &dyn Bodies {
        self
    }

    fn media_type(&self, _: &Parts, head: &Head) -> Result<(), Problem> {
        let sent = head
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = sent.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/json") {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            "Send application/json.",
        ))
    }

    fn limit(&self, parts: &Parts) -> usize {
        parts.config.body_limit
    }

    fn parse(&self, _: &Parts, bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) => Err(Problem::invalid("The body must be a JSON object.")),
            Err(_) => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "bad-json",
                "The body is not well-formed JSON.",
            )),
        }
    }

    async fn read(
        &self,
        parts: &Parts,
        head: &Head,
        body: Body,
    ) -> Result<Map<String, Value>, Problem> {
        parts.bodies.media_type(parts, head)?;
        let limited = Limited::new(body, parts.bodies.limit(parts));
        let Ok(read) = tokio::time::timeout(parts.config.body_timeout, limited.collect()).await
        else {
            return Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "body-timeout",
                "The body took too long.",
            ));
        };
        match read {
            Ok(body) => parts.bodies.parse(parts, &body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body-too-large",
                "The body is too large.",
            )),
            Err(_) => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "bad-body",
                "The body broke off.",
            )),
        }
    }
}
