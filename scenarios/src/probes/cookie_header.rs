//! The cookie of one user and the header of another in one request.

use super::owners::step;
use super::winner;
use super::{Attempt, Lab, Probe, Run};
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "cookie-header-disagree",
    run: |lab| -> Run<'_> { Box::pin(disagree(lab)) },
};

const FAULT: (Severity, &str) = (
    Severity::High,
    "a request with the cookie of one user and the token of another is both of them: one route goes by the cookie, \
     another by the header",
);

/// The way that is not the profile's own, as a header: what it is called, and its value.
type Other = (&'static str, String);

async fn disagree(lab: &mut dyn Lab) -> Vec<Attempt> {
    let name = "cookie and header";
    let stopped = |verdict| {
        vec![Attempt {
            name: name.to_owned(),
            verdict,
        }]
    };
    let other = match other_way(lab).await {
        Ok(Some(other)) => other,
        Ok(None) => {
            let why = "a user is known by a cookie or by a header, and not by either of them";
            return stopped(Verdict::Skipped(why.into()));
        }
        Err(why) => return stopped(Verdict::Inconclusive(why)),
    };
    let double = move |_: &str, step: Step| {
        let mut headers = step.headers.clone();
        headers.insert(other.0.to_owned(), other.1.clone());
        Step {
            token: Some("saved.alice".into()),
            headers,
            ..step
        }
    };
    vec![winner::attempt(lab, name, &double, FAULT).await]
}

/// A cookie of bob's that is enough without a header, or a header that is enough without a cookie.
async fn other_way(lab: &mut dyn Lab) -> Result<Option<Other>, String> {
    let mut ways: Vec<Other> = Vec::new();
    if !lab.by_cookie() {
        let signed_in = lab.send(step("bob", "login"), true).await?;
        let response = signed_in.exchange.response();
        let lines = response
            .into_iter()
            .flat_map(|r| r.header_all("set-cookie"));
        let pairs = lines.filter_map(|line| line.split(';').next());
        ways.extend(pairs.map(|pair| ("Cookie", pair.trim().to_owned())));
    } else {
        let token = lab.fresh_token("bob").await?;
        ways.push(("Authorization", format!("Bearer {token}")));
    }
    for (name, value) in ways {
        let alone = Step {
            token: Some("none".into()),
            headers: [(name.to_owned(), value.clone())].into(),
            ..step("bob", "probe")
        };
        if lab.send(alone, true).await?.accepted {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}
