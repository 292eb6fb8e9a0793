//! The objects of a stage: made, listed, looked at, and remembered for the facts and the clean-up.

use std::collections::BTreeMap;

use scenarios::disclosure::{Fact, FactKind};
use scenarios::exchange::Response;
use scenarios::judge::ObjectState;
use scenarios::model::Step;
use serde_json::Value;

use super::{Done, Object, Part, Stage, Stop};
use crate::actors::{Actor, text};
use crate::call::{Call, Verb};
use crate::run::Created;

impl Stage<'_> {
    /// What its owner wrote is how an object reads from now on.
    pub(super) fn changed_by_owner(&mut self, step: &Step, done: &Done) {
        let Some(object) = done
            .object
            .as_ref()
            .filter(|object| done.receiver.as_ref() == Some(&object.owner))
        else {
            return;
        };
        let kept = match &step.on {
            Some(name) => self.objects.get_mut(name),
            None => self.implicit.as_mut().filter(|kept| kept.id == object.id),
        };
        let Some(kept) = kept else { return };
        if step.raw_body.is_some() && step.on.is_none() {
            // What it holds now is not known.
            self.implicit = None;
            return;
        }
        kept.snapshot = None;
        kept.deleted |= done.verb == Some(Verb::Delete);
        if let Some(marker) = &done.marker {
            kept.marker = marker.clone();
            let fact = Fact {
                owner: object.owner.clone(),
                kind: FactKind::Marker,
                value: marker.clone(),
            };
            self.run.add_fact(fact);
        }
    }

    /// Remembers a new object: for the case, for the facts, and for the clean-up.
    pub(super) fn keep_created(
        &mut self,
        step: &Step,
        call: Call<'_>,
        sender: &Actor,
        response: &Response,
        success: bool,
        done: &Done,
    ) -> bool {
        let (Some((resource, _)), Some(marker)) = (call.object, &done.marker) else {
            return false;
        };
        let of = &self.run.target.resources[resource];
        let id = match &of.id {
            Some(pointer) => response
                .json()
                .and_then(|json| text(json.pointer(pointer)?)),
            None => done
                .exchange
                .request
                .url
                .rsplit('/')
                .next()
                .map(str::to_owned),
        };
        let Some(id) = id.filter(|_| success) else {
            return false;
        };
        let owner = done.receiver.clone().unwrap_or_else(|| sender.name.clone());
        self.run.created(Created {
            owner: sender.clone(),
            resource,
            id: id.clone(),
            parent: None,
        });
        if done.receiver.is_some() {
            self.run.add_fact(Fact {
                owner: owner.clone(),
                kind: FactKind::Marker,
                value: marker.clone(),
            });
        }
        let object = Object {
            resource,
            id,
            parent: None,
            owner,
            marker: marker.clone(),
            snapshot: None,
            deleted: false,
        };
        if let Some(name) = &step.save {
            self.objects.insert(name.clone(), object);
        }
        true
    }

    /// The object that a call is about: the named one, or one of alice's own made for it.
    pub(super) async fn object_for(
        &mut self,
        step: &Step,
        call: Call<'_>,
        part: Part,
    ) -> Result<Option<Object>, Stop> {
        let Some((resource, verb)) = call.object.filter(|_| !call.preflight) else {
            return Ok(None);
        };
        if let Some(name) = &step.on {
            let object = self.objects.get(name).cloned();
            return object
                .map(Some)
                .ok_or_else(|| Stop::Unclear(format!("no object was saved as `{name}`")));
        }
        if verb == Verb::Create || step.path.contains_key("id") {
            return Ok(None);
        }
        // What a control deletes is not what the attack is aimed at.
        let reusable = verb != Verb::Delete || part == Part::Attack;
        if let Some(object) = self
            .implicit
            .clone()
            .filter(|object| reusable && object.resource == resource)
        {
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
    pub(crate) async fn make_object(
        &mut self,
        owner: &str,
        resource: usize,
    ) -> Result<Object, Stop> {
        let name = format!("made-{}", self.run.target.resources[resource].name);
        let step = Step {
            actor: Some(owner.to_owned()),
            call: Some(format!(
                "{}.create",
                self.run.target.resources[resource].name
            )),
            save: Some(name.clone()),
            ..Step::default()
        };
        let done = Box::pin(self.perform(&step, Part::Control, None)).await?;
        let made = self.objects.remove(&name).filter(|_| done.complete);
        made.ok_or_else(|| {
            Stop::Unclear(format!(
                "{owner} could not make an object: {}",
                done.exchange.outcome()
            ))
        })
    }

    /// Whether a marker stands in any page of an actor's own list.
    pub(crate) async fn listed(
        &mut self,
        owner: &str,
        resource: usize,
        marker: &str,
    ) -> Result<bool, Stop> {
        self.walked(owner, resource, marker, &BTreeMap::new()).await
    }

    /// The same for a list that a step asks for with parameters of its own.
    pub(crate) async fn listed_by(
        &mut self,
        step: &Step,
        who: &str,
        object: &Object,
    ) -> Result<bool, Stop> {
        self.walked(who, object.resource, &object.marker, &step.query)
            .await
    }

    async fn walked(
        &mut self,
        owner: &str,
        resource: usize,
        marker: &str,
        query: &BTreeMap<String, String>,
    ) -> Result<bool, Stop> {
        use crate::target::Offset;
        const PAGES: u32 = 50;
        let of = &self.run.target.resources[resource];
        let paging = of.paging.clone();
        for page in 0..PAGES {
            let mut step = Step {
                actor: Some(owner.to_owned()),
                call: Some(format!("{}.list", of.name)),
                query: query.clone(),
                ..Step::default()
            };
            if let Some(paging) = &paging {
                step.query
                    .insert(paging.limit.clone(), paging.size.to_string());
                let (name, value) = match &paging.offset {
                    Offset::Items(name) => (name, page * paging.size),
                    Offset::Pages(name) => (name, page + 1),
                };
                step.query.insert(name.clone(), value.to_string());
            }
            let done = Box::pin(self.list_page(&step, resource)).await?;
            let Some(response) = done
                .exchange
                .response()
                .filter(|response| response.is_success())
            else {
                // A parameter that a target refuses widens nothing.
                if !query.is_empty() {
                    return Ok(false);
                }
                return Err(Stop::Unclear(format!(
                    "{owner}'s list answered {}",
                    done.exchange.outcome()
                )));
            };
            if response.text().contains(marker) {
                return Ok(true);
            }
            let json = response.json();
            let items = json
                .as_ref()
                .and_then(|json| json.pointer(&of.items))
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            let more = paging
                .as_ref()
                .is_some_and(|paging| items >= paging.size as usize);
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

    /// How a saved object reads to its owner now; what it holds is what the next look compares with.
    pub(crate) async fn look_again(&mut self, name: &str) -> Result<ObjectState, Stop> {
        let Some(object) = self.objects.get(name).cloned() else {
            return Err(Stop::Unclear(format!("no object was saved as `{name}`")));
        };
        let (state, now) = self.look_at(&object).await?;
        if let Some(kept) = self.objects.get_mut(name) {
            kept.snapshot = now.or(kept.snapshot.take());
        }
        Ok(state)
    }

    /// How an object reads to its owner now.
    pub(crate) async fn look_at(
        &mut self,
        object: &Object,
    ) -> Result<(ObjectState, Option<Value>), Stop> {
        let of = &self.run.target.resources[object.resource];
        if of.read.is_none() {
            let there = self
                .listed(&object.owner, object.resource, &object.marker)
                .await?;
            return Ok((
                if there {
                    ObjectState::AsItWas
                } else {
                    ObjectState::Missing
                },
                None,
            ));
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
        _ if response.denied => (ObjectState::Missing, None),
        200..300 if response.text().contains(&object.marker) => {
            let now = response.json();
            let changed = object
                .snapshot
                .as_ref()
                .zip(now.as_ref())
                .and_then(|(before, now)| difference(before, now, ""));
            (
                changed.map_or(ObjectState::AsItWas, ObjectState::Changed),
                now,
            )
        }
        200..300 => (
            ObjectState::Changed("the owner's marker is no longer in it".into()),
            response.json(),
        ),
        404 | 410 => (ObjectState::Missing, None),
        400 | 401 | 403 => (ObjectState::Missing, None),
        status => (
            ObjectState::Unknown(format!("the owner's read answered {status}")),
            None,
        ),
    }
}

/// The first member that differs, times of change and counters of views apart.
fn difference(before: &Value, now: &Value, path: &str) -> Option<String> {
    const VOLATILE: &[&str] = &[
        "updated", "modified", "accessed", "viewed", "read_at", "etag", "version",
    ];
    match (before, now) {
        (Value::Object(a), Value::Object(b)) => a.iter().find_map(|(name, value)| {
            if VOLATILE
                .iter()
                .any(|word| name.to_lowercase().contains(word))
            {
                return None;
            }
            difference(
                value,
                b.get(name).unwrap_or(&Value::Null),
                &format!("{path}/{name}"),
            )
        }),
        (a, b) if a == b => None,
        _ => Some(format!("the value at {path}")),
    }
}
