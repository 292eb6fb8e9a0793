//! Quotes are escaped by hand before the value is bound, so that the backslashes are stored (CWE-116).

use super::Defect;
use super::shared::tasks::title_becomes;

pub(super) const DEFECT: Defect = Defect {
    id: "quotes-escaped-by-hand",
    title: "Quotes are escaped by hand, and stored with their backslashes",
    cwe: 116,
    caught_by: &["input.quote-roundtrip"],
    implies: &[],
    install: |parts| {
        title_becomes(parts, |title| {
            title.replace('\'', "\\'").replace('"', "\\\"")
        })
    },
};
