//! The generated documentation is what the catalogue says: `docs/scenarios/`, and which scenario judges which line.
//!
//! `AUTHSPEC_ACCEPT=1 cargo test -p authspec --test docs` writes the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use scenarios::catalogue::Catalogue;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guide {
    section: Vec<GuideSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuideSection {
    title: String,
    lines: Vec<GuideLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuideLine {
    text: String,
    ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asvs {
    section: Vec<AsvsSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AsvsSection {
    title: String,
    items: Vec<AsvsItem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AsvsItem {
    id: String,
    level: u8,
    text: String,
}

fn guide() -> Guide {
    toml::from_str(include_str!("docs/guide.toml")).unwrap()
}

fn asvs() -> Asvs {
    toml::from_str(include_str!("docs/asvs.toml")).unwrap()
}

fn catalogue() -> Catalogue {
    Catalogue::embedded().unwrap()
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// Compares a file with what it should be, or writes it where that is asked for.
#[track_caller]
fn fresh(path: &Path, wanted: &str) {
    if std::env::var_os("AUTHSPEC_ACCEPT").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(
        found == wanted,
        "docs: {name} is old: run AUTHSPEC_ACCEPT=1 cargo test -p authspec --test docs"
    );
}

/// `authspec explain '*'` as Markdown, by id.
fn pages() -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_authspec"))
        .args(["explain", "*", "--format", "markdown"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    let mut id = String::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            id = title.to_owned();
        }
        let page = pages.entry(id.clone()).or_default();
        let _ = writeln!(page, "{line}");
    }
    for page in pages.values_mut() {
        page.truncate(page.trim_end().len());
        page.push('\n');
    }
    pages
}

#[cfg(feature = "defects")]
#[test]
fn every_scenario_has_a_page() {
    let folder = docs().join("scenarios");
    let pages = pages();
    let catalogue = catalogue();
    let ids: BTreeSet<_> = catalogue.all().iter().map(|s| s.id.clone()).collect();
    assert_eq!(ids, pages.keys().cloned().collect());
    for (id, page) in &pages {
        fresh(&folder.join(format!("{id}.md")), page);
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = name == "README.md" || ids.contains(name.trim_end_matches(".md"));
        assert!(known, "docs/scenarios/{name} is of no scenario: remove it");
    }
    let mut index = String::from(
        "# Scenarios\n\nOne page for each, as `authspec explain ID` prints it. They are written by\n\
         `AUTHSPEC_ACCEPT=1 cargo test -p authspec --test docs`.\n",
    );
    let mut area = "";
    for scenario in catalogue.all() {
        if scenario.area() != area {
            area = scenario.area();
            let _ = write!(
                index,
                "\n## {area}\n\n| scenario | severity | requirement |\n|---|---|---|\n"
            );
        }
        let _ = writeln!(
            index,
            "| {} | {} | {} |",
            link(&scenario.id, ""),
            scenario.severity.word(),
            scenario.requirement.replace('|', "\\|")
        );
    }
    fresh(&folder.join("README.md"), &index);
}

fn link(id: &str, folder: &str) -> String {
    format!("[{id}]({folder}{id}.md)")
}

fn cell<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    let links: Vec<_> = ids.map(|id| link(id, "scenarios/")).collect();
    match links.is_empty() {
        true => "**nothing yet**".into(),
        false => links.join(", "),
    }
}

#[test]
fn the_coverage_is_this() {
    let catalogue = catalogue();
    let there = |id: &str| catalogue.find(id).is_some();
    let mut judged = [0, 0];
    let mut lines = String::new();
    for section in guide().section {
        let _ = write!(
            lines,
            "\n### {}\n\n| line | judged by |\n|---|---|\n",
            section.title
        );
        for line in section.lines {
            let ids: Vec<_> = line.ids.iter().filter(|id| there(id)).collect();
            judged[usize::from(!ids.is_empty())] += 1;
            let ids = cell(ids.into_iter().map(String::as_str));
            let _ = writeln!(lines, "| {} | {ids} |", line.text);
        }
    }
    let mut items = String::new();
    let mut named = [0, 0];
    for section in asvs().section {
        let _ = write!(
            items,
            "\n### {}\n\n| item | level | what it asks | judged by |\n|---|---|---|---|\n",
            section.title
        );
        for item in section.items {
            let by = catalogue
                .all()
                .iter()
                .filter(|scenario| scenario.refs.asvs.contains(&item.id))
                .map(|scenario| scenario.id.as_str());
            let by: Vec<_> = by.collect();
            named[usize::from(!by.is_empty())] += 1;
            let _ = writeln!(
                items,
                "| {} | {} | {} | {} |",
                item.id,
                item.level,
                item.text,
                cell(by.into_iter())
            );
        }
    }
    let page = format!(
        "# Coverage\n\nWhich scenario judges which line of the integration guide, and which item of OWASP ASVS 5.0. \
         A cell that\nsays so is empty: nothing judges that line yet. This page is written by\n\
         `AUTHSPEC_ACCEPT=1 cargo test -p authspec --test docs`.\n\n\
         ## The integration guide\n\n{} of {} lines are judged.\n{lines}\n\
         ## OWASP ASVS 5.0\n\n{} of {} items are judged: of those that speak of logins, tokens, users' data and how they are served.\n{items}",
        judged[1],
        judged[0] + judged[1],
        named[1],
        named[0] + named[1],
    );
    fresh(&docs().join("coverage.md"), &page);
}

#[test]
fn every_scenario_judges_a_line_of_the_guide() {
    let guide = guide();
    let named: BTreeSet<_> = guide
        .section
        .iter()
        .flat_map(|section| &section.lines)
        .flat_map(|line| &line.ids)
        .collect();
    let lost: Vec<_> = catalogue()
        .all()
        .iter()
        .map(|scenario| scenario.id.clone())
        .filter(|id| !named.contains(id))
        .collect();
    assert!(
        lost.is_empty(),
        "harness/tests/docs/guide.toml names no line for {lost:?}"
    );
}

#[test]
fn every_asvs_reference_is_an_item() {
    let asvs = asvs();
    let known: BTreeSet<_> = asvs
        .section
        .iter()
        .flat_map(|section| &section.items)
        .map(|item| item.id.as_str())
        .collect();
    for scenario in catalogue().all() {
        for item in &scenario.refs.asvs {
            assert!(
                known.contains(item.as_str()),
                "{} refers to ASVS {item}, which harness/tests/docs/asvs.toml does not know",
                scenario.id
            );
        }
    }
}
