//! The report as data: what `--report json` writes and every other format reads.
//!
//! The shape is a contract (`authspec-report/1`): fields are added, never renamed, and readers ignore what they do not
//! know. What was added to the first version of the contract has a default.

use scenarios::model::{Mode, Severity};
use scenarios::verdict::Verdict as Judged;
use serde::{Deserialize, Serialize};

pub use crate::model::evidence::{Evidence, EvidenceRequest, EvidenceResponse, Forged};

use crate::causes;
use crate::gate::{Gate, GateOutcome, GateRules, judge_gate};

mod evidence;

/// The version of the report's shape.
pub const SCHEMA: &str = "authspec-report/1";

/// Everything that one run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub schema: String,
    pub tool: Tool,
    pub target: Target,
    pub run_id: String,
    /// RFC 3339, in UTC.
    pub started_at: String,
    pub duration_ms: u64,
    /// The part of the duration that was spent waiting, for an expiry or for a limit.
    pub waited_ms: u64,
    /// Where the time went.
    #[serde(default)]
    pub phases: Vec<PhaseTiming>,
    pub seed: u64,
    pub mode: Mode,
    /// Why it is this mode, to follow "mode full: ".
    #[serde(default)]
    pub mode_reason: String,
    /// Ended before its last scenario; what is here is what was seen until then.
    #[serde(default)]
    pub interrupted: bool,
    /// What the reader must know beside the verdicts, such as what could not be cleaned up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What the gate was judged by, so that it can be judged again from the file alone.
    #[serde(default)]
    pub gate_rules: GateRules,
    pub summary: Summary,
    pub causes: Vec<Cause>,
    pub results: Vec<ScenarioResult>,
}

/// The time of one phase of a run, and what it could not have been under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseTiming {
    pub phase: String,
    pub wall_ms: u64,
    /// Spent waiting, for an expiry or for a limit; waits side by side count each.
    pub waited_ms: u64,
    pub exchanges: u64,
    /// All exchanges, one after another.
    pub exchanges_ms: u64,
    /// The exchanges of the scenario that took longest.
    pub longest_chain_ms: u64,
    /// The larger of the longest chain and of all exchanges divided by the number of jobs.
    pub floor_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub auth_url: String,
    pub api_url: String,
    pub profile: String,
}

/// The counts, and the gate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub total: usize,
    pub pass: usize,
    pub fail: usize,
    pub inconclusive: usize,
    pub skipped: usize,
    pub error: usize,
    pub requests: u64,
    pub gate: Gate,
}

/// Several findings that one mistake explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    pub id: String,
    pub title: String,
    pub scenarios: Vec<String>,
}

/// The verdict as the word that files carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Pass,
    Fail,
    Inconclusive,
    Skipped,
    Error,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Skipped => "skipped",
            Verdict::Error => "error",
        }
    }

    /// Whether it states something about the target.
    pub fn is_judged(self) -> bool {
        match self {
            Verdict::Pass | Verdict::Fail => true,
            Verdict::Inconclusive | Verdict::Skipped | Verdict::Error => false,
        }
    }
}

impl From<&Judged> for Verdict {
    fn from(judged: &Judged) -> Verdict {
        match judged {
            Judged::Pass { .. } => Verdict::Pass,
            Judged::Fail(_) => Verdict::Fail,
            Judged::Inconclusive(_) => Verdict::Inconclusive,
            Judged::Skipped(_) => Verdict::Skipped,
            Judged::Error(_) => Verdict::Error,
        }
    }
}

/// What one scenario came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioResult {
    pub id: String,
    pub area: String,
    /// The requirement, as one sentence.
    pub title: String,
    /// What it weighs in this run.
    pub severity: Severity,
    /// What the catalogue says that it weighs.
    pub usual_severity: Severity,
    pub verdict: Verdict,
    /// The consequence of a fail, a diagnosis where there is one; otherwise why it could not be judged.
    pub reason: Option<String>,
    /// What is worth knowing and no fault.
    pub note: Option<String>,
    pub fix: String,
    /// The id of the cause that explains it.
    pub cause: Option<String>,
    pub needs: Vec<String>,
    /// Why a fail is accepted, from the profile.
    pub waived: Option<String>,
    pub references: References,
    pub duration_ms: u64,
    /// What an attacker gains where it fails.
    #[serde(default)]
    pub why: Option<String>,
    /// What would allow a scenario that was skipped, to follow "give ": `--secret-env VAR`.
    #[serde(default)]
    pub give: Option<String>,
    pub cases: Vec<CaseResult>,
}

impl ScenarioResult {
    /// Why it was not judged or what would allow it, in the words of the last line.
    pub fn remedy(&self) -> String {
        match (&self.give, &self.reason) {
            (Some(give), _) => format!("give {give}"),
            (None, Some(reason)) => reason.clone(),
            (None, None) => self.verdict.word().to_owned(),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct References {
    pub asvs: Vec<String>,
    pub api_top10: Vec<String>,
    pub cwe: Vec<u32>,
    pub rfc: Vec<String>,
}

impl From<&scenarios::model::References> for References {
    fn from(refs: &scenarios::model::References) -> References {
        References {
            asvs: refs.asvs.clone(),
            api_top10: refs.api.clone(),
            cwe: refs.cwe.clone(),
            rfc: refs.rfc.clone(),
        }
    }
}

/// What one attempt of a scenario came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    pub name: String,
    pub verdict: Verdict,
    pub expected: String,
    pub actual: String,
    /// The consequence of this case's fail, or why it could not be judged.
    #[serde(default)]
    pub reason: Option<String>,
    pub evidence: Vec<Evidence>,
}

impl Report {
    /// Puts the results in order and fills in what follows from them: causes, counts and the gate.
    pub fn concluded(mut self) -> Report {
        self.results.sort_by(|a, b| a.id.cmp(&b.id));
        self.causes = causes::group(causes::known(), &mut self.results);
        let count = |verdict| {
            self.results
                .iter()
                .filter(|result| result.verdict == verdict)
                .count()
        };
        self.summary = Summary {
            total: self.results.len(),
            pass: count(Verdict::Pass),
            fail: count(Verdict::Fail),
            inconclusive: count(Verdict::Inconclusive),
            skipped: count(Verdict::Skipped),
            error: count(Verdict::Error),
            requests: self.summary.requests,
            gate: self.gate_outcome().gate,
        };
        self
    }

    /// `safe` or `full`.
    pub fn mode_word(&self) -> &'static str {
        match self.mode {
            Mode::Safe => "safe",
            Mode::Full => "full",
        }
    }

    /// The gate over these results by these rules. A run that was interrupted never passes it.
    pub fn gate_outcome(&self) -> GateOutcome {
        let mut outcome = judge_gate(&self.results, &self.gate_rules);
        if self.interrupted && outcome.gate == Gate::Passed {
            outcome.gate = Gate::NotJudged;
            outcome.reasons = vec!["the run was interrupted".to_owned()];
        }
        outcome
    }
}
