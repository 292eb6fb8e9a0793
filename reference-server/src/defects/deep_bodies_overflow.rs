//! The parser of bodies calls itself for each bracket, without a limit (CWE-674).

use super::Defect;
use super::nesting_overflows_the_stack::{ROOM, depth};
use crate::bodies::Bodies;
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "deep-bodies-overflow",
    title: "Deep JSON in a body crashes its handler",
    cwe: 674,
    caught_by: &["input.json-depth"],
    implies: &[],
    install: |parts| Parts {
        bodies: Arc::new(DeepBodiesOverflow(parts.bodies.clone())),
        ..parts
    },
};

struct DeepBodiesOverflow(Arc<dyn Bodies>);

#[async_trait]
impl Bodies for DeepBodiesOverflow {
    fn inner(&self) -> &dyn Bodies {
        &*self.0
    }

    fn parse(&self, parts: &Parts, bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
        if depth(bytes) > ROOM {
            return Err(Problem::internal("stack overflow"));
        }
        self.0.parse(parts, bytes)
    }
}
