//! What is no UTF-8 in a payload is dropped before it is parsed (CWE-176).

use super::Defect;
use super::shared::rewritten::rewritten;
use base64ct::{Base64UrlUnpadded, Encoding};

pub(super) const DEFECT: Defect = Defect {
    id: "invalid-bytes-dropped",
    title: "Invalid bytes in a token are dropped",
    cwe: 176,
    caught_by: &["token.unicode"],
    implies: &[],
    install: |parts| {
        rewritten(parts, |header, payload| {
            let bytes = Base64UrlUnpadded::decode_vec(payload).ok()?;
            let text = String::from_utf8_lossy(&bytes).replace(char::REPLACEMENT_CHARACTER, "");
            (text.as_bytes() != bytes).then(|| {
                let clean = Base64UrlUnpadded::encode_string(text.as_bytes());
                (header.to_owned(), clean)
            })
        })
    },
};
