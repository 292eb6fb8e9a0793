//! What all scenarios of one run share: the target, the client, the clock, the actors, and everything that was seen.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use scenarios::disclosure::{Fact, FactKind};
use scenarios::exchange::{Answer, Exchange, Request, Response};
use scenarios::probes::Owned;
use serde_json::Value;

use crate::actors::Actor;
use crate::budget::Budget;
use crate::client::Client;
use crate::forge::{Key, Token};
use crate::listener::Listener;
use crate::options::Options;
use crate::redact::Redactor;
use crate::target::{Route, Target};
use crate::timeline::Timeline;

/// What the last look and the clean-up may take beyond the deadline, at most.
const CLOSING: Duration = Duration::from_secs(10);
/// More of a body is not kept as evidence: several times what is shown.
pub(crate) const KEPT_EVIDENCE: usize = 16 << 10;
/// More of a body is not kept for the scenarios that observe.
const KEPT_BODY: usize = 64 << 10;
/// More of a body is not kept once all of them together are as large as `KEPT_WHOLE`.
const KEPT_START: usize = 2 << 10;
const KEPT_WHOLE: usize = 16 << 20;

/// Leaves of an exchange what evidence shows: a scenario may have hundreds, and a hostile target fills each to the limit.
pub(crate) fn leave_evidence(exchange: &mut Exchange) {
    shorten(&mut exchange.request);
    if let Answer::Response(response) = &mut exchange.answer {
        cut(response, KEPT_EVIDENCE);
    }
}

/// What makes a body or a header large says nothing: its beginning and its size do. Of a token enough is left for it to be
/// known as the secret that it is.
fn shorten(request: &mut Request) {
    for (_, value) in &mut request.headers {
        if value.len() > KEPT_EVIDENCE {
            value.truncate(value.floor_char_boundary(KEPT_EVIDENCE));
            value.shrink_to_fit();
        }
    }
    let size = request.body.len();
    if size > KEPT_BODY {
        request.body.truncate(KEPT_START);
        let rest = format!("… ({size} bytes)");
        request.body.extend_from_slice(rest.as_bytes());
        request.body.shrink_to_fit();
    }
}

fn cut(response: &mut Response, most: usize) {
    if response.body.len() > most {
        response.body.truncate(most);
        response.body.shrink_to_fit();
        response.truncated = true;
    }
}

/// One run against one target.
pub(crate) struct Run {
    pub(crate) target: Target,
    pub(crate) options: Options,
    pub(crate) client: Client,
    pub(crate) id: String,
    pub(crate) started: Instant,
    pub(crate) budget: Budget,
    pub(crate) redactor: Redactor,
    pub(crate) timeline: Timeline,
    /// The shared actors by name, once they are enrolled.
    pub(crate) actors: Mutex<BTreeMap<String, Actor>>,
    /// Asked for with each answer; whoever reads them shares them.
    facts: Mutex<Arc<Vec<Fact>>>,
    passwords: Mutex<Arc<Vec<String>>>,
    key: Mutex<Option<Arc<Key>>>,
    /// The issuer's public keys, where it publishes them.
    pub(crate) public_keys: Vec<Value>,
    /// Seconds that the target's clock is ahead of ours.
    clock_offset: AtomicI64,
    listener: tokio::sync::OnceCell<Listener>,
    public_file: tokio::sync::OnceCell<Option<(String, Vec<u8>)>>,
    accounts_made: AtomicUsize,
    created: Mutex<Vec<Created>>,
    seen: Mutex<Vec<Arc<Seen>>>,
    /// Bytes of bodies in `seen`.
    kept: AtomicUsize,
    /// What the reader of the report must know beside the verdicts.
    notes: Mutex<Vec<String>>,
    /// Set for the last look at the base controls and the clean-up, which have time of their own.
    closing: AtomicBool,
    /// A burst of wrong passwords met no limit.
    pub(crate) no_login_limit: AtomicBool,
    /// Whether a control used registration, so that it must be looked at once more at the end.
    pub(crate) registration_used: AtomicBool,
}

/// An object that this run made and cleans up.
#[derive(Debug, Clone)]
pub(crate) struct Created {
    pub(crate) owner: Actor,
    pub(crate) resource: usize,
    pub(crate) id: String,
    pub(crate) parent: Option<String>,
}

/// An exchange kept for scenarios that are judged over those of others.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) scenario: String,
    pub(crate) case: String,
    pub(crate) exchange: Exchange,
    /// The good answer of the same route.
    pub(crate) good: Option<Arc<Response>>,
}

/// Locks without fear of a panic elsewhere: what is behind these locks is only ever added to.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    pub(crate) fn new(
        target: Target,
        options: Options,
        client: Client,
        public_keys: Vec<Value>,
    ) -> Run {
        let budget = Budget::new(&target.limits);
        Run {
            target,
            client,
            id: crate::actors::uuid(),
            started: Instant::now(),
            budget,
            redactor: Redactor::default(),
            timeline: Timeline::default(),
            actors: Mutex::default(),
            facts: Mutex::default(),
            passwords: Mutex::default(),
            key: Mutex::default(),
            public_keys,
            clock_offset: AtomicI64::new(0),
            listener: tokio::sync::OnceCell::new(),
            public_file: tokio::sync::OnceCell::new(),
            accounts_made: AtomicUsize::new(0),
            created: Mutex::default(),
            seen: Mutex::default(),
            kept: AtomicUsize::new(0),
            notes: Mutex::default(),
            closing: AtomicBool::new(false),
            no_login_limit: AtomicBool::new(false),
            registration_used: AtomicBool::new(false),
            options,
        }
    }

    /// Seconds since 1970 on the target's clock, as far as its `Date` header told.
    pub(crate) fn target_now(&self) -> i64 {
        self.options.time.unix() + self.clock_offset.load(Ordering::Relaxed)
    }

    /// Learns the offset of the target's clock from a `Date` header (RFC 9110 6.6.1). One second is its resolution.
    pub(crate) fn learn_clock(&self, response: &Response) {
        // One clock for both: a difference would only be what a wait elsewhere moved it by meanwhile.
        if self.options.time.is_shared() {
            return;
        }
        let Some(date) = response
            .header("date")
            .and_then(|date| httpdate::parse_http_date(date).ok())
        else {
            return;
        };
        let theirs = date
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |d| d.as_secs() as i64);
        let offset = theirs - self.options.time.unix();
        self.clock_offset.store(
            if offset.abs() <= 1 { 0 } else { offset },
            Ordering::Relaxed,
        );
    }

    /// Remembers an identity: its facts count as disclosures, its secrets are redacted.
    pub(crate) fn remember(&self, actor: &Actor) {
        let mut facts = vec![(FactKind::Email, actor.email.clone())];
        facts.extend(actor.id.clone().map(|id| (FactKind::Id, id)));
        for (kind, value) in facts {
            self.add_fact(Fact {
                owner: actor.name.clone(),
                kind,
                value,
            });
        }
        let variable = actor.name.to_uppercase().replace('-', "_");
        self.redactor
            .add(&format!("{variable}_PASSWORD"), actor.password.expose());
        Arc::make_mut(&mut lock(&self.passwords)).push(actor.password.expose().to_owned());
        self.remember_credential(actor);
    }

    /// Has the tokens of an actor redacted from now on.
    pub(crate) fn remember_credential(&self, actor: &Actor) {
        let variable = actor.name.to_uppercase().replace('-', "_");
        if let Some(token) = &actor.credential.token {
            self.redactor
                .add(&format!("{variable}_TOKEN"), token.expose());
        }
        if let Some(refresh) = &actor.credential.refresh {
            self.redactor
                .add(&format!("{variable}_REFRESH_TOKEN"), refresh.expose());
        }
    }

    pub(crate) fn add_fact(&self, fact: Fact) {
        let mut facts = lock(&self.facts);
        if !fact.value.is_empty() && !facts.contains(&fact) {
            Arc::make_mut(&mut facts).push(fact);
        }
    }

    pub(crate) fn facts(&self) -> Arc<Vec<Fact>> {
        lock(&self.facts).clone()
    }

    pub(crate) fn passwords(&self) -> Arc<Vec<String>> {
        lock(&self.passwords).clone()
    }

    /// Pointers at which an id tells whose the answer of a route is. Ids of users and of objects may be the same numbers:
    /// in answers about objects only their owners count.
    pub(crate) fn id_pointers(&self, route: &str) -> Vec<String> {
        let owners = self
            .target
            .resources
            .iter()
            .filter_map(|resource| resource.owner.clone());
        let own = self.target.routes.contains_key(route);
        let me = self
            .target
            .routes
            .get("me")
            .and_then(|route| route.id.clone());
        let login = match &self.target.credential.user_id {
            crate::target::UserIdAt::Pointer(pointer) => Some(pointer.clone()),
            _ => None,
        };
        let users = me.into_iter().chain(login).filter(|_| own);
        users.chain(owners).collect()
    }

    /// The signing key: given, guessed, or found to fit.
    pub(crate) fn key(&self) -> Option<Arc<Key>> {
        lock(&self.key).clone()
    }

    pub(crate) fn set_key(&self, key: Key) {
        *lock(&self.key) = Some(Arc::new(key));
    }

    /// Takes the given secret in the form that fits a real token.
    pub(crate) fn fit_key(&self, token: &Token) {
        let Some(secret) = &self.options.signing_key else {
            return;
        };
        if let Some(key) = Key::fitting(secret.expose(), token) {
            self.set_key(key);
        }
    }

    /// Where the listener is, or would be: where the user says, or beside a target on loopback.
    pub(crate) fn listen_address(target: &Target, options: &Options) -> Option<String> {
        let local = || crate::profile::is_loopback(&target.api_url);
        let beside = || local().then(|| "127.0.0.1:0".to_owned());
        options.listen.clone().or_else(beside)
    }

    /// The listener, started when it is first needed.
    pub(crate) async fn listener(&self) -> Result<&Listener, String> {
        let Some(address) = Run::listen_address(&self.target, &self.options) else {
            return Err("the target cannot reach a listener".into());
        };
        let started = self.listener.get_or_try_init(|| Listener::start(&address));
        let failed = |error| format!("nothing can listen on {address}: {error}");
        started.await.map_err(failed)
    }

    /// The listener, where it runs.
    pub(crate) fn running_listener(&self) -> Option<&Listener> {
        self.listener.get()
    }

    /// A file that the API serves to everybody, as far as one of the usual names is there: its path and content.
    pub(crate) async fn public_file(&self) -> Option<&(String, Vec<u8>)> {
        const NAMES: &[&str] = &[
            "/robots.txt",
            "/favicon.ico",
            "/index.html",
            "/openapi.json",
        ];
        let found = self.public_file.get_or_init(|| async {
            for name in NAMES {
                let url = crate::profile::join(&self.target.api_url, name);
                if let Answer::Response(response) = self.client.get(&url).await
                    && response.status == 200
                    && !response.body.is_empty()
                    && !response.truncated
                {
                    return Some(((*name).to_owned(), response.body));
                }
            }
            None
        });
        found.await.as_ref()
    }

    /// Whether another account may be made, and counts it.
    pub(crate) fn may_make_account(&self) -> bool {
        let made = self.accounts_made.fetch_add(1, Ordering::Relaxed);
        self.options.mode == scenarios::model::Mode::Full || made < self.options.max_accounts
    }

    pub(crate) fn created(&self, created: Created) {
        lock(&self.created).push(created);
    }

    pub(crate) fn take_created(&self) -> Vec<Created> {
        std::mem::take(&mut *lock(&self.created))
    }

    pub(crate) fn saw(&self, mut seen: Seen) {
        // Thousands of these are kept until the end, and a hostile target fills each to the limit.
        shorten(&mut seen.exchange.request);
        let answer = match &mut seen.exchange.answer {
            Answer::Response(response) => Some(response),
            Answer::Nothing(_) => None,
        };
        let most = || match self.kept.load(Ordering::Relaxed) < KEPT_WHOLE {
            true => KEPT_BODY,
            false => KEPT_START,
        };
        if let Some(response) = answer {
            cut(response, most());
            self.kept.fetch_add(response.body.len(), Ordering::Relaxed);
        }
        if let Some(good) = &mut seen.good {
            if good.body.len() > most() {
                cut(Arc::make_mut(good), most());
            }
            self.kept.fetch_add(good.body.len(), Ordering::Relaxed);
        }
        lock(&self.seen).push(Arc::new(seen));
    }

    pub(crate) fn seen(&self) -> Vec<Arc<Seen>> {
        lock(&self.seen).clone()
    }

    pub(crate) fn note(&self, note: String) {
        lock(&self.notes).push(note);
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        lock(&self.notes).clone()
    }

    /// From here on a little time beyond the deadline, or after an interrupt, may be used.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// What is left of the run's time.
    pub(crate) fn time_left(&self) -> Duration {
        let more = if self.is_closing() {
            self.options.timeout.min(CLOSING)
        } else {
            Duration::ZERO
        };
        (self.options.deadline + more).saturating_sub(self.started.elapsed())
    }

    /// Why nothing more is sent.
    pub(crate) fn ended(&self) -> String {
        match self.options.cancel.is_cancelled() {
            true => "the run was interrupted".into(),
            false => format!(
                "the deadline of {} s was reached (give --deadline)",
                self.options.deadline.as_secs()
            ),
        }
    }

    /// Whether the run must end now.
    pub(crate) fn is_over(&self) -> bool {
        (self.options.cancel.is_cancelled() && !self.is_closing()) || self.time_left().is_zero()
    }

    /// The statuses that the profile declares, by policy.
    pub(crate) fn declared(&self) -> Vec<(&'static str, Vec<u16>)> {
        let policy = &self.target.policy;
        vec![
            ("bad_token", policy.bad_token.clone()),
            ("wrong_login", policy.wrong_login.clone()),
            ("others_object", policy.others_object.clone()),
            ("duplicate", policy.duplicate.clone()),
            ("invalid", policy.invalid.clone()),
        ]
    }

    /// The routes of a resource that lead to what somebody owns, and those of the profile that scenarios do not call by
    /// a name of their own or that have a user id in them.
    pub(crate) fn owned_routes(&self, resource: usize) -> Vec<Owned> {
        let owned = |call: String, route: &Route| Owned {
            call,
            method: route.method.clone(),
            path: route.path.clone(),
        };
        let own = self.target.routes.iter().filter(|(name, route)| {
            let holds = |name| crate::profile::holds(&route.path, name);
            route.protected && (!crate::call::ROUTES.contains(&name.as_str()) || holds("user_id"))
        });
        let mut routes: Vec<_> = own
            .map(|(name, route)| owned(name.clone(), route))
            .collect();
        if let Some(resource) = self.target.resources.get(resource) {
            let there = resource.by_verb().filter(|(_, route)| route.protected);
            routes.extend(there.map(|(verb, route)| owned(format!("object.{verb}"), route)));
        }
        routes
    }

    /// The protected routes of the profile by the names that scenarios call them by.
    pub(crate) fn protected_routes(&self, reads_only: bool) -> Vec<String> {
        // These end sessions or accounts, or answer anybody by design; scenarios of their own look at them.
        const APART: &[&str] = &[
            "logout",
            "password",
            "delete-account",
            "refresh",
            "revoke-session",
        ];
        let wanted = |route: &Route| route.protected && (!reads_only || route.method == "GET");
        let plain = self
            .target
            .routes
            .iter()
            .filter(|(name, route)| wanted(route) && !APART.contains(&name.as_str()));
        let mut names: Vec<String> = plain.map(|(name, _)| name.clone()).collect();
        for resource in &self.target.resources {
            let public = |verb: &str| resource.public && matches!(verb, "list" | "read");
            let there = resource
                .by_verb()
                .filter(|(verb, route)| wanted(route) && !public(verb));
            names.extend(there.map(|(verb, _)| format!("{}.{verb}", resource.name)));
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_token_enough_is_left_to_know_it_by() {
        let token: String = (10_000..).map(|n| format!("{n}.")).take(20_000).collect();
        let redactor = Redactor::default();
        redactor.add("FORGED_TOKEN", &token);
        let mut exchange = Exchange {
            actor: String::new(),
            call: String::new(),
            control: false,
            request: Request {
                headers: vec![("Authorization".into(), format!("Bearer {token}"))],
                ..Request::default()
            },
            answer: Answer::Response(Response::default()),
            recipe: None,
        };
        leave_evidence(&mut exchange);
        let kept = &exchange.request.headers[0].1;
        assert_eq!(kept.len(), KEPT_EVIDENCE);
        assert_eq!(redactor.text(kept).0, "Bearer $FORGED_TOKEN");
    }
}
