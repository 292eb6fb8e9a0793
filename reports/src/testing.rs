//! Short ways to write results in tests.

use crate::model::{References, ScenarioResult};

/// A result from `id severity verdict`, with any fourth word a waived one.
pub(crate) fn result(line: &str) -> ScenarioResult {
    let words: Vec<_> = line.split(' ').collect();
    ScenarioResult {
        id: words[0].to_owned(),
        area: words[0].split('.').next().unwrap().to_owned(),
        title: String::new(),
        severity: serde_json::from_value(words[1].into()).unwrap(),
        usual_severity: serde_json::from_value(words[1].into()).unwrap(),
        verdict: serde_json::from_value(words[2].into()).unwrap(),
        reason: Some("the control did not hold".to_owned()),
        note: None,
        fix: String::new(),
        cause: None,
        needs: Vec::new(),
        waived: words.get(3).map(|_| "issue 41".to_owned()),
        references: References::default(),
        duration_ms: 0,
        why: None,
        give: None,
        cases: Vec::new(),
    }
}
