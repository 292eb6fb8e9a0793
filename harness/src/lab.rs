//! The outside as a probe sees it, on the stage of its scenario.

use std::time::Duration;

use async_trait::async_trait;
use scenarios::model::Step;
use scenarios::probes::{DeclaredLimit, Lab, Sent, find};
use scenarios::verdict::Verdict;

use crate::controls::{Sentinels, When};
use crate::forge::Key;
use crate::play::Case;
use crate::run::Seen as Kept;
use crate::stage::{Part, Shown, Stage, Stop};
use crate::target::Limit;

struct Bench<'s, 'r>(&'s mut Stage<'r>);

/// Runs the probe of a scenario between its controls.
pub(crate) async fn probe(stage: &mut Stage<'_>) -> Vec<Case> {
    let Some(probe) = stage.scenario.probe.as_deref().and_then(find) else {
        return Vec::new();
    };
    let around = Step {
        actor: Some("alice".into()),
        call: Some("probe".into()),
        ..Step::default()
    };
    let (mut shown, mut sentinels) = (Shown::default(), Sentinels::default());
    let before = stage
        .control(&around, When::Before, &mut shown, &mut sentinels)
        .await;
    let mut broken = before.err();
    let mut attempts = Vec::new();
    if broken.is_none() {
        attempts = (probe.run)(&mut Bench(stage)).await;
        broken = stage
            .control(&around, When::After, &mut shown, &mut sentinels)
            .await
            .err();
    }
    let exchanges = std::mem::take(&mut stage.record);
    if let Some(stop) = broken {
        let verdict = match stop {
            Stop::Skip(why) if attempts.is_empty() => Verdict::Skipped(why),
            Stop::Skip(why) | Stop::Unclear(why) => Verdict::Inconclusive(why),
            Stop::Broken(why) => Verdict::Error(why),
        };
        return vec![Case {
            name: probe.name.into(),
            verdict,
            exchanges,
        }];
    }
    let cases = attempts.into_iter().map(|attempt| Case {
        name: attempt.name,
        verdict: attempt.verdict,
        exchanges: exchanges.clone(),
    });
    cases.collect()
}

fn words(stop: Stop) -> String {
    match stop {
        Stop::Skip(why) | Stop::Unclear(why) | Stop::Broken(why) => why,
    }
}

#[async_trait]
impl Lab for Bench<'_, '_> {
    async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String> {
        let part = if control { Part::Control } else { Part::Attack };
        let forms = self.0.forms(&step).await.map_err(words)?;
        let done = self
            .0
            .perform(&step, part, forms.first())
            .await
            .map_err(words)?;
        self.0.run.saw(Kept {
            scenario: self.0.scenario.id.clone(),
            case: self.0.scenario.probe.clone().unwrap_or_default(),
            exchange: done.exchange.clone(),
            good: None,
        });
        Ok(Sent {
            accepted: done.complete,
            credential: done.credential.is_some(),
            exchange: done.exchange,
        })
    }

    fn forget_last(&mut self) {
        self.0.record.pop();
    }

    async fn wait(&mut self, duration: Duration) -> Result<(), String> {
        crate::wire::wait(self.0.run, "until a limit has passed", duration).await
    }

    async fn fresh_token(&mut self, actor: &str) -> Result<String, String> {
        self.0.renew(actor).await.map_err(words)
    }

    fn login_limit(&self) -> DeclaredLimit {
        match self.0.run.target.limits.login {
            Limit::Undeclared => DeclaredLimit::Undeclared,
            Limit::Edge => DeclaredLimit::Edge,
            Limit::Count { count, seconds } => DeclaredLimit::Count { count, seconds },
        }
    }

    fn wordlist(&self) -> &[u8] {
        &self.0.run.options.wordlist
    }

    fn key_set(&self) -> &[serde_json::Value] {
        &self.0.run.public_keys
    }

    fn use_secret(&mut self, secret: &[u8]) {
        self.0.run.set_key(Key::hmac(secret.to_vec()));
    }

    fn patience(&self) -> Duration {
        self.0.run.options.patience
    }
}
