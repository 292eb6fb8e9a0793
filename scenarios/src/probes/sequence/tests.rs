use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::super::{Counted, DeclaredLimit, Owned, Sent};
use super::world::ACTORS;
use super::*;
use crate::exchange::{Answer, Exchange, Response};
use crate::judge::ObjectState;
use crate::model::Step;

#[test]
fn a_seed_gives_the_same_sequences_and_another_seed_others() {
    let of = |seed| {
        trees(seed)
            .iter()
            .map(ValueTree::current)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(42), of(42));
    assert_ne!(of(42), of(43));
    assert_eq!(of(42).len(), SEQUENCES);
}

/// What goes wrong in a target of three users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Nothing,
    /// What was changed is read by anybody.
    ChangedIsCached,
    /// What its owner read is read by anybody.
    ReadIsCached,
    /// What was deleted is read by anybody but its owner.
    TrashIsOpen,
    /// What was changed and then deleted is read by anybody.
    DeletedStaysCached,
    /// The list of who asked last.
    ListIsCached,
    /// An update may name another owner.
    OwnerFromBody,
    /// Whoever read the list changes what stood in it.
    ListOpensWrites,
    /// After a refresh the next list is another's.
    RefreshMixesUp,
}

struct Shelf {
    fault: Fault,
    seed: u64,
    requests: usize,
    /// Who made it, whose it is, whether it is deleted, and whether it was changed or read.
    objects: BTreeMap<String, Thing>,
    refreshed: BTreeSet<String>,
    listed: BTreeSet<String>,
    last_list: Option<String>,
}

#[derive(Clone, Default)]
struct Thing {
    maker: String,
    owner: String,
    deleted: bool,
    changed: bool,
    read: bool,
    stolen: bool,
}

impl Shelf {
    fn new(fault: Fault, seed: u64) -> Shelf {
        Shelf {
            fault,
            seed,
            requests: 0,
            objects: BTreeMap::new(),
            refreshed: BTreeSet::new(),
            listed: BTreeSet::new(),
            last_list: None,
        }
    }

    /// The status, and whose marker the answer holds.
    fn answer(&mut self, actor: &str, step: &Step) -> (u16, Option<String>) {
        let fault = self.fault;
        let call = step.call.as_deref().unwrap_or_default();
        match call {
            "object.create" => {
                let thing = Thing {
                    maker: actor.to_owned(),
                    owner: actor.to_owned(),
                    ..Thing::default()
                };
                self.objects.insert(step.save.clone().unwrap(), thing);
                return (201, None);
            }
            "object.list" => {
                let mut whose = actor.to_owned();
                if fault == Fault::ListIsCached {
                    whose = self.last_list.replace(whose.clone()).unwrap_or(whose);
                }
                if fault == Fault::RefreshMixesUp && self.refreshed.remove(actor) {
                    whose = ACTORS[usize::from(actor == "alice")].to_owned();
                }
                self.listed.insert(whose.clone());
                let there =
                    (self.objects.values()).find(|thing| thing.owner == whose && !thing.deleted);
                return (200, there.map(|thing| thing.maker.clone()));
            }
            "refresh" => {
                self.refreshed.insert(actor.to_owned());
                return (200, None);
            }
            "logout" => return (204, None),
            _ => {}
        }
        let listed = self.listed.contains(actor) && self.listed.len() > 1;
        let Some(thing) = self.objects.get_mut(step.on.as_deref().unwrap_or_default()) else {
            return (404, None);
        };
        let own = thing.owner == actor && !thing.deleted;
        if call == "object.read" {
            let open = match fault {
                Fault::ChangedIsCached => thing.changed && !thing.deleted,
                Fault::ReadIsCached => thing.read && !thing.deleted,
                Fault::TrashIsOpen => thing.deleted && thing.owner != actor,
                Fault::DeletedStaysCached => thing.changed && thing.deleted,
                _ => false,
            };
            thing.read |= own;
            return match own || open {
                true => (200, Some(thing.maker.clone())),
                false => (404, None),
            };
        }
        if !own {
            if fault == Fault::ListOpensWrites && listed && !thing.deleted {
                thing.stolen = true;
                return (200, None);
            }
            return (404, None);
        }
        match call {
            "object.delete" => thing.deleted = true,
            _ => {
                thing.changed = true;
                let named = step.extra.get("user_id").and_then(Value::as_str);
                if let Some(named) = named.filter(|_| fault == Fault::OwnerFromBody) {
                    thing.owner = named.trim_matches(['{', '}']).replace(".id", "");
                }
            }
        }
        (200, None)
    }
}

#[async_trait]
impl Lab for Shelf {
    async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String> {
        self.requests += 1;
        let actor = step.actor.clone().unwrap_or_default();
        let (status, whose) = self.answer(&actor, &step);
        let foreign = whose.filter(|whose| *whose != actor);
        Ok(Sent {
            exchange: Exchange {
                actor,
                call: step.call.unwrap_or_default(),
                control,
                request: Default::default(),
                answer: Answer::Response(Response {
                    status,
                    ..Response::default()
                }),
                recipe: None,
            },
            accepted: status < 300,
            credential: false,
            disclosed: foreign.into_iter().collect(),
            marker: None,
        })
    }
    async fn look(&mut self, object: &str) -> Result<ObjectState, String> {
        self.requests += 1;
        let thing = self.objects.get_mut(object).ok_or("no such object")?;
        thing.read |= !thing.deleted;
        Ok(match thing.deleted || thing.owner != thing.maker {
            true => ObjectState::Missing,
            false if std::mem::take(&mut thing.stolen) => ObjectState::Changed("its text".into()),
            false => ObjectState::AsItWas,
        })
    }
    fn owned(&self) -> Vec<Owned> {
        let all = ["create", "list", "read", "patch", "replace", "delete"];
        let owned = |verb| Owned {
            call: format!("object.{verb}"),
            method: String::new(),
            path: String::new(),
        };
        all.map(owned).into()
    }
    async fn fresh_token(&mut self, _: &str) -> Result<String, String> {
        self.requests += 1;
        Ok(String::new())
    }
    fn forget_last(&mut self) {}
    async fn wait(&mut self, _: Duration) -> Result<(), String> {
        Ok(())
    }
    fn limit(&self, _: Counted) -> DeclaredLimit {
        DeclaredLimit::Undeclared
    }
    fn wordlist(&self) -> &[u8] {
        &[]
    }
    fn key_set(&self) -> &[Value] {
        &[]
    }
    fn use_secret(&mut self, _: &[u8]) {}
    fn patience(&self) -> Duration {
        Duration::ZERO
    }
    fn seed(&self) -> u64 {
        self.seed
    }
}

/// Whatever the seed, a fault is found, and nothing where there is none; with how many requests at most.
#[track_caller]
fn check(fault: Fault, want: &str, most: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for seed in 0..20 {
        let mut shelf = Shelf::new(fault, seed);
        let attempts = runtime.block_on((PROBE.run)(&mut shelf));
        assert_eq!(attempts[0].verdict.word(), want, "{fault:?}, seed {seed}");
        assert!(shelf.requests <= most, "{} requests", shelf.requests);
    }
}

#[test]
fn where_each_object_stays_its_owners_nothing_is_found_with_few_requests() {
    check(Fault::Nothing, "pass", 140);
}

#[test]
fn what_one_request_leaves_for_the_next_is_found_whatever_the_seed() {
    for fault in [
        Fault::ChangedIsCached,
        Fault::ReadIsCached,
        Fault::TrashIsOpen,
        Fault::DeletedStaysCached,
        Fault::ListIsCached,
        Fault::OwnerFromBody,
        Fault::ListOpensWrites,
        Fault::RefreshMixesUp,
    ] {
        check(fault, "fail", 300);
    }
}
