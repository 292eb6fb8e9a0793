//! The named controls: what must hold around an attack for its outcome to mean anything.

use std::sync::Arc;

use scenarios::disclosure::{Reading, disclosures};
use scenarios::exchange::Exchange;
use scenarios::judge::ObjectState;
use scenarios::model::{Control, Expectation, Keyword, NamedControl, Step};
use scenarios::verdict::Verdict;

use crate::call::Verb;
use crate::run::{Run, leave_evidence};
use crate::stage::{Object, Part, Seen, Shown, Stage, Stop};

/// When a control is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
}

/// A control that held after a case. Until something else is sent, it has held before the next one too.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// What was asked, and by whom, with the values of `for_each` filled in.
    asked: String,
    shown: Shown,
    exchanges: Vec<Exchange>,
}

/// Objects that belong to the controls of one case alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sentinels {
    owners: Option<Object>,
    attackers: Option<Object>,
}

impl Stage<'_> {
    /// Observes the scenario's control around a case. An error is a control that did not hold, or a stop.
    pub(crate) async fn control(
        &mut self,
        case: &Step,
        when: When,
        shown: &mut Shown,
        sentinels: &mut Sentinels,
    ) -> Result<(), Stop> {
        let asked = self.asked(case)?;
        let held = self.held.take();
        let held = held.filter(|held| when == When::Before && Some(&held.asked) == asked.as_ref());
        if let Some(held) = held {
            self.record.extend(held.exchanges);
            *shown = Shown {
                anonymous: None,
                ..held.shown
            };
            return self.still_refuses_nobody(case, shown).await;
        }
        let start = self.record.len();
        self.observed(case, when, shown, sentinels).await?;
        if let (Some(asked), When::After) = (asked, when) {
            let mut exchanges = self.record[start..].to_vec();
            exchanges.iter_mut().for_each(leave_evidence);
            self.held = Some(Held {
                asked,
                shown: shown.clone(),
                exchanges,
            });
        }
        Ok(())
    }

    /// What a control asks, where it asks the same before the next case: it makes nothing, and is about no object.
    fn asked(&self, case: &Step) -> Result<Option<String>, Stop> {
        use NamedControl::{Auth, Cookie, Forge, Login, Refresh};
        let Control::Named(name @ (Auth | Cookie | Forge | Login | Refresh)) =
            self.scenario.control
        else {
            return Ok(None);
        };
        let call = self.resolve(case)?;
        if call.needs_object() || case.on.is_some() {
            return Ok(None);
        }
        let step = match name {
            Login => Step {
                actor: Some(self.signs_in(case)),
                ..Step::default()
            },
            _ => self.valid(case)?,
        };
        let mut asked = serde_json::to_string(&step).map_err(|e| Stop::Broken(e.to_string()))?;
        for (name, value) in &self.bound {
            asked = asked.replace(&format!("{{{name}}}"), value);
        }
        Ok(Some(asked))
    }

    /// The half of a control that shows only before an attack: nobody gets the good answer.
    async fn still_refuses_nobody(&mut self, case: &Step, shown: &mut Shown) -> Result<(), Stop> {
        let call = self.resolve(case)?;
        let signs_in = matches!(self.scenario.control, Control::Named(NamedControl::Login));
        if signs_in || !call.route.protected || call.preflight || is_anonymous(case) {
            return Ok(());
        }
        let valid = self.valid(case)?;
        self.anonymous_is_refused(&valid, shown).await
    }

    async fn observed(
        &mut self,
        case: &Step,
        when: When,
        shown: &mut Shown,
        sentinels: &mut Sentinels,
    ) -> Result<(), Stop> {
        match self.scenario.control.clone() {
            Control::Step(step) => self.own_step(&step, shown).await,
            Control::Named(name) => match name {
                NamedControl::None | NamedControl::Rate | NamedControl::Tls => Ok(()),
                NamedControl::Auth | NamedControl::Cookie => {
                    self.authenticated(case, when, shown, false).await
                }
                NamedControl::Forge => self.authenticated(case, when, shown, true).await,
                NamedControl::Login => self.login_works(case).await,
                NamedControl::Reg => self.registration_works(shown).await,
                NamedControl::Owner => {
                    self.owners_read_their_own(case, when, shown, sentinels)
                        .await
                }
                NamedControl::Cors => self.allowed_origin(case).await,
                NamedControl::Refresh => {
                    self.refresh_works().await?;
                    self.authenticated(case, when, shown, false).await
                }
            },
        }
    }

    async fn own_step(&mut self, step: &Step, shown: &mut Shown) -> Result<(), Stop> {
        let done = self.perform(step, Part::Control, None).await?;
        let accepted = [Expectation::Keyword(Keyword::Accepted)];
        let expect = if step.expect.is_empty() {
            &accepted[..]
        } else {
            &step.expect[..]
        };
        let nothing = Shown::default();
        let seen = Seen::alone(&done, &nothing);
        let held = scenarios::judge::Control::Held;
        shown.valid = done.exchange.response().cloned().map(Arc::new);
        match Verdict::worst(self.judge(step, expect, &held, seen)) {
            Some(Verdict::Pass { .. }) | None => Ok(()),
            Some(Verdict::Fail(mismatch)) => Err(Stop::Unclear(format!(
                "the control expected {}, got {}",
                mismatch.expected, mismatch.actual
            ))),
            Some(Verdict::Inconclusive(why) | Verdict::Skipped(why) | Verdict::Error(why)) => {
                Err(Stop::Unclear(why))
            }
        }
    }

    /// The same request with a valid credential is answered as it should be; without one it is not.
    async fn authenticated(
        &mut self,
        case: &Step,
        when: When,
        shown: &mut Shown,
        forge: bool,
    ) -> Result<(), Stop> {
        let call = self.resolve(case)?;
        if !call.route.protected || call.preflight {
            return Ok(());
        }
        let valid = self.valid(case)?;
        let actor = valid.actor.clone().unwrap_or_default();
        if when == When::After && self.owns(&actor) {
            // The attack may have ended the actor's session, as it should.
            self.renew(&actor).await?;
        }
        let done = self.perform(&valid, Part::Control, None).await?;
        if !done.complete {
            return Err(Stop::Unclear(format!(
                "the valid credential of {actor} was answered {} without {} on {}",
                done.exchange.outcome(),
                done.wanted,
                done.exchange.line(),
            )));
        }
        shown.telling = telling(self.run, &done);
        shown.valid = done.exchange.response().cloned().map(Arc::new);
        if when == When::Before && !is_anonymous(case) {
            self.anonymous_is_refused(&valid, shown).await?;
        }
        if forge {
            self.own_signature_is_accepted(&valid).await?;
        }
        Ok(())
    }

    /// The request of a case as one that must be answered well.
    fn valid(&self, case: &Step) -> Result<Step, Stop> {
        let call = self.resolve(case)?;
        // Only its owner gets a good answer about an object.
        let named = case.on.as_ref().and_then(|name| self.objects.get(name));
        let owner = match named {
            Some(object) => Some(object.owner.clone()),
            None => {
                (call.needs_object() && !case.path.contains_key("id")).then(|| "alice".to_owned())
            }
        };
        // What was deleted reads back to nobody; another object shows that the route works.
        let on = case
            .on
            .clone()
            .filter(|_| named.is_none_or(|object| !object.deleted));
        Ok(Step {
            token: None,
            on,
            // Somebody who came for one case may be gone after it.
            actor: Some(owner.unwrap_or_else(|| match case.actor.as_deref() {
                None | Some("anonymous" | "{fresh}") => "alice".to_owned(),
                Some(actor) => actor.to_owned(),
            })),
            ..bare(case)
        })
    }

    async fn anonymous_is_refused(&mut self, valid: &Step, shown: &mut Shown) -> Result<(), Stop> {
        let nobody = Step {
            actor: Some("anonymous".into()),
            token: Some("none".into()),
            ..valid.clone()
        };
        let done = self.perform(&nobody, Part::Control, None).await?;
        let Some(response) = done.exchange.response() else {
            return Err(Stop::Unclear(format!(
                "nobody got {} on {}",
                done.exchange.outcome(),
                done.exchange.line()
            )));
        };
        let same = shown
            .valid
            .as_ref()
            .is_some_and(|valid| valid.body == response.body && !valid.body.is_empty());
        if response.is_success() && (done.complete || same) && done.verb != Some(Verb::List) {
            return Err(Stop::Unclear(format!(
                "{} answers {} without any credential, so that it cannot tell a good token from a bad one",
                done.exchange.line(),
                response.status
            )));
        }
        shown.anonymous = Some(response.clone());
        Ok(())
    }

    /// A token with unchanged claims that the harness signed itself: without it no refusal of a forged one counts.
    async fn own_signature_is_accepted(&mut self, valid: &Step) -> Result<(), Stop> {
        let resigned = Step {
            token: Some("resigned".into()),
            ..valid.clone()
        };
        let forms = self.forms(&resigned).await?;
        let Some(form) = forms.first() else {
            return Err(Stop::Unclear("no token could be signed".into()));
        };
        let done = self.perform(&resigned, Part::Control, Some(form)).await?;
        match done.complete {
            true => Ok(()),
            false => Err(Stop::Unclear(format!(
                "a token with unchanged claims, signed with the secret given, was answered {}; is it the right secret?",
                done.exchange.outcome()
            ))),
        }
    }

    /// Whose right password is the control of a case.
    fn signs_in(&self, case: &Step) -> String {
        let actor = case.actor.as_deref().filter(|name| {
            !["anonymous", "{fresh}"].contains(name) && self.actors.contains_key(*name)
        });
        actor.unwrap_or("alice").to_owned()
    }

    async fn login_works(&mut self, case: &Step) -> Result<(), Stop> {
        let actor = self.signs_in(case);
        let step = Step {
            actor: Some(actor.clone()),
            call: Some("login".into()),
            save: Some("control".into()),
            ..Step::default()
        };
        let done = self.perform(&step, Part::Control, None).await?;
        if !done.complete {
            let outcome = done.exchange.outcome();
            return Err(Stop::Unclear(format!(
                "the right password of {actor} was answered {outcome} without a credential"
            )));
        }
        self.accepted_by_probe(&actor, "control").await
    }

    async fn accepted_by_probe(&mut self, actor: &str, saved: &str) -> Result<(), Stop> {
        let probe = Step {
            actor: Some(actor.to_owned()),
            call: Some("probe".into()),
            token: Some(format!("saved.{saved}")),
            ..Step::default()
        };
        let done = self.perform(&probe, Part::Control, None).await?;
        match done.complete {
            true => Ok(()),
            false => {
                let outcome = done.exchange.outcome();
                Err(Stop::Unclear(format!(
                    "the credential of a right login was answered {outcome} without {}",
                    done.wanted
                )))
            }
        }
    }

    /// Before a fault is stated: the target still tells its users apart, and has not become a page for everything.
    pub(crate) async fn still_identifies(&mut self) -> Result<(), Stop> {
        use NamedControl::{Auth, Cookie, Forge};
        if !matches!(self.scenario.control, Control::Named(Auth | Forge | Cookie)) {
            return Ok(());
        }
        if self.owns("alice") {
            self.renew("alice").await?;
        }
        let probe = Step {
            actor: Some("alice".into()),
            call: Some("probe".into()),
            ..Step::default()
        };
        let done = self.perform(&probe, Part::Control, None).await?;
        match done.complete {
            true => Ok(()),
            false => Err(Stop::Unclear(format!(
                "afterwards the valid credential of alice was answered {} without {} on {}",
                done.exchange.outcome(),
                done.wanted,
                done.exchange.line(),
            ))),
        }
    }

    /// Alice's own enrolment showed that registration works; it is looked at once more at the end of the run.
    async fn registration_works(&mut self, shown: &mut Shown) -> Result<(), Stop> {
        if !self.run.target.routes.contains_key("register") {
            return Err(Stop::Skip("the profile has no registration route".into()));
        }
        self.run
            .registration_used
            .store(true, std::sync::atomic::Ordering::Relaxed);
        if shown.valid.is_none() && self.run.target.routes.contains_key("me") {
            let me = Step {
                actor: Some("alice".into()),
                call: Some("me".into()),
                ..Step::default()
            };
            let done = self.perform(&me, Part::Control, None).await?;
            let answer = done.exchange.response().filter(|_| done.complete);
            shown.valid = answer.cloned().map(Arc::new);
        }
        Ok(())
    }

    /// Owner and attacker each read an object of their own through the route that is attacked.
    async fn owners_read_their_own(
        &mut self,
        case: &Step,
        when: When,
        shown: &mut Shown,
        sentinels: &mut Sentinels,
    ) -> Result<(), Stop> {
        let attacker = case.actor.clone().unwrap_or_else(|| "bob".into());
        let victim = if attacker == "alice" { "bob" } else { "alice" };
        if when == When::Before {
            sentinels.owners = Some(self.make_object(victim, self.resource).await?);
            sentinels.attackers = Some(self.make_object(&attacker, self.resource).await?);
        }
        let pairs = [
            (victim.to_owned(), sentinels.owners.clone()),
            (attacker, sentinels.attackers.clone()),
        ];
        for (who, object) in pairs {
            let Some(object) = object else { continue };
            let (state, _) = self.look_at(&object).await?;
            if state != ObjectState::AsItWas {
                return Err(Stop::Unclear(format!(
                    "{who} cannot read back an object of its own: {}",
                    in_words(&state)
                )));
            }
            let last = self.record.last();
            let answer = last.and_then(|exchange| exchange.response());
            shown.valid = answer.cloned().map(Arc::new);
        }
        shown.telling = true;
        // The objects that are attacked must read back too, before anybody touches them.
        if when == When::Before {
            let names: Vec<String> = self.objects.keys().cloned().collect();
            for name in names {
                let Some(object) = self
                    .objects
                    .get(&name)
                    .filter(|object| !object.deleted)
                    .cloned()
                else {
                    continue;
                };
                let (state, snapshot) = self.look_at(&object).await?;
                if state != ObjectState::AsItWas {
                    return Err(Stop::Unclear(format!(
                        "{} cannot read back its object: {}",
                        object.owner,
                        in_words(&state)
                    )));
                }
                if let Some(kept) = self.objects.get_mut(&name) {
                    kept.snapshot = snapshot;
                }
            }
        }
        Ok(())
    }

    async fn allowed_origin(&mut self, case: &Step) -> Result<(), Stop> {
        let mut step = Step {
            token: case.token.clone(),
            actor: case.actor.clone(),
            ..bare(case)
        };
        let Some(allowed) = self.run.target.origins.allowed.first() else {
            return Err(Stop::Skip("no front-end origin is declared".into()));
        };
        step.headers
            .retain(|name, _| !name.eq_ignore_ascii_case("origin"));
        step.headers.insert("Origin".into(), allowed.clone());
        let done = self.perform(&step, Part::Control, None).await?;
        let nothing = Shown::default();
        let seen = Seen::alone(&done, &nothing);
        let expect = [Expectation::Keyword(Keyword::OriginAllowed)];
        match Verdict::worst(self.judge(&step, &expect, &scenarios::judge::Control::Held, seen)) {
            Some(Verdict::Fail(mismatch)) => Err(Stop::Unclear(format!(
                "the allowed origin is not allowed on {}: expected {}, got {}",
                done.exchange.line(),
                mismatch.expected,
                mismatch.actual
            ))),
            Some(Verdict::Inconclusive(why)) => Err(Stop::Unclear(why)),
            Some(Verdict::Pass { .. } | Verdict::Skipped(_) | Verdict::Error(_)) | None => Ok(()),
        }
    }

    async fn refresh_works(&mut self) -> Result<(), Stop> {
        let login = Step {
            actor: Some("alice".into()),
            call: Some("login".into()),
            save: Some("control".into()),
            ..Step::default()
        };
        let signed_in = self.perform(&login, Part::Control, None).await?;
        if !signed_in.complete {
            return Err(Stop::Unclear(format!(
                "alice could not sign in: {}",
                signed_in.exchange.outcome()
            )));
        }
        let refresh = Step {
            actor: Some("alice".into()),
            call: Some("refresh".into()),
            using: Some("control".into()),
            save: Some("control-next".into()),
            ..Step::default()
        };
        let done = self.perform(&refresh, Part::Control, None).await?;
        if !done.complete {
            return Err(Stop::Unclear(format!(
                "a fresh refresh token was answered {}",
                done.exchange.outcome()
            )));
        }
        self.accepted_by_probe("alice", "control-next").await
    }
}

/// What a look at an object came to.
fn in_words(state: &ObjectState) -> String {
    match state {
        ObjectState::NotLooked => "nobody looked".into(),
        ObjectState::AsItWas | ObjectState::Listed(true) => "it is there".into(),
        ObjectState::Changed(how) => format!("it was changed: {how}"),
        ObjectState::Missing => "it is gone".into(),
        ObjectState::Listed(false) => "it does not stand in the list".into(),
        ObjectState::Unknown(why) => why.clone(),
    }
}

fn is_anonymous(case: &Step) -> bool {
    case.actor.as_deref() == Some("anonymous") || case.token.as_deref() == Some("none")
}

/// The case's call and its place, without what makes it an attack.
fn bare(case: &Step) -> Step {
    Step {
        call: case.call.clone(),
        path: case.path.clone(),
        query: case.query.clone(),
        headers: case.headers.clone(),
        fields: case.fields.clone(),
        method: case.method.clone(),
        on: case.on.clone(),
        ..Step::default()
    }
}

/// Whether a good answer holds anything by which a disclosure could be told.
fn telling(run: &Run, done: &crate::stage::Done) -> bool {
    let Some(response) = done.exchange.response() else {
        return false;
    };
    let pointers = run.id_pointers(&done.exchange.call);
    let reading = Reading {
        receiver: None,
        sent: "",
        id_pointers: &pointers,
    };
    !disclosures(response, reading, &run.facts()).is_empty()
}
