//! Text is cut before the first character of four bytes, as MySQL's `utf8` does without strict mode (CWE-176).

use super::Defect;
use super::shared::tasks::title_becomes;

pub(super) const DEFECT: Defect = Defect {
    id: "text-cut-at-four-bytes",
    title: "Text is cut before the first character of four bytes",
    cwe: 176,
    caught_by: &["input.quote-roundtrip"],
    implies: &[],
    install: |parts| {
        title_becomes(parts, |title| {
            title.chars().take_while(|c| c.len_utf8() < 4).collect()
        })
    },
};
