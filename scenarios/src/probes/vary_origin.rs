//! Whether an answer whose `Access-Control-Allow-Origin` follows the origin tells caches so.

use super::{Attempt, Lab, Probe, Run};
use crate::exchange::Response;
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "vary-origin",
    run: |lab| -> Run<'_> { Box::pin(compared(lab)) },
};

async fn compared(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut answers = Vec::new();
    for origin in ["{origin}", "https://evil.example", ""] {
        let step = Step {
            actor: Some("alice".into()),
            call: Some("probe".into()),
            headers: [("origin".to_owned(), origin.to_owned())].into(),
            ..Step::default()
        };
        match lab.send(step, false).await {
            Ok(sent) => answers.extend(sent.exchange.response().cloned()),
            Err(why) => return attempt(Verdict::Inconclusive(why)),
        }
    }
    attempt(match answers.as_slice() {
        [allowed, foreign, none] => judged(allowed, foreign, none),
        _ => Verdict::Inconclusive("not every request was answered".into()),
    })
}

fn attempt(verdict: Verdict) -> Vec<Attempt> {
    vec![Attempt {
        name: "allowed, foreign and no origin".into(),
        verdict,
    }]
}

fn judged(allowed: &Response, foreign: &Response, none: &Response) -> Verdict {
    if let Some(throttled) = [allowed, foreign, none].iter().find(|r| r.is_throttled()) {
        return Verdict::Inconclusive(format!("the target answered {}", throttled.status));
    }
    let of = |response: &Response| {
        response
            .header("access-control-allow-origin")
            .map(str::to_owned)
    };
    let Some(own) = of(allowed) else {
        return Verdict::Inconclusive("the allowed origin is not allowed".into());
    };
    if own == "*"
        || [foreign, none]
            .iter()
            .all(|other| of(other).as_ref() == Some(&own))
    {
        return Verdict::PASS;
    }
    let says = |response: &Response, header: &str, words: &[&str]| {
        let values: Vec<_> = response.header_all(header).collect();
        let mut items = values.iter().flat_map(|value| value.split(','));
        items.any(|item| words.contains(&item.trim().to_ascii_lowercase().as_str()))
    };
    if says(allowed, "vary", &["origin", "*"]) {
        return Verdict::PASS;
    }
    if says(allowed, "cache-control", &["no-store"]) {
        let note = "no Vary: Origin, on an answer that no cache may keep".to_owned();
        return Verdict::Pass { note: Some(note) };
    }
    Verdict::Fail(Mismatch {
        consequence: "a cache may hand the answer for one origin to another".into(),
        expected: "Vary with Origin".into(),
        actual: format!(
            "Access-Control-Allow-Origin: {own} for the allowed origin alone, without it"
        ),
        severity: Severity::Low,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &str)]) -> Response {
        Response {
            status: 200,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Response::default()
        }
    }

    #[track_caller]
    fn check(allowed: &[(&str, &str)], others: &[(&str, &str)], want: &str) {
        let (allowed, others) = (answer(allowed), answer(others));
        assert_eq!(judged(&allowed, &others, &others).word(), want);
    }

    const OWN: (&str, &str) = ("access-control-allow-origin", "https://app.example.com");

    #[test]
    fn only_an_answer_that_differs_needs_vary() {
        check(&[OWN], &[], "fail");
        check(&[OWN, ("vary", "Accept-Encoding, origin")], &[], "pass");
        check(&[OWN, ("vary", "*")], &[], "pass");
        check(&[OWN], &[OWN], "pass");
        check(&[("access-control-allow-origin", "*")], &[], "pass");
        check(&[OWN, ("cache-control", "private, no-store")], &[], "pass");
        check(&[], &[], "inconclusive");
    }
}
