//! A payload is inflated where the header says zip, in signed tokens too (CWE-409).

use super::Defect;
use super::shared::doubles::{Counts, object, segment};
use super::shared::rewritten::rewritten;
use base64ct::{Base64UrlUnpadded, Encoding};

pub(super) const DEFECT: Defect = Defect {
    id: "compressed-payload-inflated",
    title: "Compressed payloads are inflated",
    cwe: 409,
    caught_by: &["token.zip-header"],
    implies: &[],
    install: |parts| {
        rewritten(parts, |header, payload| {
            let mut header = object(header, Counts::Last)?;
            header.remove("zip").filter(|zip| zip == "DEF")?;
            let bytes = Base64UrlUnpadded::decode_vec(payload).ok()?;
            let claims = Base64UrlUnpadded::encode_string(&inflated(&bytes)?);
            Some((segment(header), claims))
        })
    },
};

/// What blocks without compression hold (RFC 1951 3.2.4); enough to show that somebody inflates.
fn inflated(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    loop {
        let (head, rest) = bytes.split_at_checked(5)?;
        let length = usize::from(u16::from_le_bytes([head[1], head[2]]));
        let (block, rest) = rest.split_at_checked(length).filter(|_| head[0] <= 1)?;
        plain.extend_from_slice(block);
        if head[0] == 1 {
            return Some(plain);
        }
        bytes = rest;
    }
}
