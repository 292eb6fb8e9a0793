//! An id that is none ends the request with a server error (CWE-755).

use super::Defect;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::Tasks;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "id-parsed-without-care",
    title: "An id that is none is unwrapped",
    cwe: 755,
    caught_by: &["errors.no-5xx-on-bad-input"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(IdParsedWithoutCare(parts.tasks.clone())),
        ..parts
    },
};

struct IdParsedWithoutCare(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for IdParsedWithoutCare {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn id(&self, _: &Parts, raw: &str) -> Result<TaskId, Problem> {
        TaskId::parse(raw).ok_or_else(|| Problem::internal("invalid uuid"))
    }
}
