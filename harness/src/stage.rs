//! Where one scenario is played: its actors, its objects, and the steps that they take.

use std::collections::BTreeMap;
use std::time::Duration;

use scenarios::disclosure::{Fact, FactKind, Reading, disclosures, shows};
use scenarios::exchange::{Exchange, Response};
use scenarios::judge::{Control, Effect, ObjectState, Observation, check, judge};
use scenarios::model::{Connection, Expectation, Scenario, Step};
use scenarios::verdict::Verdict;
use serde_json::Value;

use crate::actors::{Actor, Credential, marker, text};
use crate::call::{Call, Filling, NoCall, Sending, Verb, build, resolve};
use crate::enrol::{credential_of, enrol, sign_in, succeeded};
use crate::expand::{Unwritable, Words, expand};
use crate::forge::{Forged, Material, forge};
use crate::run::{Created, Run, lock};
use crate::wire::{Label, transmit, wait};

/// The actors, objects and credentials of one attempt at one scenario.
pub(crate) struct Stage<'r> {
    pub(crate) run: &'r Run,
    pub(crate) scenario: &'r Scenario,
    /// The resource that `object.…` means.
    pub(crate) resource: usize,
    pub(crate) actors: BTreeMap<String, Actor>,
    pub(crate) bound: BTreeMap<String, String>,
    pub(crate) objects: BTreeMap<String, Object>,
    credentials: BTreeMap<String, Credential>,
    /// Alice's object for calls that name none.
    implicit: Option<Object>,
    /// Every exchange since it was last taken, in order.
    pub(crate) record: Vec<Exchange>,
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
}

/// What the controls of a case showed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    pub(crate) valid: Option<Response>,
    pub(crate) telling: bool,
    pub(crate) anonymous: Option<Response>,
}

impl<'r> Stage<'r> {
    /// A stage with the shared actors, and new ones where the scenario wants its own.
    pub(crate) async fn set(run: &'r Run, scenario: &'r Scenario, resource: usize) -> Result<Stage<'r>, Stop> {
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
                sign_in(run, actor).await.map_err(|not| Stop::Unclear(not.why))?;
            }
        }
        Ok(Stage {
            run,
            scenario,
            resource,
            actors,
            bound: BTreeMap::new(),
            objects: BTreeMap::new(),
            credentials: BTreeMap::new(),
            implicit: None,
            record: Vec::new(),
        })
    }

    /// Forgets what belonged to the case before.
    pub(crate) fn next_case(&mut self, bound: BTreeMap<String, String>) {
        self.bound = bound;
        self.objects.clear();
        self.credentials.clear();
        self.implicit = None;
        self.record.clear();
    }

    /// Whether an actor is enrolled for this scenario alone.
    pub(crate) fn owns(&self, name: &str) -> bool {
        self.scenario.own.iter().any(|own| own == name)
    }

    pub(crate) fn expand(&self, text: &str) -> Result<String, Stop> {
        let target = &self.run.target;
        let alice = self.actors.get("alice").and_then(|alice| alice.credential.jwt());
        let claim = |name: &str| alice.as_ref().and_then(|token| token.claims().get(name)?.as_f64());
        let lived = claim("exp").zip(claim("iat")).map(|(exp, iat)| (exp - iat).max(0.0) as u64);
        let words = Words {
            actors: &self.actors,
            bound: &self.bound,
            objects: self.objects.iter().map(|(name, object)| (name.as_str(), object.id.as_str())).collect(),
            origin: target.origins.allowed.first().map(String::as_str),
            refresh_grace: target.session.refresh_grace_seconds,
            cache: target.session.cache_seconds,
            token_life: lived.or(target.jwt.lifetime),
        };
        expand(text, &words).map_err(|unwritable| match unwritable {
            Unwritable::Missing(why) => Stop::Skip(why),
            Unwritable::Unknown(name) => Stop::Broken(format!("nothing is known for `{{{name}}}` in `{text}`")),
        })
    }

    /// Whether a step saved a credential under this name.
    pub(crate) fn has_credential(&self, name: &str) -> bool {
        self.credentials.contains_key(name)
    }

    fn expand_json(&self, value: &Value) -> Result<Value, Stop> {
        Ok(match value {
            Value::String(text) => Value::String(self.expand(text)?),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.expand_json(item)).collect::<Result<_, _>>()?),
            Value::Object(members) => {
                let expanded = members.iter().map(|(name, member)| Ok((name.clone(), self.expand_json(member)?)));
                Value::Object(expanded.collect::<Result<_, Stop>>()?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        })
    }

    fn expand_map(&self, map: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Stop> {
        map.iter().map(|(name, text)| Ok((name.clone(), self.expand(text)?))).collect()
    }

    /// The step with all its texts expanded.
    fn expanded(&self, step: &Step) -> Result<Step, Stop> {
        let json = |map: &BTreeMap<String, Value>| -> Result<BTreeMap<String, Value>, Stop> {
            map.iter().map(|(name, value)| Ok((name.clone(), self.expand_json(value)?))).collect()
        };
        let raw_body = step.raw_body.as_ref().map(|text| self.expand(text)).transpose()?;
        Ok(Step {
            path: self.expand_map(&step.path)?,
            query: self.expand_map(&step.query)?,
            headers: self.expand_map(&step.headers)?,
            fields: json(&step.fields)?,
            extra: json(&step.extra)?,
            raw_body,
            ..step.clone()
        })
    }

    pub(crate) fn resolve(&self, step: &Step) -> Result<Call<'r>, Stop> {
        let name = self.expand(step.call.as_deref().unwrap_or_default())?;
        resolve(&self.run.target, &name, self.resource).map_err(|none| match none {
            NoCall::Absent(what) => Stop::Skip(format!("the profile has not {what}")),
            NoCall::Unknown(name) => Stop::Broken(format!("there is no call `{name}`")),
        })
    }

    /// The name of the actor who takes a step; `anonymous` acts with alice's values and no credential.
    fn sender_name(&self, step: &Step) -> Result<(String, bool), Stop> {
        let name = match step.actor.as_deref() {
            Some("{fresh}") => "fresh".to_owned(),
            Some(name) => self.expand(name)?,
            None => "alice".to_owned(),
        };
        Ok(if name == "anonymous" { ("alice".to_owned(), true) } else { (name, false) })
    }

    /// The forms of a recipe for the sender of a step, or nothing where its token is no recipe.
    pub(crate) async fn forms(&mut self, step: &Step) -> Result<Vec<Forged>, Stop> {
        let Some(name) = &step.token else { return Ok(Vec::new()) };
        let name = self.expand(name)?;
        if name == "none" || name.starts_with("raw:") || name.starts_with("saved.") {
            return Ok(Vec::new());
        }
        let (sender, _) = self.sender_name(step)?;
        self.keep_fresh(&sender).await?;
        let other = if sender == "bob" { "alice" } else { "bob" };
        let token = self.actors.get(&sender).and_then(|actor| actor.credential.jwt());
        let other_token = self.actors.get(other).and_then(|actor| actor.credential.jwt());
        let foreign = self.actors.get(other).and_then(|actor| actor.id.clone());
        let key = self.run.key();
        let mut rng = rand::rng();
        let mut material = Material::new(token.as_ref(), self.run.target_now(), &mut rng);
        material.other = other_token.as_ref();
        material.foreign_sub = foreign.as_deref();
        material.key = key.as_deref();
        material.public_keys = &self.run.public_keys;
        let subject = match &self.run.target.credential.user_id {
            crate::target::UserIdAt::Claim(claim) => claim.as_str(),
            _ => "sub",
        };
        material.subject = subject;
        forge(&name, &mut material).map_err(|unforgeable| match unforgeable {
            crate::forge::Unforgeable::UnknownRecipe(_) => Stop::Broken(unforgeable.to_string()),
            _ => Stop::Skip(unforgeable.to_string()),
        })
    }

    /// Signs an actor in again before its token expires in the middle of a scenario.
    async fn keep_fresh(&mut self, name: &str) -> Result<(), Stop> {
        let now = self.run.target_now();
        let Some(actor) = self.actors.get_mut(name) else { return Ok(()) };
        let expiring = actor.credential.expires().is_some_and(|exp| exp < now + 20);
        if actor.credential.token.is_some() && !expiring {
            return Ok(());
        }
        sign_in(self.run, actor).await.map_err(|not| Stop::Unclear(format!("{name} could not sign in: {}", not.why)))?;
        let renewed = actor.clone();
        if !self.owns(name)
            && let Some(shared) = lock(&self.run.actors).get_mut(name)
        {
            shared.credential = renewed.credential;
        }
        Ok(())
    }

    /// Signs an actor in anew, whatever became of its last session.
    pub(crate) async fn renew(&mut self, name: &str) -> Result<String, Stop> {
        let own = self.owns(name);
        let Some(actor) = self.actors.get_mut(name) else { return Err(Stop::Broken(format!("there is no {name}"))) };
        let before = actor.credential.clone();
        sign_in(self.run, actor).await.map_err(|not| Stop::Unclear(format!("{name} could not sign in: {}", not.why)))?;
        let token = actor.credential.token.as_ref().map(|token| token.expose().to_owned()).unwrap_or_default();
        if !own {
            actor.credential = before;
        }
        Ok(token)
    }

    /// Takes one step. `forged` is the form of the recipe that the step names.
    pub(crate) async fn perform(&mut self, step: &Step, part: Part, forged: Option<&Forged>) -> Result<Done, Stop> {
        if let Some(duration) = &step.wait {
            let text = self.expand(duration)?;
            let seconds = check::seconds(&text).ok_or_else(|| Stop::Broken(format!("`{text}` is no duration")))?;
            wait(self.run, "as the scenario asks", Duration::from_secs_f64(seconds)).await.map_err(Stop::Unclear)?;
        }
        let call = self.resolve(step)?;
        let step = self.expanded(step)?;
        let (name, anonymous) = self.sender_name(&step)?;
        let registers = call.route.name == "register" && !call.preflight;
        let sender = match registers {
            true => self.newcomer(&step),
            false => {
                let given = step.token.as_deref().is_some_and(|token| token == "none" || token.starts_with("saved."));
                if call.route.protected && !given && !anonymous && !call.preflight {
                    self.keep_fresh(&name).await?;
                }
                self.actors.get(&name).cloned().ok_or_else(|| Stop::Skip(format!("there is no account for {name}")))?
            }
        };
        let object = self.object_for(&step, call, part).await?;
        let (token, refresh, real) = self.credential(&step, &sender, anonymous, forged)?;
        // Where an ended credential must be refused, its owner's own data is what a good answer would disclose.
        let real = real && !(step.token.as_deref().is_some_and(|token| token.starts_with("saved.")) && wants_refusal(&step));
        let receiver = (real || !call.route.protected).then(|| sender.name.clone());

        let sent_marker = matches!(call.verb(), Some(Verb::Create | Verb::Replace | Verb::Patch)).then(|| {
            step.fields.get("marker").and_then(Value::as_str).map_or_else(marker, str::to_owned)
        });
        let values = self.values(&step, call, object.as_ref(), sent_marker.as_deref())?;
        let filling = Filling {
            sender: &sender,
            values,
            fields: step.fields.clone(),
            credential: token.as_deref().map_or(Sending::None, Sending::Text),
            refresh: &refresh,
        };
        let request = build(&self.run.target, call, &step, &filling)
            .map_err(|unfilled| Stop::Skip(format!("{unfilled} in the call `{}`", call.route.name)))?;
        let sent = sent_text(&request);
        let label = Label {
            actor: if anonymous { "anonymous" } else { &sender.name },
            call: &call.route.name,
            control: part != Part::Attack,
            recipe: forged.and(step.token.as_deref()),
            fresh: step.connection == Some(Connection::New),
            patient: self.scenario.probe.is_none(),
        };
        if let Some(forged) = forged {
            self.run.redactor.add("FORGED_TOKEN", &forged.text);
        }
        let exchange = transmit(self.run, request, label).await.map_err(Stop::Skip)?;
        self.record.push(exchange.clone());
        let mut done = Done {
            sent,
            receiver,
            verb: call.verb().filter(|_| !call.preflight),
            object,
            marker: sent_marker,
            complete: false,
            wanted: "the answer",
            credential: None,
            token,
            extra: step.extra.clone().into_iter().collect(),
            public: call.object.is_some_and(|(index, verb)| {
                self.run.target.resources[index].public && matches!(verb, Verb::Read | Verb::List)
            }),
            exchange,
        };
        self.understand(&step, call, sender, part, &mut done).await?;
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
        let Some(response) = done.exchange.response().cloned() else { return Ok(()) };
        let success = succeeded(call.route, &response) && !call.preflight;
        let name = call.route.name.as_str();
        if success && matches!(name, "login" | "register" | "refresh") {
            let mut credential = Credential::read(&self.run.target, &response);
            if name == "login" && !self.run.target.login_then.is_empty() {
                let steps = credential_of(self.run, &sender, call.route, &response, &mut self.record).await;
                credential = steps.map_err(Stop::Unclear)?;
            }
            sender.credential = credential.clone();
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
            Some(Verb::Create) => (self.keep_created(step, call, &sender, &response, success, done), "the new object's id"),
            Some(Verb::Read) => {
                let there = done.object.as_ref().is_some_and(|object| response.text().contains(&object.marker));
                (success && there, "the owner's marker")
            }
            Some(Verb::List) => {
                let own = done.object.clone();
                let there = match own {
                    Some(object) if response.text().contains(&object.marker) => true,
                    Some(object) if part != Part::Attack && success => {
                        self.listed(&object.owner.clone(), object.resource, &object.marker).await?
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
                "me" => (success && self.is_me(&sender, &response), "the caller's own identity"),
                _ => (success, "success"),
            },
        };
        Ok(())
    }

    /// What its owner wrote is how an object reads from now on.
    fn changed_by_owner(&mut self, step: &Step, done: &Done) {
        let Some(object) = done.object.as_ref().filter(|object| done.receiver.as_ref() == Some(&object.owner)) else {
            return;
        };
        let kept = match &step.on {
            Some(name) => self.objects.get_mut(name),
            None => self.implicit.as_mut().filter(|kept| kept.id == object.id),
        };
        let Some(kept) = kept else { return };
        kept.snapshot = None;
        kept.deleted |= done.verb == Some(Verb::Delete);
        if let Some(marker) = &done.marker {
            kept.marker = marker.clone();
            let fact = Fact { owner: object.owner.clone(), kind: FactKind::Marker, value: marker.clone() };
            self.run.add_fact(fact);
        }
    }

    fn is_me(&self, sender: &Actor, response: &Response) -> bool {
        let pointers = self.run.id_pointers();
        let fact = |kind, value: &str| Fact { owner: sender.name.clone(), kind, value: value.to_owned() };
        shows(response, &fact(FactKind::Email, &sender.email), &pointers)
            || sender.id.as_ref().is_some_and(|id| shows(response, &fact(FactKind::Id, id), &pointers))
    }

    /// Remembers a new object: for the case, for the facts, and for the clean-up.
    fn keep_created(
        &mut self,
        step: &Step,
        call: Call<'_>,
        sender: &Actor,
        response: &Response,
        success: bool,
        done: &Done,
    ) -> bool {
        let (Some((resource, _)), Some(marker)) = (call.object, &done.marker) else { return false };
        let of = &self.run.target.resources[resource];
        let id = match &of.id {
            Some(pointer) => response.json().and_then(|json| text(json.pointer(pointer)?)),
            None => done.exchange.request.url.rsplit('/').next().map(str::to_owned),
        };
        let Some(id) = id.filter(|_| success) else { return false };
        let owner = done.receiver.clone().unwrap_or_else(|| sender.name.clone());
        self.run.created(Created { owner: sender.clone(), resource, id: id.clone(), parent: None });
        if done.receiver.is_some() {
            self.run.add_fact(Fact { owner: owner.clone(), kind: FactKind::Marker, value: marker.clone() });
        }
        let object = Object { resource, id, parent: None, owner, marker: marker.clone(), snapshot: None, deleted: false };
        if let Some(name) = &step.save {
            self.objects.insert(name.clone(), object);
        }
        true
    }

    /// Somebody whom the target has never seen, with what the step says about it.
    fn newcomer(&self, step: &Step) -> Actor {
        let mut actor = Actor::fresh(&self.run.target, "fresh");
        let own_mail = !step.fields.contains_key("email");
        if let Some(email) = step.fields.get("email").and_then(Value::as_str) {
            actor.email = email.to_owned();
        }
        if let Some(password) = step.fields.get("password").and_then(Value::as_str) {
            actor.password = crate::secret::Secret::new(password);
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
        let saved = |name: &str| {
            let found = self.credentials.get(name).cloned();
            found.ok_or_else(|| Stop::Unclear(format!("no credential was saved as `{name}`")))
        };
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
            None => sender.credential.token.as_ref().map(|token| token.expose().to_owned()),
            Some(text) => match self.expand(text)?.as_str() {
                "none" => None,
                text => {
                    if let Some(raw) = text.strip_prefix("raw:") {
                        return Ok((Some(raw.to_owned()), refresh, false));
                    }
                    let name = text.strip_prefix("saved.").unwrap_or(text);
                    let credential = saved(name)?;
                    let token = credential.token.as_ref().map(|token| token.expose().to_owned());
                    let refresh = if step.using.is_some() { refresh } else { credential };
                    return Ok((token, refresh, true));
                }
            },
        };
        let real = token.is_some();
        Ok((token, refresh, real))
    }

    /// The object that a call is about: the named one, or one of alice's own made for it.
    async fn object_for(&mut self, step: &Step, call: Call<'_>, part: Part) -> Result<Option<Object>, Stop> {
        let Some((resource, verb)) = call.object.filter(|_| !call.preflight) else { return Ok(None) };
        if let Some(name) = &step.on {
            let object = self.objects.get(name).cloned();
            return object.map(Some).ok_or_else(|| Stop::Unclear(format!("no object was saved as `{name}`")));
        }
        if verb == Verb::Create || step.path.contains_key("id") {
            return Ok(None);
        }
        // What a control deletes is not what the attack is aimed at.
        let reusable = verb != Verb::Delete || part == Part::Attack;
        if let Some(object) = self.implicit.clone().filter(|object| reusable && object.resource == resource) {
            return Ok(Some(object));
        }
        let owner = match verb {
            Verb::List => self.sender_name(step)?.0,
            _ => "alice".to_owned(),
        };
        let object = self.make_object(&owner, resource).await?;
        if reusable {
            self.implicit = Some(object.clone());
        }
        Ok(Some(object))
    }

    /// Makes an object of an actor's own, with a fresh marker.
    pub(crate) async fn make_object(&mut self, owner: &str, resource: usize) -> Result<Object, Stop> {
        let name = format!("made-{}", self.run.target.resources[resource].name);
        let step = Step {
            actor: Some(owner.to_owned()),
            call: Some(format!("{}.create", self.run.target.resources[resource].name)),
            save: Some(name.clone()),
            ..Step::default()
        };
        let done = Box::pin(self.perform(&step, Part::Control, None)).await?;
        let made = self.objects.remove(&name).filter(|_| done.complete);
        made.ok_or_else(|| Stop::Unclear(format!("{owner} could not make an object: {}", done.exchange.outcome())))
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
            values.extend(object.parent.clone().map(|parent| ("parent_id".to_owned(), parent)));
        } else if call.object.is_some() {
            values.insert("id".to_owned(), crate::actors::random(16));
        }
        for (name, whose) in &step.path {
            let value = match (name.as_str(), self.actors.get(whose)) {
                ("user_id", Some(actor)) => {
                    actor.id.clone().ok_or_else(|| Stop::Skip(format!("the id of {whose} is not known")))?
                }
                (_, Some(_) | None) => whose.clone(),
            };
            values.insert(name.clone(), value);
        }
        Ok(values)
    }

    /// Whether a marker stands in any page of an actor's own list.
    pub(crate) async fn listed(&mut self, owner: &str, resource: usize, marker: &str) -> Result<bool, Stop> {
        use crate::target::Offset;
        const PAGES: u32 = 50;
        let of = &self.run.target.resources[resource];
        let paging = of.paging.clone();
        for page in 0..PAGES {
            let mut step = Step {
                actor: Some(owner.to_owned()),
                call: Some(format!("{}.list", of.name)),
                ..Step::default()
            };
            if let Some(paging) = &paging {
                step.query.insert(paging.limit.clone(), paging.size.to_string());
                let (name, value) = match &paging.offset {
                    Offset::Items(name) => (name, page * paging.size),
                    Offset::Pages(name) => (name, page + 1),
                };
                step.query.insert(name.clone(), value.to_string());
            }
            let done = Box::pin(self.list_page(&step, resource)).await?;
            let Some(response) = done.exchange.response().filter(|response| response.is_success()) else {
                return Err(Stop::Unclear(format!("{owner}'s list answered {}", done.exchange.outcome())));
            };
            if response.text().contains(marker) {
                return Ok(true);
            }
            let json = response.json();
            let items = json.as_ref().and_then(|json| json.pointer(&of.items)).and_then(Value::as_array).map_or(0, Vec::len);
            let more = paging.as_ref().is_some_and(|paging| items >= paging.size as usize);
            if !more {
                return Ok(false);
            }
        }
        Err(Stop::Unclear(format!("{owner}'s list has no end")))
    }

    /// One page, without an object of its own to look for.
    async fn list_page(&mut self, step: &Step, resource: usize) -> Result<Done, Stop> {
        let kept = self.implicit.take();
        self.implicit = Some(Object {
            resource,
            id: String::new(),
            parent: None,
            owner: String::new(),
            marker: "\u{0}".to_owned(),
            snapshot: None,
            deleted: false,
        });
        let done = self.perform(step, Part::Attack, None).await;
        self.implicit = kept;
        if let Some(last) = self.record.last_mut() {
            last.control = true;
        }
        done
    }

    /// How an object reads to its owner now.
    pub(crate) async fn look_at(&mut self, object: &Object) -> Result<(ObjectState, Option<Value>), Stop> {
        let of = &self.run.target.resources[object.resource];
        if of.read.is_none() {
            let there = self.listed(&object.owner, object.resource, &object.marker).await?;
            return Ok((if there { ObjectState::AsItWas } else { ObjectState::Missing }, None));
        }
        let step = Step {
            actor: Some(object.owner.clone()),
            call: Some(format!("{}.read", of.name)),
            on: Some("looked-at".into()),
            ..Step::default()
        };
        self.objects.insert("looked-at".into(), object.clone());
        let done = Box::pin(self.perform(&step, Part::Look, None)).await;
        self.objects.remove("looked-at");
        let done = done?;
        Ok(state_of(object, &done))
    }
}

/// What the owner's read says about an object.
pub(crate) fn state_of(object: &Object, done: &Done) -> (ObjectState, Option<Value>) {
    let Some(response) = done.exchange.response() else {
        return (ObjectState::Unknown(done.exchange.outcome()), None);
    };
    match response.status {
        200..300 if response.text().contains(&object.marker) => {
            let now = response.json();
            let changed = object.snapshot.as_ref().zip(now.as_ref()).and_then(|(before, now)| difference(before, now, ""));
            (changed.map_or(ObjectState::AsItWas, ObjectState::Changed), now)
        }
        200..300 => (ObjectState::Changed("the owner's marker is no longer in it".into()), response.json()),
        404 | 410 => (ObjectState::Missing, None),
        400 | 401 | 403 => (ObjectState::Missing, None),
        status => (ObjectState::Unknown(format!("the owner's read answered {status}")), None),
    }
}

/// The first member that differs, times of change and counters of views apart.
fn difference(before: &Value, now: &Value, path: &str) -> Option<String> {
    const VOLATILE: &[&str] = &["updated", "modified", "accessed", "viewed", "read_at", "etag", "version"];
    match (before, now) {
        (Value::Object(a), Value::Object(b)) => a.iter().find_map(|(name, value)| {
            if VOLATILE.iter().any(|word| name.to_lowercase().contains(word)) {
                return None;
            }
            difference(value, b.get(name).unwrap_or(&Value::Null), &format!("{path}/{name}"))
        }),
        (a, b) if a == b => None,
        _ => Some(format!("the value at {path}")),
    }
}

/// Everything that was sent as text, so that an echo of it is no disclosure. The credential is left out.
fn sent_text(request: &scenarios::exchange::Request) -> String {
    let decode = |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let headers = request.headers.iter().filter(|(name, _)| {
        !["authorization", "cookie"].contains(&name.to_lowercase().as_str())
    });
    let headers: Vec<_> = headers.map(|(_, value)| value.as_str()).collect();
    format!("{} {} {} {}", decode(&request.url), headers.join(" "), body, decode(&body))
}

/// Judges the expectations of a step by what was seen.
pub(crate) struct Seen<'a> {
    pub(crate) done: &'a Done,
    pub(crate) shown: &'a Shown,
    pub(crate) effect: Effect,
    pub(crate) object: ObjectState,
    pub(crate) others: &'a [(String, Exchange)],
    pub(crate) credential_works: Option<bool>,
}

impl Stage<'_> {
    /// The expectation with its templates filled; in a regular expression a value stands for itself.
    fn expanded_expectation(&self, expect: &Expectation) -> Result<Expectation, Stop> {
        let Expectation::Check(check) = expect else { return Ok(expect.clone()) };
        let pattern = |text: &Option<String>| -> Result<Option<String>, Stop> {
            let words = |name: &str| self.expand(&format!("{{{name}}}")).map(|value| regex::escape(&value));
            text.as_ref().map(|text| crate::expand::each(text, words)).transpose()
        };
        let mut filled = check.clone();
        filled.same_as = check.same_as.as_ref().map(|name| self.expand(name)).transpose()?;
        filled.equals = check.equals.as_ref().map(|value| self.expand_json(value)).transpose()?;
        filled.not = check.not.as_ref().map(|value| self.expand_json(value)).transpose()?;
        filled.matches = pattern(&check.matches)?;
        filled.lacks = pattern(&check.lacks)?;
        filled.any_of = check.any_of.iter().map(|one| self.expanded_expectation(one)).collect::<Result<_, _>>()?;
        Ok(Expectation::Check(filled))
    }

    pub(crate) fn judge(&self, step: &Step, expect: &[Expectation], control: &Control, seen: Seen<'_>) -> Vec<Verdict> {
        let run = self.run;
        let done = seen.done;
        let (facts, pointers, passwords) = (run.facts(), run.id_pointers(), run.passwords());
        let reading = Reading { receiver: done.receiver.as_deref(), sent: &done.sent, id_pointers: &pointers };
        let response = done.exchange.response();
        let disclosed = match response {
            Some(response) if !done.public => disclosures(response, reading, &facts),
            Some(_) | None => Vec::new(),
        };
        let sent_token = done.token.as_deref().and_then(|token| crate::forge::Token::parse(token).ok());
        let brought = done.credential.as_ref().and_then(Credential::jwt);
        let sender = self.actors.get(&done.exchange.actor).and_then(|actor| actor.credential.jwt());
        let now = run.target_now() as f64;
        let life_left = sent_token.as_ref().and_then(|token| Some(token.claims().get("exp")?.as_f64()? - now));
        let carry = match &run.target.credential.carry {
            crate::target::Carry::Cookie(name) => Some(name.clone()),
            _ => None,
        };
        let cookie = response.zip(carry.as_ref()).and_then(|(response, name)| {
            response.header_all("set-cookie").find(|line| line.starts_with(&format!("{name}="))).map(str::to_owned)
        });
        let declared = run.declared();
        let observation = Observation {
            exchange: &done.exchange,
            disclosed,
            complete: done.complete,
            wanted: done.wanted,
            effect: seen.effect,
            object: seen.object,
            control: seen.shown.valid.as_ref(),
            control_is_telling: seen.shown.telling,
            anonymous: seen.shown.anonymous.as_ref(),
            credential: done.credential.is_some(),
            credential_works: seen.credential_works,
            token: brought.or(sender).map(|token| scenarios::judge::DecodedToken {
                header: token.header().clone(),
                claims: token.claims().clone(),
            }),
            extra: done.extra.clone(),
            passwords: &passwords,
            cookie,
            cookies_authenticate: carry.is_some(),
            others: seen.others,
            sent: &done.sent,
            may_close: step.may_close,
            life_left,
            now,
            declared: &declared,
        };
        let severity = step.severity.unwrap_or(self.scenario.severity);
        let fallback = format!("not true here: {}", self.scenario.requirement);
        let consequence = step.consequence.as_deref().unwrap_or(&fallback);
        let consequence = self.expand(consequence).unwrap_or_else(|_| consequence.to_owned());
        let judged = |one: &Expectation| match self.expanded_expectation(one) {
            Ok(one) => judge(&one, severity, &consequence, control, &observation),
            Err(Stop::Skip(why) | Stop::Unclear(why)) => Verdict::Skipped(why),
            Err(Stop::Broken(why)) => Verdict::Error(why),
        };
        expect.iter().map(judged).collect()
    }
}

impl Done {
    /// An exchange of another scenario, to be judged by what came back alone.
    pub(crate) fn observed(exchange: Exchange) -> Done {
        Done {
            sent: sent_text(&exchange.request),
            receiver: None,
            verb: None,
            object: None,
            marker: None,
            complete: false,
            wanted: "the answer",
            credential: None,
            token: None,
            extra: Vec::new(),
            public: true,
            exchange,
        }
    }
}

/// Whether a step expects to be refused.
pub(crate) fn wants_refusal(step: &Step) -> bool {
    use scenarios::model::Keyword;
    step.expect.iter().any(|expect| {
        let keyword = match expect {
            Expectation::Keyword(keyword) => Some(*keyword),
            Expectation::Check(check) => check.is,
        };
        matches!(keyword, Some(Keyword::Refused | Keyword::Rejected))
    })
}
