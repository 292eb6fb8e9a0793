//! A token whose signature is written in the standard alphabet of base64.

use std::time::Duration;

use super::burst::only;
use super::owners::step;
use super::volley::clear;
use super::{Attempt, Lab, Probe, Run};
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "other-alphabet",
    run: |lab| -> Run<'_> { Box::pin(written(lab)) },
};

/// Tokens until one has a character that the alphabets write differently: three in four have, whose signature is short.
const DRAWS: usize = 12;

async fn written(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = judged(lab).await.unwrap_or_else(Verdict::Inconclusive);
    lab.cut("signature");
    only("signature", verdict)
}

async fn judged(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let (mut differs, mut before) = (false, String::new());
    for _ in 0..DRAWS {
        let token = lab.fresh_token("alice").await?;
        if token == before {
            // All that changes in it is the time, in seconds.
            lab.wait(Duration::from_secs(1)).await?;
            continue;
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [_, _, signature] = parts[..] else {
            let why = "the credential is no JSON web token";
            return Ok(Verdict::Skipped(why.into()));
        };
        differs = signature.contains(['-', '_']);
        if differs {
            break;
        }
        before = token;
    }
    if !differs {
        let why = format!("{DRAWS} tokens are the same in both alphabets");
        return Ok(Verdict::Inconclusive(why));
    }
    lab.cut("sign-ins before");
    let fresh = lab.send(step("alice", "probe"), true).await?;
    if !fresh.accepted {
        let outcome = fresh.exchange.outcome();
        return Err(format!("the token as issued was answered {outcome}"));
    }
    let spelt = Step {
        token: Some("base64-standard-alphabet#signature".into()),
        ..step("alice", "probe")
    };
    let sent = lab.send(spelt, false).await?;
    if !clear(&sent) {
        return Err(format!("the target answered {}", sent.exchange.outcome()));
    }
    Ok(match sent.accepted {
        false => Verdict::PASS,
        true => Verdict::fail(
            Severity::Low,
            "a token is accepted in another spelling",
            "a refusal",
            format!("{} with the user's data", sent.exchange.outcome()),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{Said, Scripted, status, yes};
    use super::*;

    #[track_caller]
    fn check(tokens: &'static [&'static str], spelt: fn() -> Said, want: &str) {
        let mut lab = Scripted::new(move |step| match step.token {
            Some(_) => spelt(),
            None => yes(),
        });
        let mut drawn = tokens.iter().cycle();
        lab.sign_in = Some(Box::new(move |_| drawn.next().unwrap().to_string()));
        assert_eq!(lab.words(&PROBE), [want]);
    }

    #[test]
    fn another_spelling_is_told_from_the_right_one() {
        let tokens = &["h.p.abc", "h.p.a-c"];
        check(tokens, || status(401), "pass");
        check(tokens, yes, "fail");
        check(tokens, || status(200), "pass");
        check(tokens, || status(503), "inconclusive");
    }

    #[test]
    fn the_next_second_brings_another_token() {
        check(&["h.p.abc", "h.p.abc", "h.p.a_c"], || status(401), "pass");
    }

    #[test]
    fn a_token_that_has_no_other_spelling_says_nothing() {
        check(&["h.p.abc"], yes, "inconclusive");
        check(&["opaque-token"], yes, "skipped");
    }
}
