//! The port that finds out who asks: which credential counts, and whose it is.

use crate::accounts::User;
use crate::config::AuthMode;
use crate::ids::SessionId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::Claims;
use async_trait::async_trait;
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Map, Value};

/// The cookie of the access token.
pub const ACCESS_COOKIE: &str = "__Host-access";
/// The cookie of the refresh token.
pub const REFRESH_COOKIE: &str = "__Host-refresh";

/// Who asks.
#[derive(Debug, Clone)]
pub struct Identity {
    pub user: User,
    pub session: SessionId,
    pub claims: Claims,
}

/// Reads credentials and turns them into an identity. The head knows method, path, route (`MatchedPath`) and peer.
#[async_trait]
pub trait Identify: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Identify;

    /// The access token that the request presents; an error when it presents several.
    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        self.inner().credential(parts, head)
    }
    /// The refresh token that the request presents.
    fn refresh_credential(
        &self,
        parts: &Parts,
        head: &Head,
        body: &Map<String, Value>,
    ) -> Result<String, Problem> {
        self.inner().refresh_credential(parts, head, body)
    }
    /// Refuses unsafe requests that another site made a browser send (cookie mode; ASVS 3.5.1).
    fn same_site(&self, parts: &Parts, head: &Head) -> Result<(), Problem> {
        self.inner().same_site(parts, head)
    }
    /// The identity behind the credential, or a 401.
    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        self.inner().identify(parts, head).await
    }
}

/// One credential from the one configured place.
pub(crate) struct StrictIdentify;

#[async_trait]
impl Identify for StrictIdentify {
    fn inner(&self) -> &dyn Identify {
        self
    }

    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        match parts.config.auth {
            AuthMode::Bearer => bearer(&head.headers),
            AuthMode::Cookie => cookie(&head.headers, ACCESS_COOKIE),
        }
    }

    fn refresh_credential(
        &self,
        parts: &Parts,
        head: &Head,
        body: &Map<String, Value>,
    ) -> Result<String, Problem> {
        match parts.config.auth {
            AuthMode::Bearer => match body.get("refresh_token") {
                Some(Value::String(token)) => Ok(token.clone()),
                Some(_) | None => Err(Problem::invalid("refresh_token must be text.")),
            },
            AuthMode::Cookie => {
                cookie(&head.headers, REFRESH_COOKIE)?.ok_or_else(Problem::unauthenticated)
            }
        }
    }

    fn same_site(&self, parts: &Parts, head: &Head) -> Result<(), Problem> {
        let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(&head.method);
        if parts.config.auth == AuthMode::Bearer || safe {
            return Ok(());
        }
        let refused = Problem::new(
            StatusCode::FORBIDDEN,
            "cross-site",
            "Requests with cookies need an Origin that is allowed.",
        );
        let mut origins = head.headers.get_all(header::ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) if session_cookies(&head.headers) => Err(refused),
            (None, _) => match head
                .headers
                .get("sec-fetch-site")
                .map(|site| site.as_bytes())
            {
                None | Some(b"same-origin" | b"none") => Ok(()),
                Some(_) => Err(refused),
            },
            (Some(origin), None) => {
                let Ok(origin) = origin.to_str() else {
                    return Err(refused);
                };
                if parts.cors.allows(parts, origin) || is_own(origin, &head.headers) {
                    Ok(())
                } else {
                    Err(refused)
                }
            }
            (Some(_), Some(_)) => Err(refused),
        }
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let token = parts
            .identify
            .credential(parts, head)?
            .ok_or_else(Problem::unauthenticated)?;
        let verified = parts
            .tokens
            .verify(parts, &token)
            .map_err(|reject| Problem::invalid_token(reject.0))?;
        let user = parts
            .sessions
            .standing(parts, &verified.user, &verified.session)
            .await?;
        let user = user
            .ok_or_else(|| Problem::invalid_token("the session has ended or the user is gone"))?;
        Ok(Identity {
            user,
            session: verified.session,
            claims: verified.claims,
        })
    }
}

/// The token of the one `Authorization: Bearer` header (RFC 6750 2.1); the scheme word in any letter case.
fn bearer(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::invalid_token("two Authorization headers"));
    }
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    });
    match token {
        Some(token) if !token.is_empty() => Ok(Some(token.to_owned())),
        Some(_) | None => Err(Problem::invalid_token("not `Bearer` and a token")),
    }
}

/// The value of the one cookie of this name.
fn cookie(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    let mut found = None;
    for (key, value) in cookies(headers) {
        if key == name && found.replace(value.to_owned()).is_some() {
            return Err(Problem::invalid_token("one cookie twice"));
        }
    }
    Ok(found)
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

fn session_cookies(headers: &HeaderMap) -> bool {
    cookies(headers).any(|(name, _)| name == ACCESS_COOKIE || name == REFRESH_COOKIE)
}

/// Whether the origin is the host that this request was sent to.
fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let named = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    matches!((host, named), (Some(host), Some(named)) if host == named)
}
