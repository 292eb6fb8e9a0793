//! Looks whether the published keys are strong, and whether a client finds the one that signed a token.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

use super::jws::Jws;
use super::{Attempt, Probe, Run};
use crate::model::Severity;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "jwks-quality",
    run: |lab| -> Run<'_> {
        let attempts = looked_at(lab.key_set(), lab.access_token("alice").as_deref());
        Box::pin(async move { attempts })
    },
};

/// RFC 7518 3.3.
const BITS: usize = 2048;
/// Curves of 112 bits of security and less.
const WEAK: &[&str] = &[
    "P-192",
    "P-224",
    "secp192r1",
    "secp192k1",
    "secp224r1",
    "secp224k1",
];
/// The curves that signatures are registered for (RFC 7518 6.2.1.1, RFC 8037 2, RFC 8812 3.1).
const KNOWN: &[&str] = &["P-256", "P-384", "P-521", "secp256k1", "Ed25519", "Ed448"];

fn looked_at(set: &[Value], token: Option<&str>) -> Vec<Attempt> {
    let signing: Vec<&Value> = set.iter().filter(|key| !encrypts(key)).collect();
    let attempt = |name: String, verdict| Attempt { name, verdict };
    let each = signing.iter().enumerate().map(|(index, key)| {
        let verdicts = [strong(key), told(key)];
        let verdict = Verdict::worst(verdicts).unwrap_or(Verdict::PASS);
        attempt(format!("key {}", index + 1), verdict)
    });
    let mut attempts: Vec<_> = each.collect();
    attempts.push(attempt("key ids".into(), distinct(&signing)));
    attempts.push(attempt("the key of a token".into(), found(&signing, token)));
    attempts
}

fn text<'k>(key: &'k Value, name: &str) -> Option<&'k str> {
    key.get(name)?.as_str()
}

/// What a key may be used for, as far as it says so.
fn operations(key: &Value) -> Option<Vec<&str>> {
    let list = key.get("key_ops")?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).collect())
}

fn signs(operations: &[&str]) -> bool {
    operations
        .iter()
        .any(|one| ["sign", "verify"].contains(one))
}

/// Whether a key is for encryption: it is none of those that tokens are signed with.
fn encrypts(key: &Value) -> bool {
    let agrees = |crv: &str| crv.starts_with('X');
    let wraps =
        |alg: &str| alg.starts_with("RSA-OAEP") || alg.starts_with("ECDH-ES") || alg == "RSA1_5";
    text(key, "use") == Some("enc")
        || text(key, "crv").is_some_and(agrees)
        || text(key, "alg").is_some_and(wraps)
        || operations(key).is_some_and(|list| !list.is_empty() && !signs(&list))
}

/// A text of the target, as much of it as a name has.
fn short(text: &str) -> String {
    text.chars().take(30).collect()
}

fn strong(key: &Value) -> Verdict {
    const FORGES: &str = "the private key can be computed from the published one: whoever does it signs for any user";
    let curve = || text(key, "crv").unwrap_or_default();
    match text(key, "kty") {
        Some("RSA") => match text(key, "n").and_then(bits) {
            None => Verdict::fail(
                Severity::Medium,
                "clients cannot read a published key",
                "an RSA key with a modulus",
                "one without a modulus in base64url",
            ),
            Some(bits) if bits < BITS => Verdict::fail(
                match bits {
                    1024.. => Severity::Medium,
                    _ => Severity::High,
                },
                FORGES,
                "an RSA key of at least 2048 bits",
                format!("one of {bits} bits"),
            ),
            Some(_) => Verdict::PASS,
        },
        Some("EC" | "OKP") if KNOWN.contains(&curve()) => Verdict::PASS,
        Some("EC" | "OKP") if WEAK.contains(&curve()) => Verdict::fail(
            Severity::Medium,
            FORGES,
            "a curve of at least 256 bits, such as P-256 or Ed25519",
            curve(),
        ),
        Some("EC" | "OKP") => {
            Verdict::noted(format!("the curve `{}` was not judged", short(curve())))
        }
        // token.jwks-public-only finds it.
        Some("oct") => Verdict::Skipped("it is a shared key (see token.jwks-public-only)".into()),
        Some(other) => Verdict::noted(format!(
            "a key of the type `{}` was not judged",
            short(other)
        )),
        None => Verdict::noted("a key without a type was not judged"),
    }
}

/// The bits of a modulus; some write it padded, or in the standard alphabet.
fn bits(modulus: &str) -> Option<usize> {
    let plain = modulus.trim_end_matches('=');
    let plain = plain.replace('+', "-").replace('/', "_");
    let bytes = Base64UrlUnpadded::decode_vec(&plain).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let first = bytes.get(zeros)?;
    Some((bytes.len() - zeros) * 8 - first.leading_zeros() as usize)
}

/// Whether a key says what it is for, and that it is for verifying.
fn told(key: &Value) -> Verdict {
    const REFUSED: &str = "clients that keep to the standard refuse the published key";
    let (purpose, operations) = (text(key, "use"), operations(key));
    if let Some(other) = purpose.filter(|purpose| *purpose != "sig") {
        let actual = format!("`{}`", short(other));
        return Verdict::fail(Severity::Low, REFUSED, "the use `sig`", actual);
    }
    if operations
        .as_ref()
        .is_some_and(|list| signs(list) && !list.contains(&"verify"))
    {
        let actual = "those of a private key";
        return Verdict::fail(Severity::Low, REFUSED, "the key_ops `verify`", actual);
    }
    let lacks = [
        ("alg", text(key, "alg").is_none()),
        ("use", purpose.is_none() && operations.is_none()),
    ];
    let lacks: Vec<_> = lacks.iter().filter(|(_, lacks)| *lacks).collect();
    match &lacks[..] {
        [] => Verdict::PASS,
        [(one, _)] => Verdict::noted(format!("a published key has no `{one}`")),
        _ => Verdict::noted("a published key has neither `alg` nor `use`"),
    }
}

/// Whether the ids tell the keys apart. One id may stand for two types, or for one key under two algorithms (RFC 7517 4.5).
fn distinct(keys: &[&Value]) -> Verdict {
    let confused =
        |(at, one): (usize, &&Value)| keys[at + 1..].iter().any(|other| clash(one, other));
    if keys.iter().enumerate().any(confused) {
        return Verdict::fail(
            Severity::Medium,
            "clients take the wrong one of two keys, and refuse good tokens",
            "a kid of its own for each key",
            "one kid for two keys",
        );
    }
    match keys.len() > 1 && keys.iter().any(|key| text(key, "kid").is_none()) {
        true => Verdict::noted("one of several published keys has no `kid`"),
        false => Verdict::PASS,
    }
}

/// Whether two keys of one type have one id.
fn clash(one: &Value, other: &Value) -> bool {
    let same = |name: &&str| one.get(*name) == other.get(*name);
    text(one, "kid").is_some()
        && ["kid", "kty"].iter().all(same)
        && !["n", "x", "y"].iter().all(same)
}

/// Whether a client finds the key of a token.
fn found(keys: &[&Value], token: Option<&str>) -> Verdict {
    const LOST: &str =
        "clients do not find the key of a token: they refuse it, or try keys that it does not name";
    let Some(jws) = token.and_then(Jws::read) else {
        return Verdict::Skipped("access tokens are opaque".into());
    };
    let alg = jws.named("alg").unwrap_or_default();
    if alg.starts_with("HS") {
        return Verdict::Skipped("access tokens are signed with a shared secret".into());
    }
    let fitting = keys.iter().filter(|key| fits(key, alg)).count();
    match jws.named("kid") {
        Some(kid) if keys.iter().any(|key| text(key, "kid") == Some(kid)) => Verdict::PASS,
        Some(_) => Verdict::fail(
            Severity::Medium,
            LOST,
            "the key that the token names",
            format!("none of {} keys has its kid", keys.len()),
        ),
        None if fitting == 1 => Verdict::PASS,
        None => Verdict::fail(
            Severity::Medium,
            LOST,
            "one key that can be meant, or a kid in the token",
            format!("a token without a kid, and {fitting} keys for its algorithm"),
        ),
    }
}

fn fits(key: &Value, alg: &str) -> bool {
    let types: &[&str] = match alg.get(..2) {
        Some("RS" | "PS") => &["RSA"],
        Some("ES") => &["EC"],
        Some("Ed") => &["OKP"],
        _ => return true,
    };
    // EdDSA has a name for each of its curves too (RFC 9864).
    let own = text(key, "alg").is_none_or(|own| own == alg || own.starts_with("Ed"));
    let curve = match alg {
        "ES256" => text(key, "crv") == Some("P-256"),
        "ES384" => text(key, "crv") == Some("P-384"),
        "ES512" => text(key, "crv") == Some("P-521"),
        _ => true,
    };
    own && curve && text(key, "kty").is_some_and(|kty| types.contains(&kty))
}

#[cfg(test)]
mod tests;
