//! Guesses the HMAC key of an issued token offline, and proves a hit by a second token and by a forged one.

use super::{Attempt, Lab, Probe, Run, guess};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "weak-secret",
    run: |lab| -> Run<'_> { Box::pin(guessed(lab)) },
};

/// A token signed with `secret`: the guesser must find it, else its silence means nothing.
const PLANTED: &str =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.t-IDcSemACt8x4iTMCda8Yhe3iZaWbvV5XKSTbuAn0M";

async fn guessed(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = match guess_key(lab).await {
        Ok(verdict) => verdict,
        Err(why) => Verdict::Inconclusive(why),
    };
    vec![Attempt {
        name: "known secrets".into(),
        verdict,
    }]
}

async fn guess_key(lab: &mut dyn Lab) -> Result<Verdict, String> {
    if guess::guess(PLANTED, [b"secret".as_slice()].into_iter()).is_none() {
        return Err("the guesser does not find a planted secret".into());
    }
    let first = lab.fresh_token("alice").await?;
    let second = match lab.fresh_token("bob").await {
        Ok(token) => token,
        Err(_) => lab.fresh_token("alice").await?,
    };
    let own = lab.wordlist().to_vec();
    let words = guess::words().chain(
        own.split(|byte| *byte == b'\n')
            .filter(|word| !word.is_empty()),
    );
    let Some(hit) = guess::guess(&first, words) else {
        return Ok(Verdict::PASS);
    };
    if guess::guess(&second, [hit.secret.as_slice()].into_iter()).is_none() {
        return Err("a candidate fits one token and not another".into());
    }
    lab.use_secret(&hit.secret);
    let forged = Step {
        actor: Some("alice".into()),
        call: Some("probe".into()),
        token: Some("resigned".into()),
        ..Step::default()
    };
    let accepted = lab.send(forged, false).await?.accepted;
    Ok(Verdict::Fail(Mismatch {
        consequence: "anybody can sign tokens for any user: the signing secret is a public word"
            .into(),
        expected: "a secret that is in no list".into(),
        actual: format!(
            "the secret is a known one ({}, {} bytes){}",
            hit.rule,
            hit.secret.len(),
            if accepted {
                "; a token signed with it is accepted"
            } else {
                ""
            }
        ),
        severity: Severity::Critical,
    }))
}
