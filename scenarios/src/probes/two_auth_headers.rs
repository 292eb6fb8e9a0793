//! Two tokens in the header of one request, and both in one value.

use super::winner;
use super::{Attempt, Lab, Probe, Run};
use crate::model::{Beside, Severity, Step};

pub(super) const PROBE: Probe = Probe {
    name: "two-auth-headers",
    run: |lab| -> Run<'_> { Box::pin(headers(lab)) },
};

const FAULT: (Severity, &str) = (
    Severity::Medium,
    "of two tokens in one request, one route takes the first and another the second",
);

async fn headers(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for (name, beside) in [
        ("two headers", Beside::Header as fn(String) -> Beside),
        ("one header, two values", Beside::Comma),
    ] {
        let double = move |_: &str, step: Step| Step {
            token: Some("saved.alice".into()),
            beside: Some(beside("saved.bob".into())),
            ..step
        };
        attempts.push(winner::attempt(lab, name, &double, FAULT).await);
    }
    attempts
}
