//! All scenarios: the embedded ones and the user's own, parsed, sorted by id, duplicates refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

use crate::model::{Control, Scenario, Step};
use crate::probes;

const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// A scenario file that cannot be used, with the place of the mistake.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("scenario file `{path}`, line {line}, column {column}: {message}")]
pub struct ScenarioError {
    pub path: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
    #[source_code]
    source_code: Arc<NamedSource<String>>,
    #[label("here")]
    place: SourceSpan,
}

impl ScenarioError {
    fn at(
        path: &str,
        text: &str,
        offset: usize,
        length: usize,
        message: impl Into<String>,
    ) -> ScenarioError {
        let offset = offset.min(text.len());
        let before = &text[..text.floor_char_boundary(offset)];
        ScenarioError {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
            message: message.into(),
            source_code: Arc::new(NamedSource::new(path, text.to_owned())),
            place: (offset, length).into(),
        }
    }
}

/// The scenarios of one run, sorted by id.
#[derive(Debug, Clone)]
pub struct Catalogue(Vec<Scenario>);

impl Catalogue {
    /// The scenarios that are built in. They are tested, so that this cannot fail at run time.
    pub fn embedded() -> Result<Catalogue, ScenarioError> {
        Catalogue::parse(
            EMBEDDED
                .iter()
                .map(|(path, text)| (path.to_string(), text.to_string())),
        )
    }

    /// The built-in scenarios and further files, given as `area/name.toml` with their text. A file of one's own
    /// replaces the built-in one of the same id.
    pub fn with(files: Vec<(String, String)>) -> Result<Catalogue, ScenarioError> {
        let own = Catalogue::parse(files)?;
        let mut all: BTreeMap<String, Scenario> = Catalogue::embedded()?
            .0
            .into_iter()
            .map(|s| (s.id.clone(), s))
            .collect();
        all.extend(own.0.into_iter().map(|s| (s.id.clone(), s)));
        Ok(Catalogue(all.into_values().collect()))
    }

    fn parse(
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Catalogue, ScenarioError> {
        let mut all: BTreeMap<String, (Scenario, String)> = BTreeMap::new();
        for (path, text) in files {
            let scenario = parse(&path, &text)?;
            if let Some((_, first)) = all.get(&scenario.id) {
                let message = format!("the id `{}` is already taken by `{first}`", scenario.id);
                return Err(ScenarioError::at(&path, &text, 0, 0, message));
            }
            all.insert(scenario.id.clone(), (scenario, path));
        }
        Ok(Catalogue(
            all.into_values().map(|(scenario, _)| scenario).collect(),
        ))
    }

    /// All scenarios in order of their ids.
    pub fn all(&self) -> &[Scenario] {
        &self.0
    }

    /// The scenario with this id.
    pub fn find(&self, id: &str) -> Option<&Scenario> {
        self.0.iter().find(|s| s.id == id)
    }
}

/// Reads one file; its id is `area.name` after the last two parts of its path.
pub fn parse(path: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let mut scenario: Scenario = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        ScenarioError::at(
            path,
            text,
            span.start,
            span.len(),
            error.message().to_owned(),
        )
    })?;
    let mut parts = path.trim_end_matches(".toml").rsplit(['/', '\\']);
    let (name, area) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or("own"),
    );
    scenario.id = format!("{area}.{name}");
    complaint(&scenario).map_or(Ok(scenario), |(key, message)| {
        let offset = text.find(&key).unwrap_or(0);
        Err(ScenarioError::at(path, text, offset, key.len(), message))
    })
}

/// What a file may not say although each part of it is well-formed: a text to point at and the message.
fn complaint(scenario: &Scenario) -> Option<(String, String)> {
    let names: Vec<_> = scenario
        .cases
        .iter()
        .filter_map(|c| c.name.as_deref())
        .collect();
    if scenario.cases.iter().any(|case| case.name.is_none()) {
        return Some(("[[case]]".into(), "a case needs a `name`".into()));
    }
    if let Some(twice) = names
        .iter()
        .find(|name| names.iter().filter(|other| other == name).count() > 1)
    {
        return Some((twice.to_string(), format!("two cases are named `{twice}`")));
    }
    let ways = [
        !scenario.cases.is_empty(),
        scenario.probe.is_some(),
        !scenario.observed.is_empty(),
    ];
    if ways.iter().all(|way| !way) {
        return Some((
            "requirement".into(),
            "nothing is tested: give a [[case]], a `probe`, or `observed`".into(),
        ));
    }
    if !scenario.observed.is_empty() && scenario.observe.is_empty() {
        return Some((
            "observed".into(),
            "`observed` needs `observe`, the globs of the scenarios to watch".into(),
        ));
    }
    if let Some(probe) = &scenario.probe
        && probes::find(probe).is_none()
    {
        let known: Vec<_> = probes::PROBES.iter().map(|p| p.name).collect();
        return Some((
            probe.clone(),
            format!(
                "no probe is named `{probe}`; there are {}",
                known.join(", ")
            ),
        ));
    }
    if scenario.probe.is_some() && scenario.attempt.is_none() {
        return Some((
            "probe".into(),
            "a probe is code: say in `attempt` what it sends and what passes".into(),
        ));
    }
    if scenario.requirement.trim().is_empty()
        || scenario.fix.trim().is_empty()
        || scenario.why.trim().is_empty()
    {
        return Some((
            "requirement".into(),
            "`requirement`, `why` and `fix` may not be empty".into(),
        ));
    }
    let own = match &scenario.control {
        Control::Step(step) => Some(step.as_ref()),
        Control::Named(_) => None,
    };
    steps(scenario)
        .chain(own)
        .find_map(|step| step_complaint(scenario, &names, step))
}

fn steps(scenario: &Scenario) -> impl Iterator<Item = &Step> {
    scenario
        .setup
        .iter()
        .chain(&scenario.cases)
        .chain(&scenario.effects)
}

fn step_complaint(scenario: &Scenario, cases: &[&str], step: &Step) -> Option<(String, String)> {
    if step.call.is_none() && step.wait.is_none() {
        return Some(("[[".into(), "a step needs a `call`, or a `wait`".into()));
    }
    if let Some(after) = &step.after
        && !cases.contains(&after.as_str())
    {
        return Some((after.clone(), format!("no case is named `{after}`")));
    }
    const ACTORS: &[&str] = &["alice", "bob", "carol", "anonymous"];
    let actor = step.actor.as_deref().unwrap_or("alice");
    if !ACTORS.contains(&actor) && !actor.starts_with('{') {
        return Some((
            actor.to_owned(),
            format!(
                "no actor is named `{actor}`; there are {}",
                ACTORS.join(", ")
            ),
        ));
    }
    let saved: Vec<_> = steps(scenario).filter_map(|s| s.save.as_deref()).collect();
    let using = step.using.as_deref();
    let using = using.map(|name| name.split('.').next().unwrap_or(name));
    if let Some(name) = using.filter(|name| !saved.contains(name)) {
        return Some((name.to_owned(), format!("no step saves `{name}`")));
    }
    step.on
        .as_deref()
        .filter(|name| !saved.contains(name))
        .map(|name| {
            (
                name.to_owned(),
                format!("no step saves an object named `{name}`"),
            )
        })
}
