//! Attacks that a table of requests cannot say: guessing, bursts. A probe reaches the outside only through its [`Lab`].

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use crate::exchange::Exchange;
use crate::model::Step;
use crate::verdict::Verdict;

mod bad_input;
pub mod guess;
mod jwks_public_only;
mod login_burst;
mod retry_after;
mod vary_origin;
mod weak_secret;

/// Every probe that a scenario file can name.
pub const PROBES: &[Probe] = &[
    bad_input::PROBE,
    login_burst::PROBE,
    retry_after::PROBE,
    vary_origin::PROBE,
    jwks_public_only::PROBE,
    login_burst::PROBE,
    retry_after::PROBE,
    weak_secret::PROBE,
];

/// The probe with this name.
pub fn find(name: &str) -> Option<&'static Probe> {
    PROBES.iter().find(|probe| probe.name == name)
}

/// One attack in Rust code.
#[derive(Debug)]
pub struct Probe {
    pub name: &'static str,
    /// Attacks; the control of the scenario is observed around it by the harness.
    pub run: for<'a> fn(&'a mut dyn Lab) -> Run<'a>,
}

/// What a probe is while it runs.
pub type Run<'a> = Pin<Box<dyn Future<Output = Vec<Attempt>> + Send + 'a>>;

/// What one attempt of a probe came to; its evidence is what the lab recorded since the attempt before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub name: String,
    pub verdict: Verdict,
}

/// One answered step.
#[derive(Debug, Clone)]
pub struct Sent {
    pub exchange: Exchange,
    /// Whether it was a good answer: 2xx with what must be in it.
    pub accepted: bool,
    /// Whether it brought a credential.
    pub credential: bool,
}

/// A declared rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclaredLimit {
    Undeclared,
    /// Enforced by something in front of the target.
    Edge,
    Count {
        count: u32,
        seconds: u32,
    },
}

/// The outside, as a probe sees it.
#[async_trait]
pub trait Lab: Send {
    /// Sends one step in the notation of scenario files and records the exchange.
    async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String>;
    /// Takes the exchange that was sent last out of the evidence: it showed nothing.
    fn forget_last(&mut self);
    /// Lets time pass: on the clock that target and harness share, or for real.
    async fn wait(&mut self, duration: Duration) -> Result<(), String>;
    /// Signs in anew and gives the access token as text.
    async fn fresh_token(&mut self, actor: &str) -> Result<String, String>;
    /// Failed logins for one account that the profile declares to be allowed.
    fn login_limit(&self) -> DeclaredLimit;
    /// Words of the user's own list for guessing, one a line.
    fn wordlist(&self) -> &[u8];
    /// The key set that the issuer publishes (RFC 7517), one JWK each.
    fn key_set(&self) -> &[Value];
    /// Gives the signing key to the forge, for this run.
    fn use_secret(&mut self, secret: &[u8]);
    /// The longest time that a limit is waited for.
    fn patience(&self) -> Duration;
}
