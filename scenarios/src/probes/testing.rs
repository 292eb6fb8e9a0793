//! A target with a limit, simulated: what the probes of limits are tested on.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::{Attempt, DeclaredLimit, Front, Lab, Probe, Sent};
use crate::exchange::{Answer, Exchange, Response};
use crate::model::Step;

/// Counts failed logins, and the ways in which such a count goes wrong.
pub(super) struct Limiter {
    /// Failures after which it throttles.
    pub(super) most: u32,
    /// The header whose value is a part of what is counted for.
    pub(super) believes: Option<&'static str>,
    /// Counts for the address as it was sent, not for the account.
    pub(super) counts_raw: bool,
    /// The account is found by its address in any case.
    pub(super) folds_case: bool,
    pub(super) front: Option<Front>,
    pub(super) declared: DeclaredLimit,
    pub(super) counts: BTreeMap<String, u32>,
    pub(super) unlimited: bool,
    pub(super) clock: Duration,
}

impl Default for Limiter {
    fn default() -> Limiter {
        Limiter {
            most: 5,
            believes: None,
            counts_raw: false,
            folds_case: false,
            front: None,
            declared: DeclaredLimit::Undeclared,
            counts: BTreeMap::new(),
            unlimited: false,
            clock: Duration::ZERO,
        }
    }
}

/// Runs a probe to its end, for accounts that are new to the target.
pub(super) fn run(probe: &Probe, lab: &mut Limiter) -> Vec<Attempt> {
    lab.counts.clear();
    finish((probe.run)(lab))
}

/// Runs a probe that waits for nothing outside.
pub(super) fn finish<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(run)
}

impl Limiter {
    fn login(&mut self, step: &Step) -> (Response, bool) {
        let own = format!("{}@example.com", step.actor.as_deref().unwrap_or("alice"));
        let sent = step
            .fields
            .get("email")
            .and_then(Value::as_str)
            .unwrap_or(&own);
        let plain = sent.trim().to_lowercase();
        let mut key = match self.counts_raw {
            true => sent.to_owned(),
            false => plain.clone(),
        };
        if let Some(value) = self.believes.and_then(|name| step.headers.get(name)) {
            key.push_str(value);
        }
        let count = self.counts.entry(key).or_default();
        if *count >= self.most {
            return (throttled(), false);
        }
        let known = match self.folds_case {
            true => sent.to_lowercase() == own,
            false => sent == own,
        };
        if known && !step.fields.contains_key("password") {
            return (of(200), true);
        }
        *count += 1;
        (of(401), false)
    }
}

fn of(status: u16) -> Response {
    Response {
        status,
        duration: Duration::from_millis(1),
        ..Response::default()
    }
}

fn throttled() -> Response {
    Response {
        headers: vec![("retry-after".into(), "60".into())],
        ..of(429)
    }
}

#[async_trait]
impl Lab for Limiter {
    async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String> {
        let (response, credential) = match (step.call.as_deref(), &step.at) {
            (Some("login"), None) => self.login(&step),
            _ => (of(404), false),
        };
        Ok(Sent {
            exchange: Exchange {
                actor: step.actor.unwrap_or_default(),
                call: step.call.unwrap_or_default(),
                control,
                request: Default::default(),
                answer: Answer::Response(response),
                recipe: None,
            },
            accepted: credential,
            credential,
            disclosed: Vec::new(),
            marker: None,
        })
    }
    fn forget_last(&mut self) {}
    async fn wait(&mut self, duration: Duration) -> Result<(), String> {
        self.clock += duration;
        if duration >= Duration::from_secs(60) {
            self.counts.clear();
        }
        Ok(())
    }
    async fn fresh_token(&mut self, _: &str) -> Result<String, String> {
        Err(super::ABSENT.into())
    }
    fn login_limit(&self) -> DeclaredLimit {
        self.declared
    }
    fn has_no_login_limit(&self) -> bool {
        self.unlimited
    }
    fn found_no_login_limit(&mut self) {
        self.unlimited = true;
    }
    fn front(&self) -> Front {
        self.front.unwrap_or(Front::Loopback)
    }
    fn now(&self) -> Duration {
        self.clock
    }
    fn text(&self, template: &str) -> Result<String, String> {
        Ok(template
            .replace("{alice.email}", "alice@example.com")
            .replace("{alice.username}", "alice")
            .replace("{rand}", "k3v9"))
    }
    fn path(&self, _: &Step) -> Result<String, String> {
        Ok("/login".into())
    }
    fn wordlist(&self) -> &[u8] {
        &[]
    }
    fn key_set(&self) -> &[Value] {
        &[]
    }
    fn use_secret(&mut self, _: &[u8]) {}
    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }
}
