//! The outside as a probe sees it, on the stage of its scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use scenarios::exchange::Exchange;
use scenarios::judge::{Contact, ObjectState};
use scenarios::model::Step;
use scenarios::probes::{
    Certificate, Counted, DeclaredLimit, DeclaredSize, Front, Lab, Lure, Owned, Pages, Sent, find,
};
use scenarios::verdict::Verdict;

use crate::budget::Kind;
use crate::controls::{Sentinels, When};
use crate::forge::{Document, Key};
use crate::play::Case;
use crate::run::Seen as Kept;
use crate::stage::{Done, Part, Shown, Stage, Stop};
use crate::target::{Carry, Environment, Limit, Offset, Proxy};

struct Bench<'s, 'r> {
    stage: &'s mut Stage<'r>,
    /// What was recorded for one attempt, by its name.
    evidence: BTreeMap<String, Vec<Exchange>>,
}

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
    let (mut attempts, mut evidence) = (Vec::new(), BTreeMap::new());
    if broken.is_none() {
        let mut bench = Bench {
            stage,
            evidence: BTreeMap::new(),
        };
        attempts = (probe.run)(&mut bench).await;
        evidence = std::mem::take(&mut bench.evidence);
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
        exchanges: evidence
            .remove(&attempt.name)
            .unwrap_or_else(|| exchanges.clone()),
        name: attempt.name,
        verdict: attempt.verdict,
    });
    cases.collect()
}

impl Bench<'_, '_> {
    /// Tells the probe what an answer was; one that an attack got is kept for the scenarios that observe.
    fn answered(&mut self, done: Result<Done, Stop>, observed: bool) -> Result<Sent, String> {
        let done = done.map_err(words)?;
        if !done.exchange.control && observed {
            self.stage.run.saw(Kept {
                scenario: self.stage.scenario.id.clone(),
                case: self.stage.scenario.probe.clone().unwrap_or_default(),
                exchange: done.exchange.clone(),
                good: None,
            });
        }
        let disclosed = self.stage.disclosed(&done);
        Ok(Sent {
            accepted: done.complete,
            credential: done.credential.is_some(),
            disclosed: disclosed.into_iter().map(|found| found.what).collect(),
            marker: done.marker,
            exchange: done.exchange,
        })
    }
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
        let forms = self.stage.forms(&step).await.map_err(words)?;
        let done = self.stage.perform(&step, part, forms.first()).await;
        self.answered(done, true)
    }

    async fn together(&mut self, steps: Vec<Step>) -> Vec<Result<Sent, String>> {
        let all = self.stage.perform_together(&steps, Part::Attack).await;
        all.into_iter()
            .map(|done| self.answered(done, false))
            .collect()
    }

    fn text(&self, template: &str) -> Result<String, String> {
        self.stage.expand(template).map_err(words)
    }

    fn path(&self, step: &Step) -> Result<String, String> {
        self.stage.path_of(step).map_err(words)
    }

    async fn look(&mut self, object: &str) -> Result<ObjectState, String> {
        self.stage.look_again(object).await.map_err(words)
    }

    fn owned(&self) -> Vec<Owned> {
        self.stage.run.owned_routes(self.stage.resource)
    }

    fn owners(&self, exchange: &Exchange) -> BTreeSet<String> {
        self.stage.owners(exchange)
    }

    fn by_cookie(&self) -> bool {
        matches!(self.stage.run.target.credential.carry, Carry::Cookie(_))
    }

    fn public(&self) -> bool {
        let resource = self.stage.run.target.resources.get(self.stage.resource);
        resource.is_some_and(|resource| resource.public)
    }

    fn origins(&self) -> Vec<String> {
        self.stage.run.target.origins.allowed.clone()
    }

    fn adopt(&mut self, actor: &str, saved: &str) {
        self.stage.adopt(actor, saved);
    }

    fn cut(&mut self, attempt: &str) {
        let exchanges = std::mem::take(&mut self.stage.record);
        let cut = self.evidence.entry(attempt.to_owned()).or_default();
        cut.extend(exchanges);
    }

    fn disposable(&self, actor: &str) -> bool {
        self.stage.owns(actor) && self.stage.run.target.routes.contains_key("register")
    }

    fn seed(&self) -> u64 {
        self.stage.run.options.seed
    }

    fn forget_last(&mut self) {
        self.stage.record.pop();
    }

    fn has_no_login_limit(&self) -> bool {
        self.stage.run.no_login_limit.load(Ordering::Relaxed)
    }

    fn found_no_login_limit(&mut self) {
        self.stage.run.no_login_limit.store(true, Ordering::Relaxed);
    }

    fn body_limit(&self) -> DeclaredSize {
        self.stage.run.target.limits.body
    }

    fn pages(&self) -> Option<Pages> {
        let resource = self.stage.run.target.resources.get(self.stage.resource)?;
        let paging = resource.paging.as_ref()?;
        Some(Pages {
            limit: paging.limit.clone(),
            offset: match &paging.offset {
                Offset::Items(name) | Offset::Pages(name) => name.clone(),
            },
            most: paging.most,
        })
    }

    fn front(&self) -> Front {
        let target = &self.stage.run.target;
        match target.proxy {
            Some(Proxy::None) => Front::Nothing,
            Some(Proxy::Overwrites) => Front::Overwrites,
            None if target.environment == Environment::Production => Front::Nothing,
            None if crate::profile::is_loopback(&target.auth_url) => Front::Loopback,
            None => Front::Unknown,
        }
    }

    fn now(&self) -> Duration {
        let since = self.stage.run.options.time.now();
        since.duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn waited(&self) -> Duration {
        Duration::from_millis(self.stage.run.options.time.waited_ms())
    }

    fn refresh_token(&self, saved: &str) -> Option<String> {
        self.stage.refresh_token(saved)
    }

    fn access_token(&self, of: &str) -> Option<String> {
        self.stage.access_token(of)
    }

    fn shared_secret(&self) -> Option<Vec<u8>> {
        let key = self.stage.run.key()?;
        key.secret_bytes().map(<[u8]>::to_vec)
    }

    async fn wait(&mut self, duration: Duration) -> Result<(), String> {
        crate::wire::wait(self.stage.run, "until a limit has passed", duration).await
    }

    async fn fresh_token(&mut self, actor: &str) -> Result<String, String> {
        self.stage.renew(actor).await.map_err(words)
    }

    fn limit(&self, of: Counted) -> DeclaredLimit {
        let limits = &self.stage.run.target.limits;
        let limit = match of {
            Counted::FailedLogins => limits.login,
            Counted::Logins => limits.login_address,
            Counted::Registrations => limits.registration,
        };
        match limit {
            Limit::Undeclared => DeclaredLimit::Undeclared,
            Limit::Edge => DeclaredLimit::Edge,
            Limit::Count { count, seconds } => DeclaredLimit::Count { count, seconds },
        }
    }

    async fn room(&mut self, of: Counted, count: u32) -> Result<(), String> {
        let kind = match of {
            Counted::FailedLogins | Counted::Logins => Kind::Login,
            Counted::Registrations => Kind::Registration,
        };
        crate::wire::room(self.stage.run, kind, count).await
    }

    fn impatient(&mut self) {
        self.stage.impatient = true;
    }

    fn wordlist(&self) -> &[u8] {
        &self.stage.run.options.wordlist
    }

    fn key_set(&self) -> &[serde_json::Value] {
        &self.stage.run.public_keys
    }

    fn use_secret(&mut self, secret: &[u8]) {
        self.stage.run.set_key(Key::hmac(secret.to_vec()));
    }

    async fn certificate(&mut self, days: u32) -> Result<Certificate, String> {
        let run = self.stage.run;
        run.client.certificate(&run.target.auth_url, days).await
    }

    async fn lure(&mut self) -> Result<Lure, String> {
        let listener = self.stage.run.listener().await?;
        let document = Document {
            path: format!("/{}", crate::actors::uuid()),
            content_type: "text/plain",
            body: String::new(),
        };
        listener.offer(&document);
        let url = format!("{}{}", listener.base(), document.path);
        let parsed = url::Url::parse(&url);
        Ok(Lure {
            public: parsed.is_ok_and(|url| crate::profile::is_public(&url)),
            reached: self.stage.run.options.launched,
            url,
        })
    }

    async fn lured(&mut self, lure: &Lure) -> Option<String> {
        let listener = self.stage.run.running_listener()?;
        let path = lure.url.strip_prefix(listener.base())?;
        match listener.contacted(path).await {
            Contact::Made(line) => Some(line),
            Contact::None | Contact::NotOffered => None,
        }
    }

    fn patience(&self) -> Duration {
        // A clock that moves when it is waited on costs no patience.
        const FREE: Duration = Duration::from_secs(3600);
        let options = &self.stage.run.options;
        match options.time.is_shared() {
            true => options.patience.max(FREE),
            false => options.patience,
        }
    }
}
