//! A login whose e-mail address and password stand in the address of the request.

use super::burst::right_login;
use super::owners::step;
use super::volley::{accepted, clear};
use super::{Attempt, Lab, Probe, Run};
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "query-credentials",
    run: |lab| -> Run<'_> { Box::pin(asked(lab)) },
};

async fn asked(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for (name, method) in [("GET", Some("GET")), ("no body", None)] {
        let verdict = judged(lab, method).await;
        lab.cut(name);
        attempts.push(Attempt {
            name: name.to_owned(),
            verdict: verdict.unwrap_or_else(Verdict::Inconclusive),
        });
    }
    attempts
}

async fn judged(lab: &mut dyn Lab, method: Option<&str>) -> Result<Verdict, String> {
    let words = [
        ("email", "{alice.email}"),
        ("username", "{alice.username}"),
        ("password", "{alice.password}"),
    ];
    let step = Step {
        method: method.map(str::to_owned),
        query: words.map(|(name, text)| (name.into(), text.into())).into(),
        raw_body: Some(String::new()),
        headers: [("Content-Type".to_owned(), String::new())].into(),
        save: Some("by-query".into()),
        ..right_login("alice")
    };
    let sent = lab.send(step, false).await?;
    // Some give a session to every stranger who comes by.
    if sent.credential && works(lab).await? {
        return Ok(Verdict::fail(
            Severity::Medium,
            "passwords stand in addresses, which servers, proxies and browsers write down",
            "no credential for a password in the address",
            format!("{} with a credential", sent.exchange.outcome()),
        ));
    }
    match clear(&sent) {
        true => Ok(Verdict::PASS),
        false => Err(format!("the target answered {}", sent.exchange.outcome())),
    }
}

async fn works(lab: &mut dyn Lab) -> Result<bool, String> {
    let look = Step {
        token: Some("saved.by-query".into()),
        ..step("alice", "probe")
    };
    accepted(lab, look).await
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{Scripted, status, yes};
    use super::*;

    #[track_caller]
    fn check_with(known: u16, get: u16, post: u16, want: [&str; 2]) {
        let mut lab = Scripted::new(move |step| {
            let code = match (step.call.as_deref(), step.method.is_some()) {
                (Some("probe"), _) => known,
                (_, true) => get,
                (_, false) => post,
            };
            match code {
                200 => yes(),
                other => status(other),
            }
        });
        assert_eq!(lab.words(&PROBE), want);
    }

    #[track_caller]
    fn check(get: u16, post: u16, want: [&str; 2]) {
        check_with(200, get, post, want);
    }

    #[test]
    fn the_session_of_a_stranger_is_no_credential() {
        check_with(401, 200, 200, ["pass", "pass"]);
        check_with(503, 200, 404, ["inconclusive", "pass"]);
    }

    #[test]
    fn a_credential_for_an_address_is_found() {
        check(405, 422, ["pass", "pass"]);
        check(200, 422, ["fail", "pass"]);
        check(404, 200, ["pass", "fail"]);
        check(302, 500, ["pass", "inconclusive"]);
        check(429, 400, ["inconclusive", "pass"]);
    }
}
