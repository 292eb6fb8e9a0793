//! Headers that name another user, as a proxy in front might set them, sent by the client itself.

use super::owners::{answered, make, on};
use super::{Attempt, Lab, Probe, Run};
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "header-identity",
    run: |lab| -> Run<'_> { Box::pin(headers(lab)) },
};

const NAMES: [&str; 12] = [
    "X-User-Id",
    "X-User",
    "X-User-Email",
    "X-Forwarded-User",
    "X-Forwarded-Email",
    "X-Auth-Request-User",
    "X-Auth-Request-Email",
    "X-Authenticated-User",
    "X-Authenticated-Userid",
    "X-Remote-User",
    "Remote-User",
    "X-Consumer-Username",
];
const ADDRESSES: [&str; 2] = ["X-Original-URL", "X-Rewrite-URL"];

async fn headers(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    if let Err(why) = play(lab, &mut attempts).await {
        attempts.push(Attempt {
            name: "objects of two users".into(),
            verdict: Verdict::Inconclusive(why),
        });
    }
    attempts
}

async fn play(lab: &mut dyn Lab, attempts: &mut Vec<Attempt>) -> Result<(), String> {
    if lab.public() {
        let why = "everybody may read the resource, by design".to_owned();
        attempts.push(Attempt {
            name: "objects of two users".into(),
            verdict: Verdict::Skipped(why),
        });
        return Ok(());
    }
    make(lab, "alice", "object").await?;
    make(lab, "bob", "own").await?;
    let values = ["{alice.id}", "{alice.email}"].map(|text| lab.text(text).ok());
    let requests = requests(lab).await?;
    lab.cut("what comes without the headers");
    for name in NAMES {
        let named = values.iter().flatten();
        let all = named.flat_map(|value| {
            let with = |(who, request): &(&'static str, Step)| (*who, with(request, name, value));
            requests.iter().map(with).collect::<Vec<_>>()
        });
        let consequence = format!("who sends {name} is taken for the user that it names");
        let verdict = first_fail(lab, all.collect(), &consequence).await;
        enter(lab, attempts, name, verdict);
    }
    let path = lab.path(&on("alice", "object.read", "object"))?;
    for name in ADDRESSES {
        let own = on("bob", "object.read", "own");
        let mut all = vec![
            ("a user", with(&own, name, &path)),
            ("anybody", with(&nobody(&own), name, &path)),
        ];
        let open = requests.iter();
        all.extend(open.map(|(who, request)| (*who, with(request, name, "/"))));
        let consequence = format!("who sends {name} gets to what belongs to another");
        let verdict = first_fail(lab, all, &consequence).await;
        enter(lab, attempts, name, verdict);
    }
    Ok(())
}

/// Requests that give nothing of alice's away as they are; only what a header adds counts.
async fn requests(lab: &mut dyn Lab) -> Result<Vec<(&'static str, Step)>, String> {
    let owners = |actor: &str| Step {
        path: [("user_id".to_owned(), "alice".to_owned())].into(),
        ..on(actor, "object.read", "object")
    };
    let all = [
        ("a user", owners("bob")),
        ("a user", on("bob", "object.read", "object")),
        ("a user", on("bob", "object.list", "own")),
        ("anybody", nobody(&owners("alice"))),
    ];
    let mut kept = Vec::new();
    for (who, request) in all {
        // A call that the profile has not is not sent.
        let Ok(sent) = lab.send(request.clone(), true).await else {
            continue;
        };
        if sent.disclosed.is_empty() {
            kept.push((who, request));
        }
    }
    match kept.is_empty() {
        true => Err(
            "each request gives the objects of others away without any header, or cannot be sent"
                .into(),
        ),
        false => Ok(kept),
    }
}

fn nobody(step: &Step) -> Step {
    Step {
        actor: Some("anonymous".into()),
        token: Some("none".into()),
        ..step.clone()
    }
}

fn with(request: &Step, name: &str, value: &str) -> Step {
    Step {
        headers: [(name.to_owned(), value.to_owned())].into(),
        ..request.clone()
    }
}

/// Sends until one fails, so that the last request is the one that the verdict is about.
async fn first_fail(
    lab: &mut dyn Lab,
    requests: Vec<(&'static str, Step)>,
    consequence: &str,
) -> Verdict {
    let mut verdicts = Vec::new();
    for (who, request) in requests {
        let sent = lab.send(request, false).await;
        let verdict = answered(sent, &format!("{who} {consequence}"));
        if matches!(verdict, Verdict::Fail(_)) {
            return verdict;
        }
        verdicts.push(verdict);
    }
    Verdict::worst(verdicts).unwrap_or(Verdict::PASS)
}

fn enter(lab: &mut dyn Lab, attempts: &mut Vec<Attempt>, name: &str, verdict: Verdict) {
    lab.cut(name);
    attempts.push(Attempt {
        name: name.to_owned(),
        verdict,
    });
}
