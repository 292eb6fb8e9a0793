//! HMAC with a key that is no secret.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The third part of a token that is signed by HS256 with this key.
pub(in crate::defects) fn signed_with(key: &[u8], message: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(message);
    Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes())
}
