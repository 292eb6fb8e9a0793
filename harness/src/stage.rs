//! Where one scenario is played: its actors, its objects, and the steps that they take.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use scenarios::disclosure::{Fact, FactKind, shows};
use scenarios::exchange::{Exchange, Request, Response};
use scenarios::judge::{Contact, check};
use scenarios::model::{Ability, Beside, Connection, Phase, Scenario, Step};
use serde_json::Value;

use crate::actors::{Actor, Credential, marker};
use crate::call::{Call, Filling, Sending, Verb, build};
use crate::controls::Held;
use crate::enrol::{credential_of, enrol, sign_in, succeeded};
use crate::forge::{Forged, Material, PublicFile, Token, Unforgeable, forge};
use crate::listener::Listener;
use crate::run::{Run, leave_evidence, lock};
use crate::secret::Secret;
use crate::wire::{Label, Unsent, transmit, wait};

/// The actors, objects and credentials of one attempt at one scenario.
pub(crate) struct Stage<'r> {
    pub(crate) run: &'r Run,
    pub(crate) scenario: &'r Scenario,
    /// The resource that `object.…` means.
    pub(crate) resource: usize,
    /// What the target and the run can give, for the `if` of steps.
    pub(crate) abilities: BTreeSet<Ability>,
    pub(crate) actors: BTreeMap<String, Actor>,
    pub(crate) bound: BTreeMap<String, String>,
    pub(crate) objects: BTreeMap<String, Object>,
    credentials: BTreeMap<String, Credential>,
    /// Alice's object for calls that name none.
    implicit: Option<Object>,
    /// What asks to wait is not waited for.
    pub(crate) impatient: bool,
    /// Every exchange since it was last taken, in order.
    pub(crate) record: Vec<Exchange>,
    /// The control that was observed last, as long as nothing was sent since.
    pub(crate) held: Option<Held>,
}

/// An object that an actor made.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) resource: usize,
    pub(crate) id: String,
    pub(crate) parent: Option<String>,
    pub(crate) owner: String,
    pub(crate) marker: String,
    /// How it read to its owner when it was last looked at as it should be.
    pub(crate) snapshot: Option<Value>,
    /// Its owner deleted it.
    pub(crate) deleted: bool,
}

/// Why a step was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It does not apply here; the text says why or what to give.
    Skip(String),
    /// It could not be done, so that nothing can be said.
    Unclear(String),
    /// The scenario file itself is wrong.
    Broken(String),
}

/// In which part a step is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Control,
    Attack,
    Look,
}

/// A step that was answered, or not, and what it meant.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) exchange: Exchange,
    pub(crate) sent: String,
    /// Whose credential it was; nobody's for a forged or absent one.
    pub(crate) receiver: Option<String>,
    pub(crate) verb: Option<Verb>,
    pub(crate) object: Option<Object>,
    /// The marker that was sent.
    pub(crate) marker: Option<String>,
    pub(crate) complete: bool,
    pub(crate) wanted: &'static str,
    pub(crate) credential: Option<Credential>,
    pub(crate) token: Option<String>,
    pub(crate) extra: Vec<(String, Value)>,
    pub(crate) public: bool,
    /// What the listener was asked for because of the token, if it could be.
    pub(crate) contact: Contact,
}

/// A step whose request is built.
struct Ready<'r> {
    step: Step,
    part: Part,
    call: Call<'r>,
    sender: Actor,
    object: Option<Object>,
    token: Option<String>,
    receiver: Option<String>,
    marker: Option<String>,
    recipe: Option<String>,
    anonymous: bool,
    patient: bool,
    request: Request,
}

fn unsent(unsent: Unsent) -> Stop {
    match unsent {
        Unsent::Unsendable(why) => Stop::Skip(why),
        Unsent::NoTime(why) => Stop::Unclear(why),
    }
}

impl Ready<'_> {
    fn label(&self) -> Label<'_> {
        Label {
            actor: if self.anonymous {
                "anonymous"
            } else {
                &self.sender.name
            },
            call: &self.call.route.name,
            control: self.part != Part::Attack,
            recipe: self.recipe.as_deref(),
            fresh: self.step.connection == Some(Connection::New),
            patient: self.patient,
        }
    }
}

/// What the controls of a case showed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    /// Whoever keeps it shares it: one control is that of many cases.
    pub(crate) valid: Option<Arc<Response>>,
    pub(crate) telling: bool,
    pub(crate) anonymous: Option<Response>,
}

mod judging;
mod objects;
mod texts;

pub(crate) use judging::{Seen, expects, wants_refusal};
pub(crate) use objects::state_of;

impl<'r> Stage<'r> {
    /// A stage with the shared actors, and new ones where the scenario wants its own.
    pub(crate) async fn set(
        run: &'r Run,
        scenario: &'r Scenario,
        resource: usize,
    ) -> Result<Stage<'r>, Stop> {
        let mut actors = lock(&run.actors).clone();
        for name in &scenario.own {
            if run.target.routes.contains_key("register") {
                let (actor, _) = enrol(run, name).await.map_err(|not| match not.at {
                    crate::enrol::Stop::Budget => Stop::Skip(not.why),
                    _ => Stop::Unclear(format!("{name} could not be enrolled: {}", not.why)),
                })?;
                actors.insert(name.clone(), actor);
            } else if let Some(actor) = actors.get_mut(name) {
                // A session of its own is the most that a supplied account can give.
                sign_in(run, actor)
                    .await
                    .map_err(|not| Stop::Unclear(not.why))?;
            }
        }
        Ok(Stage {
            run,
            scenario,
            resource,
            abilities: crate::plan::abilities(run),
            actors,
            bound: BTreeMap::new(),
            objects: BTreeMap::new(),
            credentials: BTreeMap::new(),
            implicit: None,
            impatient: false,
            record: Vec::new(),
            held: None,
        })
    }

    /// Waits as long as a step asks, if it does.
    pub(crate) async fn pause(&self, step: &Step) -> Result<(), Stop> {
        let Some(duration) = &step.wait else {
            return Ok(());
        };
        let text = self.expand(duration)?;
        let seconds = check::seconds(&text)
            .ok_or_else(|| Stop::Broken(format!("`{text}` is no duration")))?;
        let duration = Duration::from_secs_f64(seconds);
        if duration.is_zero() {
            return Ok(());
        }
        wait(self.run, "as the scenario asks", duration)
            .await
            .map_err(Stop::Unclear)
    }

    /// Forgets what belonged to the case before.
    pub(crate) fn next_case(&mut self, bound: BTreeMap<String, String>) {
        self.bound = bound;
        self.actors.remove("fresh");
        self.objects.clear();
        self.credentials.clear();
        self.implicit = None;
        self.record.clear();
    }

    /// Whether an actor is enrolled for this scenario alone.
    pub(crate) fn owns(&self, name: &str) -> bool {
        self.scenario.own.iter().any(|own| own == name)
    }

    /// The name of the actor who takes a step; `anonymous` acts with alice's values and no credential.
    fn sender_name(&self, step: &Step) -> Result<(String, bool), Stop> {
        let name = match step.actor.as_deref() {
            Some("{fresh}") => "fresh".to_owned(),
            Some(name) => self.expand(name)?,
            None => "alice".to_owned(),
        };
        Ok(if name == "anonymous" {
            ("alice".to_owned(), true)
        } else {
            (name, false)
        })
    }

    /// The forms of a recipe for the sender of a step, or nothing where its token is no recipe.
    pub(crate) async fn forms(&mut self, step: &Step) -> Result<Vec<Forged>, Stop> {
        let Some(name) = &step.token else {
            return Ok(Vec::new());
        };
        let name = self.expand(name)?;
        if name == "none" || name.starts_with("raw:") || name.starts_with("saved.") {
            return Ok(Vec::new());
        }
        let (sender, _) = self.sender_name(step)?;
        self.keep_fresh(&sender).await?;
        let other = if sender == "bob" { "alice" } else { "bob" };
        let token = self
            .actors
            .get(&sender)
            .and_then(|actor| actor.credential.jwt());
        let other_token = self
            .actors
            .get(other)
            .and_then(|actor| actor.credential.jwt());
        let foreign = self.actors.get(other).and_then(|actor| actor.id.clone());
        let key = self.run.key();
        let recipe = crate::forge::recipe(name.split('#').next().unwrap_or(&name));
        let fetched = recipe.is_some_and(|recipe| recipe.needs.contains(&Ability::Listener));
        let listener = match fetched {
            true => Some(self.run.listener().await.map_err(Stop::Skip)?),
            false => None,
        };
        let file = match recipe.is_some_and(|recipe| recipe.name == "kid-path-traversal") {
            true => self.run.public_file().await,
            false => None,
        };
        let issuer = self.run.target.jwt.jwks.as_ref();
        let issuer = issuer.unwrap_or(&self.run.target.auth_url).to_string();
        // Where the listener tells by its path which token was fetched, each request has a path of its own.
        let once = if fetched {
            crate::actors::uuid()
        } else {
            String::new()
        };
        let recipe = format!("{name}{once}");
        let mut rng = crate::forge::seeded(self.run.options.seed, &self.scenario.id, &recipe);
        let mut material = Material::new(token.as_ref(), self.run.target_now(), &mut rng);
        material.other = other_token.as_ref();
        material.foreign_sub = foreign.as_deref();
        material.key = key.as_deref();
        material.public_keys = &self.run.public_keys;
        material.listener = listener.map(Listener::base);
        material.jwks_url = Some(&issuer);
        material.public_file = file.map(|(path, content)| PublicFile { path, content });
        let subject = match &self.run.target.credential.user_id {
            crate::target::UserIdAt::Claim(claim) => claim.as_str(),
            _ => "sub",
        };
        material.subject = subject;
        forge(&name, &mut material).map_err(|unforgeable| match unforgeable {
            Unforgeable::UnknownRecipe(_) => Stop::Broken(unforgeable.to_string()),
            _ => Stop::Skip(unforgeable.to_string()),
        })
    }

    /// Signs an actor in again before its token expires in the middle of a scenario.
    async fn keep_fresh(&mut self, name: &str) -> Result<(), Stop> {
        let now = self.run.target_now();
        let Some(actor) = self.actors.get_mut(name) else {
            return Ok(());
        };
        let expiring = actor.credential.expires().is_some_and(|exp| exp < now + 20);
        if actor.credential.token.is_some() && !expiring {
            return Ok(());
        }
        sign_in(self.run, actor)
            .await
            .map_err(|not| Stop::Unclear(format!("{name} could not sign in: {}", not.why)))?;
        let renewed = actor.clone();
        if !self.owns(name)
            && let Some(shared) = lock(&self.run.actors).get_mut(name)
        {
            shared.credential = renewed.credential;
        }
        Ok(())
    }

    /// Makes a saved credential the actor's own from now on.
    pub(crate) fn adopt(&mut self, actor: &str, saved: &str) {
        if let (Some(actor), Some(credential)) =
            (self.actors.get_mut(actor), self.credentials.remove(saved))
        {
            actor.credential = credential;
        }
    }

    /// Signs an actor in anew, whatever became of its last session.
    pub(crate) async fn renew(&mut self, name: &str) -> Result<String, Stop> {
        let own = self.owns(name);
        let Some(actor) = self.actors.get_mut(name) else {
            return Err(Stop::Broken(format!("there is no {name}")));
        };
        let before = actor.credential.clone();
        sign_in(self.run, actor)
            .await
            .map_err(|not| Stop::Unclear(format!("{name} could not sign in: {}", not.why)))?;
        let token = actor
            .credential
            .token
            .as_ref()
            .map(|token| token.expose().to_owned())
            .unwrap_or_default();
        if !own {
            actor.credential = before;
        }
        Ok(token)
    }

    /// Takes one step. `forged` is the form of the recipe that the step names.
    pub(crate) async fn perform(
        &mut self,
        step: &Step,
        part: Part,
        forged: Option<&Forged>,
    ) -> Result<Done, Stop> {
        self.pause(step).await?;
        let ready = self.prepare(step, part, forged).await?;
        let served = forged.and_then(|forged| forged.serve.as_ref());
        let served = served.zip(self.run.running_listener());
        if let Some((document, listener)) = served {
            listener.offer(document);
        }
        let exchange = transmit(self.run, ready.request.clone(), ready.label())
            .await
            .map_err(unsent)?;
        let contact = match served {
            Some((document, listener)) => listener.contacted(&document.path).await,
            None => Contact::NotOffered,
        };
        self.finish(ready, exchange, contact).await
    }

    /// Takes steps at once, over connections that are kept open.
    pub(crate) async fn perform_together(
        &mut self,
        steps: &[Step],
        part: Part,
    ) -> Vec<Result<Done, Stop>> {
        let mut ready = Vec::new();
        for step in steps {
            ready.push(self.prepare(step, part, None).await);
        }
        let run = self.run;
        let sending = ready.iter().map(|ready| async move {
            match ready {
                Ok(ready) => transmit(run, ready.request.clone(), ready.label())
                    .await
                    .map_err(unsent),
                Err(stop) => Err(stop.clone()),
            }
        });
        let exchanges = futures_util::future::join_all(sending).await;
        let mut done = Vec::new();
        for (ready, exchange) in ready.into_iter().zip(exchanges) {
            done.push(match (ready, exchange) {
                (Ok(ready), Ok(exchange)) => {
                    self.finish(ready, exchange, Contact::NotOffered).await
                }
                (Err(stop), _) | (_, Err(stop)) => Err(stop),
            });
        }
        done
    }

    /// The request of a step, and all that is needed to read its answer.
    async fn prepare(
        &mut self,
        step: &Step,
        part: Part,
        forged: Option<&Forged>,
    ) -> Result<Ready<'r>, Stop> {
        self.held = None;
        let call = self.resolve(step)?;
        let step = self.expanded(step)?;
        let (name, anonymous) = self.sender_name(&step)?;
        let registers = call.route.name == "register" && !call.preflight;
        let sender = match registers {
            true => self.newcomer(&step),
            false => {
                let given = step
                    .token
                    .as_deref()
                    .is_some_and(|token| token == "none" || token.starts_with("saved."));
                if call.route.protected && !given && !anonymous && !call.preflight {
                    self.keep_fresh(&name).await?;
                }
                self.actors
                    .get(&name)
                    .cloned()
                    .ok_or_else(|| Stop::Skip(format!("there is no account for {name}")))?
            }
        };
        let object = self.object_for(&step, call, part).await?;
        let (token, refresh, real) = self.credential(&step, &sender, anonymous, forged)?;
        let beside = self.beside(&step)?;
        // Where a credential that ended or came by another way must be refused, its owner's own data is what a good
        // answer would disclose.
        let saved = |token: &str| token.starts_with("saved.");
        let barred = step.carry.is_some() || step.token.as_deref().is_some_and(saved);
        let real = real && !(barred && wants_refusal(&step));
        let receiver = (real || !call.route.protected).then(|| sender.name.clone());

        let sent_marker = matches!(
            call.verb(),
            Some(Verb::Create | Verb::Replace | Verb::Patch)
        )
        .then(|| {
            step.fields
                .get("marker")
                .and_then(Value::as_str)
                .map_or_else(marker, str::to_owned)
        });
        let values = self.values(&step, call, object.as_ref(), sent_marker.as_deref())?;
        let filling = Filling {
            sender: &sender,
            values,
            fields: step.fields.clone(),
            credential: token.as_deref().map_or(Sending::None, Sending::Text),
            refresh: &refresh,
            beside: beside.as_deref(),
        };
        let request = build(&self.run.target, call, &step, &filling).map_err(|unfilled| {
            Stop::Skip(format!("{unfilled} in the call `{}`", call.route.name))
        })?;
        if let Some(forged) = forged {
            self.run.redactor.add("FORGED_TOKEN", &forged.text);
        }
        Ok(Ready {
            part,
            call,
            object,
            token,
            receiver,
            marker: sent_marker,
            recipe: forged.and(step.token.clone()),
            anonymous,
            patient: !(self.impatient || self.bursts()) || part == Part::Control,
            request,
            sender,
            step,
        })
    }

    /// Keeps what evidence shows; answers that are held against each other stay whole until they have been.
    fn keep(&mut self, mut exchange: Exchange) {
        if !self.scenario.compares() {
            leave_evidence(&mut exchange);
        }
        self.record.push(exchange);
    }

    /// Probes that run alone find limits, and must not wait for them.
    fn bursts(&self) -> bool {
        self.scenario.phase == Phase::Exclusive && self.scenario.probe.is_some()
    }

    /// Reads the answer to a step that was sent.
    async fn finish(
        &mut self,
        ready: Ready<'r>,
        exchange: Exchange,
        contact: Contact,
    ) -> Result<Done, Stop> {
        self.keep(exchange.clone());
        let call = ready.call;
        let mut done = Done {
            sent: sent_text(&ready.request),
            receiver: ready.receiver,
            verb: call.verb().filter(|_| !call.preflight),
            object: ready.object,
            marker: ready.marker,
            complete: false,
            wanted: "the answer",
            credential: None,
            token: ready.token,
            extra: ready.step.extra.clone().into_iter().collect(),
            public: call.object.is_some_and(|(index, verb)| {
                self.run.target.resources[index].public && matches!(verb, Verb::Read | Verb::List)
            }),
            contact,
            exchange,
        };
        self.understand(&ready.step, call, ready.sender, ready.part, &mut done)
            .await?;
        Ok(done)
    }

    /// Reads what an answer means and keeps what it brought.
    async fn understand(
        &mut self,
        step: &Step,
        call: Call<'_>,
        mut sender: Actor,
        part: Part,
        done: &mut Done,
    ) -> Result<(), Stop> {
        let Some(response) = done.exchange.response().cloned() else {
            return Ok(());
        };
        let success = succeeded(call.route, &response) && !call.preflight;
        let name = call.route.name.as_str();
        if success && matches!(name, "login" | "register" | "refresh") {
            let mut credential = Credential::read(&self.run.target, &response);
            if name == "login" && !self.run.target.login_then.is_empty() {
                let steps =
                    credential_of(self.run, &sender, call.route, &response, &mut self.record).await;
                credential = steps.map_err(Stop::Unclear)?;
            }
            sender.credential = credential.clone();
            if name == "login" && sender.name == "fresh" && sender.id.is_none() {
                sender.learn_id(&self.run.target, &response);
                self.actors.insert("fresh".to_owned(), sender.clone());
            }
            self.run.remember_credential(&sender);
            done.credential = credential.token.is_some().then_some(credential);
        }
        if success && name == "register" {
            sender.learn_id(&self.run.target, &response);
            self.run.remember_credential(&sender);
            self.actors.insert("fresh".to_owned(), sender.clone());
        }
        if let (true, Some(name), Some(credential)) = (success, &step.save, &done.credential) {
            self.credentials.insert(name.clone(), credential.clone());
        }
        (done.complete, done.wanted) = match done.verb {
            Some(Verb::Create) => (
                self.keep_created(step, call, &sender, &response, success, done),
                "the new object's id",
            ),
            Some(Verb::Read) => {
                let there = done
                    .object
                    .as_ref()
                    .is_some_and(|object| response.text().contains(&object.marker));
                (success && there, "the owner's marker")
            }
            Some(Verb::List) => {
                let own = done.object.clone();
                let there = match own {
                    Some(object) if response.text().contains(&object.marker) => true,
                    Some(object) if part != Part::Attack && success => {
                        self.listed(&object.owner.clone(), object.resource, &object.marker)
                            .await?
                    }
                    Some(_) | None => false,
                };
                (success && there, "the owner's marker")
            }
            Some(Verb::Replace | Verb::Patch | Verb::Delete) => {
                if success {
                    self.changed_by_owner(step, done);
                }
                (success, "success")
            }
            None => match name {
                "login" | "refresh" => (success && done.credential.is_some(), "a credential"),
                "me" => (
                    success && self.is_me(&sender, &response),
                    "the caller's own identity",
                ),
                _ => (success, "success"),
            },
        };
        Ok(())
    }

    fn is_me(&self, sender: &Actor, response: &Response) -> bool {
        let pointers = self.run.id_pointers("me");
        let fact = |kind, value: &str| Fact {
            owner: sender.name.clone(),
            kind,
            value: value.to_owned(),
        };
        shows(response, &fact(FactKind::Email, &sender.email), &pointers)
            || sender
                .id
                .as_ref()
                .is_some_and(|id| shows(response, &fact(FactKind::Id, id), &pointers))
    }

    /// Somebody whom the target has never seen, with what the step says about it.
    fn newcomer(&self, step: &Step) -> Actor {
        let mut actor = Actor::fresh(&self.run.target, "fresh");
        let own_mail = !step.fields.contains_key("email");
        if let Some(email) = step.fields.get("email").and_then(Value::as_str) {
            actor.email = email.to_owned();
        }
        if let Some(password) = step.fields.get("password").and_then(Value::as_str) {
            actor.password = Secret::new(password);
            self.run.redactor.add("FRESH_PASSWORD", password);
        }
        if own_mail {
            self.run.remember(&actor);
        }
        actor
    }

    /// The access token and refresh token that go along, and whether they are the sender's own real ones.
    fn credential(
        &self,
        step: &Step,
        sender: &Actor,
        anonymous: bool,
        forged: Option<&Forged>,
    ) -> Result<(Option<String>, Credential, bool), Stop> {
        let saved = |name: &str| self.saved(name);
        let refresh = match &step.using {
            Some(name) => saved(name)?,
            None if anonymous => Credential::default(),
            None => sender.credential.clone(),
        };
        if let Some(forged) = forged {
            return Ok((Some(forged.text.clone()), refresh, false));
        }
        let token = match &step.token {
            _ if anonymous => None,
            None => sender
                .credential
                .token
                .as_ref()
                .map(|token| token.expose().to_owned()),
            Some(text) => match self.expand(text)?.as_str() {
                "none" => None,
                text => {
                    if let Some(raw) = text.strip_prefix("raw:") {
                        return Ok((Some(raw.to_owned()), refresh, false));
                    }
                    let name = text.strip_prefix("saved.").unwrap_or(text);
                    let (name, recipe) = match name.split_once('.') {
                        Some((bare, recipe)) if is_recipe(recipe) => (bare, Some(recipe)),
                        _ => (name, None),
                    };
                    let credential = saved(name)?;
                    let token = match (&credential.token, recipe) {
                        (token, Some(recipe)) => Some(self.forged_from(token.as_ref(), recipe)?),
                        (token, None) => token.as_ref().map(|token| token.expose().to_owned()),
                    };
                    let refresh = if step.using.is_some() {
                        refresh
                    } else {
                        credential
                    };
                    return Ok((token, refresh, true));
                }
            },
        };
        let real = token.is_some();
        Ok((token, refresh, real))
    }

    /// A saved credential by its name, with what is to stand in the place of what behind a dot.
    fn saved(&self, name: &str) -> Result<Credential, Stop> {
        let bare = name.split('.').next().unwrap_or(name);
        let found = self.credentials.get(bare).cloned();
        let found =
            found.ok_or_else(|| Stop::Unclear(format!("no credential was saved as `{bare}`")))?;
        let which = &name[bare.len()..];
        match which.strip_prefix('.').filter(|which| is_recipe(which)) {
            Some(recipe) => {
                let forged = self.forged_from(found.refresh.as_ref(), recipe)?;
                Ok(Credential {
                    refresh: Some(Secret::new(forged)),
                    ..found
                })
            }
            None => found.in_place(which).map_err(Stop::Skip),
        }
    }

    /// The first form that a recipe makes of a token of a saved credential, where that is a JSON web token.
    fn forged_from(&self, token: Option<&Secret>, recipe: &str) -> Result<String, Stop> {
        let token = token.and_then(|token| Token::parse(token.expose()).ok());
        let Some(token) = token else {
            return Err(Stop::Skip("the saved token is no JSON web token".into()));
        };
        let mut rng = crate::forge::seeded(self.run.options.seed, &self.scenario.id, recipe);
        let mut material = Material::new(Some(&token), self.run.target_now(), &mut rng);
        let forged = forge(recipe, &mut material).map_err(|not| Stop::Skip(not.to_string()))?;
        let text = forged
            .into_iter()
            .next()
            .map(|one| one.text)
            .unwrap_or_default();
        self.run.redactor.add("FORGED_TOKEN", &text);
        Ok(text)
    }

    /// The second token of a step that sends two.
    fn beside(&self, step: &Step) -> Result<Option<String>, Stop> {
        let Some(Beside::Header(name) | Beside::Comma(name)) = &step.beside else {
            return Ok(None);
        };
        let credential = self.saved(name.strip_prefix("saved.").unwrap_or(name))?;
        Ok(credential.token.map(|token| token.expose().to_owned()))
    }

    /// What the placeholders of the profile stand for in this call.
    fn values(
        &self,
        step: &Step,
        call: Call<'_>,
        object: Option<&Object>,
        marker: Option<&str>,
    ) -> Result<BTreeMap<String, String>, Stop> {
        let mut values = BTreeMap::new();
        values.extend(marker.map(|marker| ("marker".to_owned(), marker.to_owned())));
        if let Some(object) = object {
            values.insert("id".to_owned(), object.id.clone());
            values.extend(
                object
                    .parent
                    .clone()
                    .map(|parent| ("parent_id".to_owned(), parent)),
            );
        } else if call.object.is_some() {
            values.insert("id".to_owned(), crate::actors::random(16));
        }
        for (name, whose) in &step.path {
            let value = match (name.as_str(), self.actors.get(whose)) {
                ("user_id", Some(actor)) => actor
                    .id
                    .clone()
                    .ok_or_else(|| Stop::Skip(format!("the id of {whose} is not known")))?,
                (_, Some(_) | None) => whose.clone(),
            };
            values.insert(name.clone(), value);
        }
        Ok(values)
    }
}

/// Whether a text names a recipe of the forge, or one form of it: `alg-none`, `base64-padding#quoted`.
fn is_recipe(text: &str) -> bool {
    crate::forge::recipe(text.split('#').next().unwrap_or(text)).is_some()
}

/// Everything that was sent as text, so that an echo of it is no disclosure. The credential is left out.
fn sent_text(request: &scenarios::exchange::Request) -> String {
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let headers = request
        .headers
        .iter()
        .filter(|(name, _)| !["authorization", "cookie"].contains(&name.to_lowercase().as_str()));
    let headers: Vec<_> = headers.map(|(_, value)| value.as_str()).collect();
    format!(
        "{} {} {} {}",
        decode(&request.url),
        headers.join(" "),
        body,
        decode(&body)
    )
}
