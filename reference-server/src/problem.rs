//! Every refusal and failure is a `Problem`; the edge renders it (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use std::borrow::Cow;
use std::time::Duration;

/// What a 401 says about the credential (RFC 6750 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// None was sent.
    Missing,
    /// One was sent and it is not good.
    InvalidToken,
}

/// An answer that is not a success.
#[derive(Debug, Clone)]
pub struct Problem {
    pub status: StatusCode,
    /// A stable word for programs, such as `not-found`.
    pub code: &'static str,
    /// One sentence for people; never holds what the client or the database said.
    pub detail: Cow<'static, str>,
    pub challenge: Option<Challenge>,
    pub retry_after: Option<Duration>,
    /// For the log only.
    pub cause: Option<String>,
}

impl Problem {
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            challenge: None,
            retry_after: None,
            cause: None,
        }
    }

    /// No credential, or more than one.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self {
            challenge: Some(Challenge::Missing),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "Sign in first.",
            )
        }
    }

    /// A credential that is not good; `why` goes to the log alone.
    #[must_use]
    pub fn invalid_token(why: &str) -> Self {
        Self {
            challenge: Some(Challenge::InvalidToken),
            cause: Some(why.to_owned()),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid-token",
                "The credential is not valid.",
            )
        }
    }

    /// What does not exist, or belongs to another: one answer for both.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "There is no such resource.",
        )
    }

    /// Well-formed input that breaks a rule.
    pub fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-input", detail)
    }

    #[must_use]
    pub fn too_many(retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many attempts; try again later.",
            )
        }
    }

    #[must_use]
    pub fn overloaded() -> Self {
        Self {
            retry_after: Some(Duration::from_secs(1)),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "The server is busy; try again later.",
            )
        }
    }

    /// A failure of this server; `cause` goes to the log alone.
    pub fn internal(cause: impl ToString) -> Self {
        Self {
            cause: Some(cause.to_string()),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "The server failed; the failure is logged.",
            )
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self {
                cause: Some(error.to_string()),
                ..Self::overloaded()
            },
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for Problem {
    /// Only the status; the edge finds the problem in the extensions and renders it.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
