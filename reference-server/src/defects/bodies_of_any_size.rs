//! Bodies are read to their end, however long they are (CWE-770).

use super::Defect;
use crate::bodies::Bodies;
use crate::parts::Parts;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "bodies-of-any-size",
    title: "Bodies have no upper bound",
    cwe: 770,
    caught_by: &["input.body-limit"],
    implies: &[],
    install: |parts| Parts {
        bodies: Arc::new(OfAnySize(parts.bodies.clone())),
        ..parts
    },
};

struct OfAnySize(Arc<dyn Bodies>);

impl Bodies for OfAnySize {
    fn inner(&self) -> &dyn Bodies {
        &*self.0
    }

    fn limit(&self, _: &Parts) -> usize {
        usize::MAX
    }
}
