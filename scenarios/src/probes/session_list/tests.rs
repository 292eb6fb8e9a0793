use super::*;
use crate::exchange::Response;
use crate::probes::scripted::{Said, Scripted, status, yes};
use serde_json::json;

/// A back end with sessions, and the ways in which it goes wrong.
#[derive(Clone, Copy)]
struct Backend {
    lists_all: bool,
    ends_any: bool,
    ends_none: bool,
    /// An access token is good for as long as it says, and so is a refresh token.
    stateless: bool,
    renews: bool,
    /// Sessions are ended by their token; another name is answered well, and does nothing.
    by_token: bool,
    revoking: u16,
}

const GOOD: Backend = Backend {
    lists_all: false,
    ends_any: false,
    ends_none: false,
    stateless: false,
    renews: false,
    by_token: false,
    revoking: 204,
};

struct Session {
    user: String,
    saved: String,
    id: String,
    over: bool,
}

impl Backend {
    fn answer(self, sessions: &mut Vec<Session>, step: &Step) -> Said {
        let user = step.actor.clone().unwrap();
        let saved = step.token.as_deref().or(step.using.as_deref());
        let saved = saved.map(|saved| saved.trim_start_matches("saved."));
        match step.call.as_deref().unwrap() {
            "login" => {
                sessions.push(Session {
                    id: (sessions.len() + 7).to_string(),
                    saved: step.save.clone().unwrap(),
                    over: false,
                    user,
                });
                Said {
                    refresh: Some("refresh".into()),
                    ..yes()
                }
            }
            "sessions" => {
                let shown = |one: &&Session| !one.over && (self.lists_all || one.user == user);
                let items = sessions.iter().filter(shown);
                let item = |one: &Session| json!({"id": one.id, "token": format!("t{}", one.id)});
                let body = json!({"meta": {"tags": ["x"]}, "data": {"items": items.map(item).collect::<Vec<_>>()}});
                Said {
                    response: Response {
                        body: body.to_string().into_bytes(),
                        ..yes().response
                    },
                    ..yes()
                }
            }
            "revoke-session" => {
                let name = match self.by_token {
                    true => step.path["id"].strip_prefix('t').unwrap_or_default(),
                    false => step.path["id"].as_str(),
                };
                let named = sessions.iter_mut().find(|one| one.id == name);
                let may = |one: &&mut Session| self.ends_any || one.user == user;
                match named.filter(may) {
                    Some(one) => one.over = !self.ends_none,
                    None if self.by_token => {}
                    None => return status(404),
                }
                Said {
                    response: status(self.revoking).response,
                    accepted: self.revoking < 300,
                    ..yes()
                }
            }
            "refresh" if !self.renews => status(401),
            _ => {
                let over = |one: &Session| Some(one.saved.as_str()) == saved && one.over;
                match sessions.iter().any(over) && !self.stateless {
                    true => status(401),
                    false => yes(),
                }
            }
        }
    }
}

#[track_caller]
fn check(backend: Backend, want: &[&str]) {
    let mut sessions = Vec::new();
    let mut lab = Scripted::new(move |step| backend.answer(&mut sessions, step));
    lab.texts = [("{cache}", "1s")].into();
    let verdicts = lab.run(&PROBE).into_iter();
    let words: Vec<_> = verdicts
        .map(|(_, verdict)| match verdict {
            Verdict::Fail(mismatch) => mismatch.severity.word(),
            Verdict::Pass { note: Some(_) } => "noted",
            other => other.word(),
        })
        .collect();
    assert_eq!(words, want);
}

#[test]
fn users_with_their_own_sessions_pass() {
    check(GOOD, &["pass", "pass", "pass"]);
    let by_token = Backend {
        by_token: true,
        revoking: 200,
        ..GOOD
    };
    check(by_token, &["pass", "pass", "pass"]);
    let stateless = Backend {
        stateless: true,
        ..GOOD
    };
    check(stateless, &["pass", "noted", "pass"]);
}

#[test]
fn a_list_of_everybody_fails() {
    let lists_all = Backend {
        lists_all: true,
        ..GOOD
    };
    check(lists_all, &["low", "pass", "pass"]);
}

#[test]
fn a_session_that_goes_on_fails() {
    let none = Backend {
        ends_none: true,
        ..GOOD
    };
    check(none, &["pass", "low"]);
    let renews = Backend {
        stateless: true,
        renews: true,
        ..GOOD
    };
    check(renews, &["pass", "low", "pass"]);
}

#[test]
fn a_stranger_who_ends_a_session_fails() {
    let any = Backend {
        ends_any: true,
        ..GOOD
    };
    check(any, &["pass", "pass", "high"]);
    // Where a token is good for as long as it says, the list shows it.
    let stateless = Backend {
        stateless: true,
        ..any
    };
    check(stateless, &["pass", "noted", "high"]);
}

#[test]
fn what_does_not_answer_says_nothing() {
    for revoking in [403, 500] {
        let refused = Backend { revoking, ..GOOD };
        check(refused, &["pass", "inconclusive"]);
    }
    let mut lab = Scripted::new(|_| yes());
    assert_eq!(lab.words(&PROBE), ["inconclusive"]);
}

#[test]
fn sessions_without_a_known_name_say_nothing() {
    assert_eq!(names(&json!({"agent": "curl", "id": null})), None);
    assert_eq!(
        names(&json!({"jti": "x", "id": 7})),
        Some(vec![("id", "7".into()), ("jti", "x".into())])
    );
    assert_eq!(items(&json!([{"id": 1}])).len(), 1);
    assert!(items(&json!({"sessions": []})).is_empty());
}
