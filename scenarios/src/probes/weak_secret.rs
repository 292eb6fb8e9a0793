//! Guesses the HMAC key of an issued token or signed cookie offline, and proves a hit by a second one; where it is a
//! token, by a forged one too.

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

/// A cookie signed with `secret`, as Better Auth writes it.
const PLANTED_COOKIE: &str = "planted.fEuZv4TY6O9En5dEO3kq41dUL2EuBIyfMUe1JoNUPPE%3D";

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
    let planted = [PLANTED, PLANTED_COOKIE].map(|text| key_of(text, [&b"secret"[..]].into_iter()));
    if planted.iter().any(Option::is_none) {
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
    let Some(hit) = key_of(&first, words) else {
        return Ok(Verdict::PASS);
    };
    if key_of(&second, [hit.secret.as_slice()].into_iter()).is_none() {
        return Err("a candidate fits one token and not another".into());
    }
    let (consequence, proof) = match guess::is_signed_cookie(&first) {
        true => (
            "anybody can sign what the server signs with this secret, session cookies among it: it is a public word",
            "; it fits the session cookies of two sign-ins",
        ),
        false => {
            lab.use_secret(&hit.secret);
            let forged = Step {
                actor: Some("alice".into()),
                call: Some("probe".into()),
                token: Some("resigned".into()),
                ..Step::default()
            };
            let accepted = lab.send(forged, false).await?.accepted;
            (
                "anybody can sign tokens for any user: the signing secret is a public word",
                if accepted {
                    "; a token signed with it is accepted"
                } else {
                    ""
                },
            )
        }
    };
    Ok(Verdict::Fail(Mismatch {
        consequence: consequence.into(),
        expected: "a secret that is in no list".into(),
        actual: format!(
            "the secret is a known one ({}, {} bytes){proof}",
            hit.rule,
            hit.secret.len(),
        ),
        severity: Severity::Critical,
    }))
}

/// The key of a compact JWS, or of a signed cookie.
fn key_of<'w>(credential: &str, words: impl Iterator<Item = &'w [u8]>) -> Option<guess::Hit> {
    match guess::is_signed_cookie(credential) {
        true => guess::guess_cookie(credential, words),
        false => guess::guess(credential, words),
    }
}
