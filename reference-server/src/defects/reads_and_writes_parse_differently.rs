//! Reads take the first of two subjects and writes the last: two parsers, one before each (CWE-436).

use super::Defect;
use super::shared::doubles::{Counts, object};
use super::shared::identities::believed;
use crate::identify::{Identify, Identity};
use crate::ids::UserId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::Method;
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "reads-and-writes-parse-differently",
    title: "Reads and writes take another of two subjects",
    cwe: 436,
    caught_by: &["token.duplicate-claims"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(ReadsAndWritesParseDifferently(parts.identify.clone())),
        ..parts
    },
};

struct ReadsAndWritesParseDifferently(Arc<dyn Identify>);

/// The user of a rightly signed token with two subjects.
fn named(parts: &Parts, token: &str, counts: Counts) -> Option<UserId> {
    let (message, signature) = token.rsplit_once('.')?;
    let (_, payload) = message.split_once('.')?;
    let subject = |counts| object(payload, counts)?.get("sub").cloned();
    let twice = subject(Counts::First) != subject(Counts::Last);
    if !twice || !parts.keys.verify(message.as_bytes(), signature) {
        return None;
    }
    UserId::parse(subject(counts).as_ref().and_then(Value::as_str)?)
}

#[async_trait]
impl Identify for ReadsAndWritesParseDifferently {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let token = parts.identify.credential(parts, head)?.unwrap_or_default();
        let counts = match head.method == Method::GET {
            true => Counts::First,
            false => Counts::Last,
        };
        match named(parts, &token, counts) {
            Some(user) => believed(parts, &user, Problem::unauthenticated).await,
            None => self.0.identify(parts, head).await,
        }
    }
}
