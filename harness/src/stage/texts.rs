//! The texts of a step with their templates filled, and the call that they name.

use std::collections::BTreeMap;

use scenarios::model::{Carry, Step};
use serde_json::Value;

use super::{Stage, Stop, wants_refusal};
use crate::actors::Credential;
use crate::call::{Call, Filling, NoCall, Sending, place, resolve};
use crate::expand::{Unwritable, Words, expand};
use crate::target;

impl<'r> Stage<'r> {
    pub(crate) fn expand(&self, text: &str) -> Result<String, Stop> {
        let target = &self.run.target;
        let alice = self
            .actors
            .get("alice")
            .and_then(|alice| alice.credential.jwt());
        let claim = |name: &str| {
            alice
                .as_ref()
                .and_then(|token| token.claims().get(name)?.as_f64())
        };
        let lived = claim("exp")
            .zip(claim("iat"))
            .map(|(exp, iat)| (exp - iat).max(0.0) as u64);
        let words = Words {
            actors: &self.actors,
            bound: &self.bound,
            objects: self
                .objects
                .iter()
                .map(|(name, object)| (name.as_str(), (object.id.as_str(), object.marker.as_str())))
                .collect(),
            origin: target.origins.allowed.first().map(String::as_str),
            scheme: match &target.credential.carry {
                target::Carry::Header { scheme, .. } => scheme.as_deref(),
                target::Carry::Cookie(_) | target::Carry::Query(_) => None,
            },
            cookie: match &target.credential.carry {
                target::Carry::Cookie(name) => Some(name),
                target::Carry::Header { .. } | target::Carry::Query(_) => None,
            },
            refresh_grace: target.session.refresh_grace_seconds,
            cache: target.session.cache_seconds,
            token_life: lived.or(target.jwt.lifetime),
        };
        expand(text, &words).map_err(|unwritable| match unwritable {
            Unwritable::Missing(why) => Stop::Skip(why),
            Unwritable::Unknown(name) => {
                Stop::Broken(format!("nothing is known for `{{{name}}}` in `{text}`"))
            }
        })
    }

    /// Whether a step saved a credential under this name.
    pub(crate) fn has_credential(&self, name: &str) -> bool {
        self.credentials.contains_key(name)
    }

    /// The refresh token of a credential that a step saved.
    pub(crate) fn refresh_token(&self, saved: &str) -> Option<String> {
        let token = self.credentials.get(saved)?.refresh.as_ref()?;
        Some(token.expose().to_owned())
    }

    /// The access token of a credential that a step saved, or else the one that an actor of this name holds.
    pub(crate) fn access_token(&self, of: &str) -> Option<String> {
        let held = || self.actors.get(of).map(|actor| &actor.credential);
        let credential = self.credentials.get(of).or_else(held)?;
        Some(credential.token.as_ref()?.expose().to_owned())
    }

    pub(super) fn expand_json(&self, value: &Value) -> Result<Value, Stop> {
        Ok(match value {
            Value::String(text) => Value::String(self.expand(text)?),
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|item| self.expand_json(item))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => {
                let expanded = members
                    .iter()
                    .map(|(name, member)| Ok((name.clone(), self.expand_json(member)?)));
                Value::Object(expanded.collect::<Result<_, Stop>>()?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        })
    }

    fn expand_map(&self, map: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Stop> {
        map.iter()
            .map(|(name, text)| Ok((name.clone(), self.expand(text)?)))
            .collect()
    }

    /// The step with all its texts expanded.
    pub(super) fn expanded(&self, step: &Step) -> Result<Step, Stop> {
        let json = |map: &BTreeMap<String, Value>| -> Result<BTreeMap<String, Value>, Stop> {
            map.iter()
                .map(|(name, value)| Ok((name.clone(), self.expand_json(value)?)))
                .collect()
        };
        let raw_body = step
            .raw_body
            .as_ref()
            .map(|text| self.expand(text))
            .transpose()?;
        Ok(Step {
            carry: self.carried(step)?,
            at: step.at.as_ref().map(|at| self.expand(at)).transpose()?,
            path: self.expand_map(&step.path)?,
            query: self.expand_map(&step.query)?,
            headers: self.expand_map(&step.headers)?,
            fields: json(&step.fields)?,
            extra: json(&step.extra)?,
            raw_body,
            ..step.clone()
        })
    }

    /// Another way for the credential, with its texts expanded; one that is the profile's own cannot be refused.
    fn carried(&self, step: &Step) -> Result<Option<Carry>, Stop> {
        let Some(carry) = &step.carry else {
            return Ok(None);
        };
        match carry {
            Carry::Query(name) => Ok(Some(Carry::Query(self.expand(name)?))),
            Carry::Body(name) => Ok(Some(Carry::Body(self.expand(name)?))),
            Carry::Scheme(word) => {
                let (own, word) = (self.expand("{scheme}")?, self.expand(word)?);
                if word.eq_ignore_ascii_case(&own) && wants_refusal(step) {
                    let why = format!("the profile sends its tokens under the scheme {own}");
                    return Err(Stop::Skip(why));
                }
                Ok(Some(Carry::Scheme(word)))
            }
        }
    }

    /// The path and query that a step on a saved object would be sent to.
    pub(crate) fn path_of(&self, step: &Step) -> Result<String, Stop> {
        let call = self.resolve(step)?;
        let step = self.expanded(step)?;
        let (name, _) = self.sender_name(&step)?;
        let sender = self.actors.get(&name);
        let sender = sender.ok_or_else(|| Stop::Skip(format!("there is no account for {name}")))?;
        let object = step.on.as_ref().and_then(|name| self.objects.get(name));
        let filling = Filling {
            sender,
            values: self.values(&step, call, object, None)?,
            fields: BTreeMap::new(),
            credential: Sending::None,
            refresh: &Credential::default(),
            beside: None,
        };
        place(&self.run.target, call, &step, &filling)
            .map_err(|unfilled| Stop::Skip(format!("{unfilled} in the call `{}`", call.route.name)))
    }

    pub(crate) fn resolve(&self, step: &Step) -> Result<Call<'r>, Stop> {
        let name = self.expand(step.call.as_deref().unwrap_or_default())?;
        resolve(&self.run.target, &name, self.resource).map_err(|none| match none {
            NoCall::Absent(what) => Stop::Skip(format!("the profile has not {what}")),
            NoCall::Unknown(name) => Stop::Broken(format!("there is no call `{name}`")),
        })
    }
}
