//! Of two Authorization headers reads take the first and writes the last (CWE-436).

use super::Defect;
use super::shared::identities::first_reads_last_writes;
use axum::http::header;

pub(super) const DEFECT: Defect = Defect {
    id: "first-header-reads-last-header-writes",
    title: "Reads and writes take another of two Authorization headers",
    cwe: 436,
    caught_by: &["token.two-auth-headers"],
    implies: &[],
    install: |parts| {
        first_reads_last_writes(parts, header::AUTHORIZATION, |head| {
            let all = head.headers.get_all(header::AUTHORIZATION);
            all.iter().cloned().collect()
        })
    },
};
