//! From what happened on a stage to what the judge is asked.

use std::collections::BTreeSet;
use std::sync::Arc;

use scenarios::disclosure::{Disclosure, Fact, FactKind, Reading, disclosures};
use scenarios::exchange::Exchange;
use scenarios::judge::{Contact, Control, Effect, ObjectState, Observation, Silence, judge};
use scenarios::model::{Connection, Expectation, Keyword, Step};
use scenarios::verdict::Verdict;

use super::{Done, Shown, Stage, Stop, sent_text};
use crate::actors::Credential;

/// Judges the expectations of a step by what was seen.
pub(crate) struct Seen<'a> {
    pub(crate) done: &'a Done,
    pub(crate) shown: &'a Shown,
    pub(crate) effect: Effect,
    pub(crate) object: ObjectState,
    pub(crate) others: &'a [(String, Exchange)],
    pub(crate) credential_works: Option<bool>,
}

impl<'a> Seen<'a> {
    /// An answer and nothing else: no effect, object or credential was looked at.
    pub(crate) fn alone(done: &'a Done, shown: &'a Shown) -> Seen<'a> {
        Seen {
            done,
            shown,
            effect: Effect::NotLooked,
            object: ObjectState::NotLooked,
            others: &[],
            credential_works: None,
        }
    }
}

impl Stage<'_> {
    /// What an answer gave away of others.
    pub(crate) fn disclosed(&self, done: &Done) -> Vec<Disclosure> {
        let pointers = self.run.id_pointers(&done.exchange.call);
        let mut facts = self.run.facts();
        // The id of somebody who came for one case is known to no other case: a number would be found everywhere.
        let fresh = self.actors.get("fresh").and_then(|fresh| fresh.id.clone());
        if let Some(value) = fresh.filter(|_| done.exchange.actor == "fresh") {
            Arc::make_mut(&mut facts).push(Fact {
                owner: "fresh".into(),
                kind: FactKind::Id,
                value,
            });
        }
        let reading = Reading {
            receiver: done.receiver.as_deref(),
            sent: &done.sent,
            id_pointers: &pointers,
        };
        match done.exchange.response() {
            Some(response) if !done.public => disclosures(response, reading, &facts),
            Some(_) | None => Vec::new(),
        }
    }

    /// Whose facts stand in an answer, whoever sent the request.
    pub(crate) fn owners(&self, exchange: &Exchange) -> BTreeSet<String> {
        let pointers = self.run.id_pointers(&exchange.call);
        let facts = self.run.facts();
        let sent = sent_text(&exchange.request);
        let reading = Reading {
            receiver: None,
            sent: &sent,
            id_pointers: &pointers,
        };
        let response = exchange.response();
        let found = response.map(|response| disclosures(response, reading, &facts));
        let found = found.into_iter().flatten();
        found.map(|disclosure| disclosure.owner).collect()
    }

    /// The expectation with its templates filled; in a regular expression a value stands for itself.
    fn expanded_expectation(&self, expect: &Expectation) -> Result<Expectation, Stop> {
        let Expectation::Check(check) = expect else {
            return Ok(expect.clone());
        };
        let pattern = |text: &Option<String>| -> Result<Option<String>, Stop> {
            let words = |name: &str| {
                self.expand(&format!("{{{name}}}"))
                    .map(|value| regex::escape(&value))
            };
            text.as_ref()
                .map(|text| crate::expand::each(text, words))
                .transpose()
        };
        let mut filled = check.clone();
        filled.same_as = check
            .same_as
            .as_ref()
            .map(|name| self.expand(name))
            .transpose()?;
        filled.status_as = check
            .status_as
            .as_ref()
            .map(|name| self.expand(name))
            .transpose()?;
        filled.equals = check
            .equals
            .as_ref()
            .map(|value| self.expand_json(value))
            .transpose()?;
        filled.not = check
            .not
            .as_ref()
            .map(|value| self.expand_json(value))
            .transpose()?;
        filled.matches = pattern(&check.matches)?;
        filled.lacks = pattern(&check.lacks)?;
        filled.any_of = check
            .any_of
            .iter()
            .map(|one| self.expanded_expectation(one))
            .collect::<Result<_, _>>()?;
        Ok(Expectation::Check(filled))
    }

    pub(crate) fn judge(
        &self,
        step: &Step,
        expect: &[Expectation],
        control: &Control,
        seen: Seen<'_>,
    ) -> Vec<Verdict> {
        let run = self.run;
        let done = seen.done;
        let passwords = run.passwords();
        let response = done.exchange.response();
        let disclosed = self.disclosed(done);
        let sent_token = done
            .token
            .as_deref()
            .and_then(|token| crate::forge::Token::parse(token).ok());
        let brought = done.credential.as_ref().and_then(Credential::jwt);
        let sender = self
            .actors
            .get(&done.exchange.actor)
            .and_then(|actor| actor.credential.jwt());
        let now = run.target_now() as f64;
        let life_left = sent_token
            .as_ref()
            .and_then(|token| Some(token.claims().get("exp")?.as_f64()? - now));
        let carry = match &run.target.credential.carry {
            crate::target::Carry::Cookie(name) => Some(name.clone()),
            _ => None,
        };
        let cookie = response.zip(carry.as_ref()).and_then(|(response, name)| {
            response
                .header_all("set-cookie")
                .find(|line| line.starts_with(&format!("{name}=")))
                .map(str::to_owned)
        });
        let declared = run.declared();
        let observation = Observation {
            exchange: &done.exchange,
            disclosed,
            complete: done.complete,
            wanted: done.wanted,
            effect: seen.effect,
            object: seen.object,
            control: seen.shown.valid.as_deref(),
            control_is_telling: seen.shown.telling,
            anonymous: seen.shown.anonymous.as_ref(),
            credential: done.credential.is_some(),
            credential_works: seen.credential_works,
            token: brought
                .or(sender)
                .map(|token| scenarios::judge::DecodedToken {
                    header: token.header().clone(),
                    claims: token.claims().clone(),
                }),
            extra: done.extra.clone(),
            passwords: &passwords,
            cookie,
            cookies_authenticate: carry.is_some(),
            others: seen.others,
            sent: &done.sent,
            silence: silence(step),
            contact: &done.contact,
            life_left,
            now,
            declared: &declared,
        };
        let severity = step.severity.unwrap_or(self.scenario.severity);
        let fallback = format!("not true here: {}", self.scenario.requirement);
        let consequence = step.consequence.as_deref().unwrap_or(&fallback);
        let consequence = self
            .expand(consequence)
            .unwrap_or_else(|_| consequence.to_owned());
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
            contact: Contact::NotOffered,
            exchange,
        }
    }
}

fn silence(step: &Step) -> Silence {
    match (step.connection, step.may_close) {
        (Some(Connection::Plain), _) => Silence::Refuses,
        (Some(Connection::New) | None, true) => Silence::ClosingRefuses,
        (Some(Connection::New) | None, false) => Silence::Unclear,
    }
}

/// Whether a step expects one of these.
pub(crate) fn expects(step: &Step, wanted: &[Keyword]) -> bool {
    step.expect
        .iter()
        .filter_map(Expectation::keyword)
        .any(|keyword| wanted.contains(&keyword))
}

/// Whether a step expects to be refused.
pub(crate) fn wants_refusal(step: &Step) -> bool {
    expects(step, &[Keyword::Refused, Keyword::Rejected])
}
