//! Of two session cookies of one name reads take the first and writes the last (CWE-436).

use super::Defect;
use crate::identify::{ACCESS_COOKIE, Identify};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::{HeaderValue, Method, header};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "first-cookie-reads-last-cookie-writes",
    title: "Reads and writes take another of two session cookies",
    cwe: 436,
    caught_by: &["cookie.duplicate-names"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(FirstReadsLastWrites(parts.identify.clone())),
        ..parts
    },
};

struct FirstReadsLastWrites(Arc<dyn Identify>);

#[async_trait]
impl Identify for FirstReadsLastWrites {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        let lines = head.headers.get_all(header::COOKIE).iter();
        let pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .map(str::trim);
        let of_session = |pair: &&str| {
            let name = pair.split_once('=').map(|(name, _)| name);
            name == Some(ACCESS_COOKIE)
        };
        let all: Vec<&str> = pairs.filter(of_session).collect();
        let taken = match head.method == Method::GET {
            true => all.first(),
            false => all.last(),
        };
        let taken = taken.filter(|_| all.len() > 1);
        let Some(taken) = taken.and_then(|pair| HeaderValue::from_str(pair).ok()) else {
            return self.0.credential(parts, head);
        };
        let mut one = head.clone();
        one.headers.insert(header::COOKIE, taken);
        self.0.credential(parts, &one)
    }
}
