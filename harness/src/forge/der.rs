//! The few lines of DER and PEM that key texts and certificates are made of (X.690, RFC 7468).

use base64ct::{Base64, Encoding};

/// Object identifiers, whole with tag and length.
pub(super) mod oid {
    /// rsaEncryption (RFC 8017 A.1).
    pub(crate) const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    /// sha256WithRSAEncryption (RFC 8017 A.2.4).
    pub(crate) const RSA_SHA256: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
    /// id-ecPublicKey (RFC 5480 2.1.1).
    pub(crate) const EC: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
    /// secp256r1 (RFC 5480 2.1.1.1).
    pub(crate) const P256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    /// secp384r1 (RFC 5480 2.1.1.1).
    pub(crate) const P384: &[u8] = b"\x06\x05\x2b\x81\x04\x00\x22";
    /// secp521r1 (RFC 5480 2.1.1.1).
    pub(crate) const P521: &[u8] = b"\x06\x05\x2b\x81\x04\x00\x23";
    /// id-Ed25519 (RFC 8410 3).
    pub(crate) const ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";
    /// id-at-commonName (RFC 5280 A.1).
    pub(crate) const COMMON_NAME: &[u8] = b"\x06\x03\x55\x04\x03";
}

pub(super) const NULL: &[u8] = b"\x05\x00";

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// Tag, length and content.
pub(super) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut der = vec![tag];
    if content.len() < 0x80 {
        der.push(content.len() as u8);
    } else {
        der.push(0x80 | length.len() as u8);
        der.extend_from_slice(length);
    }
    der.extend_from_slice(content);
    der
}

/// A SEQUENCE of values that are DER already.
pub(super) fn sequence(values: &[&[u8]]) -> Vec<u8> {
    value(SEQUENCE, &values.concat())
}

/// A non-negative INTEGER from big-endian bytes of any length.
pub(super) fn integer(big_endian: &[u8]) -> Vec<u8> {
    let zeros = big_endian.iter().take_while(|byte| **byte == 0).count();
    let mut content = big_endian[zeros..].to_vec();
    if content.first().is_none_or(|byte| byte & 0x80 != 0) {
        content.insert(0, 0);
    }
    value(INTEGER, &content)
}

/// A BIT STRING of whole bytes.
pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    value(BIT_STRING, &[&[0], bytes].concat())
}

/// The PEM text of a DER value: lines of 64 characters, each ended by `newline` (RFC 7468 2).
pub(super) fn pem(label: &str, der: &[u8], newline: &str) -> String {
    let body = Base64::encode_string(der);
    let mut text = format!("-----BEGIN {label}-----{newline}");
    for line in body.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push_str(newline);
    }
    text.push_str(&format!("-----END {label}-----{newline}"));
    text
}

/// Label and DER of the first PEM block in a text that a private key can be in; parameters and certificates are passed
/// over.
pub(super) fn private_key_block(text: &str) -> Option<(&str, Vec<u8>)> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----")?;
        let (body, after) = after.split_once("-----END ")?;
        if label.ends_with("PRIVATE KEY") {
            let body: String = body.split_whitespace().collect();
            return Base64::decode_vec(&body).ok().map(|der| (label, der));
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(der: Vec<u8>, want: &[u8]) {
        assert_eq!(der, want);
    }

    #[test]
    fn integers_are_minimal_and_positive() {
        check(integer(&[]), &[2, 1, 0]);
        check(integer(&[0, 0]), &[2, 1, 0]);
        check(integer(&[0, 0x7f]), &[2, 1, 0x7f]);
        check(integer(&[0x80]), &[2, 2, 0, 0x80]);
    }

    #[test]
    fn lengths_take_as_many_bytes_as_they_need() {
        check(value(4, &[7; 0x7f])[..3].to_vec(), &[4, 0x7f, 7]);
        check(value(4, &[7; 0x80])[..4].to_vec(), &[4, 0x81, 0x80, 7]);
        check(value(4, &[7; 0x100])[..5].to_vec(), &[4, 0x82, 1, 0, 7]);
    }

    #[test]
    fn a_private_key_is_found_behind_other_blocks() {
        let text = pem("EC PARAMETERS", &[1], "\n") + &pem("PRIVATE KEY", &[9; 100], "\r\n");
        assert_eq!(
            private_key_block(&text),
            Some(("PRIVATE KEY", vec![9; 100]))
        );
        assert_eq!(private_key_block(&pem("PUBLIC KEY", &[1], "\n")), None);
    }
}
