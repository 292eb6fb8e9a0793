//! Why a base control failed, told apart as far as the evidence allows.

use scenarios::exchange::{Answer, Exchange, NoAnswer};

use crate::actors::Actor;
use crate::enrol::{NotEnrolled, Stop};
use crate::run::Run;

/// One sentence, or two, for a user who could not be enrolled.
pub(crate) fn enrolment(run: &Run, failed: &NotEnrolled) -> String {
    let what = match failed.at {
        Stop::Budget => return failed.why.clone(),
        Stop::Register => "registration",
        Stop::Login => "login",
    };
    let Some(exchange) = failed.exchanges.last() else {
        return failed.why.clone();
    };
    format!(
        "{}{}",
        sentence(run, what, exchange, &failed.why),
        excerpt(run, exchange)
    )
}

fn sentence(run: &Run, what: &str, exchange: &Exchange, why: &str) -> String {
    let line = exchange.line();
    let line = line.split(" as ").next().unwrap_or(&line);
    let response = match &exchange.answer {
        Answer::Response(response) => response,
        Answer::Nothing(NoAnswer::Unreachable(why)) => {
            return format!(
                "nothing answers at {}: {why}. Is the server running?",
                run.target.auth_url
            );
        }
        Answer::Nothing(reason) => return format!("{what} got no answer ({reason}) on {line}"),
    };
    let html = response
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"));
    match response.status {
        404 | 405 | 501 => format!(
            "{what} answered {} on {line}: the profile `{}` does not fit this target, or the route is not there",
            response.status, run.target.profile
        ),
        401 | 403 if what == "registration" => format!(
            "{what} answered {} on {line}: it asks for a credential that nobody can have yet, or something in front of \
             the target refuses everything",
            response.status
        ),
        429 => format!(
            "{what} answered 429 on {line}: its rate limit is used up; try later, or declare it in [limits]"
        ),
        500.. => format!(
            "{what} crashed with {} on {line}; the usual causes are tables that were never created at start-up and a \
             database that cannot be reached",
            response.status
        ),
        200..300 if html => format!(
            "{what} answered {} with an HTML page on {line}: this is a web page, not an API; check the URL",
            response.status
        ),
        200..300 => format!(
            "{why}: the profile `{}` does not fit this target",
            run.target.profile
        ),
        300..=399 => format!(
            "{what} answered {} to {} on {line}; redirects are not followed: check scheme, host and trailing slash",
            response.status,
            response.header("location").unwrap_or("nowhere")
        ),
        status => format!("{what} refused a well-formed account with {status} on {line}"),
    }
}

fn excerpt(run: &Run, exchange: &Exchange) -> String {
    let Some(response) = exchange
        .response()
        .filter(|r| !r.body.is_empty() && r.status >= 400)
    else {
        return String::new();
    };
    let (clean, _) = run.redactor.text(&response.text());
    let short: String = clean
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(120)
        .collect();
    format!(" (it said: {short})")
}

/// Why the API refuses a fresh token of the issuer.
pub(crate) fn refused_token(run: &Run, actor: &Actor, exchange: &Exchange) -> String {
    let line = exchange.line();
    let line = line.split(" as ").next().unwrap_or(&line);
    let outcome = exchange.outcome();
    match exchange.response() {
        None => return format!("the issuer gave a token, but the API gave {outcome} on {line}"),
        Some(response) if response.status >= 500 => {
            return format!(
                "the issuer gave a token, but the API crashed with {outcome} on {line}"
            );
        }
        Some(response) if response.status == 404 => {
            return format!(
                "the issuer gave a token, but {line} answered 404: the profile does not fit, or the route is gone"
            );
        }
        Some(response) if response.is_success() => {
            return format!(
                "a fresh credential was answered {outcome} on {line} without the caller's own data: the profile does not \
                 fit, or the API does not know whose token it is"
            );
        }
        Some(_) => {}
    }
    let Some(token) = actor.credential.jwt() else {
        return format!(
            "a fresh credential is refused with {outcome} on {line}; it is no JWT: perhaps the API wants another token \
             than the one that login gives"
        );
    };
    let claim = |name: &str| token.claims().get(name).map(|value| value.to_string());
    let alg = token.alg().unwrap_or("none").to_owned();
    let now = run.target_now();
    let exp = token
        .claims()
        .get("exp")
        .and_then(serde_json::Value::as_f64);
    if let Some(late) = exp.map(|exp| now as f64 - exp).filter(|late| *late > 0.0) {
        return format!(
            "a fresh token is refused with {outcome} on {line}: its exp is in the past by {:.1} hours on the target's own \
             clock (local time taken for UTC?)",
            late / 3600.0
        );
    }
    let mut causes = Vec::new();
    match (&run.options.signing_key, run.key()) {
        (Some(_), Some(_)) => causes.push(
            "the issuer signed it with the secret that you gave, so the API verifies with another one: set the same \
             secret on both sides"
                .to_owned(),
        ),
        (Some(_), None) => causes.push(
            "the issuer did not sign it with the secret that you gave: issuer and API have different secrets".to_owned(),
        ),
        (None, _) if alg.starts_with("HS") => causes.push(
            "issuer and API most likely have different secrets (BETTER_AUTH_SECRET or the like must be the same text on \
             both sides)"
                .to_owned(),
        ),
        (None, _) => causes.push(format!("the API must verify {alg} with the issuer's public key, not with a secret")),
    }
    let more: Vec<_> = [("iss", claim("iss")), ("aud", claim("aud"))]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} {}", value?)))
        .collect();
    if !more.is_empty() {
        causes.push(format!(
            "otherwise compare what the API expects with the token's {}",
            more.join(" and ")
        ));
    }
    format!(
        "a fresh token ({alg}) is refused with {outcome} on {line}: {}",
        causes.join("; ")
    )
}
