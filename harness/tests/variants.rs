//! Correct servers that look unusual raise nothing, and the checks stay sharp on them.
//!
//! `AUTHSPEC_ACCEPT=1 cargo test -p authspec --test variants page` writes `docs/variants.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::OnceLock;

use bout::{Bout, fought, is_fresh, ok_unless, shown};
use libtest_mimic::{Arguments, Failed, Trial};
use reference_server::variants::{VARIANTS, Variant};
use reference_server::{defects, variants};
use reports::model::Verdict;
use scenarios::catalogue::Catalogue;
use scenarios::model::Severity;

#[path = "support/bout.rs"]
mod bout;

/// A variant, a defect that is installed beneath it, and a scenario that must fail all the same.
const SHARP: &[(&str, &str, &str)] = &[
    ("enveloped-data", "reads-any-task", "isolation.read-other"),
    (
        "enveloped-data",
        "deletes-any-task",
        "isolation.delete-other",
    ),
    ("enveloped-data", "expiry-never-checked", "token.expired"),
    ("enveloped-data", "any-password", "login.wrong-password"),
    ("soft-denial", "reads-any-task", "isolation.read-other"),
    ("soft-denial", "deletes-any-task", "isolation.delete-other"),
    ("soft-denial", "signature-never-verified", "token.wrong-key"),
    ("soft-denial", "any-password", "login.wrong-password"),
    (
        "soft-denial",
        "unknown-subject-accepted",
        "token.sub-unknown",
    ),
    ("x-auth-token", "reads-any-task", "isolation.read-other"),
    ("x-auth-token", "expiry-never-checked", "token.expired"),
    (
        "x-auth-token",
        "signature-never-verified",
        "token.wrong-key",
    ),
    ("opaque-random", "reads-any-task", "isolation.read-other"),
    (
        "opaque-random",
        "deletes-any-task",
        "isolation.delete-other",
    ),
    ("opaque-random", "any-password", "login.wrong-password"),
    ("denies-by-403", "reads-any-task", "isolation.read-other"),
    ("denies-by-403", "expiry-never-checked", "token.expired"),
    ("denies-by-403", "any-password", "login.wrong-password"),
    (
        "closes-after-each",
        "deletes-any-task",
        "isolation.delete-other",
    ),
    (
        "closes-after-each",
        "signature-never-verified",
        "token.wrong-key",
    ),
    ("closes-after-each", "any-password", "login.wrong-password"),
    ("numbered-tasks", "reads-any-task", "isolation.read-other"),
    (
        "numbered-tasks",
        "deletes-any-task",
        "isolation.delete-other",
    ),
    (
        "numbered-tasks",
        "signature-never-verified",
        "token.wrong-key",
    ),
    ("numbered-tasks", "any-password", "login.wrong-password"),
];

fn main() -> ExitCode {
    let catalogue: &'static Catalogue = Box::leak(Box::new(
        Catalogue::embedded().expect("the catalogue is read"),
    ));
    let mut trials = vec![
        Trial::test("every scenario that a variant names exists", || {
            every_name_exists(catalogue)
        }),
        Trial::test("the page of the variants is fresh", || {
            is_fresh("variants.md", &page(), "variants")
        }),
    ];
    // The slowest begins first: it sleeps while the others work.
    let mut order: Vec<&'static Variant> = VARIANTS.iter().collect();
    order.sort_by_key(|variant| variant.id != "slow-answers");
    for variant in order {
        trials.push(Trial::test(variant.id, move || {
            nothing_fires(catalogue, variant)
        }));
    }
    for (variant, defect, scenario) in SHARP {
        let name = format!("{scenario} catches {defect} on {variant}");
        trials.push(Trial::test(name, move || {
            is_caught(catalogue, variant, defect, scenario)
        }));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// What the secure server skips as it is.
fn skipped_anyway(catalogue: &Catalogue) -> &'static BTreeSet<String> {
    static SKIPPED: OnceLock<BTreeSet<String>> = OnceLock::new();
    SKIPPED.get_or_init(|| {
        let report = fought(catalogue, &Bout::default()).expect("the secure server runs");
        let skipped = report
            .results
            .into_iter()
            .filter(|result| result.verdict == Verdict::Skipped);
        skipped.map(|result| result.id).collect()
    })
}

fn nothing_fires(catalogue: &Catalogue, variant: &'static Variant) -> Result<(), Failed> {
    let bout = Bout {
        variant: Some(variant),
        ..Bout::default()
    };
    let report = fought(catalogue, &bout)?;
    let anyway = skipped_anyway(catalogue);
    let mut wrong = Vec::new();
    for result in &report.results {
        let named = |list| names(list, &result.id);
        let right = match result.verdict {
            Verdict::Pass => !must(variant, &result.id),
            Verdict::Skipped => anyway.contains(&result.id) || named(variant.skips),
            Verdict::Fail => named(variant.fails) && result.severity == Severity::Low,
            Verdict::Inconclusive => named(variant.unclear) || bout::is_noise(result),
            Verdict::Error => false,
        };
        if !right {
            wrong.push(shown(result));
        }
    }
    ok_unless(wrong)
}

/// Whether a scenario is named by its id, so that it may not pass.
fn must(variant: &Variant, id: &str) -> bool {
    let lists = [variant.skips, variant.fails, variant.unclear];
    lists
        .iter()
        .any(|list| list.iter().any(|(name, _)| *name == id))
}

/// Whether a list names a scenario, by its id or by its area.
fn names(list: &[(&str, &str)], id: &str) -> bool {
    list.iter().any(|(name, _)| match name.strip_suffix('*') {
        Some(area) => id.starts_with(area),
        None => *name == id,
    })
}

fn is_caught(
    catalogue: &Catalogue,
    variant: &str,
    defect: &str,
    scenario: &str,
) -> Result<(), Failed> {
    let bout = Bout {
        variant: Some(variants::find(variant).ok_or("there is no such variant")?),
        defect: Some(defects::find(defect).ok_or("there is no such defect")?),
        select: vec![scenario.to_owned()],
        ..Bout::default()
    };
    let report = fought(catalogue, &bout)?;
    let missed = report
        .results
        .iter()
        .filter(|result| result.id == scenario && result.verdict != Verdict::Fail);
    ok_unless(missed.map(shown).collect())
}

fn every_name_exists(catalogue: &Catalogue) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for variant in VARIANTS {
        for (name, _) in [variant.skips, variant.fails, variant.unclear].concat() {
            let known = catalogue
                .all()
                .iter()
                .any(|scenario| names(&[(name, "")], &scenario.id));
            if !known {
                wrong.push(format!("{} names {name}", variant.id));
            }
        }
    }
    ok_unless(wrong)
}

fn page() -> String {
    let mut page = String::from(HEAD);
    for variant in VARIANTS {
        let excuses = [
            ("", variant.skips),
            ("fails at low: ", variant.fails),
            ("inconclusive: ", variant.unclear),
        ];
        let excuses: Vec<_> = excuses
            .iter()
            .flat_map(|(word, list)| list.iter().map(move |(id, why)| (word, id, why)))
            .map(|(word, id, why)| format!("{word}`{id}` ({why})"))
            .collect();
        let _ = writeln!(
            page,
            "| `{}` | {} | {} |",
            variant.id,
            variant.title,
            excuses.join("; ")
        );
    }
    page.push_str(PROFILES);
    for variant in VARIANTS
        .iter()
        .filter(|variant| !variant.profile.is_empty())
    {
        let _ = write!(
            page,
            "\n`{}`\n\n```toml\n{}\n```\n",
            variant.id,
            variant.profile.trim()
        );
    }
    page.push_str(SHARPNESS);
    for (variant, defect, scenario) in SHARP {
        let _ = writeln!(page, "| `{variant}` | `{defect}` | `{scenario}` |");
    }
    page
}

const HEAD: &str = "\
# Variants

Each variant is a correct server that looks unusual (`authspec demo --variant ID`): nothing may be reported for it. A
test runs the whole catalogue against each and wants every verdict to be a pass, apart from what does not apply and is
skipped, and what the table names. This page is written by
`AUTHSPEC_ACCEPT=1 cargo test -p authspec --test variants page`.

| variant | what it is | skipped or low, and why |
|---|---|---|
";

const PROFILES: &str = "
## Their profiles

What each says over the preset `authspec`; those that are not here say nothing.
";

const SHARPNESS: &str = "
## Still caught

The checks are not blunted by them: with this defect beneath the variant, this scenario fails.

| variant | defect | scenario |
|---|---|---|
";
