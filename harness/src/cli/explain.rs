//! `authspec explain`: a scenario, or a weakness of the reference server, for whoever has to understand or mend it.

use clap::Args;
use reports::gate::EXIT_PASSED;
use scenarios::model::{References, Scenario, Step};

use super::list::{mode_word, needs};
use super::options::OwnScenarios;
use super::similar::suggestion;
use super::{Io, Stop, words};

/// Tells what a scenario sends, what passes, why it matters and how to fix it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The id of a scenario, such as `token.alg-none`, or of a weakness of the reference server.
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    own: OwnScenarios,
}

pub(super) fn run(arguments: &Arguments, io: &Io) -> Result<u8, Stop> {
    let catalogue = arguments.own.catalogue()?;
    let id = arguments.id.split('#').next().unwrap_or_default();
    let text =
        match catalogue.find(id) {
            Some(scenario) => explained(scenario),
            None => match weakness(id) {
                Some(text) => text,
                None => {
                    let ids = catalogue.all().iter().map(|scenario| scenario.id.as_str());
                    return Err(Stop::new(format!("nothing has the id `{id}`"))
                        .advice(suggestion(id, ids.chain(weaknesses()), "authspec list")));
                }
            },
        };
    io.print(&text)?;
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
fn weakness(id: &str) -> Option<String> {
    let defect = reference_server::defects::find(id)?;
    let mut page = Page::default();
    page.line(&format!(
        "{}   a weakness that the reference server can be given",
        defect.id
    ));
    page.line(defect.title);
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
    page.item(&format!("authspec demo --defect {}", defect.id));
    Some(page.0)
}

#[cfg(not(feature = "defects"))]
fn weakness(_: &str) -> Option<String> {
    None
}

fn explained(scenario: &Scenario) -> String {
    let mut page = Page::default();
    let mode = mode_word(scenario.mode);
    page.line(&format!(
        "{}   {}   mode {mode}",
        scenario.id,
        scenario.severity.word()
    ));
    page.line(&scenario.requirement);
    page.section("why it matters");
    page.prose(2, &scenario.why);
    if !scenario.needs.is_empty() {
        page.section("needs");
        page.item(&needs(&scenario.needs).join(", "));
    }
    page.section("control");
    page.prose(2, &words::control(&scenario.control));
    if !scenario.setup.is_empty() {
        page.section("first");
        steps(&mut page, &scenario.setup);
    }
    page.section("what it sends, and what passes");
    for (name, values) in &scenario.for_each {
        page.item(&format!("each time that {}", words::repeated(name, values)));
    }
    steps(&mut page, &scenario.cases);
    if let Some(probe) = &scenario.probe {
        page.item(&format!(
            "the probe `{probe}`, which is code: scenarios/src/probes/"
        ));
    }
    if !scenario.observe.is_empty() {
        page.item(&format!(
            "nothing of its own; it watches the answers of {}",
            scenario.observe.join(", ")
        ));
        for expectation in &scenario.observed {
            page.prose(4, &format!("passes when {}", words::expects(expectation)));
        }
    }
    if !scenario.effects.is_empty() {
        page.section("then it looks whether anything happened");
        steps(&mut page, &scenario.effects);
    }
    page.section("fix");
    page.prose(2, &scenario.fix);
    for (stack, fix) in &scenario.fix_on {
        page.prose(2, &format!("on {stack}: {fix}"));
    }
    page.section("references");
    for line in references(&scenario.refs) {
        page.item(&line);
    }
    page.0
}

fn steps(page: &mut Page, steps: &[Step]) {
    for step in steps {
        let sends = words::sends(step);
        page.item(&match &step.name {
            Some(name) => format!("#{name}: {sends}"),
            None => sends,
        });
        for expectation in &step.expect {
            page.prose(4, &format!("passes when {}", words::expects(expectation)));
        }
        if step.may_close {
            page.prose(
                4,
                "a connection that is closed without an answer passes too",
            );
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

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn section(&mut self, title: &str) {
        self.0.push('\n');
        self.line(title);
    }

    fn item(&mut self, text: &str) {
        self.prose(2, text);
    }

    /// Text that is wrapped at 100 columns.
    fn prose(&mut self, indent: usize, text: &str) {
        let mut row = String::new();
        for word in text.split_whitespace() {
            if !row.is_empty() && indent + row.chars().count() + 1 + word.chars().count() > 100 {
                self.line(&format!("{:indent$}{row}", ""));
                row.clear();
            }
            if !row.is_empty() {
                row.push(' ');
            }
            row.push_str(word);
        }
        self.line(&format!("{:indent$}{row}", ""));
    }
}
