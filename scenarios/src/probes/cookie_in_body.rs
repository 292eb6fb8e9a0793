//! What an HttpOnly cookie keeps from scripts must not stand in a body that they read.

use super::burst::only;
use super::session_cookie::signed_in;
use super::{Attempt, Lab, Probe, Run};
use crate::exchange::Exchange;
use crate::model::Severity;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "cookie-in-body",
    run: |lab| -> Run<'_> { Box::pin(looked_for(lab)) },
};

/// A shorter value stands in a body by chance.
const SHORTEST: usize = 16;

async fn looked_for(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = in_bodies(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only("login and identity", verdict)
}

async fn in_bodies(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let signed = signed_in(lab).await?;
    let cookie = &signed.cookie;
    if cookie.attribute("httponly").is_none() {
        let why = "scripts can read the cookie itself (see cookie.httponly)";
        return Ok(Verdict::Skipped(why.into()));
    }
    let told = [&signed.login, &signed.look]
        .into_iter()
        .find(|exchange| holds(exchange, &cookie.value));
    Ok(match told {
        None => Verdict::PASS,
        Some(exchange) => Verdict::fail(
            Severity::Low,
            "an injected script reads the session out of an answer, in spite of HttpOnly",
            "no body with the value of the session cookie",
            format!("it stands in the answer to {}", exchange.line()),
        ),
    })
}

fn holds(exchange: &Exchange, value: &str) -> bool {
    let Some(response) = exchange.response() else {
        return false;
    };
    // Some writers of JSON escape the slash.
    let body = response.text().replace("\\/", "/");
    let plain = decoded(value);
    let long = |text: &str| text.len() >= SHORTEST;
    long(value) && (body.contains(value) || body.contains(&plain))
}

/// A value without its percent-encoding (RFC 3986 2.1).
pub(super) fn decoded(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => std::str::from_utf8(&[*high, *low])
                .ok()
                .and_then(|hex| u8::from_str_radix(hex, 16).ok()),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = match escaped {
            Some(_) => &tail[2..],
            None => tail,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Response;
    use crate::probes::scripted::{Said, Scripted, yes};

    const VALUE: &str = "s%3Aq8Xw2TzP7nK4vB6m.c2lnbmF0dXJl%2Fx";

    #[track_caller]
    fn check(set: &'static str, login: &'static str, me: &'static str, want: &str) {
        let mut lab = Scripted::new(move |step| {
            let body = match step.call.as_deref() {
                Some("login") => login,
                _ => me,
            };
            Said {
                response: Response {
                    status: 200,
                    headers: vec![("set-cookie".into(), format!("sid={VALUE}{set}"))],
                    body: body.as_bytes().to_vec(),
                    ..Response::default()
                },
                ..yes()
            }
        });
        lab.texts = [("{cookie}", "sid")].into();
        assert_eq!(lab.words(&PROBE), [want]);
    }

    #[test]
    fn the_value_is_found_in_either_body_encoded_or_not() {
        let escaped = r#"{"token":"s:q8Xw2TzP7nK4vB6m.c2lnbmF0dXJl\/x"}"#;
        check("; HttpOnly", r#"{"user":{"id":7}}"#, "{}", "pass");
        check("; HttpOnly", escaped, "{}", "fail");
        check("; httponly", "{}", VALUE, "fail");
        // A part of it opens nothing.
        check("; HttpOnly", r#"{"id":"q8Xw2TzP7nK4vB6m"}"#, "{}", "pass");
    }

    #[test]
    fn a_cookie_that_scripts_can_read_is_another_finding() {
        check("; Path=/", VALUE, VALUE, "skipped");
    }

    #[test]
    fn a_login_without_a_cookie_says_nothing() {
        let mut lab = Scripted::new(|_| yes());
        assert_eq!(lab.words(&PROBE), ["inconclusive"]);
    }
}
