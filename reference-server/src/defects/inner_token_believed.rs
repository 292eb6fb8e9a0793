//! Of a token inside a token only the outer signature is verified (CWE-347).

use super::Defect;
use super::shared::doubles::{Counts, object, segment};
use super::shared::rewritten::rewritten;
use base64ct::{Base64UrlUnpadded, Encoding};

pub(super) const DEFECT: Defect = Defect {
    id: "inner-token-believed",
    title: "A token inside a token is believed unverified",
    cwe: 347,
    caught_by: &["token.nested-cty"],
    implies: &[],
    install: |parts| {
        rewritten(parts, |header, payload| {
            let mut outer = object(header, Counts::Last)?;
            outer.remove("cty").filter(|cty| cty == "JWT")?;
            let inner = Base64UrlUnpadded::decode_vec(payload).ok()?;
            let inner = String::from_utf8(inner).ok()?;
            let claims = inner.split('.').nth(1)?;
            Some((segment(outer), claims.to_owned()))
        })
    },
};
