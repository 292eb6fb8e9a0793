//! An EdDSA signature is reduced before it is verified, so that two fit each message (CWE-347).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use base64ct::{Base64UrlUnpadded, Encoding};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "scalar-of-a-signature-reduced",
    title: "EdDSA signatures out of range are accepted",
    cwe: 347,
    caught_by: &["token.eddsa-malformed"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(ScalarOfASignatureReduced(parts.tokens.clone())),
        ..parts
    },
};

/// The order of the group, little-endian (RFC 8032 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// `s` minus the order; `None` where `s` is the smaller.
fn minus_order(s: &[u8]) -> Option<Vec<u8>> {
    let mut borrow = 0;
    let digits = s
        .iter()
        .zip(ORDER)
        .map(|(a, b)| {
            let digit = i16::from(*a) - i16::from(b) - borrow;
            borrow = i16::from(digit < 0);
            digit.to_le_bytes()[0]
        })
        .collect();
    (borrow == 0).then_some(digits)
}

struct ScalarOfASignatureReduced(Arc<dyn Tokens>);

impl Tokens for ScalarOfASignatureReduced {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let bytes = Base64UrlUnpadded::decode_vec(&jws.signature).unwrap_or_default();
        let halves = bytes.split_at_checked(32);
        let Some((r, s)) = halves.and_then(|(r, s)| Some((r, minus_order(s)?))) else {
            return self.0.signature(parts, jws);
        };
        let reduced = Jws {
            signature: Base64UrlUnpadded::encode_string(&[r, &s].concat()),
            ..jws.clone()
        };
        self.0.signature(parts, &reduced)
    }
}
