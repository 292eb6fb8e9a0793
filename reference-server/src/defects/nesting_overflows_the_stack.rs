//! The parser of token parts calls itself for each bracket, without a limit (CWE-674).

use super::Defect;
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "nesting-overflows-the-stack",
    title: "Deep JSON in a token crashes its handler",
    cwe: 674,
    caught_by: &["token.json-nesting"],
    implies: &[("errors.no-5xx-on-bad-token", "it sends deep tokens")],
    install: |parts| Parts {
        identify: Arc::new(NestingOverflowsTheStack(parts.identify.clone())),
        ..parts
    },
};

/// Calls that fit on the stack.
pub(super) const ROOM: usize = 500;

/// The deepest nesting of brackets in a text.
pub(super) fn depth(text: &[u8]) -> usize {
    let (mut now, mut deepest) = (0usize, 0);
    for byte in text {
        match byte {
            b'[' | b'{' => now += 1,
            b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(now);
    }
    deepest
}

struct NestingOverflowsTheStack(Arc<dyn Identify>);

#[async_trait]
impl Identify for NestingOverflowsTheStack {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let token = parts.identify.credential(parts, head)?.unwrap_or_default();
        let deep =
            |part: &str| Base64UrlUnpadded::decode_vec(part).is_ok_and(|text| depth(&text) > ROOM);
        if token.split('.').any(deep) {
            return Err(Problem::internal("stack overflow"));
        }
        self.0.identify(parts, head).await
    }
}
