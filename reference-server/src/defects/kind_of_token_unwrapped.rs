//! The kind of a token is taken for text, whatever it is (CWE-755).

use super::Defect;
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "kind-of-token-unwrapped",
    title: "A kind of token that is no text crashes its handler",
    cwe: 755,
    caught_by: &["token.typ-header"],
    implies: &[(
        "errors.no-5xx-on-bad-token",
        "what is signed and odd is a bad token",
    )],
    install: |parts| Parts {
        identify: Arc::new(KindOfTokenUnwrapped(parts.identify.clone())),
        ..parts
    },
};

struct KindOfTokenUnwrapped(Arc<dyn Identify>);

#[async_trait]
impl Identify for KindOfTokenUnwrapped {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let token = parts.identify.credential(parts, head)?;
        let read = token.and_then(|token| parts.tokens.decode(parts, &token).ok());
        let signed = read.filter(|jws| parts.tokens.signature(parts, jws).is_ok());
        let kind = signed.and_then(|jws| jws.header.get("typ").cloned());
        if kind.is_some_and(|kind| !kind.is_string()) {
            return Err(Problem::internal("typ is no text"));
        }
        self.0.identify(parts, head).await
    }
}
