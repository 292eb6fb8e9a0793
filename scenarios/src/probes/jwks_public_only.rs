//! Looks for private and shared keys in the key set that the issuer publishes.

use super::{Attempt, Probe, Run};
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};
use serde_json::Value;

pub(super) const PROBE: Probe = Probe {
    name: "jwks-public-only",
    run: |lab| -> Run<'_> {
        let attempts = lab.key_set().iter().enumerate().map(looked_at).collect();
        Box::pin(async { attempts })
    },
};

/// What only the private or shared half of a key has (RFC 7518 6.2.2, 6.3.2, 6.4.1; RFC 8037 2).
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fn looked_at((index, key): (usize, &Value)) -> Attempt {
    let held = |name: &&str| key.get(*name).is_some_and(|value| !value.is_null());
    let mut found: Vec<&str> = PRIVATE.iter().copied().filter(held).collect();
    let shared = key.get("kty").and_then(Value::as_str) == Some("oct");
    if shared {
        found.insert(0, "kty oct");
    }
    let verdict = match found.is_empty() {
        true => Verdict::PASS,
        false => Verdict::Fail(Mismatch {
            consequence: "the key that signs tokens is published: anybody can sign for any user"
                .into(),
            expected: "a key with public members alone".into(),
            actual: format!("one with {}", found.join(", ")),
            severity: Severity::Critical,
        }),
    };
    Attempt {
        name: format!("key {}", index + 1),
        verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(key: Value, want: &str) {
        let actual = match looked_at((0, &key)).verdict {
            Verdict::Fail(mismatch) => mismatch.actual,
            other => format!("{other:?}"),
        };
        assert!(actual.contains(want), "{actual}");
    }

    #[test]
    fn private_and_shared_keys_are_told_from_public_ones() {
        check(json!({"kty": "RSA", "n": "x", "e": "AQAB"}), "Pass");
        check(json!({"kty": "OKP", "x": "x", "d": null}), "Pass");
        check(
            json!({"kty": "EC", "x": "x", "y": "y", "d": "z"}),
            "one with d",
        );
        check(
            json!({"kty": "RSA", "n": "x", "d": "d", "p": "p", "q": "q"}),
            "one with d, p, q",
        );
        check(json!({"kty": "oct", "k": "k"}), "one with kty oct, k");
    }
}
