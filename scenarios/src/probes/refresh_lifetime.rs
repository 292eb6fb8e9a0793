//! How long a refresh token lives, as far as it or its cookie says.

use std::time::Duration;

use serde_json::Value;

use super::burst::only;
use super::jws::Jws;
use super::owners::step;
use super::set_cookie::SetCookie;
use super::{Attempt, Lab, Probe, Run};
use crate::exchange::Response;
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "refresh-lifetime",
    run: |lab| -> Run<'_> { Box::pin(read(lab)) },
};

const DAY: i64 = 86_400;
const MOST: i64 = 90 * DAY;
const USUAL: i64 = 30 * DAY;

async fn read(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = of_login(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only("a fresh refresh token", verdict)
}

async fn of_login(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let login = Step {
        save: Some("session".into()),
        ..step("alice", "login")
    };
    let sent = lab.send(login, false).await?;
    let response = sent.exchange.response().filter(|_| sent.accepted);
    let (Some(response), Some(token)) = (response, lab.refresh_token("session")) else {
        return Err(format!(
            "the login was answered {} without a refresh token",
            sent.exchange.outcome()
        ));
    };
    Ok(judged(&token, response, lab.now()))
}

fn judged(token: &str, response: &Response, now: Duration) -> Verdict {
    let fail = |actual: String| {
        Verdict::Fail(Mismatch {
            consequence: "a refresh token lies for years where it was left, and opens the account for as long as the \
                          server lets it"
                .into(),
            expected: "a refresh token that ends within 90 days".into(),
            actual,
            severity: Severity::Low,
        })
    };
    // What the server signed binds it; a cookie is what it asks of the browser.
    let (what, life) = match Jws::read(token).map(|jws| jws.claims) {
        Some(claims) => match claims.get("exp").and_then(Value::as_f64) {
            Some(exp) => ("its claim exp", exp as i64 - seconds(now)),
            None => return fail("one without the claim exp".into()),
        },
        None => {
            let cookie = SetCookie::all(response).find(|cookie| cookie.value == token);
            match cookie.and_then(|cookie| cookie.life(now)) {
                Some(life) => ("its cookie", life),
                None => {
                    let why = "the refresh token is opaque, and nothing tells when it ends";
                    return Verdict::Skipped(why.into());
                }
            }
        }
    };
    match life {
        // The clocks of both sides may differ by seconds.
        life if life > MOST + 60 => fail(format!("{} days by {what}", life / DAY)),
        life if life > USUAL + 60 => Verdict::Pass {
            note: Some(format!("{} days by {what}; 7 to 30 are usual", life / DAY)),
        },
        _ => Verdict::PASS,
    }
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    #[track_caller]
    fn check(token: &str, cookie: Option<String>, want: &str) {
        let response = Response {
            headers: cookie
                .into_iter()
                .map(|line| ("Set-Cookie".to_owned(), line))
                .collect(),
            ..Response::default()
        };
        let now = Duration::from_secs(NOW.unsigned_abs());
        let verdict = match judged(token, &response, now) {
            Verdict::Pass { note: Some(note) } => note,
            other => other.word().to_owned(),
        };
        assert_eq!(verdict, want);
    }

    fn jwt(claims: &Value) -> String {
        crate::probes::jws::written(&json!({"alg": "HS256"}), claims)
    }

    #[test]
    fn a_token_is_judged_by_its_own_claim() {
        let days = |days: i64| jwt(&json!({"exp": NOW + days * DAY}));
        check(&days(7), None, "pass");
        check(&days(30), None, "pass");
        check(
            &days(60),
            None,
            "60 days by its claim exp; 7 to 30 are usual",
        );
        check(
            &days(90),
            None,
            "60 days by its claim exp; 7 to 30 are usual"
                .replace("60", "90")
                .as_str(),
        );
        check(&days(365), None, "fail");
        check(&jwt(&json!({"sub": "7"})), None, "fail");
        // The cookie cannot make a short token longer.
        let token = days(7);
        check(&token, Some(format!("r={token}; Max-Age=99999999")), "pass");
    }

    #[test]
    fn an_opaque_one_is_judged_by_its_cookie_alone() {
        let cookie = |attributes: &str| Some(format!("r=opaque; {attributes}"));
        check("opaque", cookie("Max-Age=604800"), "pass");
        check("opaque", cookie("Max-Age=31536000"), "fail");
        check(
            "opaque",
            cookie("Expires=Wed, 15 Jan 2031 08:00:00 GMT"),
            "fail",
        );
        check("opaque", cookie("HttpOnly"), "skipped");
        check(
            "opaque",
            Some("other=x; Max-Age=31536000".into()),
            "skipped",
        );
        check("opaque", None, "skipped");
        check("a.b.c", None, "skipped");
    }
}
