//! The replies port: how grants, cookies, problems and headers look on the wire.

use crate::config::AuthMode;
use crate::identify::{ACCESS_COOKIE, REFRESH_COOKIE};
use crate::parts::{Head, Parts};
use crate::problem::{Challenge, Problem};
use crate::sessions::Started;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::time::Duration;

/// Writes answers.
pub trait Replies: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Replies;

    /// A sign-in: tokens in the body (bearer mode) or in cookies (cookie mode), never both.
    fn grant(
        &self,
        parts: &Parts,
        status: StatusCode,
        started: &Started,
    ) -> Result<Response, Problem> {
        self.inner().grant(parts, status, started)
    }
    /// The text of a `Set-Cookie` header; a `max_age` of zero deletes.
    fn cookie(&self, parts: &Parts, name: &str, value: &str, max_age: Duration) -> String {
        self.inner().cookie(parts, name, value, max_age)
    }
    /// An answer without content that deletes the cookies of cookie mode.
    fn signed_out(&self, parts: &Parts) -> Response {
        self.inner().signed_out(parts)
    }
    /// JSON with a status.
    fn json(&self, parts: &Parts, status: StatusCode, value: &Value) -> Response {
        self.inner().json(parts, status, value)
    }
    /// A problem body (RFC 9457) with the headers that belong to it; shows nothing of `problem.cause`.
    fn problem(&self, parts: &Parts, problem: &Problem) -> Response {
        self.inner().problem(parts, problem)
    }
    /// The challenge of a 401 (RFC 6750 3).
    fn challenge(&self, parts: &Parts, challenge: Challenge) -> &'static str {
        self.inner().challenge(parts, challenge)
    }
    /// Headers of every answer.
    fn security_headers(&self, parts: &Parts, head: &Head, headers: &mut HeaderMap) {
        self.inner().security_headers(parts, head, headers);
    }
    /// `Cache-Control`, where the handler set none.
    fn caching(&self, parts: &Parts, head: &Head, headers: &mut HeaderMap) {
        self.inner().caching(parts, head, headers);
    }
}

/// The secure answers.
pub(crate) struct PlainReplies;

impl Replies for PlainReplies {
    fn inner(&self) -> &dyn Replies {
        self
    }

    fn grant(
        &self,
        parts: &Parts,
        status: StatusCode,
        started: &Started,
    ) -> Result<Response, Problem> {
        let access = parts.tokens.issue(parts, &started.user, &started.session)?;
        let user = parts.accounts.view(parts, &started.user);
        let expires_in = parts.config.access_lifetime.as_secs();
        match parts.config.auth {
            AuthMode::Bearer => Ok(parts.replies.json(parts, status, &json!({
                "user": user, "access_token": access, "token_type": "Bearer", "expires_in": expires_in,
                "refresh_token": started.refresh_token,
            }))),
            AuthMode::Cookie => {
                let mut response = parts.replies.json(parts, status, &json!({ "user": user, "expires_in": expires_in }));
                let cookies = [
                    parts.replies.cookie(parts, ACCESS_COOKIE, &access, parts.config.access_lifetime),
                    parts.replies.cookie(parts, REFRESH_COOKIE, &started.refresh_token, parts.config.refresh_lifetime),
                ];
                set_cookies(&mut response, &cookies);
                Ok(response)
            }
        }
    }

    fn cookie(&self, _: &Parts, name: &str, value: &str, max_age: Duration) -> String {
        format!(
            "{name}={value}; Max-Age={}; Path=/; Secure; HttpOnly; SameSite=Lax",
            max_age.as_secs()
        )
    }

    fn signed_out(&self, parts: &Parts) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        if parts.config.auth == AuthMode::Cookie {
            let cookies = [ACCESS_COOKIE, REFRESH_COOKIE]
                .map(|name| parts.replies.cookie(parts, name, "", Duration::ZERO));
            set_cookies(&mut response, &cookies);
        }
        response
    }

    fn json(&self, _: &Parts, status: StatusCode, value: &Value) -> Response {
        (
            status,
            [(header::CONTENT_TYPE, "application/json")],
            value.to_string(),
        )
            .into_response()
    }

    fn problem(&self, parts: &Parts, problem: &Problem) -> Response {
        let title = problem.status.canonical_reason().unwrap_or("Error");
        let body = json!({
            "type": "about:blank", "title": title, "status": problem.status.as_u16(),
            "detail": problem.detail, "code": problem.code,
        });
        let mut response = (
            problem.status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body.to_string(),
        )
            .into_response();
        let headers = response.headers_mut();
        if let Some(challenge) = problem.challenge {
            let text = parts.replies.challenge(parts, challenge);
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(text));
        }
        if let Some(wait) = problem.retry_after {
            // Rounded up, so that waiting this long is always enough.
            headers.insert(
                header::RETRY_AFTER,
                HeaderValue::from(wait.as_millis().div_ceil(1000) as u64),
            );
        }
        response
    }

    fn challenge(&self, _: &Parts, challenge: Challenge) -> &'static str {
        match challenge {
            Challenge::Missing => "Bearer",
            Challenge::InvalidToken => r#"Bearer error="invalid_token""#,
        }
    }

    fn security_headers(&self, _: &Parts, _: &Head, headers: &mut HeaderMap) {
        for (name, value) in SECURITY {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }

    fn caching(&self, _: &Parts, _: &Head, headers: &mut HeaderMap) {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
}

fn set_cookies(response: &mut Response, cookies: &[String]) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// ASVS 3.4: answers are data, never pages.
const SECURITY: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::STRICT_TRANSPORT_SECURITY,
        "max-age=31536000; includeSubDomains",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];
