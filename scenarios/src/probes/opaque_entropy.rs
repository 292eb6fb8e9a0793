//! How far opaque tokens are from a guess, as a few of them show: what differs between them, and in which alphabet.
//!
//! It sees counters, times and short values; that what looks random is random, nobody sees from outside.

use std::collections::BTreeSet;

use super::owners::{has, step};
use super::volley::clear;
use super::{Attempt, Counted, DeclaredLimit, Lab, Probe, Run, jws};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "opaque-entropy",
    run: |lab| -> Run<'_> { Box::pin(estimated(lab)) },
};

/// Tokens of a kind that are looked at.
const TOKENS: usize = 20;
/// Of so many a random place is the same in all by a chance below one in ten million, for hexadecimal digits.
const FEWEST: usize = 8;
/// Sign-ins where nothing else gives new tokens: each costs the target the hash of a password.
const SIGN_INS: u32 = 10;

async fn estimated(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut drawn = Drawn::default();
    let access = match draw(lab, &mut drawn).await {
        Ok(()) => of_access(lab, &mut drawn.access).await,
        Err(why) => Err(why),
    };
    let verdicts = match access {
        Ok(verdict) => [verdict, of_refresh(&drawn.refresh)],
        Err(why) => [why.clone(), why].map(Verdict::Inconclusive),
    };
    let names = ["access tokens", "refresh tokens"].map(str::to_owned);
    let attempts = names.into_iter().zip(verdicts);
    attempts
        .map(|(name, verdict)| Attempt { name, verdict })
        .collect()
}

/// The tokens that a sign-in and refreshes after it gave.
#[derive(Default)]
struct Drawn {
    access: Vec<String>,
    refresh: Vec<String>,
}

/// Signs in once, and renews the session again and again.
async fn draw(lab: &mut dyn Lab, drawn: &mut Drawn) -> Result<(), String> {
    let mut next = Step {
        save: Some("drawn-0".into()),
        ..step("alice", "login")
    };
    let renews = has(lab, "refresh");
    for round in 1..=TOKENS {
        let saved = next.save.clone().unwrap_or_default();
        let sent = lab.send(next, false).await?;
        if !clear(&sent) || !sent.accepted {
            // A limit may end the series; what came before it is enough, or it is not.
            return match round > FEWEST {
                true => Ok(()),
                false => Err(format!(
                    "{} was answered {} after {} tokens",
                    sent.exchange.line(),
                    sent.exchange.outcome(),
                    round - 1
                )),
            };
        }
        drawn.access.extend(lab.access_token(&saved));
        let refresh = lab.refresh_token(&saved);
        let Some(refresh) = refresh.filter(|_| renews) else {
            return Ok(());
        };
        drawn.refresh.push(refresh);
        next = Step {
            using: Some(saved),
            token: Some("none".into()),
            save: Some(format!("drawn-{round}")),
            ..step("alice", "refresh")
        };
    }
    Ok(())
}

fn of_refresh(tokens: &[String]) -> Verdict {
    match tokens.is_empty() {
        true => Verdict::Skipped("there are no refresh tokens that can be used".into()),
        false => judged(tokens),
    }
}

/// Judges access tokens; where the session was not renewed, further ones come from sign-ins.
async fn of_access(lab: &mut dyn Lab, tokens: &mut Vec<String>) -> Result<Verdict, String> {
    if tokens.iter().any(|token| jws::is_token(token)) || different(tokens).len() >= FEWEST {
        return Ok(judged(tokens));
    }
    match lab.limit(Counted::Logins) {
        DeclaredLimit::Count { count, .. } if count < 3 * SIGN_INS => {
            let why =
                format!("{SIGN_INS} sign-ins would use up the limit that the profile declares");
            return Ok(Verdict::Skipped(why));
        }
        DeclaredLimit::Edge => {
            let why = "the profile declares that the edge limits logins";
            return Ok(Verdict::Skipped(why.into()));
        }
        DeclaredLimit::Count { .. } | DeclaredLimit::Undeclared => {}
    }
    lab.room(Counted::Logins, SIGN_INS).await?;
    for _ in 0..SIGN_INS {
        tokens.push(lab.fresh_token("alice").await?);
    }
    Ok(judged(tokens))
}

fn different(tokens: &[String]) -> BTreeSet<&str> {
    tokens.iter().map(String::as_str).collect()
}

fn judged(tokens: &[String]) -> Verdict {
    if tokens.iter().any(|token| jws::is_token(token)) {
        let why = "they are JSON web tokens: what cannot be guessed is their signature";
        return Verdict::Skipped(why.into());
    }
    let different: Vec<&str> = different(tokens).into_iter().collect();
    if different.len() < FEWEST {
        let (few, all) = (different.len(), tokens.len());
        return Verdict::Skipped(format!(
            "of {all} tokens {few} are different, too few to judge (see refresh.rotation, token.unique)"
        ));
    }
    let fail = |severity, actual| {
        Verdict::Fail(Mismatch {
            consequence: "tokens can be foreseen or guessed: a hit is the session of another user"
                .into(),
            expected: "128 random bits or more".into(),
            actual,
            severity,
        })
    };
    if different.iter().all(|token| is_timed_uuid(token)) {
        return fail(Severity::High, "UUIDs that are made of the time".into());
    }
    let estimate = Estimate::of(&different);
    match estimate.bits() {
        ..64 => fail(Severity::High, estimate.told()),
        64..120 => fail(Severity::Medium, estimate.told()),
        // A random UUID has 122.
        120..128 => Verdict::Pass {
            note: Some(estimate.told()),
        },
        128.. => Verdict::PASS,
    }
}

/// What the differences between tokens hold at most.
struct Estimate {
    tokens: usize,
    /// Characters of the shortest, and how many of those are not the same in all.
    length: usize,
    differing: usize,
    alphabet: &'static str,
    bits_each: f64,
}

impl Estimate {
    fn of(tokens: &[&str]) -> Estimate {
        let length = tokens.iter().map(|token| token.len()).min().unwrap_or(0);
        let column = |at: usize| tokens.iter().map(move |token| token.as_bytes()[at]);
        let differs = |at: &usize| column(*at).collect::<BTreeSet<_>>().len() > 1;
        let differing: Vec<usize> = (0..length).filter(differs).collect();
        let used = differing.iter().flat_map(|at| column(*at));
        let used: BTreeSet<u8> = used.filter(u8::is_ascii_alphanumeric).collect();
        let (alphabet, bits_each) = alphabet(&used);
        Estimate {
            tokens: tokens.len(),
            length,
            differing: differing.len(),
            alphabet,
            bits_each,
        }
    }

    fn bits(&self) -> u32 {
        (self.differing as f64 * self.bits_each) as u32
    }

    fn told(&self) -> String {
        format!(
            "about {} bits: {} of {} characters differ between {} tokens, all of them {}",
            self.bits(),
            self.differing,
            self.length,
            self.tokens,
            self.alphabet
        )
    }
}

/// What characters are drawn from, the smallest that holds them all, and the bits of one.
fn alphabet(used: &BTreeSet<u8>) -> (&'static str, f64) {
    let of_one_case =
        !used.iter().any(u8::is_ascii_uppercase) || !used.iter().any(u8::is_ascii_lowercase);
    if used.iter().all(u8::is_ascii_digit) {
        ("digits", 10_f64.log2())
    } else if of_one_case && used.iter().all(u8::is_ascii_hexdigit) {
        ("hexadecimal digits", 4.0)
    } else if of_one_case {
        ("digits and letters of one case", 5.0)
    } else {
        ("digits and letters of both cases", 6.0)
    }
}

/// Whether it is a UUID of a version that is made of the time and the machine (RFC 9562 5.1, 5.2, 5.6).
fn is_timed_uuid(token: &str) -> bool {
    let form = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        14 => matches!(byte, b'1' | b'2' | b'6'),
        _ => byte.is_ascii_hexdigit(),
    };
    token.len() == 36 && token.bytes().enumerate().all(form)
}

#[cfg(test)]
mod tests;
