//! A cookie that is there before the login must not be that of the session afterwards.

use super::burst::{right_login, wrong_login};
use super::owners::{Sheet, step};
use super::volley::clear;
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "session-fixation",
    run: |lab| -> Run<'_> { Box::pin(planted(lab)) },
};

const EXPECTED: &str = "a new cookie at the login, and the old one refused";

async fn planted(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    let verdict = chosen(lab).await.unwrap_or_else(Verdict::Inconclusive);
    sheet.enter(lab, "a chosen cookie".into(), verdict);
    let verdict = visitors(lab).await.unwrap_or_else(Verdict::Inconclusive);
    sheet.enter(lab, "the cookie of a visitor".into(), verdict);
    let verdict = anothers(lab).await.unwrap_or_else(Verdict::Inconclusive);
    sheet.enter(lab, "the cookie of another user".into(), verdict);
    sheet.done()
}

async fn chosen(lab: &mut dyn Lab) -> Result<Verdict, String> {
    // Letters and digits alone, as every session store may have made them.
    let value = lab.text("{rand}{rand}{rand}")?;
    known_before(lab, &value).await
}

/// What the target itself gives to somebody who has not signed in.
async fn visitors(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let name = lab.text("{cookie}")?;
    let given = |sent: &Sent| {
        let response = sent.exchange.response()?;
        response.cookie(&name).map(str::to_owned)
    };
    let look = Step {
        token: Some("none".into()),
        ..step("anonymous", "probe")
    };
    let mut value = given(&lab.send(look, true).await?);
    if value.is_none() {
        value = given(&lab.send(wrong_login("alice"), true).await?);
    }
    match value {
        Some(value) => known_before(lab, &value).await,
        None => Ok(Verdict::Skipped(
            "visitors are given no session cookie".into(),
        )),
    }
}

/// Signs alice in with a cookie that others know, and tries that cookie.
async fn known_before(lab: &mut dyn Lab, value: &str) -> Result<Verdict, String> {
    sign_in_with(lab, value).await?;
    let try_it = Step {
        token: Some(format!("raw:{value}")),
        ..step("alice", "probe")
    };
    let sent = lab.send(try_it, false).await?;
    judged(&sent, sent.accepted)
}

/// The attacker's own session must not become that of who signs in with its cookie.
async fn anothers(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let Ok(value) = lab.fresh_token("bob").await else {
        return Ok(Verdict::Skipped("there is no second account".into()));
    };
    sign_in_with(lab, &value).await?;
    let sent = lab.send(step("bob", "probe"), false).await?;
    judged(&sent, false)
}

async fn sign_in_with(lab: &mut dyn Lab, value: &str) -> Result<(), String> {
    let name = lab.text("{cookie}")?;
    let login = Step {
        headers: [("Cookie".to_owned(), format!("{name}={value}"))].into(),
        ..right_login("alice")
    };
    let sent = lab.send(login, false).await?;
    match clear(&sent) {
        true => Ok(()),
        false => Err(format!(
            "the login was answered {}",
            sent.exchange.outcome()
        )),
    }
}

fn judged(sent: &Sent, signed_in: bool) -> Result<Verdict, String> {
    let outcome = sent.exchange.outcome();
    if !clear(sent) {
        return Err(format!("{} was answered {outcome}", sent.exchange.line()));
    }
    if !signed_in && sent.disclosed.is_empty() {
        return Ok(Verdict::PASS);
    }
    Ok(Verdict::Fail(Mismatch {
        consequence:
            "who plants a cookie in a browser is signed in as whoever signs in there afterwards"
                .into(),
        expected: EXPECTED.into(),
        actual: format!("{outcome} with the data of who signed in"),
        severity: Severity::High,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Response;
    use crate::probes::scripted::{Said, Scripted, status, yes};

    /// What a login does with the cookie that came along.
    #[derive(Clone, Copy)]
    enum Login {
        /// A new session; the cookie is nobody's.
        Renews,
        /// The session of the cookie becomes the user's, whatever its value.
        Adopts,
        /// The same for values that the target gave itself.
        Upgrades,
        /// It is refused because of the cookie.
        Refuses(u16),
    }

    fn judged(login: Login, visitors: bool) -> Vec<&'static str> {
        let mut signed_in = Vec::<String>::new();
        let mut lab = Scripted::new(move |step| {
            let cookie = step
                .headers
                .get("Cookie")
                .and_then(|line| line.split_once('='));
            match step.call.as_deref() {
                Some("login") if step.fields.contains_key("password") => status(401),
                Some("login") => {
                    let value = cookie
                        .map(|(_, value)| value.to_owned())
                        .unwrap_or_default();
                    match login {
                        Login::Adopts => signed_in.push(value),
                        Login::Upgrades if value.starts_with("given") => signed_in.push(value),
                        Login::Renews | Login::Upgrades => {}
                        Login::Refuses(code) => return status(code),
                    }
                    yes()
                }
                _ if step.actor.as_deref() == Some("anonymous") => Said {
                    response: Response {
                        status: 401,
                        headers: match visitors {
                            true => vec![("set-cookie".into(), "sid=given7; Path=/".into())],
                            false => Vec::new(),
                        },
                        ..Response::default()
                    },
                    ..Said::default()
                },
                _ => {
                    let token = step.token.as_deref().unwrap_or("raw:given-bob");
                    let value = token.strip_prefix("raw:").unwrap_or_default();
                    match signed_in.iter().any(|known| known == value) {
                        true => Said {
                            disclosed: vec!["the e-mail address of alice".into()],
                            ..yes()
                        },
                        false if step.token.is_none() => yes(),
                        false => status(401),
                    }
                }
            }
        });
        lab.texts = [("{cookie}", "sid")].into();
        lab.sign_in = Some(Box::new(|actor| format!("given-{actor}")));
        lab.words(&PROBE)
    }

    #[test]
    fn a_login_that_begins_a_session_or_refuses_the_cookie_passes() {
        assert_eq!(judged(Login::Renews, true), ["pass", "pass", "pass"]);
        assert_eq!(judged(Login::Refuses(403), true), ["pass", "pass", "pass"]);
        assert_eq!(judged(Login::Renews, false), ["pass", "skipped", "pass"]);
    }

    #[test]
    fn a_session_that_goes_on_fails() {
        assert_eq!(judged(Login::Adopts, true), ["fail", "fail", "fail"]);
        assert_eq!(judged(Login::Upgrades, true), ["pass", "fail", "fail"]);
    }

    #[test]
    fn a_login_without_an_answer_is_inconclusive() {
        let want = ["inconclusive", "inconclusive", "inconclusive"];
        assert_eq!(judged(Login::Refuses(429), true), want);
        assert_eq!(judged(Login::Refuses(500), true), want);
    }
}
