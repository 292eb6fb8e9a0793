//! Headers that name another host than the one that was called: do the links of the answers lead there?

use super::burst::{only, right_login};
use super::owners::step;
use super::volley::clear;
use super::{Attempt, Front, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "forwarded-host",
    run: |lab| -> Run<'_> { Box::pin(steered(lab)) },
};

/// Headers in which a proxy tells the host that its client called; `{host}` is one that nobody has.
const HEADERS: [(&str, &str); 6] = [
    ("X-Forwarded-Host", "{host}"),
    ("Forwarded", "host={host}"),
    ("X-Host", "{host}"),
    ("X-Forwarded-Server", "{host}"),
    ("X-HTTP-Host-Override", "{host}"),
    ("X-Original-Host", "{host}"),
];

/// Headers of an answer that hold addresses.
const LINKS: &[&str] = &["location", "link", "content-location", "refresh"];

/// A request that is sent once as it is and once with the headers.
struct Asked {
    name: &'static str,
    step: Step,
    /// Whether it says something only where it is answered well.
    good: bool,
}

async fn steered(lab: &mut dyn Lab) -> Vec<Attempt> {
    let front = lab.front();
    if front == Front::Overwrites {
        let why = "the profile declares that a proxy overwrites these headers";
        return only("headers", Verdict::Skipped(why.into()));
    }
    let Ok(host) = lab.text("h{rand}.example") else {
        let why = "no host could be made up";
        return only("headers", Verdict::Inconclusive(why.into()));
    };
    // URL libraries write hosts in small letters.
    let host = host.to_lowercase();
    let mut attempts = Vec::new();
    for asked in requests(lab) {
        let verdict = compared(lab, &asked, &host, front).await;
        lab.cut(asked.name);
        attempts.push(Attempt {
            name: asked.name.to_owned(),
            verdict,
        });
    }
    let verdict = by_host_alone(lab, &host).await;
    lab.cut("Host alone");
    attempts.push(Attempt {
        name: "Host alone".into(),
        verdict,
    });
    attempts
}

fn requests(lab: &dyn Lab) -> [Asked; 4] {
    let asked = |name, step, good| Asked { name, step, good };
    [
        asked("a login", right_login("alice"), true),
        asked("a new object", step("alice", "object.create"), true),
        asked("a slash at the end", with_slash(lab), false),
        asked("an address that does not exist", unknown(), false),
    ]
}

fn unknown() -> Step {
    Step {
        at: Some("/authspec-{rand}".into()),
        ..step("alice", "probe")
    }
}

/// The list, or the identity route, with a slash at its end: many frameworks lead from there to the path without it.
fn with_slash(lab: &dyn Lab) -> Step {
    let list = lab.path(&step("alice", "object.list"));
    let path = list.or_else(|_| lab.path(&step("alice", "probe")));
    let path = path.unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    Step {
        at: Some(format!("{}/", path.trim_end_matches('/'))),
        method: Some("GET".into()),
        ..step("alice", "probe")
    }
}

async fn compared(lab: &mut dyn Lab, asked: &Asked, host: &str, front: Front) -> Verdict {
    let own = match lab.send(asked.step.clone(), true).await {
        Ok(own) => own,
        Err(why) => return Verdict::Skipped(why),
    };
    if !clear(&own) || (asked.good && !own.accepted) {
        let outcome = own.exchange.outcome();
        return Verdict::Inconclusive(format!("without the headers it was answered {outcome}"));
    }
    let headers = HEADERS.map(|(name, value)| (name.to_owned(), value.replace("{host}", host)));
    let attack = Step {
        headers: headers.into(),
        ..asked.step.clone()
    };
    match lab.send(attack, false).await {
        Ok(sent) if clear(&sent) => judged(&sent, host, front),
        Ok(sent) => Verdict::Inconclusive(format!("it was answered {}", sent.exchange.outcome())),
        Err(why) => Verdict::Inconclusive(why),
    }
}

fn judged(sent: &Sent, host: &str, front: Front) -> Verdict {
    let found = places(sent, host);
    if found.is_empty() {
        return Verdict::PASS;
    }
    let (severity, condition) = match front {
        Front::Loopback | Front::Unknown | Front::Overwrites => (
            Severity::Low,
            "; it holds only if a proxy overwrites such headers",
        ),
        Front::Nothing => (Severity::Medium, ""),
    };
    Verdict::Fail(Mismatch {
        consequence: "links of the target lead to whatever host a request names".into(),
        expected: "links to the own host, whatever a header says".into(),
        actual: format!(
            "{} with a host of our own in {}{condition}",
            sent.exchange.outcome(),
            found.join(", ")
        ),
        severity,
    })
}

/// A browser sends no other `Host` than that of the address, so that it takes a mail or a cache to harm anybody.
async fn by_host_alone(lab: &mut dyn Lab, host: &str) -> Verdict {
    let attack = Step {
        headers: [("Host".to_owned(), host.to_owned())].into(),
        ..with_slash(lab)
    };
    let sent = match lab.send(attack, false).await {
        Ok(sent) if clear(&sent) => sent,
        Ok(sent) => {
            return Verdict::Skipped(format!("it was answered {}", sent.exchange.outcome()));
        }
        Err(why) => return Verdict::Skipped(why),
    };
    match places(&sent, host).as_slice() {
        [] => Verdict::PASS,
        found => Verdict::Pass {
            note: Some(format!(
                "the host of the request stands in {}: mails with links need a base from the configuration",
                found.join(", ")
            )),
        },
    }
}

/// Where an answer leads to this host. The name alone, as it was sent, leads nowhere.
fn places(sent: &Sent, host: &str) -> Vec<String> {
    let Some(response) = sent.exchange.response() else {
        return Vec::new();
    };
    let link = format!("/{host}");
    let leads = |text: &str| text.to_lowercase().contains(&link);
    let named = LINKS
        .iter()
        .filter(|name| response.header_all(name).any(leads));
    let mut found: Vec<String> = named.map(|name| format!("the header {name}")).collect();
    if leads(&response.text()) {
        found.push("the body".into());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::scripted::{Said, Scripted, status, yes};

    /// An answer that links to the host that this header names, else to its own.
    fn linked(step: &Step, header: &str, told: Said) -> Said {
        let host = step
            .headers
            .get(header)
            .map_or("api.example.com", |host| host.trim_start_matches("host="));
        let mut said = told;
        let location = format!("https://{host}/tasks");
        said.response.headers.push(("location".into(), location));
        said
    }

    #[track_caller]
    fn check(answer: fn(&Step) -> Said, want: [&str; 5]) {
        assert_eq!(Scripted::new(answer).words(&PROBE), want);
    }

    #[test]
    fn links_to_the_own_host_pass() {
        check(|step| linked(step, "X-None", yes()), ["pass"; 5]);
        check(|_| yes(), ["pass"; 5]);
    }

    #[test]
    fn links_to_a_host_of_a_header_fail() {
        let all = ["fail", "fail", "fail", "fail", "pass"];
        check(|step| linked(step, "X-Forwarded-Host", yes()), all);
        check(|step| linked(step, "Forwarded", yes()), all);
        let created: fn(&Step) -> Said = |step| match step.call.as_deref() {
            Some("object.create") => linked(step, "X-Host", yes()),
            _ => yes(),
        };
        check(created, ["pass", "fail", "pass", "pass", "pass"]);
    }

    #[test]
    fn a_host_in_a_url_of_the_body_fails_and_its_echo_does_not() {
        let body: fn(&Step) -> Said = |step| {
            let mut said = yes();
            if let Some(host) = step.headers.get("X-Forwarded-Host") {
                said.response.body = format!(r#"{{"next":"https:\/\/{host}\/"}}"#).into_bytes();
            }
            said
        };
        check(body, ["fail", "fail", "fail", "fail", "pass"]);
        let echo: fn(&Step) -> Said = |step| {
            let mut said = yes();
            said.response.body = format!("{:?}", step.headers).into_bytes();
            said
        };
        check(echo, ["pass"; 5]);
    }

    #[test]
    fn a_link_that_follows_host_is_noted() {
        let mut lab = Scripted::new(|step: &Step| linked(step, "Host", status(307)));
        let last = lab.run(&PROBE).pop();
        assert!(
            matches!(&last, Some((_, Verdict::Pass { note: Some(_) }))),
            "{last:?}"
        );
    }

    #[test]
    fn without_a_control_nothing_is_said() {
        let unclear = "inconclusive";
        let all = [unclear, unclear, unclear, unclear, "skipped"];
        check(|_| status(500), all);
        check(|_| status(429), all);
        let refused = [unclear, unclear, "pass", "pass", "pass"];
        check(|_| status(401), refused);
    }
}
