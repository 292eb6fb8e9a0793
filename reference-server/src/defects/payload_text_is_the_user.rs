//! A payload that is one text, as signed links have it, is taken for the user (CWE-1287).

use super::Defect;
use super::shared::identities::believed;
use crate::identify::{Identify, Identity};
use crate::ids::UserId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "payload-text-is-the-user",
    title: "A payload that is a text is the user",
    cwe: 1287,
    caught_by: &["token.payload-not-object"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(PayloadTextIsTheUser(parts.identify.clone())),
        ..parts
    },
};

struct PayloadTextIsTheUser(Arc<dyn Identify>);

/// The user of a rightly signed token whose payload is the text of an id.
fn named(parts: &Parts, token: &str) -> Option<UserId> {
    let (message, signature) = token.rsplit_once('.')?;
    if !parts.keys.verify(message.as_bytes(), signature) {
        return None;
    }
    let (_, payload) = message.split_once('.')?;
    let bytes = Base64UrlUnpadded::decode_vec(payload).ok()?;
    UserId::parse(&serde_json::from_slice::<String>(&bytes).ok()?)
}

#[async_trait]
impl Identify for PayloadTextIsTheUser {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let token = parts.identify.credential(parts, head)?.unwrap_or_default();
        match named(parts, &token) {
            Some(user) => believed(parts, &user, Problem::unauthenticated).await,
            None => self.0.identify(parts, head).await,
        }
    }
}
