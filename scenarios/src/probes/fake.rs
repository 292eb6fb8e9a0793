//! A target that answers what a test wants, for probes that ask and compare.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::testing::finish;
use super::{
    ABSENT, Attempt, Counted, DeclaredLimit, DeclaredSize, Lab, Owned, Pages, Probe, Sent,
};
use crate::exchange::{Answer, Exchange, Response};
use crate::judge::ObjectState;
use crate::model::Step;

/// The answer to a step whose templates are filled, and whether it is a good one.
type Answers = Box<dyn FnMut(&Step) -> (Response, bool) + Send>;

/// Actors have ids such as `alice-id`; objects have the ids and markers that their saved names give.
pub(super) struct Fake {
    pub(super) answers: Answers,
    pub(super) owned: Vec<Owned>,
    pub(super) disposable: bool,
    pub(super) body_limit: DeclaredSize,
    pub(super) pages: Option<Pages>,
    /// How many texts were made up.
    fresh: std::sync::atomic::AtomicUsize,
}

impl Fake {
    pub(super) fn new(answers: impl FnMut(&Step) -> (Response, bool) + Send + 'static) -> Fake {
        Fake {
            answers: Box::new(answers),
            owned: Vec::new(),
            disposable: true,
            body_limit: DeclaredSize::Undeclared,
            pages: None,
            fresh: Default::default(),
        }
    }

    fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for actor in ["alice", "bob", "carol"] {
            text = text
                .replace(&format!("{{{actor}.id}}"), &format!("{actor}-id"))
                .replace(&format!("{{{actor}.email}}"), &mail(actor))
                .replace(&format!("{{{actor}.name}}"), &format!("Name of {actor}"));
        }
        text = text
            .replace("{object.id}", "id-of-object")
            .replace("{object.marker}", "marker-of-object")
            .replace("{own.marker}", "marker-of-own")
            .replace("{theirs.id}", "id-of-theirs")
            .replace("{theirs.marker}", "marker-of-theirs");
        while text.contains("{marker}") || text.contains("{rand}") {
            let next = self
                .fresh
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let name = if text.contains("{marker}") {
                "{marker}"
            } else {
                "{rand}"
            };
            text = text.replacen(name, &format!("mk{next}x"), 1);
        }
        text
    }

    fn json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.filled(text)),
            Value::Object(members) => {
                let filled = members
                    .iter()
                    .map(|(name, value)| (name.clone(), self.json(value)));
                Value::Object(filled.collect())
            }
            other => other.clone(),
        }
    }
}

/// The address of an actor.
pub(super) fn mail(actor: &str) -> String {
    format!("{actor}@example.com")
}

/// An answer with a JSON body.
pub(super) fn json(status: u16, body: Value) -> Response {
    Response {
        status,
        body: body.to_string().into_bytes(),
        duration: Duration::from_millis(1),
        ..Response::default()
    }
}

/// Runs a probe to its end; its attempts by name and the word of their verdict.
pub(super) fn run(probe: &Probe, lab: &mut Fake) -> Vec<Attempt> {
    finish((probe.run)(lab))
}

/// What all attempts come to together.
pub(super) fn word(attempts: &[Attempt]) -> &'static str {
    let verdicts = attempts.iter().map(|attempt| attempt.verdict.clone());
    crate::verdict::Verdict::worst(verdicts).map_or("nothing", |verdict| verdict.word())
}

#[async_trait]
impl Lab for Fake {
    async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String> {
        let map = |map: &std::collections::BTreeMap<String, Value>| {
            map.iter()
                .map(|(name, value)| (name.clone(), self.json(value)))
                .collect()
        };
        let query = step.query.iter();
        let step = Step {
            at: step.at.as_ref().map(|at| self.filled(at)),
            query: query
                .map(|(name, text)| (name.clone(), self.filled(text)))
                .collect(),
            fields: map(&step.fields),
            extra: map(&step.extra),
            ..step
        };
        let marker = step.fields.get("marker").and_then(Value::as_str);
        let marker = marker.or(Some("mk")).map(str::to_owned);
        let (response, accepted) = (self.answers)(&step);
        let text = response.text().into_owned();
        let others = ["alice", "bob", "carol"].into_iter();
        let others = others.filter(|actor| step.actor.as_deref() != Some(*actor));
        let disclosed = others.filter(|actor| text.contains(&format!("secret of {actor}")));
        let disclosed = disclosed.map(str::to_owned).collect();
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
            credential: false,
            disclosed,
            marker,
        })
    }
    async fn together(&mut self, steps: Vec<Step>) -> Vec<Result<Sent, String>> {
        let mut all = Vec::new();
        for step in steps {
            all.push(self.send(step, false).await);
        }
        all
    }
    fn forget_last(&mut self) {}
    async fn wait(&mut self, _: Duration) -> Result<(), String> {
        Ok(())
    }
    async fn fresh_token(&mut self, _: &str) -> Result<String, String> {
        Err(ABSENT.into())
    }
    fn limit(&self, _: Counted) -> DeclaredLimit {
        DeclaredLimit::Undeclared
    }
    fn text(&self, template: &str) -> Result<String, String> {
        Ok(self.filled(template))
    }
    fn path(&self, step: &Step) -> Result<String, String> {
        let call = step.call.as_deref().unwrap_or_default();
        let updates = |call: &str| matches!(call, "object.patch" | "object.replace");
        let mut owned = self.owned.iter().map(|route| route.call.as_str());
        let there = match call {
            "object.read" => owned.any(|other| other == call),
            "object.update" => owned.any(updates),
            _ => true,
        };
        if !there {
            return Err(ABSENT.into());
        }
        Ok(match step.call.as_deref() {
            Some("me") => "/api/auth/me".into(),
            Some("object.list") => "/api/tasks".into(),
            _ => format!("/api/tasks/{}", step.on.as_deref().unwrap_or("7")),
        })
    }
    async fn look(&mut self, _: &str) -> Result<ObjectState, String> {
        Ok(ObjectState::AsItWas)
    }
    fn owned(&self) -> Vec<Owned> {
        self.owned.clone()
    }
    fn body_limit(&self) -> DeclaredSize {
        self.body_limit
    }
    fn pages(&self) -> Option<Pages> {
        self.pages.clone()
    }
    fn disposable(&self, _: &str) -> bool {
        self.disposable
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
