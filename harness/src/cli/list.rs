//! `authspec list`: what can be checked, and what the reference server can be made to do wrong.

use clap::{Args, ValueEnum};
use reports::gate::EXIT_PASSED;
use scenarios::catalogue::Catalogue;
use scenarios::model::{Mode, Need};
use serde_json::{Value, json};

use super::options::OwnScenarios;
use super::{Io, Stop};

/// Lists the scenarios, or the weaknesses or variants that the reference server can be given.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Lists the weaknesses for `demo --defect` and `serve --defect`.
    #[arg(long)]
    defects: bool,
    /// Lists the variants, which are right and look unusual, for `demo --variant` and `serve --variant`.
    #[arg(long, conflicts_with = "defects")]
    variants: bool,
    /// How the list is written.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ListFormat,
    #[command(flatten)]
    own: OwnScenarios,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    Text,
    Json,
}

pub(super) fn run(arguments: &Arguments, io: &Io) -> Result<u8, Stop> {
    let text = match (arguments.defects, arguments.format) {
        (true, format) => defects(format)?,
        (false, format) if arguments.variants => variants(format)?,
        (false, ListFormat::Text) => scenarios_as_text(&arguments.own.catalogue()?),
        (false, ListFormat::Json) => scenarios_as_json(&arguments.own.catalogue()?),
    };
    io.print(&text)?;
    Ok(EXIT_PASSED)
}

fn scenarios_as_text(catalogue: &Catalogue) -> String {
    let rows: Vec<_> = catalogue
        .all()
        .iter()
        .map(|scenario| {
            let needs = needs(&scenario.needs).join(",");
            let severity = scenario.severity.word().to_owned();
            let mode = mode_word(scenario.mode).to_owned();
            [
                scenario.id.clone(),
                severity,
                mode,
                needs,
                scenario.requirement.clone(),
            ]
        })
        .collect();
    table(["ID", "SEVERITY", "MODE", "NEEDS", "REQUIREMENT"], &rows)
}

fn scenarios_as_json(catalogue: &Catalogue) -> String {
    let rows = catalogue.all().iter().map(|scenario| {
        json!({
            "id": scenario.id,
            "area": scenario.area(),
            "title": scenario.requirement,
            "severity": scenario.severity.word(),
            "needs": needs(&scenario.needs),
            "mode": mode_word(scenario.mode),
        })
    });
    pretty(&rows.collect())
}

#[cfg(feature = "defects")]
fn defects(format: ListFormat) -> Result<String, Stop> {
    let all = reference_server::defects::DEFECTS;
    Ok(match format {
        ListFormat::Json => {
            let rows = all.iter().map(|defect| {
                json!({ "id": defect.id, "title": defect.title, "cwe": defect.cwe, "caught_by": defect.caught_by })
            });
            pretty(&rows.collect())
        }
        ListFormat::Text => {
            let rows: Vec<_> = all
                .iter()
                .map(|defect| {
                    let cwe = format!("CWE-{}", defect.cwe);
                    let caught_by = defect.caught_by.join(",");
                    [
                        defect.id.to_owned(),
                        cwe,
                        caught_by,
                        defect.title.to_owned(),
                    ]
                })
                .collect();
            table(["ID", "CWE", "CAUGHT BY", "WHAT IT DOES"], &rows)
        }
    })
}

#[cfg(not(feature = "defects"))]
fn defects(_: ListFormat) -> Result<String, Stop> {
    Err(super::demo::without_defects("--defects"))
}

#[cfg(feature = "defects")]
fn variants(format: ListFormat) -> Result<String, Stop> {
    let all = reference_server::variants::VARIANTS;
    Ok(match format {
        ListFormat::Json => {
            let rows = all.iter().map(|variant| {
                json!({ "id": variant.id, "title": variant.title, "profile": variant.profile() })
            });
            pretty(&rows.collect())
        }
        ListFormat::Text => {
            let rows: Vec<_> = all
                .iter()
                .map(|variant| [variant.id.to_owned(), variant.title.to_owned()])
                .collect();
            table(["ID", "WHAT IS UNUSUAL"], &rows)
        }
    })
}

#[cfg(not(feature = "defects"))]
fn variants(_: ListFormat) -> Result<String, Stop> {
    Err(super::demo::without_defects("--variants"))
}

pub(super) fn needs(needs: &[Need]) -> Vec<String> {
    needs.iter().map(Need::to_string).collect()
}

pub(super) fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Safe => "safe",
        Mode::Full => "full",
    }
}

fn pretty(rows: &Value) -> String {
    format!("{rows:#}\n")
}

/// Columns as wide as their widest cell; the last is as long as it is.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let cells = |column: usize| rows.iter().map(move |row| row[column].chars().count());
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(column, word)| cells(column).chain([word.len()]).max().unwrap_or(0))
        .collect();
    let head = head.map(str::to_owned);
    let mut text = String::new();
    for row in std::iter::once(&head).chain(rows) {
        let line: Vec<_> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["token.missing", "high"], ["a", ""]].map(|row| row.map(str::to_owned));
        assert_eq!(
            table(["ID", "SEVERITY"], &rows),
            "ID             SEVERITY\ntoken.missing  high\na\n"
        );
    }
}
