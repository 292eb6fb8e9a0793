//! Plays one scenario: each case between its controls, with its setup before and its effects after, and judges it.

use std::collections::BTreeMap;

use scenarios::exchange::Exchange;
use scenarios::judge::{Control, Effect, ObjectState};
use scenarios::model::{Ability, Expectation, Keyword, Scenario, Step, Values};
use scenarios::verdict::Verdict;
use serde_json::Value;

use crate::call::Verb;
use crate::controls::{Sentinels, When};
use crate::forge::Forged;
use crate::run::{Run, Seen as Kept, leave_evidence};
use crate::stage::{
    Done, Object, Part, Seen, Shown, Stage, Stop, expects, state_of, wants_refusal,
};

/// Where front ends run while they are developed.
const DEVELOPMENT: &[&str] = &[
    "http://localhost:3000",
    "http://localhost:5173",
    "http://127.0.0.1:8080",
];

/// One judged case with what was seen.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    pub(crate) exchanges: Vec<Exchange>,
}

impl Case {
    fn unplayed(name: impl Into<String>, stop: Stop) -> Case {
        let verdict = match stop {
            Stop::Skip(why) => Verdict::Skipped(why),
            Stop::Unclear(why) => Verdict::Inconclusive(why),
            Stop::Broken(why) => Verdict::Error(why),
        };
        Case {
            name: name.into(),
            verdict,
            exchanges: Vec::new(),
        }
    }
}

/// Plays all cases of a scenario, for each resource of the profile where it speaks of objects.
pub(crate) async fn play(run: &Run, scenario: &Scenario) -> Vec<Case> {
    let steps = || {
        scenario
            .setup
            .iter()
            .chain(&scenario.cases)
            .chain(&scenario.effects)
    };
    let of_objects = steps()
        .filter_map(|step| step.call.as_deref())
        .any(|call| call.contains("object."));
    // A probe says by its needs that it is about objects.
    let probes_objects = scenario.probe.is_some()
        && (scenario.needs.iter()).any(|need| need.0.contains(&Ability::Object));
    // Without any, what is about none is judged all the same.
    let resources = if of_objects || probes_objects {
        run.target.resources.len().max(1)
    } else {
        1
    };
    let mut cases = Vec::new();
    for resource in 0..resources {
        let prefix = match resources {
            0 | 1 => String::new(),
            _ => format!("{}: ", run.target.resources[resource].name),
        };
        let mut stage = match Stage::set(run, scenario, resource).await {
            Ok(stage) => stage,
            Err(stop) => return vec![Case::unplayed("its own accounts", stop)],
        };
        let played = match scenario.probe {
            Some(_) => crate::lab::probe(&mut stage).await,
            None => stage.play_cases().await,
        };
        cases.extend(played.into_iter().map(|case| Case {
            name: format!("{prefix}{}", case.name),
            ..case
        }));
    }
    cases
}

impl Stage<'_> {
    async fn play_cases(&mut self) -> Vec<Case> {
        let bindings = match self.bindings() {
            Ok(bindings) => bindings,
            Err(stop) => return vec![Case::unplayed("for_each", stop)],
        };
        let mut cases: Vec<Case> = Vec::new();
        let mut answers: Vec<(String, Exchange)> = Vec::new();
        for bound in bindings {
            for case in &self.scenario.cases {
                if self.run.is_over() {
                    cases.push(Case::unplayed(
                        case.name.clone().unwrap_or_default(),
                        Stop::Unclear("the run ended".into()),
                    ));
                    return cases;
                }
                for mut played in self.play_case(case, &bound, &answers).await {
                    // The last exchange of the attack is what other cases compare with.
                    let attack = played.exchanges.iter().rfind(|exchange| !exchange.control);
                    answers.extend(attack.map(|exchange| (played.name.clone(), exchange.clone())));
                    played.exchanges.iter_mut().for_each(leave_evidence);
                    cases.push(played);
                }
            }
        }
        cases
    }

    /// Every combination of the values of `for_each`, in order of their names.
    fn bindings(&self) -> Result<Vec<BTreeMap<String, String>>, Stop> {
        let mut all = vec![BTreeMap::new()];
        for (name, values) in &self.scenario.for_each {
            let list = match values {
                Values::Set(set) => self.set_of(set)?,
                Values::List(list) => list.clone(),
            };
            if list.is_empty() {
                return Err(Stop::Skip(format!("the profile has no {name} to try")));
            }
            let with = |bound: &BTreeMap<String, String>, value: &String| {
                let mut bound = bound.clone();
                bound.insert(name.clone(), value.clone());
                bound
            };
            all = all
                .iter()
                .flat_map(|bound| list.iter().map(move |value| with(bound, value)))
                .collect();
        }
        Ok(all)
    }

    fn set_of(&self, set: &str) -> Result<Vec<String>, Stop> {
        match set {
            "routes.protected" => Ok(self.run.protected_routes(false)),
            "routes.reads" => Ok(self.run.protected_routes(true)),
            "origins" => Ok(self.run.target.origins.allowed.clone()),
            // What is declared is meant to be allowed.
            "origins.development" => {
                let declared = &self.run.target.origins.allowed;
                let others = DEVELOPMENT.iter().map(|origin| (*origin).to_owned());
                Ok(others.filter(|origin| !declared.contains(origin)).collect())
            }
            _ => Err(Stop::Broken(format!("there is no set `{set}`"))),
        }
    }

    async fn play_case(
        &mut self,
        case: &Step,
        bound: &BTreeMap<String, String>,
        answers: &[(String, Exchange)],
    ) -> Vec<Case> {
        self.next_case(bound.clone());
        let plain = case.name.clone().unwrap_or_default();
        let name = match self.expand(&plain) {
            Ok(name) => name,
            Err(stop) => return vec![Case::unplayed(plain, stop)],
        };
        match self.wanted(case) {
            Ok(true) => {}
            Ok(false) => return Vec::new(),
            Err(stop) => return vec![Case::unplayed(name, stop)],
        }
        let mut case = case.clone();
        // Values of `for_each` may hold templates themselves.
        if let Err(stop) = self.bind(bound) {
            return vec![Case::unplayed(name, stop)];
        }
        case.token = match case
            .token
            .as_ref()
            .map(|text| self.expand(text))
            .transpose()
        {
            Ok(token) => token,
            Err(stop) => return vec![Case::unplayed(name, stop)],
        };
        let forms = match self.forms(&case).await {
            Ok(forms) => forms,
            Err(stop) => return vec![Case::unplayed(name, stop)],
        };
        if forms.is_empty() {
            return vec![self.attempt(&name, &case, None, bound, answers).await];
        }
        let recipe = case.token.clone().unwrap_or_default();
        let mut cases = Vec::new();
        for form in &forms {
            let bare = recipe.split('#').next().unwrap_or_default();
            let name = if form.name == bare {
                name.clone()
            } else {
                format!("{name}#{}", form.name)
            };
            cases.push(self.attempt(&name, &case, Some(form), bound, answers).await);
        }
        cases
    }

    /// Expands the bound values and the scenario's own `values`, once for the case.
    fn bind(&mut self, bound: &BTreeMap<String, String>) -> Result<(), Stop> {
        let mut all = BTreeMap::new();
        for (name, text) in bound.iter().chain(&self.scenario.values) {
            all.insert(name.clone(), self.expand(text)?);
        }
        self.bound = all;
        Ok(())
    }

    /// Whether a step applies: its `if`, an ability or a call, with `!` for not.
    fn wanted(&self, step: &Step) -> Result<bool, Stop> {
        let Some(condition) = &step.only_if else {
            return Ok(true);
        };
        let (negated, name) = match condition.strip_prefix('!') {
            Some(name) => (true, name),
            None => (false, condition.as_str()),
        };
        let holds = match name.parse() {
            Ok(ability) => self.abilities.contains(&ability),
            Err(_) => {
                let step = Step {
                    call: Some(name.to_owned()),
                    ..Step::default()
                };
                match self.resolve(&step) {
                    Ok(_) => true,
                    Err(Stop::Skip(_)) => false,
                    Err(stop) => return Err(stop),
                }
            }
        };
        Ok(holds != negated)
    }

    /// Why a look at the object of another says nothing: everybody may read it by design.
    fn open_to_all(&self, step: &Step) -> Result<Option<String>, Stop> {
        let Some(call) = step.call.as_ref().map(|_| self.resolve(step)).transpose()? else {
            return Ok(None);
        };
        let Some((index, verb @ (Verb::Read | Verb::List))) =
            call.object.filter(|_| !call.preflight)
        else {
            return Ok(None);
        };
        let resource = &self.run.target.resources[index];
        let named = step
            .on
            .as_ref()
            .and_then(|name| self.objects.get(name))
            .map(|object| object.owner.as_str());
        let sender = step.actor.as_deref().unwrap_or("alice");
        let owner = named.unwrap_or(if verb == Verb::List { sender } else { "alice" });
        let open = resource.public && resource.private.is_empty() && owner != sender;
        Ok(open.then(|| {
            format!(
                "everybody may read the resource `{}`, by design",
                resource.name
            )
        }))
    }

    async fn attempt(
        &mut self,
        name: &str,
        case: &Step,
        form: Option<&Forged>,
        bound: &BTreeMap<String, String>,
        answers: &[(String, Exchange)],
    ) -> Case {
        self.next_case(bound.clone());
        let verdict = match self.bind(bound) {
            Ok(()) => self.attempted(case, form, answers, name).await,
            Err(stop) => Err(stop),
        };
        let verdict = verdict.unwrap_or_else(|stop| Case::unplayed("", stop).verdict);
        let exchanges = std::mem::take(&mut self.record);
        Case {
            name: name.to_owned(),
            verdict,
            exchanges,
        }
    }

    async fn attempted(
        &mut self,
        case: &Step,
        form: Option<&Forged>,
        answers: &[(String, Exchange)],
        name: &str,
    ) -> Result<Verdict, Stop> {
        for step in &self.scenario.setup {
            if !self.wanted(step)? {
                continue;
            }
            // A step that only waits sends nothing, and changes what holds all the same.
            self.held = None;
            let done = self.take(step, Part::Control).await?;
            if let Some(done) = done.filter(|done| !self.prepared(step, done)) {
                let outcome = done.exchange.outcome();
                return Err(Stop::Unclear(format!(
                    "the step before it, {}, got {outcome}",
                    done.exchange.line()
                )));
            }
        }
        if let Some(why) = self.open_to_all(case)? {
            return Err(Stop::Skip(why));
        }
        let auth_side = self.resolve(case)?.route.side == crate::target::Side::Auth;
        if self.scenario.area() == "cors" && auth_side && self.run.target.origins.auth_exempt {
            return Err(Stop::Skip(
                "the profile declares that the auth URL needs no CORS".into(),
            ));
        }
        let (mut shown, mut sentinels) = (Shown::default(), Sentinels::default());
        self.control(case, When::Before, &mut shown, &mut sentinels)
            .await?;
        let done = self.perform(case, Part::Attack, form).await?;
        self.run.saw(Kept {
            scenario: self.scenario.id.clone(),
            case: name.to_owned(),
            exchange: done.exchange.clone(),
            good: shown.valid.clone(),
        });
        let effect = self.effect(case, &done).await?;
        let credential_works = self.try_credential(case, &done).await?;
        let mut verdicts = Vec::new();
        let mut held = Control::Held;
        let later = self.effects(case, &shown, &mut verdicts).await;
        if let Err(stop) = later {
            held = Control::Broken(reason(stop)?);
        }
        if held == Control::Held
            && let Err(stop) = self
                .control(case, When::After, &mut shown.clone(), &mut sentinels)
                .await
        {
            held = Control::Broken(format!("afterwards {}", reason(stop)?));
        }
        let looked = case.on.is_some() || expects(case, &[Keyword::Present, Keyword::Absent]);
        let object = match looked && held == Control::Held {
            true => self.object_state(case, &done).await?,
            false => ObjectState::NotLooked,
        };
        let seen = Seen {
            done: &done,
            shown: &shown,
            effect,
            object,
            others: answers,
            credential_works,
        };
        let own = self.judge(case, &case.expect, &held, seen);
        if let Control::Broken(why) = held {
            return Ok(Verdict::Inconclusive(why));
        }
        let combined = Verdict::worst(own.into_iter().chain(verdicts));
        if matches!(combined, Some(Verdict::Fail(_))) {
            self.still_identifies().await?;
        }
        Ok(combined.unwrap_or_else(|| Verdict::Error("the case expects nothing".into())))
    }

    /// Whether a step before a case came to what it is there for: a good answer, or whatever else it expects.
    fn prepared(&self, step: &Step, done: &Done) -> bool {
        let good = |expect: &Expectation| {
            matches!(expect.keyword(), Some(Keyword::Accepted | Keyword::Present))
        };
        if (step.save.is_some() || step.expect.iter().any(good)) && !done.complete {
            return false;
        }
        let others: Vec<_> = step
            .expect
            .iter()
            .filter(|one| !good(one))
            .cloned()
            .collect();
        let shown = Shown::default();
        let verdicts = self.judge(step, &others, &Control::Held, Seen::alone(done, &shown));
        matches!(Verdict::worst(verdicts), None | Some(Verdict::Pass { .. }))
    }

    /// Takes a step, or only waits where it calls nothing.
    async fn take(&mut self, step: &Step, part: Part) -> Result<Option<Done>, Stop> {
        if step.call.is_some() {
            let forms = self.forms(step).await?;
            return self.perform(step, part, forms.first()).await.map(Some);
        }
        self.pause(step).await?;
        Ok(None)
    }

    /// The steps that look whether anything happened, each judged by its own expectation.
    async fn effects(
        &mut self,
        case: &Step,
        shown: &Shown,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<(), Stop> {
        for step in &self.scenario.effects {
            let other = step
                .after
                .as_ref()
                .is_some_and(|after| Some(after) != case.name.as_ref());
            if other || !self.wanted(step)? {
                continue;
            }
            if self.open_to_all(step)?.is_some() {
                continue;
            }
            if step.actor.as_deref() == Some("{fresh}") && !self.actors.contains_key("fresh") {
                // Nobody was registered, so that there is nobody to look as.
                continue;
            }
            if self.lacks_what_was_not_saved(step) {
                continue;
            }
            let Some(done) = self.take(step, Part::Look).await? else {
                continue;
            };
            let object = self.object_state(step, &done).await?;
            let credential_works = self.try_credential(step, &done).await?;
            let seen = Seen {
                done: &done,
                shown,
                effect: Effect::NotLooked,
                object,
                others: &[],
                credential_works,
            };
            verdicts.extend(self.judge(step, &step.expect, &Control::Held, seen));
        }
        Ok(())
    }

    /// Whether a look needs what only a successful attack would have saved.
    fn lacks_what_was_not_saved(&self, step: &Step) -> bool {
        let credentials = [
            step.using.as_deref(),
            step.token
                .as_deref()
                .and_then(|token| token.strip_prefix("saved.")),
        ];
        let credential = credentials
            .into_iter()
            .flatten()
            .any(|name| !self.has_credential(name.split('.').next().unwrap_or(name)));
        credential
            || step
                .on
                .as_ref()
                .is_some_and(|name| !self.objects.contains_key(name))
    }

    async fn object_state(&mut self, step: &Step, done: &Done) -> Result<ObjectState, Stop> {
        let Some(object) = done.object.clone() else {
            return Ok(ObjectState::NotLooked);
        };
        match done.verb {
            Some(Verb::Read) => Ok(state_of(&object, done).0),
            Some(Verb::List) => {
                let who = step.actor.clone().unwrap_or_else(|| "alice".into());
                let there = match step.query.is_empty() {
                    true => self.listed(&who, object.resource, &object.marker).await,
                    false => self.listed_by(step, &who, &object).await,
                };
                there.map(ObjectState::Listed)
            }
            Some(Verb::Create | Verb::Replace | Verb::Patch | Verb::Delete) | None => {
                Ok(ObjectState::NotLooked)
            }
        }
    }

    /// Whether a credential that came is accepted, where the step wants to know.
    async fn try_credential(&mut self, step: &Step, done: &Done) -> Result<Option<bool>, Stop> {
        let (Some(credential), true) = (&done.credential, expects(step, &[Keyword::NewCredential]))
        else {
            return Ok(None);
        };
        let Some(token) = credential
            .token
            .as_ref()
            .map(|token| token.expose().to_owned())
        else {
            return Ok(None);
        };
        let actor = done.receiver.clone().unwrap_or_else(|| "alice".into());
        let probe = Step {
            actor: Some(actor),
            call: Some("probe".into()),
            token: Some("new".into()),
            ..Step::default()
        };
        let form = Forged {
            name: "new".into(),
            text: token,
            serve: None,
        };
        Ok(Some(
            self.perform(&probe, Part::Look, Some(&form))
                .await?
                .complete,
        ))
    }

    /// Looks whether a write that should have been refused happened, where the scenario has no effects of its own.
    async fn effect(&mut self, case: &Step, done: &Done) -> Result<Effect, Stop> {
        if !self.scenario.effects.is_empty() || !wants_refusal(case) {
            return Ok(Effect::NotLooked);
        }
        match (done.verb, &done.object) {
            (Some(Verb::Create), _) => self.created_anywhere(done).await,
            (Some(Verb::Replace | Verb::Patch | Verb::Delete), Some(object)) => {
                self.touched(done, &object.clone()).await
            }
            _ => Ok(Effect::NotLooked),
        }
    }

    async fn created_anywhere(&mut self, done: &Done) -> Result<Effect, Stop> {
        if done.complete && done.receiver.is_none() {
            return Ok(Effect::Happened("an object was made".into()));
        }
        let Some(marker) = done.marker.clone() else {
            return Ok(Effect::NotLooked);
        };
        if self.run.target.resources[self.resource].list.is_none() {
            return Ok(Effect::None);
        }
        for name in ["alice", "bob"] {
            if !self.actors.contains_key(name) || done.receiver.as_deref() == Some(name) {
                continue;
            }
            if self.listed(name, self.resource, &marker).await? {
                return Ok(Effect::Happened(format!(
                    "the object stands in {name}'s list"
                )));
            }
        }
        Ok(Effect::None)
    }

    async fn touched(&mut self, done: &Done, object: &Object) -> Result<Effect, Stop> {
        let (state, now) = self.look_at(object).await?;
        let written = done
            .marker
            .as_ref()
            .zip(now.as_ref())
            .is_some_and(|(marker, now)| holds(now, marker));
        Ok(match state {
            _ if written => {
                Effect::Happened(format!("{}'s object now holds what was sent", object.owner))
            }
            ObjectState::AsItWas => Effect::None,
            ObjectState::Changed(_) | ObjectState::Missing if !self.reads_back(object).await? => {
                Effect::Unknown(format!(
                    "an untouched object of {} does not read back either",
                    object.owner
                ))
            }
            ObjectState::Changed(how) => {
                Effect::Happened(format!("{}'s object changed: {how}", object.owner))
            }
            ObjectState::Missing => Effect::Happened(format!("{}'s object is gone", object.owner)),
            ObjectState::Unknown(why) => Effect::Unknown(why),
            ObjectState::NotLooked | ObjectState::Listed(_) => Effect::NotLooked,
        })
    }

    /// Whether a new object of the same owner, which nobody attacked, can be read: else its loss has another cause.
    async fn reads_back(&mut self, object: &Object) -> Result<bool, Stop> {
        let untouched = self.make_object(&object.owner, object.resource).await?;
        let (state, _) = self.look_at(&untouched).await?;
        Ok(state == ObjectState::AsItWas)
    }
}

fn holds(json: &Value, text: &str) -> bool {
    match json {
        Value::String(string) => string.contains(text),
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(members) => members.values().any(|member| holds(member, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The reason of a stop that makes a control not hold; a mistake in the scenario stays one.
fn reason(stop: Stop) -> Result<String, Stop> {
    match stop {
        Stop::Skip(why) | Stop::Unclear(why) => Ok(why),
        Stop::Broken(why) => Err(Stop::Broken(why)),
    }
}
