//! A parser of claims that keeps the first of two (CWE-436).

use super::Defect;
use super::shared::doubles::{Counts, object, segment};
use super::shared::rewritten::rewritten;

pub(super) const DEFECT: Defect = Defect {
    id: "first-of-two-claims-counts",
    title: "Of two expiries the first counts",
    cwe: 436,
    caught_by: &["token.duplicate-claims"],
    implies: &[],
    install: |parts| {
        rewritten(parts, |header, payload| {
            let first = object(payload, Counts::First)?;
            Some((header.to_owned(), segment(first)))
        })
    },
};
