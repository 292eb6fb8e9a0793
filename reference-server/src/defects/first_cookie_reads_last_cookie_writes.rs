//! Of two session cookies of one name reads take the first and writes the last (CWE-436).

use super::Defect;
use super::shared::identities::first_reads_last_writes;
use crate::identify::ACCESS_COOKIE;
use crate::parts::Head;
use axum::http::{HeaderValue, header};

pub(super) const DEFECT: Defect = Defect {
    id: "first-cookie-reads-last-cookie-writes",
    title: "Reads and writes take another of two session cookies",
    cwe: 436,
    caught_by: &["cookie.duplicate-names"],
    implies: &[],
    install: |parts| first_reads_last_writes(parts, header::COOKIE, of_session),
};

fn of_session(head: &Head) -> Vec<HeaderValue> {
    let lines = head.headers.get_all(header::COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .map(str::trim);
    let named = |pair: &&str| pair.split_once('=').map(|(name, _)| name) == Some(ACCESS_COOKIE);
    pairs
        .filter(named)
        .filter_map(|pair| HeaderValue::from_str(pair).ok())
        .collect()
}
