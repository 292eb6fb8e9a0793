//! A logout takes the session cookie out of the browser, under the very path and domain that it was set with.

use super::burst::only;
use super::owners::step;
use super::set_cookie::SetCookie;
use super::volley::{clear, fail};
use super::{Attempt, Lab, Probe, Run};
use crate::exchange::Exchange;
use crate::model::Step;
use crate::verdict::Verdict;
use std::time::Duration;

pub(super) const PROBE: Probe = Probe {
    name: "logout-cookie",
    run: |lab| -> Run<'_> { Box::pin(signed_out(lab)) },
};

async fn signed_out(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = looked_at(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only("logout", verdict)
}

async fn looked_at(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let name = lab.text("{cookie}")?;
    let login = Step {
        save: Some("session".into()),
        ..step("alice", "login")
    };
    let login = lab.send(login, true).await?;
    if !login.accepted {
        let outcome = login.exchange.outcome();
        return Err(format!("alice could not sign in: {outcome}"));
    }
    let logout = Step {
        token: Some("saved.session".into()),
        ..step("alice", "logout")
    };
    let logout = lab.send(logout, false).await?;
    if !clear(&logout) || !logout.accepted {
        let outcome = logout.exchange.outcome();
        return Err(format!("the logout was answered {outcome}"));
    }
    let now = lab.now();
    Ok(judged(&name, &login.exchange, &logout.exchange, now))
}

fn judged(name: &str, login: &Exchange, logout: &Exchange, now: Duration) -> Verdict {
    const CONSEQUENCE: &str =
        "the browser keeps the cookie of the session after its user has signed out";
    const EXPECTED: &str = "a Set-Cookie that ends it";
    let of = |exchange: &Exchange| -> Vec<SetCookie> {
        let response = exchange.response();
        let all = response.into_iter().flat_map(SetCookie::all);
        all.filter(|cookie| cookie.name == name).collect()
    };
    let Some(kept) = of(login).pop() else {
        return Verdict::Inconclusive("the answer to the login sets no session cookie".into());
    };
    let site_data = logout.response().and_then(|r| r.header("clear-site-data"));
    if site_data.is_some_and(|data| data.contains("\"cookies\"") || data.contains("\"*\"")) {
        return Verdict::PASS;
    }
    // A value of its own, that of a visitor, takes the place of the old one as well.
    let ended = |cookie: &&SetCookie| {
        let gone = cookie.life(now).is_some_and(|life| life <= 0);
        gone || cookie.value != kept.value
    };
    let after = of(logout);
    let Some(ending) = after.iter().rfind(ended) else {
        let actual = match after.is_empty() {
            true => "an answer that sets no such cookie",
            false => "the same cookie once more",
        };
        return fail(CONSEQUENCE, EXPECTED, actual.into());
    };
    let (set, unset) = (kept.place(login), ending.place(logout));
    // Under its own place a browser ends it, whatever else it ends.
    let fits = |cookie: &SetCookie| cookie.place(logout) == set;
    match after.iter().filter(ended).any(fits) {
        true => Verdict::PASS,
        false => {
            let shown = |(domain, path): &(String, String)| match domain.is_empty() {
                true => format!("path {path}"),
                false => format!("path {path} of {domain}"),
            };
            let actual = format!("one under {}, which is another cookie", shown(&unset));
            let expected = format!("{EXPECTED} under {}", shown(&set));
            fail(CONSEQUENCE, &expected, actual)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Answer, Request, Response};

    fn answer(path: &str, headers: &[(&str, &str)]) -> Exchange {
        let headers = headers.iter();
        Exchange {
            actor: "alice".into(),
            call: String::new(),
            control: false,
            request: Request {
                url: format!("https://example.com{path}"),
                ..Request::default()
            },
            answer: Answer::Response(Response {
                status: 200,
                headers: headers
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
                ..Response::default()
            }),
            recipe: None,
        }
    }

    #[track_caller]
    fn check(set: &str, unset: &[(&str, &str)], want: &str) {
        let login = answer("/api/login", &[("set-cookie", set)]);
        let logout = answer("/api/auth/logout", unset);
        let now = Duration::from_secs(1_800_000_000);
        assert_eq!(judged("sid", &login, &logout, now).word(), want);
    }

    const SET: &str = "sid=secret; Path=/; HttpOnly";

    fn cookie(line: &'static str) -> [(&'static str, &'static str); 1] {
        [("set-cookie", line)]
    }

    #[test]
    fn each_way_to_end_a_cookie_passes() {
        check(SET, &cookie("sid=; Max-Age=0; Path=/"), "pass");
        let past = "sid=deleted; expires=Thu, 01 Jan 1970 00:00:01 GMT; path=/";
        check(SET, &cookie(past), "pass");
        check(SET, &cookie("sid=secret; Max-Age=0; Path=/"), "pass");
        check(SET, &cookie("sid=visitor; Path=/"), "pass");
        check(
            SET,
            &[("clear-site-data", "\"cache\", \"cookies\"")],
            "pass",
        );
        let both = [
            ("set-cookie", "sid=; Max-Age=0"),
            ("set-cookie", "sid=; Max-Age=0; Path=/"),
        ];
        check(SET, &both, "pass");
        let domain = "sid=secret; Path=/; Domain=example.com";
        check(
            domain,
            &cookie("sid=; Max-Age=0; Path=/; Domain=.example.com"),
            "pass",
        );
    }

    #[test]
    fn a_cookie_that_stays_fails() {
        check(SET, &[], "fail");
        check(SET, &cookie("other=; Max-Age=0; Path=/"), "fail");
        check(SET, &cookie("sid=secret; Path=/; Max-Age=60"), "fail");
        check(SET, &cookie("sid=; Max-Age=0"), "fail");
        check(
            SET,
            &cookie("sid=; Max-Age=0; Path=/; Domain=example.com"),
            "fail",
        );
    }

    #[test]
    fn a_login_without_a_cookie_says_nothing() {
        check("other=1", &[], "inconclusive");
    }
}
