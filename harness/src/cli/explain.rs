//! `authspec explain`: a scenario, or a weakness of the reference server, for whoever has to understand or mend it.

use clap::{Args, ValueEnum};
use reports::gate::EXIT_PASSED;
use scenarios::model::{References, Scenario, Step};

use super::list::{mode_word, needs};
use super::options::OwnScenarios;
use super::page::Page;
use super::similar::suggestion;
use super::{Io, Stop, words};
use crate::plan::globs;

/// Tells what a scenario sends, what passes, why it matters and how to fix it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The id of a scenario, such as `token.alg-none`, a glob over ids, such as `token.*`, or the id of a weakness of the
    /// reference server.
    #[arg(value_name = "ID")]
    id: String,
    /// How it is written.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PageFormat,
    #[command(flatten)]
    own: OwnScenarios,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PageFormat {
    Text,
    Markdown,
}

impl PageFormat {
    fn written(self, page: &Page) -> String {
        match self {
            PageFormat::Text => page.as_text(),
            PageFormat::Markdown => page.as_markdown(),
        }
    }
}

pub(super) fn run(arguments: &Arguments, io: &Io) -> Result<u8, Stop> {
    let catalogue = arguments.own.catalogue()?;
    let id = arguments.id.split('#').next().unwrap_or_default();
    let asked = globs(&[id.to_owned()]);
    let mut pages: Vec<_> = catalogue
        .all()
        .iter()
        .filter(|scenario| asked.is_match(&scenario.id))
        .map(explained)
        .collect();
    if pages.is_empty() {
        pages.extend(weakness(id));
    }
    if pages.is_empty() {
        let ids = catalogue.all().iter().map(|scenario| scenario.id.as_str());
        return Err(
            Stop::new(format!("nothing has the id `{id}`")).advice(suggestion(
                id,
                ids.chain(weaknesses()),
                "authspec list",
            )),
        );
    }
    let pages: Vec<_> = pages
        .iter()
        .map(|page| arguments.format.written(page))
        .collect();
    io.print(&pages.join("\n"))?;
    Ok(EXIT_PASSED)
}

#[cfg(feature = "defects")]
fn weaknesses() -> Vec<&'static str> {
    reference_server::defects::DEFECTS
        .iter()
        .map(|defect| defect.id)
        .collect()
}

#[cfg(not(feature = "defects"))]
fn weaknesses() -> Vec<&'static str> {
    Vec::new()
}

#[cfg(feature = "defects")]
fn weakness(id: &str) -> Option<Page> {
    let defect = reference_server::defects::find(id)?;
    let mut page = Page::new(
        defect.id,
        "a weakness that the reference server can be given",
        defect.title,
    );
    page.section("weakness");
    page.item(&format!("CWE-{}", defect.cwe));
    page.section("caught by");
    for id in defect.caught_by {
        page.item(id);
    }
    if !defect.implies.is_empty() {
        page.section("may also fail");
        for (id, reason) in defect.implies {
            page.item(&format!("{id}: {reason}"));
        }
    }
    page.section("see it");
    page.item(&format!("`authspec demo --defect {}`", defect.id));
    Some(page)
}

#[cfg(not(feature = "defects"))]
fn weakness(_: &str) -> Option<Page> {
    None
}

/// The weaknesses of the reference server on which this scenario fails.
#[cfg(feature = "defects")]
fn proofs(id: &str) -> Vec<&'static str> {
    reference_server::defects::DEFECTS
        .iter()
        .filter(|defect| defect.caught_by.contains(&id))
        .map(|defect| defect.id)
        .collect()
}

#[cfg(not(feature = "defects"))]
fn proofs(_: &str) -> Vec<&'static str> {
    Vec::new()
}

fn explained(scenario: &Scenario) -> Page {
    let weight = format!(
        "{}   mode {}",
        scenario.severity.word(),
        mode_word(scenario.mode)
    );
    let mut page = Page::new(&scenario.id, &weight, &scenario.requirement);
    page.section("why it matters");
    page.prose(&scenario.why);
    if !scenario.needs.is_empty() {
        page.section("needs");
        page.prose(&needs(&scenario.needs).join(", "));
    }
    page.section("control");
    page.prose(&words::control(&scenario.control));
    if !scenario.setup.is_empty() {
        page.section("first");
        steps(&mut page, &scenario.setup);
    }
    page.section("what it sends, and what passes");
    for (name, values) in &scenario.for_each {
        page.item(&format!("each time that {}", words::repeated(name, values)));
    }
    steps(&mut page, &scenario.cases);
    if let Some(attempt) = &scenario.attempt {
        page.prose(attempt);
    }
    if !scenario.observe.is_empty() {
        page.item(&format!(
            "nothing of its own; it watches the answers of {}",
            scenario.observe.join(", ")
        ));
        for expectation in &scenario.observed {
            page.detail(&format!("passes when {}", words::expects(expectation)));
        }
    }
    if !scenario.effects.is_empty() {
        page.section("then it looks whether anything happened");
        steps(&mut page, &scenario.effects);
    }
    page.section("fix");
    page.prose(&scenario.fix);
    for (stack, fix) in &scenario.fix_on {
        page.item(&format!("on {stack}: {fix}"));
    }
    page.section("references");
    for line in references(&scenario.refs) {
        page.item(&line);
    }
    let proofs = proofs(&scenario.id);
    if !proofs.is_empty() {
        page.section("see it fail");
        for defect in proofs {
            page.item(&format!("`authspec demo --defect {defect}`"));
        }
    }
    page
}

fn steps(page: &mut Page, steps: &[Step]) {
    for step in steps {
        let sends = words::sends(step);
        page.item(&match &step.name {
            Some(name) => format!("#{name}: {sends}"),
            None => sends,
        });
        for expectation in &step.expect {
            page.detail(&format!("passes when {}", words::expects(expectation)));
        }
        if step.may_close {
            page.detail("a connection that is closed without an answer passes too");
        }
    }
}

fn references(refs: &References) -> Vec<String> {
    let lists = [
        ("OWASP ASVS 5.0", refs.asvs.clone()),
        ("OWASP API Security Top 10", refs.api.clone()),
        ("CWE", refs.cwe.iter().map(u32::to_string).collect()),
        ("standards", refs.rfc.clone()),
    ];
    lists
        .into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(name, items)| format!("{name}: {}", items.join(", ")))
        .collect()
}
