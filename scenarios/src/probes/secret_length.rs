//! Looks at the shared secret that signs tokens, where it is known: its length, and whether it repeats itself.

use std::collections::BTreeSet;

use super::burst::only;
use super::jws::Jws;
use super::{Lab, Probe, Run};
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "secret-length",
    run: |lab| -> Run<'_> {
        let attempts = only("the secret", looked_at(lab));
        Box::pin(async move { attempts })
    },
};

/// Bytes of the hash of HS256: a shorter key is within reach of a guess (RFC 7518 3.2).
const LEAST: usize = 32;
/// A random secret of that length has more different bytes, whatever it is written in.
const DIFFERENT: usize = 8;

fn looked_at(lab: &dyn Lab) -> Verdict {
    let token = lab.access_token("alice");
    let token = token.and_then(|token| Jws::read(&token));
    match (lab.shared_secret(), &token) {
        (Some(secret), Some(token)) => judged(&secret, token.named("alg").unwrap_or_default()),
        (None, _) => Verdict::Skipped("tokens are not signed with a shared secret".into()),
        (Some(_), None) => Verdict::Skipped("access tokens are no JSON web tokens".into()),
    }
}

fn judged(secret: &[u8], algorithm: &str) -> Verdict {
    let asked = match algorithm {
        "HS384" => 48,
        "HS512" => 64,
        _ => LEAST,
    };
    let length = secret.len();
    let different = secret.iter().collect::<BTreeSet<_>>().len();
    let (actual, severity) = if length < LEAST {
        (format!("one of {length} bytes"), Severity::High)
    } else if repeats(secret) {
        ("a short text, repeated".into(), Severity::High)
    } else if different < DIFFERENT {
        let actual = format!("one with fewer than {DIFFERENT} different bytes");
        (actual, Severity::High)
    } else if length < asked {
        (format!("one of {length} bytes"), Severity::Medium)
    } else {
        return Verdict::PASS;
    };
    let consequence = match severity {
        Severity::Critical | Severity::High => {
            "the secret that signs tokens can be searched for offline, with any token to try it on"
        }
        Severity::Medium | Severity::Low => {
            "the secret that signs tokens is shorter than the hash that it is for"
        }
    };
    Verdict::Fail(Mismatch {
        consequence: consequence.into(),
        expected: format!("a random secret of at least {asked} bytes"),
        actual,
        severity,
    })
}

/// Whether it is a shorter text written several times.
fn repeats(secret: &[u8]) -> bool {
    let by = |n: usize| secret.iter().zip(&secret[n..]).all(|(a, b)| a == b);
    (1..=secret.len() / 2).any(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: &[u8] = b"Vw3yq1r8TzK0mXn5bLd7PcJf2GhSa9Eu4QiRoWtYx6ZkN3vB8sMd1LpHg5TjCw7QeUfXa0";

    #[track_caller]
    fn check(secret: &[u8], algorithm: &str, want: Option<(Severity, &str)>) {
        let got = match judged(secret, algorithm) {
            Verdict::Fail(mismatch) => Some((mismatch.severity, mismatch.actual)),
            verdict => {
                assert_eq!(verdict, Verdict::PASS);
                None
            }
        };
        assert_eq!(
            got,
            want.map(|(severity, actual)| (severity, actual.into()))
        );
    }

    #[test]
    fn a_secret_as_long_as_the_hash_passes() {
        check(&RANDOM[..32], "HS256", None);
        check(&RANDOM[..48], "HS384", None);
        check(&RANDOM[..64], "HS512", None);
        // 128 bits in hexadecimal, and 32 bytes that are no text.
        check(b"8f14e45fceea167a5a36dedd4bea2543", "HS256", None);
        let bytes: Vec<u8> = (0..32).map(|n: u8| n.wrapping_mul(37)).collect();
        check(&bytes, "HS256", None);
    }

    #[test]
    fn a_short_or_patterned_one_fails() {
        let high = |actual| Some((Severity::High, actual));
        check(&RANDOM[..31], "HS256", high("one of 31 bytes"));
        check(b"", "HS256", high("one of 0 bytes"));
        check(&RANDOM[..16], "HS512", high("one of 16 bytes"));
        let twice = [&RANDOM[..20], &RANDOM[..20]].concat();
        check(&twice, "HS256", high("a short text, repeated"));
        check(&[b'a'; 64], "HS256", high("a short text, repeated"));
        let few = b"0123450123450012345501234550123450";
        check(few, "HS256", high("one with fewer than 8 different bytes"));
    }

    #[test]
    fn one_that_is_shorter_than_its_hash_weighs_less() {
        let medium = |actual| Some((Severity::Medium, actual));
        check(&RANDOM[..47], "HS384", medium("one of 47 bytes"));
        check(&RANDOM[..32], "HS512", medium("one of 32 bytes"));
    }
}
