use super::*;
use crate::probes::jws::written;
use serde_json::json;

fn rsa(bits: usize) -> String {
    let mut bytes = vec![0xff_u8; bits.div_ceil(8)];
    bytes[0] >>= bytes.len() * 8 - bits;
    Base64UrlUnpadded::encode_string(&bytes)
}

/// The verdicts on the keys of a set, on their ids, and on the key of a token with this header.
fn verdicts(keys: &[Value], header: &Value) -> Vec<String> {
    let token = written(header, &json!({}));
    let attempts = looked_at(keys, Some(&token));
    let word = |verdict: Verdict| match verdict {
        Verdict::Fail(mismatch) => format!("{}: {}", mismatch.severity.word(), mismatch.actual),
        Verdict::Pass { note: Some(note) } => note,
        other => other.word().to_owned(),
    };
    attempts
        .into_iter()
        .map(|attempt| word(attempt.verdict))
        .collect()
}

#[track_caller]
fn check(keys: &[Value], header: Value, want: &[&str]) {
    assert_eq!(verdicts(keys, &header), want);
}

fn key(kid: &str, x: &str) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": x})
}

/// What is said of the strength of one key.
#[track_caller]
fn check_one(key: Value, want: &str) {
    assert_eq!(verdicts(&[key], &json!({"alg": "HS256"}))[0], want);
}

#[test]
fn a_set_of_strong_keys_with_ids_passes() {
    let token = || json!({"alg": "EdDSA", "kid": "b"});
    check(&[key("b", "1")], token(), &["pass", "pass", "pass"]);
    check(&[key("a", "1"), key("b", "2")], token(), &["pass"; 4]);
    check_one(
        json!({"kty": "RSA", "n": rsa(2048), "e": "AQAB", "alg": "RS256", "use": "sig"}),
        "pass",
    );
    check_one(
        json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "key_ops": ["verify"]}),
        "pass",
    );
}

#[test]
fn weak_keys_fail() {
    let of = |n: String| json!({"kty": "RSA", "n": n, "alg": "RS256", "use": "sig"});
    check_one(of(rsa(2047)), "medium: one of 2047 bits");
    check_one(of(rsa(1024)), "medium: one of 1024 bits");
    check_one(of(rsa(512)), "high: one of 512 bits");
    check_one(of("!".into()), "medium: one without a modulus in base64url");
    check_one(of(format!("AAAA{}", rsa(2040))), "medium: one of 2040 bits");
    check_one(of(format!("{}==", rsa(2048))), "pass");
    check_one(
        json!({"kty": "EC", "crv": "P-192", "alg": "x", "use": "sig"}),
        "medium: P-192",
    );
    check_one(
        json!({"kty": "EC", "crv": "BP-256", "alg": "x", "use": "sig"}),
        "the curve `BP-256` was not judged",
    );
    check_one(json!({"kty": "oct", "alg": "HS256", "use": "sig"}), "pass");
}

#[test]
fn what_a_key_does_not_say_is_a_note() {
    check_one(
        json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA"}),
        "a published key has no `use`",
    );
    check_one(
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig"}),
        "a published key has no `alg`",
    );
    check_one(
        json!({"kty": "OKP", "crv": "Ed25519"}),
        "a published key has neither `alg` nor `use`",
    );
    check_one(
        json!({"kty": "AKP", "alg": "ML-DSA-44", "use": "sig"}),
        "a key of the type `AKP` was not judged",
    );
    check_one(
        json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "signature"}),
        "low: `signature`",
    );
    check_one(
        json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "key_ops": ["sign"]}),
        "low: those of a private key",
    );
}

#[test]
fn keys_for_encryption_are_left_out() {
    let others = [
        json!({"kty": "RSA", "n": rsa(1024), "use": "enc"}),
        json!({"kty": "RSA", "n": rsa(1024), "alg": "RSA-OAEP-256"}),
        json!({"kty": "OKP", "crv": "X25519"}),
        json!({"kty": "EC", "crv": "P-256", "key_ops": ["deriveKey"]}),
    ];
    check(&others, json!({"alg": "HS256"}), &["pass", "skipped"]);
}

#[test]
fn ids_tell_keys_apart() {
    let token = || json!({"alg": "EdDSA", "kid": "a"});
    let twice = "medium: one kid for two keys";
    check(
        &[key("a", "1"), key("a", "2")],
        token(),
        &["pass", "pass", twice, "pass"],
    );
    // The same key twice, and one id for two types.
    check(&[key("a", "1"), key("a", "1")], token(), &["pass"; 4]);
    let other = json!({"kty": "RSA", "n": rsa(2048), "alg": "RS256", "use": "sig", "kid": "a"});
    check(&[key("a", "1"), other], token(), &["pass"; 4]);
}

#[test]
fn a_token_names_a_key_of_the_set() {
    let lost = |count| format!("medium: none of {count} keys has its kid");
    check(
        &[key("a", "1")],
        json!({"alg": "EdDSA", "kid": "b"}),
        &["pass", "pass", &lost(1)],
    );
    check(
        &[],
        json!({"alg": "EdDSA", "kid": "b"}),
        &["pass", &lost(0)],
    );
    // Without a name one key can be meant, of which type it is.
    let bare = json!({"kty": "RSA", "n": rsa(2048), "alg": "RS256", "use": "sig"});
    let unnamed = "one of several published keys has no `kid`";
    check(
        &[key("a", "1"), bare],
        json!({"alg": "RS256"}),
        &["pass", "pass", unnamed, "pass"],
    );
    let two = "medium: a token without a kid, and 2 keys for its algorithm";
    check(
        &[key("a", "1"), key("b", "2")],
        json!({"alg": "EdDSA"}),
        &["pass", "pass", "pass", two],
    );
    check(
        &[key("a", "1")],
        json!({"alg": "HS256", "kid": "b"}),
        &["pass", "pass", "skipped"],
    );
}

#[test]
fn opaque_tokens_name_no_key() {
    let attempts = looked_at(&[key("a", "1")], Some("opaque"));
    assert_eq!(attempts[2].verdict.word(), "skipped");
    assert_eq!(looked_at(&[], None)[1].verdict.word(), "skipped");
}
