use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::super::{Counted, DeclaredLimit, Owned};
use super::*;
use crate::exchange::{Answer, Exchange, Response};

/// Knows whose credential counts on each call where a request names both; `None` refuses it.
struct Backend {
    counts: fn(call: &str) -> Option<&'static str>,
    status: u16,
    /// Whose the last object is, and whether it was changed or deleted.
    made: &'static str,
    changed: bool,
    gone: bool,
    shows: Vec<&'static str>,
    /// Anybody reads and changes anything.
    open: bool,
}

const BOTH: &str = "raw:both";

fn name(actor: &str) -> &'static str {
    if actor == "alice" { "alice" } else { "bob" }
}

#[async_trait]
impl Lab for Backend {
    async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String> {
        let call = step.call.clone().unwrap_or_default();
        let sender = name(step.actor.as_deref().unwrap_or_default());
        let both = step.token.as_deref() == Some(BOTH);
        let user = match both {
            true => (self.counts)(&call),
            false => Some(name(
                step.token.as_deref().map_or(sender, |token| &token[6..]),
            )),
        };
        // What is in the path is the sender's; whoever else is refused there, a read of what was made apart.
        let accepted = match call.as_str() {
            "probe" | "login" => user.is_some(),
            _ if self.open => true,
            "object.read" => user == Some(self.made),
            _ => user == Some(sender),
        };
        self.shows = user.into_iter().filter(|_| accepted).collect();
        if accepted && call == "object.create" {
            (self.made, self.changed, self.gone) = (sender, false, false);
        }
        self.changed |= accepted && call == "object.update";
        self.gone |= accepted && call == "object.delete";
        let body = match call.as_str() {
            "object.read" if self.changed => "changed",
            _ => "",
        };
        let marker = (call == "object.update").then(|| "changed".to_owned());
        Ok(Sent {
            exchange: Exchange {
                actor: sender.to_owned(),
                call,
                control,
                request: Default::default(),
                answer: Answer::Response(Response {
                    status: match (both, accepted) {
                        (true, _) if self.status != 200 => self.status,
                        (_, true) => 200,
                        (_, false) => 401,
                    },
                    body: body.into(),
                    ..Response::default()
                }),
                recipe: None,
            },
            accepted,
            credential: true,
            disclosed: Vec::new(),
            marker,
        })
    }
    fn owners(&self, _: &Exchange) -> BTreeSet<String> {
        self.shows.iter().map(|owner| (*owner).to_owned()).collect()
    }
    fn owned(&self) -> Vec<Owned> {
        ["create", "list", "read", "patch", "delete"]
            .map(|verb| Owned {
                call: format!("object.{verb}"),
                method: String::new(),
                path: String::new(),
            })
            .into()
    }
    async fn look(&mut self, _: &str) -> Result<ObjectState, String> {
        Ok(match self.gone {
            true => ObjectState::Missing,
            false => ObjectState::AsItWas,
        })
    }
    fn text(&self, _: &str) -> Result<String, String> {
        Ok("marker".into())
    }
    fn forget_last(&mut self) {}
    async fn wait(&mut self, _: Duration) -> Result<(), String> {
        Ok(())
    }
    async fn fresh_token(&mut self, _: &str) -> Result<String, String> {
        Err(super::super::ABSENT.into())
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
}

fn judged(status: u16, counts: fn(&str) -> Option<&'static str>) -> Verdict {
    judged_on(status, counts, false)
}

fn judged_on(status: u16, counts: fn(&str) -> Option<&'static str>, open: bool) -> Verdict {
    let mut lab = Backend {
        open,
        counts,
        status,
        made: "alice",
        changed: false,
        gone: false,
        shows: Vec::new(),
    };
    let double = |_: &str, step: Step| Step {
        token: Some(BOTH.into()),
        ..step
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let fault = (Severity::Medium, "it is mixed up");
    let attempt = attempt(&mut lab, "both", &double, fault);
    runtime.unwrap().block_on(attempt).verdict
}

#[test]
fn one_winner_or_a_refusal_everywhere_passes() {
    for user in ["alice", "bob"] {
        let note = Some(format!("{user} counts on every route"));
        let all = match user {
            "alice" => judged(200, |_| Some("alice")),
            _ => judged(200, |_| Some("bob")),
        };
        assert_eq!(all, Verdict::Pass { note });
    }
    assert_eq!(judged(200, |_| None), Verdict::PASS);
    let read_only = judged(200, |call| (call == "object.read").then_some("alice"));
    assert!(matches!(read_only, Verdict::Pass { .. }), "{read_only:?}");
}

#[test]
fn another_winner_on_one_route_fails() {
    let odd: [fn(&str) -> Option<&'static str>; 5] = [
        |call| Some(if call == "probe" { "bob" } else { "alice" }),
        |call| {
            Some(if call == "object.list" {
                "bob"
            } else {
                "alice"
            })
        },
        |call| {
            Some(if call == "object.create" {
                "bob"
            } else {
                "alice"
            })
        },
        |call| {
            Some(if call == "object.update" {
                "bob"
            } else {
                "alice"
            })
        },
        |call| {
            Some(if call == "object.delete" {
                "bob"
            } else {
                "alice"
            })
        },
    ];
    for counts in odd {
        let verdict = judged(200, counts);
        assert!(matches!(verdict, Verdict::Fail(_)), "{verdict:?}");
    }
}

#[test]
fn objects_that_anybody_reads_tell_nothing() {
    let verdict = judged_on(200, |_| Some("bob"), true);
    assert!(matches!(verdict, Verdict::Skipped(_)), "{verdict:?}");
}

#[test]
fn a_throttled_answer_says_nothing() {
    let verdict = judged(429, |_| Some("alice"));
    assert!(matches!(verdict, Verdict::Inconclusive(_)), "{verdict:?}");
}
