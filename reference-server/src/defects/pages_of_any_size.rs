//! The size of a page is what the client asks for (CWE-770).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Query, Tasks};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "pages-of-any-size",
    title: "A page of the list is as large as the client asks for",
    cwe: 770,
    caught_by: &["input.pagination-bound"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(PagesOfAnySize(parts.tasks.clone())),
        ..parts
    },
};

struct PagesOfAnySize(Arc<dyn Tasks>);

impl Tasks for PagesOfAnySize {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn query(&self, parts: &Parts, pairs: &[(String, String)]) -> Result<Query, Problem> {
        let query = self.0.query(parts, pairs)?;
        let asked = pairs.iter().find(|(name, _)| name == "limit");
        let limit = asked.and_then(|(_, value)| value.parse().ok());
        Ok(Query {
            limit: limit.unwrap_or(query.limit),
            ..query
        })
    }
}
