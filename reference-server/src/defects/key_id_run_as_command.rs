//! The id of the key is handed to a shell (CWE-78). Nothing is run here: what a shell would sleep is slept.

use super::Defect;
use super::shared::doubles::{Counts, object};
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "key-id-run-as-command",
    title: "The id of the key is run as a command",
    cwe: 78,
    caught_by: &["token.kid-command"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(KeyIdRunAsCommand(parts.identify.clone())),
        ..parts
    },
};

/// The seconds that a shell would sleep for a text.
fn slept(kid: &str) -> Option<u64> {
    let (_, command) = kid.split_once(['|', ';', '`', '$'])?;
    let seconds = command.split_once("sleep ")?.1;
    let digits = seconds.trim_end_matches(|c: char| !c.is_ascii_digit());
    digits.parse().ok().filter(|seconds| *seconds < 10)
}

struct KeyIdRunAsCommand(Arc<dyn Identify>);

#[async_trait]
impl Identify for KeyIdRunAsCommand {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let token = parts.identify.credential(parts, head)?.unwrap_or_default();
        let header = token
            .split('.')
            .next()
            .and_then(|h| object(h, Counts::Last));
        let header = header.unwrap_or_default();
        if let Some(seconds) = header.get("kid").and_then(Value::as_str).and_then(slept) {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
        self.0.identify(parts, head).await
    }
}
