//! Of two Authorization headers reads take the first and writes the last (CWE-436).

use super::Defect;
use crate::identify::Identify;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::{HeaderValue, Method, header};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "first-header-reads-last-header-writes",
    title: "Reads and writes take another of two Authorization headers",
    cwe: 436,
    caught_by: &["token.two-auth-headers"],
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
        let all: Vec<&HeaderValue> = head.headers.get_all(header::AUTHORIZATION).iter().collect();
        let taken = match head.method == Method::GET {
            true => all.first(),
            false => all.last(),
        };
        let Some(taken) = taken.filter(|_| all.len() > 1) else {
            return self.0.credential(parts, head);
        };
        let mut one = head.clone();
        one.headers.insert(header::AUTHORIZATION, (*taken).clone());
        self.0.credential(parts, &one)
    }
}
