//! What several variants have in common: a layer that rewrites answers, one that rewrites heads of requests, and opaque
//! tokens.

use crate::accounts::User;
use crate::ids::SessionId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::{Claims, Reject, Tokens, Verified};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// No answer of this server is longer.
const LONGEST: usize = 1 << 20;

/// A whole answer that a variant may change.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn is_problem(&self) -> bool {
        self.headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "application/problem+json")
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(super) fn set_json(&mut self, value: &Value) {
        self.body = value.to_string().into_bytes();
        self.headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
}

type Rewrite = Arc<dyn Fn(&Head, &mut Answer) + Send + Sync>;

/// Rewrites every answer but those to preflights.
pub(super) fn answers(
    parts: Parts,
    rewrite: impl Fn(&Head, &mut Answer) + Send + Sync + 'static,
) -> Parts {
    let rewrite: Rewrite = Arc::new(rewrite);
    parts.around(move |router| {
        let rewrite = rewrite.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let rewrite = rewrite.clone();
            async move {
                if request.method() == Method::OPTIONS {
                    return next.run(request).await;
                }
                let (head, body) = request.into_parts();
                let response = next.run(Request::from_parts(head.clone(), body)).await;
                let (mut meta, body) = response.into_parts();
                let Ok(body) = to_bytes(body, LONGEST).await else {
                    return StatusCode::INTERNAL_SERVER_ERROR.into_response();
                };
                let mut answer = Answer {
                    status: meta.status,
                    headers: meta.headers,
                    body: body.to_vec(),
                };
                rewrite(&head, &mut answer);
                answer.headers.remove(header::CONTENT_LENGTH);
                (meta.status, meta.headers) = (answer.status, answer.headers);
                Response::from_parts(meta, Body::from(answer.body))
            }
        }))
    })
}

/// Rewrites the head of every request before anybody looks at it.
pub(super) fn heads(parts: Parts, rewrite: fn(&mut Head)) -> Parts {
    parts.around(move |router| {
        router.layer(from_fn(move |request: Request, next: Next| {
            let (mut head, body) = request.into_parts();
            rewrite(&mut head);
            next.run(Request::from_parts(head, body))
        }))
    })
}

/// The status in the place of another, in the problem body too.
pub(super) fn status_for(parts: Parts, from: StatusCode, to: StatusCode) -> Parts {
    answers(parts, move |_, answer| {
        if answer.status == from && answer.is_problem() {
            restate(answer, to);
        }
    })
}

/// Gives a problem another status.
pub(super) fn restate(answer: &mut Answer, to: StatusCode) {
    if let Some(Value::Object(mut problem)) = answer.json() {
        let kind = answer.headers.get(header::CONTENT_TYPE).cloned();
        problem.insert("status".into(), to.as_u16().into());
        problem.insert(
            "title".into(),
            to.canonical_reason().unwrap_or_default().into(),
        );
        answer.set_json(&Value::Object(problem));
        answer
            .headers
            .extend(kind.map(|kind| (header::CONTENT_TYPE, kind)));
    }
    answer.status = to;
    if to != StatusCode::UNAUTHORIZED {
        answer.headers.remove(header::WWW_AUTHENTICATE);
    }
}

/// The server without this method.
pub(super) fn without(parts: Parts, method: Method) -> Parts {
    parts.around(move |router| {
        let missing = method.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let refused = request.method() == missing;
            async move {
                if refused {
                    return StatusCode::METHOD_NOT_ALLOWED.into_response();
                }
                next.run(request).await
            }
        }))
    })
}

/// Access tokens of 256 random bits that the server looks up; each use prolongs them where it says so.
pub(crate) fn opaque(parts: Parts, prolonged: bool) -> Parts {
    Parts {
        tokens: Arc::new(Kept {
            inner: parts.tokens.clone(),
            known: Mutex::default(),
            prolonged,
        }),
        ..parts
    }
}

struct Kept {
    inner: Arc<dyn Tokens>,
    prolonged: bool,
    known: Mutex<HashMap<[u8; 32], (Verified, i64)>>,
}

impl Tokens for Kept {
    fn inner(&self) -> &dyn Tokens {
        &*self.inner
    }

    fn issue(&self, parts: &Parts, user: &User, session: &SessionId) -> Result<String, Problem> {
        let token = Base64UrlUnpadded::encode_string(&rand::random::<[u8; 32]>());
        let verified = Verified {
            user: user.id.clone(),
            session: session.clone(),
            claims: Claims::new(),
        };
        let ends = parts.now_ms() + life(parts);
        self.known().insert(digest(&token), (verified, ends));
        Ok(token)
    }

    fn verify(&self, parts: &Parts, token: &str) -> Result<Verified, Reject> {
        let mut known = self.known();
        let (verified, ends) = known.get_mut(&digest(token)).ok_or(Reject("unknown"))?;
        let now = parts.now_ms();
        if *ends <= now {
            return Err(Reject("its time is over"));
        }
        if self.prolonged {
            *ends = now + life(parts);
        }
        Ok(verified.clone())
    }
}

impl Kept {
    fn known(&self) -> MutexGuard<'_, HashMap<[u8; 32], (Verified, i64)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn life(parts: &Parts) -> i64 {
    i64::try_from(parts.config.access_lifetime.as_millis()).unwrap_or(i64::MAX / 2)
}
