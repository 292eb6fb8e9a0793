//! The key of the key set is kept as bytes, and a token that says HS256 has them taken for a secret (CWE-347).

use super::Defect;
use super::shared::hmac::verified_with_the_public_key;
use crate::parts::Parts;
use base64ct::{Base64UrlUnpadded, Encoding};

pub(super) const DEFECT: Defect = Defect {
    id: "public-key-bytes-are-a-secret",
    title: "The bytes of the public key verify HMAC too",
    cwe: 347,
    caught_by: &["token.hs-rs-confusion-jwk"],
    implies: &[],
    install: |parts| verified_with_the_public_key(parts, bytes),
};

fn bytes(parts: &Parts) -> Option<Vec<u8>> {
    let set = parts.keys.jwks()?;
    Base64UrlUnpadded::decode_vec(set["keys"][0]["x"].as_str()?).ok()
}
