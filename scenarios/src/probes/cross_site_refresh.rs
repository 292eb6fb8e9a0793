//! Whether a page of another site can renew the session of its visitor, and read what comes.

use super::burst::only;
use super::owners::step;
use super::set_cookie::SetCookie;
use super::volley::clear;
use super::{Attempt, Lab, Probe, Run};
use crate::exchange::Response;
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "cross-site-refresh",
    run: |lab| -> Run<'_> { Box::pin(forged(lab)) },
};

const ORIGIN: &str = "https://evil.example";

async fn forged(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = renewed(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only("a page of another site", verdict)
}

async fn renewed(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let login = Step {
        save: Some("session".into()),
        ..step("alice", "login")
    };
    let login = lab.send(login, true).await?;
    let set = login.exchange.response().filter(|_| login.accepted);
    let (Some(set), Some(token)) = (set, lab.refresh_token("session")) else {
        let outcome = login.exchange.outcome();
        return Err(format!(
            "the login was answered {outcome} without a refresh token"
        ));
    };
    let Some(cookie) = SetCookie::all(set).find(|cookie| cookie.value == token) else {
        return Err("the answer to the login sets no cookie with the refresh token".into());
    };
    // No header asks for a preflight, and there is no body or one of a simple type.
    let headers = [
        ("Origin", ORIGIN),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "cors"),
    ];
    let attack = Step {
        using: Some("session".into()),
        token: Some("none".into()),
        simple: true,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..step("alice", "refresh")
    };
    let sent = lab.send(attack, false).await?;
    let response = sent.exchange.response().filter(|_| clear(&sent));
    let Some(response) = response else {
        return Err(format!(
            "the refresh was answered {}",
            sent.exchange.outcome()
        ));
    };
    Ok(match sent.accepted {
        true => judged(&cookie, response),
        false => Verdict::PASS,
    })
}

/// Judges a refresh that was accepted: whether a browser sends it for another site, and shows that site the answer.
fn judged(cookie: &SetCookie, response: &Response) -> Verdict {
    let same_site = cookie.attribute("samesite").unwrap_or_default();
    let stays = ["lax", "strict"].contains(&same_site.to_ascii_lowercase().as_str());
    let says = |name: &str, value: &str| response.header(name).map(str::trim) == Some(value);
    let read = says("access-control-allow-origin", ORIGIN)
        && says("access-control-allow-credentials", "true");
    let (severity, consequence) = match (stays, read) {
        (true, false) => {
            return Verdict::Pass {
                note: Some(format!(
                    "the session is renewed for pages of other sites; only SameSite={same_site} of the refresh cookie \
                     keeps them from it"
                )),
            };
        }
        (true, true) => (
            Severity::Low,
            "only SameSite keeps pages of other sites from renewing the session of a visitor and reading what comes; a \
             sibling host can",
        ),
        (false, true) => (
            Severity::Medium,
            "any page that a user visits renews his session, and reads what comes",
        ),
        (false, false) => (
            Severity::Low,
            "any page that a user visits uses up his refresh token, and can so sign him out",
        ),
    };
    let same_site = match same_site {
        "" => "no SameSite".to_owned(),
        value => format!("SameSite={value}"),
    };
    let readable = match read {
        true => "readable there",
        false => "not readable there",
    };
    Verdict::Fail(Mismatch {
        consequence: consequence.into(),
        expected: "a refusal, or a cookie with SameSite=Lax or Strict and an answer that the other site cannot read"
            .into(),
        actual: format!(
            "{} with new tokens, {readable}, to a cookie with {same_site}",
            response.status
        ),
        severity,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::scripted::{Said, Scripted, status, yes};

    fn with(said: Said, headers: &[(&str, &str)]) -> Said {
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Said {
            response: Response {
                headers: headers.collect(),
                ..said.response
            },
            ..said
        }
    }

    /// What the probe says of a refresh cookie with these attributes and the answer to a forged refresh.
    #[track_caller]
    fn check(attributes: &'static str, forged: fn() -> Said, want: &str) {
        let mut lab = Scripted::new(move |step| match step.call.as_deref() {
            Some("login") => {
                let line = format!("re=opaque{attributes}");
                Said {
                    refresh: Some("opaque".into()),
                    ..with(yes(), &[("set-cookie", line.as_str())])
                }
            }
            _ => {
                assert_eq!(step.using.as_deref(), Some("session"));
                assert!(step.simple && step.headers["Origin"] == ORIGIN);
                forged()
            }
        });
        let verdict = match lab.run(&PROBE).pop() {
            Some((_, Verdict::Fail(mismatch))) => mismatch.severity.word(),
            Some((_, Verdict::Pass { note: Some(_) })) => "noted",
            Some((_, verdict)) => verdict.word(),
            None => "nothing",
        };
        assert_eq!(verdict, want);
    }

    fn read() -> Said {
        let headers = [
            ("Access-Control-Allow-Origin", ORIGIN),
            ("Access-Control-Allow-Credentials", "true"),
        ];
        with(yes(), &headers)
    }

    #[test]
    fn a_refusal_passes() {
        check("; SameSite=None; Secure", || status(403), "pass");
        check("", || status(415), "pass");
    }

    #[test]
    fn a_cookie_that_stays_at_home_is_noted() {
        check("; SameSite=Lax", yes, "noted");
        check("; samesite=STRICT", yes, "noted");
        check("; SameSite=Lax", read, "low");
    }

    #[test]
    fn a_cookie_that_goes_everywhere_fails() {
        check("; SameSite=None; Secure", read, "medium");
        check("; Path=/", read, "medium");
        check("; SameSite=None; Secure", yes, "low");
        check("; Path=/", yes, "low");
        let wildcard = || with(yes(), &[("Access-Control-Allow-Origin", "*")]);
        check("; SameSite=None; Secure", wildcard, "low");
    }

    #[test]
    fn without_an_answer_or_a_cookie_nothing_is_said() {
        check("", || status(429), "inconclusive");
        check("", || status(502), "inconclusive");
        check("-other", yes, "inconclusive");
        let mut lab = Scripted::new(|_| yes());
        assert_eq!(lab.words(&PROBE), ["inconclusive"]);
    }
}
