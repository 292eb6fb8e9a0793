//! A target with a limit, simulated: what the probes of limits are tested on.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::{Attempt, Counted, DeclaredLimit, Front, Lab, Probe, Sent};
use crate::exchange::{Answer, Exchange, Response};
use crate::model::Step;
use crate::verdict::Verdict;

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
    /// Counts for the address of the client, whatever the account.
    pub(super) by_address: bool,
    /// What that address has on its count from before.
    pub(super) before: u32,
    /// Counts what comes at once when all of it is answered.
    pub(super) counts_late: bool,
    /// Answers 500 to what comes at once.
    pub(super) fails_at_once: bool,
    /// A right password clears every count.
    pub(super) success_clears: bool,
    /// After so many answers the body of further ones asks to type what a picture shows, as does a 403 at registration.
    pub(super) asks_for_a_picture_after: Option<u32>,
    /// How long the limit lasts, and how long it says so.
    pub(super) lasts: Duration,
    pub(super) told: Option<Duration>,
    pub(super) patience: Duration,
    /// Registrations after which they are throttled.
    pub(super) registrations: u32,
    /// What one answer takes on the clock.
    pub(super) pace: Duration,
    pub(super) front: Option<Front>,
    pub(super) declared: DeclaredLimit,
    pub(super) counts: BTreeMap<String, u32>,
    pub(super) answers: u32,
    pub(super) unlimited: bool,
    pub(super) clock: Duration,
}

const MINUTE: Duration = Duration::from_secs(60);
const ADDRESS: &str = "the address";

impl Default for Limiter {
    fn default() -> Limiter {
        Limiter {
            most: 5,
            believes: None,
            counts_raw: false,
            folds_case: false,
            by_address: false,
            before: 0,
            counts_late: false,
            fails_at_once: false,
            success_clears: false,
            asks_for_a_picture_after: None,
            lasts: MINUTE,
            told: Some(MINUTE),
            patience: MINUTE,
            registrations: 1000,
            pace: Duration::ZERO,
            front: None,
            declared: DeclaredLimit::Undeclared,
            counts: BTreeMap::new(),
            answers: 0,
            unlimited: false,
            clock: Duration::ZERO,
        }
    }
}

/// Runs a probe to its end, for accounts that are new to the target.
pub(super) fn run(probe: &Probe, lab: &mut Limiter) -> Vec<Attempt> {
    lab.counts = [(ADDRESS.to_owned(), lab.before)].into();
    finish((probe.run)(lab))
}

/// Runs a probe that waits for nothing outside.
pub(super) fn finish<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(run)
}

/// The verdict of a probe with one attempt.
pub(super) fn verdict(attempts: &[Attempt]) -> Verdict {
    let [attempt] = attempts else {
        panic!("{} attempts", attempts.len());
    };
    attempt.verdict.clone()
}

/// A probe with one attempt comes to this verdict.
#[track_caller]
pub(super) fn check(probe: &Probe, mut lab: Limiter, want: &str) {
    let verdict = verdict(&run(probe, &mut lab));
    assert_eq!(verdict.word(), want, "{verdict:?}");
}

impl Limiter {
    fn login(&mut self, step: &Step) -> (Response, bool) {
        let own = format!("{}@example.com", step.actor.as_deref().unwrap_or("alice"));
        let sent = step
            .fields
            .get("email")
            .and_then(Value::as_str)
            .unwrap_or(&own);
        let sent = &*sent.replace("{rand}", &self.answers.to_string());
        let plain = sent.trim().to_lowercase();
        let mut key = match self.counts_raw {
            true => sent.to_owned(),
            false => plain.clone(),
        };
        if self.by_address {
            key = ADDRESS.to_owned();
        }
        if let Some(value) = self.believes.and_then(|name| step.headers.get(name)) {
            key.push_str(value);
        }
        let count = self.counts.entry(key).or_default();
        if *count >= self.most {
            return (self.throttled(), false);
        }
        let known = match self.folds_case {
            true => sent.to_lowercase() == own,
            false => sent == own,
        };
        if known && !step.fields.contains_key("password") {
            if self.success_clears {
                self.counts.clear();
            }
            return (of(200), true);
        }
        *count += 1;
        let body = match self.asks_for_a_picture() {
            true => "wrong; type what the picture shows",
            false => "wrong",
        };
        let body = body.into();
        (Response { body, ..of(401) }, false)
    }

    fn registration(&mut self) -> Response {
        let count = self.counts.entry("registration".into()).or_default();
        if *count >= self.registrations {
            return self.throttled();
        }
        *count += 1;
        match self.asks_for_a_picture() {
            true => of(403),
            false => of(201),
        }
    }

    fn asks_for_a_picture(&self) -> bool {
        (self.asks_for_a_picture_after).is_some_and(|after| self.answers > after)
    }

    fn throttled(&self) -> Response {
        let told = self.told.map(|told| told.as_secs().to_string());
        Response {
            headers: told
                .map(|told| ("retry-after".into(), told))
                .into_iter()
                .collect(),
            ..of(429)
        }
    }
}

fn of(status: u16) -> Response {
    Response {
        status,
        duration: Duration::from_millis(1),
        ..Response::default()
    }
}

#[async_trait]
impl Lab for Limiter {
    async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String> {
        self.answers += 1;
        self.clock += self.pace;
        let (response, credential) = match (step.call.as_deref(), &step.at) {
            (Some("login"), None) => self.login(&step),
            (Some("register"), None) => (self.registration(), false),
            _ => (of(404), false),
        };
        let accepted = response.is_success();
        Ok(Sent {
            exchange: Exchange {
                actor: step.actor.unwrap_or_default(),
                call: step.call.unwrap_or_default(),
                control,
                request: Default::default(),
                answer: Answer::Response(response),
                recipe: None,
            },
            accepted,
            credential,
            disclosed: Vec::new(),
            marker: None,
        })
    }
    fn forget_last(&mut self) {}
    async fn wait(&mut self, duration: Duration) -> Result<(), String> {
        self.clock += duration;
        if duration >= self.lasts {
            self.counts.clear();
        }
        Ok(())
    }
    async fn fresh_token(&mut self, _: &str) -> Result<String, String> {
        Err(super::ABSENT.into())
    }
    async fn together(&mut self, steps: Vec<Step>) -> Vec<Result<Sent, String>> {
        let before = self.counts.clone();
        let mut all = Vec::new();
        for step in steps {
            if self.counts_late {
                self.counts = before.clone();
            }
            let mut sent = self.send(step, false).await;
            if let (true, Ok(sent)) = (self.fails_at_once, &mut sent) {
                sent.exchange.answer = Answer::Response(of(500));
            }
            all.push(sent);
        }
        all
    }
    fn limit(&self, _: Counted) -> DeclaredLimit {
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
        self.patience
    }
}
