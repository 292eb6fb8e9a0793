//! The gate: whether a build may go on, from verdicts alone.

use globset::GlobBuilder;
use scenarios::model::Severity;
use serde::{Deserialize, Serialize};

use crate::model::{ScenarioResult, Verdict};

/// The gate passed.
pub const EXIT_PASSED: u8 = 0;
/// The gate failed.
pub const EXIT_FAILED: u8 = 1;
/// The gate could not be judged; also bad usage, a bad profile, a target that is not reachable.
pub const EXIT_NOT_JUDGED: u8 = 2;
/// Interrupted, with the partial report written.
pub const EXIT_INTERRUPTED: u8 = 130;

/// The scenarios without which nothing else means anything.
pub const BASE_CONTROLS: &[&str] = &[
    "registration.happy-path",
    "login.happy-path",
    "token.issuer-verifier-agree",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    Passed,
    Failed,
    #[default]
    NotJudged,
}

impl Gate {
    /// The word that files carry.
    pub fn word(self) -> &'static str {
        match self {
            Gate::Passed => "passed",
            Gate::Failed => "failed",
            Gate::NotJudged => "not-judged",
        }
    }
}

/// The exit code that stands for it.
pub fn exit_code(gate: Gate) -> u8 {
    match gate {
        Gate::Passed => EXIT_PASSED,
        Gate::Failed => EXIT_FAILED,
        Gate::NotJudged => EXIT_NOT_JUDGED,
    }
}

/// What the gate is judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GateRules {
    /// The least severity of a fail that fails the gate.
    pub fail_on: Severity,
    /// Every inconclusive and every error fails the gate.
    pub strict: bool,
    /// Globs of scenarios that must have been judged.
    pub require: Vec<String>,
    /// Ids of the base controls.
    pub base: Vec<String>,
}

impl Default for GateRules {
    fn default() -> GateRules {
        GateRules {
            fail_on: Severity::Medium,
            strict: false,
            require: Vec::new(),
            base: BASE_CONTROLS.iter().map(|id| (*id).to_owned()).collect(),
        }
    }
}

/// The gate, why it is not passed, and what was left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateOutcome {
    pub gate: Gate,
    pub reasons: Vec<String>,
    pub not_judged: Vec<NotJudged>,
}

/// A scenario without a pass or a fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJudged {
    pub id: String,
    pub verdict: Verdict,
    /// What would allow it, such as `give --secret-env VAR`, or why it could not be judged.
    pub remedy: String,
}

/// Judges the gate. A failed base control leaves it unjudged whatever else failed; beyond that a fail wins over what
/// could not be judged. A waiver covers a fail and nothing else.
pub fn judge_gate(results: &[ScenarioResult], rules: &GateRules) -> GateOutcome {
    let base = failed_base_controls(results, rules);
    let failed = failures(results, rules);
    let open = open_questions(results, rules);
    let (gate, reasons) = if !base.is_empty() {
        (Gate::NotJudged, base)
    } else if !failed.is_empty() {
        (Gate::Failed, failed)
    } else if !open.is_empty() {
        (Gate::NotJudged, open)
    } else {
        (Gate::Passed, Vec::new())
    };
    let not_judged = results
        .iter()
        .filter(|result| !result.verdict.is_judged())
        .map(|result| NotJudged {
            id: result.id.clone(),
            verdict: result.verdict,
            remedy: result.remedy(),
        })
        .collect();
    GateOutcome {
        gate,
        reasons,
        not_judged,
    }
}

fn failed_base_controls(results: &[ScenarioResult], rules: &GateRules) -> Vec<String> {
    results
        .iter()
        .filter(|result| result.verdict == Verdict::Fail && rules.base.contains(&result.id))
        .map(|result| format!("base control {} failed", result.id))
        .collect()
}

fn failures(results: &[ScenarioResult], rules: &GateRules) -> Vec<String> {
    let fails = |result: &ScenarioResult| match result.verdict {
        Verdict::Fail => result.waived.is_none() && result.severity >= rules.fail_on,
        Verdict::Inconclusive | Verdict::Error => rules.strict,
        Verdict::Pass | Verdict::Skipped => false,
    };
    let failed: Vec<_> = results.iter().filter(|result| fails(result)).collect();
    failed
        .iter()
        .map(|result| match result.verdict {
            Verdict::Fail => format!("{} failed ({})", result.id, result.severity.word()),
            Verdict::Inconclusive | Verdict::Error | Verdict::Pass | Verdict::Skipped => {
                format!("{} is {} (--strict)", result.id, result.verdict.word())
            }
        })
        .collect()
}

fn open_questions(results: &[ScenarioResult], rules: &GateRules) -> Vec<String> {
    if results.is_empty() {
        return vec!["nothing was selected".to_owned()];
    }
    if !results.iter().any(|result| result.verdict.is_judged()) {
        return vec!["nothing was judged".to_owned()];
    }
    let critical = results
        .iter()
        .filter(|result| result.severity == Severity::Critical)
        .filter(|result| matches!(result.verdict, Verdict::Inconclusive | Verdict::Error))
        .map(|result| format!("{} (critical) is {}", result.id, result.verdict.word()));
    let required = rules
        .require
        .iter()
        .flat_map(|pattern| missing(results, pattern));
    critical.chain(required).collect()
}

/// What a required pattern misses: each matched scenario that was not judged, or any match at all.
fn missing(results: &[ScenarioResult], pattern: &str) -> Vec<String> {
    let glob = match GlobBuilder::new(pattern).build() {
        Ok(glob) => glob.compile_matcher(),
        Err(error) => return vec![format!("required `{pattern}` is no glob: {}", error.kind())],
    };
    let matched: Vec<_> = results
        .iter()
        .filter(|result| glob.is_match(&result.id))
        .collect();
    if matched.is_empty() {
        return vec![format!("required {pattern} was not selected")];
    }
    matched
        .iter()
        .filter(|result| !result.verdict.is_judged())
        .map(|result| format!("required {} is {}", result.id, result.verdict.word()))
        .collect()
}

#[cfg(test)]
mod tests;
