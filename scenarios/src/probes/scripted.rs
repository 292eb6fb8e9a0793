//! A target that a test writes as one function from a step to what is answered: what several probes are tested on.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::{Counted, DeclaredLimit, Lab, Lure, Probe, Sent};
use crate::exchange::{Answer, Exchange, Request, Response};
use crate::model::Step;
use crate::verdict::Verdict;

/// What a step is answered.
#[derive(Default, Clone)]
pub(super) struct Said {
    pub(super) response: Response,
    pub(super) accepted: bool,
    /// The refresh token that came.
    pub(super) refresh: Option<String>,
    /// The access token that came.
    pub(super) access: Option<String>,
    pub(super) disclosed: Vec<String>,
}

pub(super) fn yes() -> Said {
    Said {
        accepted: true,
        ..status(200)
    }
}

pub(super) fn status(status: u16) -> Said {
    Said {
        response: Response {
            status,
            ..Response::default()
        },
        ..Said::default()
    }
}

type SignIn = Box<dyn FnMut(&str) -> String + Send>;

/// The target, and the laboratory around it.
pub(super) struct Scripted<F> {
    answer: F,
    /// How long a limit keeps steps apart that are sent at once.
    pub(super) apart: Duration,
    /// What templates stand for, where that is more than their own text.
    pub(super) texts: BTreeMap<&'static str, &'static str>,
    /// The access token of an actor who signs in anew.
    pub(super) sign_in: Option<SignIn>,
    /// Calls that the profile has, where a probe asks for it.
    pub(super) calls: &'static [&'static str],
    /// The first line of the request that comes to the listener.
    pub(super) called: Option<&'static str>,
    waited: Duration,
    refresh: BTreeMap<String, String>,
    access: BTreeMap<String, String>,
}

impl<F: FnMut(&Step) -> Said + Send> Scripted<F> {
    pub(super) fn new(answer: F) -> Scripted<F> {
        Scripted {
            answer,
            apart: Duration::ZERO,
            texts: BTreeMap::new(),
            sign_in: None,
            calls: &[],
            called: None,
            waited: Duration::ZERO,
            refresh: BTreeMap::new(),
            access: BTreeMap::new(),
        }
    }

    /// Runs a probe to its end: each attempt with its verdict.
    pub(super) fn run(&mut self, probe: &Probe) -> Vec<(String, Verdict)> {
        let each = super::testing::finish((probe.run)(self)).into_iter();
        each.map(|attempt| (attempt.name, attempt.verdict))
            .collect()
    }

    /// The words of all verdicts.
    pub(super) fn words(&mut self, probe: &Probe) -> Vec<&'static str> {
        let verdicts = self.run(probe);
        verdicts
            .into_iter()
            .map(|(_, verdict)| verdict.word())
            .collect()
    }
}

#[async_trait]
impl<F: FnMut(&Step) -> Said + Send> Lab for Scripted<F> {
    async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String> {
        let said = (self.answer)(&step);
        if let (Some(name), Some(token)) = (&step.save, &said.refresh) {
            self.refresh.insert(name.clone(), token.clone());
        }
        if let (Some(name), Some(token)) = (&step.save, &said.access) {
            self.access.insert(name.clone(), token.clone());
        }
        let body = Value::Object(step.fields.clone().into_iter().collect());
        Ok(Sent {
            exchange: Exchange {
                actor: step.actor.unwrap_or_default(),
                call: step.call.unwrap_or_default(),
                control,
                request: Request {
                    body: body.to_string().into_bytes(),
                    ..Request::default()
                },
                answer: Answer::Response(said.response),
                recipe: None,
            },
            accepted: said.accepted,
            credential: said.accepted,
            disclosed: said.disclosed,
            marker: None,
        })
    }
    async fn together(&mut self, steps: Vec<Step>) -> Vec<Result<Sent, String>> {
        self.waited += self.apart;
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
    async fn fresh_token(&mut self, actor: &str) -> Result<String, String> {
        let sign_in = self.sign_in.as_mut();
        sign_in
            .map(|sign_in| sign_in(actor))
            .ok_or_else(|| super::ABSENT.into())
    }
    fn limit(&self, _: Counted) -> DeclaredLimit {
        DeclaredLimit::Undeclared
    }
    fn waited(&self) -> Duration {
        self.waited
    }
    fn disposable(&self, _: &str) -> bool {
        true
    }
    fn refresh_token(&self, saved: &str) -> Option<String> {
        self.refresh.get(saved).cloned()
    }
    async fn lure(&mut self) -> Result<Lure, String> {
        Ok(Lure {
            url: "http://127.0.0.1:9/once".into(),
            public: false,
            reached: true,
        })
    }
    async fn lured(&mut self, _: &Lure) -> Option<String> {
        self.called.map(str::to_owned)
    }
    fn access_token(&self, of: &str) -> Option<String> {
        self.access.get(of).cloned()
    }
    fn path(&self, step: &Step) -> Result<String, String> {
        let call = step.call.as_deref().unwrap_or_default();
        match self.calls.contains(&call) {
            true => Ok(format!("/{call}")),
            false => Err(super::ABSENT.into()),
        }
    }
    fn text(&self, template: &str) -> Result<String, String> {
        match self.texts.get(template) {
            Some(text) => Ok((*text).to_owned()),
            None => Ok(template.replace("{rand}", &random())),
        }
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

/// A text that no other call gives.
fn random() -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static DRAWN: AtomicUsize = AtomicUsize::new(0);
    format!("r{}", DRAWN.fetch_add(1, Ordering::Relaxed))
}
