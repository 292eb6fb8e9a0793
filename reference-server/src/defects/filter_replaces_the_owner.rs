//! A user_id in the query of the list replaces the caller's (CWE-639).

use super::Defect;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Page, Scope, Tasks};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "filter-replaces-the-owner",
    title: "A user_id in the query says whose tasks are listed",
    cwe: 639,
    caught_by: &["isolation.filter-bypass"],
    implies: &[("isolation.grid", "it names the owner in the query too")],
    install: |parts| Parts {
        tasks: Arc::new(FilterReplacesTheOwner(parts.tasks.clone())),
        ..parts
    },
};

struct FilterReplacesTheOwner(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for FilterReplacesTheOwner {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn list(
        &self,
        parts: &Parts,
        scope: &Scope,
        pairs: &[(String, String)],
    ) -> Result<Page, Problem> {
        let named = pairs.iter().find(|(name, _)| name == "user_id");
        let owner = named.and_then(|(_, value)| UserId::parse(value));
        let scope = Scope {
            owner: owner.unwrap_or_else(|| scope.owner.clone()),
            ..scope.clone()
        };
        self.0.list(parts, &scope, pairs).await
    }
}
