//! The scenario file: one requirement, its control and its cases, as data (TOML, unknown keys refused).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::model::expectation::{Check, Expectation, Grade, Keyword};
pub use crate::model::need::{Ability, Need};

mod expectation;
mod need;

/// How much a broken requirement matters; the order is the order of weight.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Hygiene, or settled by policy or at the edge.
    Low,
    /// An attack on other users gets materially easier.
    Medium,
    /// An attacker with a foothold gains another's access, or a named protection is absent.
    High,
    /// Anybody becomes another user, or reads or changes another's data.
    Critical,
}

impl Severity {
    /// The word that reports and options use.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// Whether a scenario is gentle enough for a shared staging system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// May run anywhere.
    #[default]
    Safe,
    /// Bursts, lock-outs, oversize bodies: only where `--mode full` allows it.
    Full,
}

/// When a scenario runs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Before everything else; what depends on it is inconclusive when it fails.
    Base,
    /// Beside others, each with objects of its own.
    #[default]
    Parallel,
    /// Alone, with nothing else on the line.
    Quiet,
    /// Alone and last: bursts, lock-outs, long waits.
    Exclusive,
    /// Judged over the exchanges of others, after them.
    Observing,
}

/// What standard or list asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct References {
    /// Items of OWASP ASVS 5.0, such as `9.1.1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asvs: Vec<String>,
    /// Items of the OWASP API Security Top 10 2023, such as `API1:2023`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api: Vec<String>,
    /// Numbers of the Common Weakness Enumeration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwe: Vec<u32>,
    /// RFCs and other standards with the section, such as `RFC 8725 3.1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rfc: Vec<String>,
}

/// One requirement and how it is tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// `area.name`, derived from the path of the file.
    #[serde(skip)]
    pub id: String,
    /// What is true when it passes, as one sentence.
    pub requirement: String,
    /// The usual severity; a grade or an expectation may change it.
    pub severity: Severity,
    /// What it needs from the target or the user.
    #[serde(default)]
    pub needs: Vec<Need>,
    #[serde(default)]
    pub mode: Mode,
    #[serde(default)]
    pub phase: Phase,
    pub refs: References,
    /// Why it matters: what an attacker gains.
    pub why: String,
    /// What to do about it, on any stack.
    pub fix: String,
    /// What to do about it on one stack, by its name: `fastapi`, `better-auth`, `express`, `django`, `axum`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fix_on: BTreeMap<String, String>,
    /// Actors that are enrolled for this scenario alone, because it changes their account or their sessions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<String>,
    /// The observation that must hold for a verdict to mean anything.
    pub control: Control,
    /// Runs every case once for each combination of values: a list, or the name of a set that the profile gives.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub for_each: BTreeMap<String, Values>,
    /// Texts that are expanded once per case and used as `{name}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Steps before each case, with fresh objects; one that fails makes the case inconclusive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<Step>,
    /// The attempts.
    #[serde(default, rename = "case", skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Step>,
    /// Steps after each case that look whether anything happened.
    #[serde(default, rename = "effect", skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Step>,
    /// The name of the probe that does the attack instead of cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<String>,
    /// What the probe sends, and what passes, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<String>,
    /// Globs of the scenarios whose exchanges are judged here, by `expect` of the `[observed]` table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observe: Vec<String>,
    /// What must hold for every observed exchange that is no control.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<Expectation>,
}

impl Scenario {
    /// A scenario that tests nothing, for steps that are taken outside of any.
    pub fn bare(id: &str) -> Scenario {
        Scenario {
            id: id.to_owned(),
            requirement: String::new(),
            severity: Severity::Critical,
            needs: Vec::new(),
            mode: Mode::Safe,
            phase: Phase::Parallel,
            refs: References::default(),
            why: String::new(),
            fix: String::new(),
            fix_on: BTreeMap::new(),
            own: Vec::new(),
            control: Control::Named(NamedControl::None),
            for_each: BTreeMap::new(),
            values: BTreeMap::new(),
            setup: Vec::new(),
            cases: Vec::new(),
            effects: Vec::new(),
            probe: None,
            attempt: None,
            observe: Vec::new(),
            observed: Vec::new(),
        }
    }

    /// Whether some of its answers are held against each other.
    pub fn compares(&self) -> bool {
        let steps = self.cases.iter().chain(&self.effects);
        steps
            .flat_map(|step| &step.expect)
            .any(Expectation::compares)
    }

    /// The part of the id before the dot.
    pub fn area(&self) -> &str {
        self.id.split('.').next().unwrap_or(&self.id)
    }
}

/// Values that a case is repeated for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Values {
    /// A set that the profile gives, such as `routes.protected`.
    Set(String),
    /// The values themselves; templates are expanded.
    List(Vec<String>),
}

/// A named control of the catalogue, a step of one's own, or the reason why none is possible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Control {
    Named(NamedControl),
    Step(Box<Step>),
}

/// The controls that are built once and used by name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum NamedControl {
    /// The target answers at all; the scenario's own steps are the control.
    #[serde(rename = "PC-NONE")]
    None,
    /// The same route answers a fresh valid credential as it should and nobody as it should, around each attack.
    #[serde(rename = "PC-AUTH")]
    Auth,
    /// PC-AUTH, and a token that the harness signed itself, claims unchanged, is accepted.
    #[serde(rename = "PC-FORGE")]
    Forge,
    /// The right e-mail and password give a usable credential, before and after.
    #[serde(rename = "PC-LOGIN")]
    Login,
    /// A well-formed unique registration succeeds, before and after.
    #[serde(rename = "PC-REG")]
    Reg,
    /// The owner reads the object with its marker, and the attacker reads an object of its own, around each attack.
    #[serde(rename = "PC-OWNER")]
    Owner,
    /// The allowed origin is allowed on the same URL and method.
    #[serde(rename = "PC-CORS")]
    Cors,
    /// A fresh refresh token used once gives an access token that is accepted; PC-AUTH where the route is protected.
    #[serde(rename = "PC-REFRESH")]
    Refresh,
    /// One request under the limit is answered normally, and the burst was delivered within the window.
    #[serde(rename = "PC-RATE")]
    Rate,
    /// The session cookie as issued is accepted.
    #[serde(rename = "PC-COOKIE")]
    Cookie,
    /// The target is reached by https; nobody needs an account for it.
    #[serde(rename = "PC-TLS")]
    Tls,
}

/// One request, and what must hold for its answer. Every text may hold templates such as `{alice.email}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What this attempt is, in a few words; required for cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The actor who sends it: `alice`, `bob`, `carol`, or `anonymous`.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What is called: a route of the profile (`login`, `me`), `object.read`, `probe`, or a route of a `for_each` set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The saved object that the call is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Another method than the route's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Another path than the route's own, below the same base URL, sent as it is written: `/docs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Whose values fill the path's placeholders: `user_id = "alice"`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub path: BTreeMap<String, String>,
    /// Parameters added to the query.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Headers set or replaced; an empty text removes one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Values for the fields of the profile's body: `email`, `password`, `name`, `marker`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
    /// Fields of the profile's body that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<String>,
    /// Members added to the body where its other members are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Value>,
    /// The body as raw text instead of the profile's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_body: Option<String>,
    /// As a page of another site can send it without asking: a JSON body travels as `text/plain`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simple: bool,
    /// The credential: a token recipe (`alg-none`), a saved credential (`saved.first`), what a recipe makes of one
    /// (`saved.first.base64-padding#quoted`), the refresh token of one in the place of its token
    /// (`saved.first.refresh`), `raw:TEXT`, or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Another way for the credential than the profile's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carry: Option<Carry>,
    /// A second credential in the profile's header, beside the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
    /// The name under which the credential or object of the answer is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<String>,
    /// The saved credential whose refresh token is sent; `NAME.token` for its access token in the place of that, or an
    /// altered one: `NAME.first-changed`, `NAME.cut`, `NAME.empty`, or a token recipe (`NAME.alg-none`).
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub using: Option<String>,
    /// What must hold; all of them.
    #[serde(
        default,
        deserialize_with = "expectation::one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "expectation::OneOrMany")]
    pub expect: Vec<Expectation>,
    /// `new`: on a connection of its own; `plain`: over plain http, whatever the URL of the target says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Connection>,
    /// Waits this long before it is sent: `30s`, `{refresh_grace}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<String>,
    /// A connection that closes without an answer counts as refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_close: bool,
    /// The case after which this effect is looked at; all of them where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Runs only where the profile has what is named here: a call, or a need.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    /// Severity of a fail of this step, where it is not the scenario's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The consequence of a fail, as one sentence for the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consequence: Option<String>,
}

/// How a credential travels where it is not as the profile says. The step does not apply where the profile's way is this
/// very one, or has no scheme that could be another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Carry {
    /// In the profile's header under this scheme; an empty text is none at all.
    Scheme(String),
    /// In this parameter of the query.
    Query(String),
    /// In this member of the JSON body, or this field of the form; of a form where the request has no body.
    Body(String),
}

/// Where a second credential stands, a saved one (`saved.first`). The step does not apply where the profile's credential
/// travels in no header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Beside {
    /// In a second header of the same name.
    Header(String),
    /// In the same header, behind a comma.
    Comma(String),
}

/// How a request travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Connection {
    /// On a fresh connection that is closed afterwards.
    New,
    /// Over http without TLS: on the port that the URL names, else on 80. Nobody needs to listen there.
    Plain,
}
