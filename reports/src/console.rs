//! The report that people read: what failed and how to mend it, then what was left open, and last the gate.

use crate::model::{ScenarioResult, Verdict};
use crate::{Format, RenderOptions, Report};

use self::page::{Look, Page};

mod closing;
mod finding;
mod page;

pub(crate) const FORMAT: Format = Format {
    name: "console",
    render,
};

fn render(report: &Report, options: &RenderOptions) -> String {
    let mut page = Page::new(options);
    opening(&mut page, report);
    let (base, findings): (Vec<_>, Vec<_>) = report
        .results
        .iter()
        .filter(|result| result.verdict == Verdict::Fail)
        .partition(|result| report.gate_rules.base.contains(&result.id));
    base_controls(&mut page, &base);
    by_area(&mut page, report, &findings);
    areas(&mut page, &report.results);
    open(&mut page, &report.results);
    closing::totals(&mut page, report);
    closing::gate(&mut page, report);
    page.into_text()
}

fn opening(page: &mut Page, report: &Report) {
    let mode = format!("mode {}", report.mode_word());
    let why = match report.mode_reason.as_str() {
        "" => String::new(),
        why => format!(": {why}"),
    };
    page.line(0, &[(Look::Strong, &mode), (Look::Plain, &why)]);
    let target = &report.target;
    let urls = if target.auth_url == target.api_url {
        target.api_url.clone()
    } else {
        format!("{} (auth), {} (api)", target.auth_url, target.api_url)
    };
    page.pair(0, &urls, &format!("profile {}", target.profile));
    if report.interrupted {
        let text = "interrupted: this is what was seen until then; run it again for the rest";
        page.line(0, &[(Look::Open, text)]);
    }
    for note in &report.notes {
        page.line(0, &[(Look::Open, note)]);
    }
}

fn base_controls(page: &mut Page, failed: &[&ScenarioResult]) {
    if failed.is_empty() {
        return;
    }
    page.blank();
    let text = "base controls: mend these first, nothing else can be judged without them";
    page.line(0, &[(Look::Strong, text)]);
    for result in failed {
        finding::whole(page, 2, result);
    }
}

/// The findings that are not waived, each area with its causes first. A cause stands in the area of its first finding.
fn by_area(page: &mut Page, report: &Report, findings: &[&ScenarioResult]) {
    let findings: Vec<_> = findings
        .iter()
        .copied()
        .filter(|result| result.waived.is_none())
        .collect();
    let groups: Vec<_> = report
        .causes
        .iter()
        .filter_map(|cause| {
            let mut members: Vec<_> = findings
                .iter()
                .copied()
                .filter(|result| result.cause.as_ref() == Some(&cause.id))
                .collect();
            // Sorting is stable: of two that weigh the same the first stays first.
            members.sort_by_key(|result| std::cmp::Reverse(result.severity));
            (!members.is_empty()).then_some((cause, members))
        })
        .collect();
    let grouped = |result: &ScenarioResult| {
        groups
            .iter()
            .any(|(cause, _)| result.cause.as_ref() == Some(&cause.id))
    };
    for area in areas_of(&findings) {
        let here: Vec<_> = groups
            .iter()
            .filter(|(_, members)| members[0].area == area)
            .collect();
        let single: Vec<_> = findings
            .iter()
            .filter(|result| result.area == area && !grouped(result))
            .collect();
        if here.is_empty() && single.is_empty() {
            continue;
        }
        page.blank();
        page.line(0, &[(Look::Strong, area)]);
        for (cause, members) in here {
            let count = format!("   {}", plural(members.len() as u64, "finding"));
            page.line(
                2,
                &[
                    (Look::Bad, "CAUSE "),
                    (Look::Strong, &cause.title),
                    (Look::Dim, &count),
                ],
            );
            finding::whole(page, 4, members[0]);
            for result in &members[1..] {
                match page.verbose() {
                    true => finding::whole(page, 4, result),
                    false => finding::brief(page, 4, result),
                }
            }
        }
        for result in single {
            finding::whole(page, 2, result);
        }
    }
}

fn areas_of<'a>(results: &[&'a ScenarioResult]) -> Vec<&'a str> {
    let mut areas: Vec<&str> = results.iter().map(|result| result.area.as_str()).collect();
    areas.dedup();
    areas
}

/// One line for each area: `token   21 passed  1 failed`.
fn areas(page: &mut Page, results: &[ScenarioResult]) {
    let all: Vec<_> = results.iter().collect();
    let names = areas_of(&all);
    let widest = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    if !names.is_empty() {
        page.blank();
    }
    for area in names {
        let count = |verdict| {
            let of_area = results.iter().filter(|result| result.area == area);
            of_area.filter(|result| result.verdict == verdict).count()
        };
        let counts = [
            (Look::Good, count(Verdict::Pass), "passed"),
            (Look::Bad, count(Verdict::Fail), "failed"),
            (Look::Open, count(Verdict::Inconclusive), "inconclusive"),
            (Look::Open, count(Verdict::Error), "error"),
            (Look::Dim, count(Verdict::Skipped), "skipped"),
        ];
        let name = format!("{area:<widest$}");
        let texts: Vec<_> = counts
            .iter()
            .filter(|(_, count, _)| *count > 0)
            .map(|(look, count, word)| (*look, format!("  {count:>2} {word}")))
            .collect();
        let mut parts = vec![(Look::Plain, name.as_str())];
        parts.extend(texts.iter().map(|(look, text)| (*look, text.as_str())));
        page.line(0, &parts);
    }
}

fn open(page: &mut Page, results: &[ScenarioResult]) {
    for (title, verdict) in [
        ("inconclusive", Verdict::Inconclusive),
        ("error in authspec itself", Verdict::Error),
        ("skipped", Verdict::Skipped),
    ] {
        let of_verdict = results.iter().filter(|result| result.verdict == verdict);
        closing::left_open(page, title, &of_verdict.collect::<Vec<_>>());
    }
    let waived: Vec<_> = results.iter().filter_map(waiver).collect();
    closing::remarks(page, "waived", &waived);
    let notes: Vec<_> = results
        .iter()
        .filter_map(|result| Some((result.id.as_str(), result.note.clone()?)))
        .collect();
    closing::remarks(page, "notes", &notes);
}

fn waiver(result: &ScenarioResult) -> Option<(&str, String)> {
    let why = result.waived.as_ref()?;
    let text = match result.verdict {
        Verdict::Fail => format!("failed ({}), accepted: {why}", result.severity.word()),
        Verdict::Pass => format!("passes now, take the waiver out of the profile: {why}"),
        Verdict::Inconclusive | Verdict::Skipped | Verdict::Error => return None,
    };
    Some((&result.id, text))
}

/// The first of the items, and how many more there are.
fn enumerate(items: &[String], most: usize) -> String {
    let shown = items
        .iter()
        .take(most)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match items.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `1 finding`, `2 findings`.
fn plural(count: u64, word: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {word}{end}")
}
