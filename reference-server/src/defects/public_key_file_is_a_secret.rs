//! One key file verifies whatever algorithm a token names; read for HMAC, the public PEM text is the secret (CWE-347).

use super::Defect;
use super::shared::foreign_keys::{RSA_BACK, RSA_FRONT};
use super::shared::hmac::verified_with_the_public_key;
use crate::parts::Parts;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};

pub(super) const DEFECT: Defect = Defect {
    id: "public-key-file-is-a-secret",
    title: "The public key file verifies HMAC too",
    cwe: 347,
    caught_by: &["token.hs-rs-confusion-pem"],
    implies: &[],
    install: |parts| verified_with_the_public_key(parts, file),
};

/// The key as `openssl pkey -pubout` writes it.
fn file(parts: &Parts) -> Option<Vec<u8>> {
    let set = parts.keys.jwks()?;
    let modulus = Base64UrlUnpadded::decode_vec(set["keys"][0]["n"].as_str()?).ok()?;
    let text = Base64::encode_string(&[RSA_FRONT, &modulus, RSA_BACK].concat());
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    let body = lines.join("\n");
    Some(format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n").into_bytes())
}
