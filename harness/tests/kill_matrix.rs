//! Every defect of the reference server is caught by the scenarios that it names, and nothing else fires.
//!
//! `AUTHSPEC_ACCEPT=1 cargo test -p authspec --test kill_matrix page` writes `docs/kill-matrix.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use bout::{Bout, fought, is_fresh, ok_unless, shown};
use libtest_mimic::{Arguments, Failed, Trial};
use reference_server::defects::{DEFECTS, Defect};
use reference_server::{AuthMode, Signing};
use reports::gate::BASE_CONTROLS;
use reports::model::{Report, Verdict};
use scenarios::catalogue::Catalogue;
use scenarios::model::{Ability, Phase};
use support::postgres::Shared;

#[path = "support/bout.rs"]
mod bout;
mod support {
    pub(crate) mod outside;
    pub(crate) mod postgres;
}

/// Defects that show in cookie mode alone.
const IN_COOKIE_MODE: &[&str] = &[
    "cookie-below-the-login",
    "cookie-beyond-browsers",
    "cookie-of-another-domain",
    "cookie-readable-by-scripts",
    "cookie-repeated-in-the-body",
    "cookie-without-samesite",
    "cookie-without-secure",
    "credentials-header-misspelt",
    "default-secret-signs-cookies",
    "first-cookie-reads-last-cookie-writes",
    "forms-of-other-sites-sign-in",
    "header-reads-cookie-writes",
    "login-keeps-the-session",
    "logout-by-get",
    "logout-clears-another-path",
    "logout-leaves-the-cookie",
    "no-credentials-header",
    "password-in-a-cookie",
    "refresh-cookie-for-years",
    "session-cookie-for-years",
    "verification-cached-by-signature",
];

/// Defects that weigh where the profile says that it is production.
const IN_PRODUCTION: &[&str] = &["cookie-without-secure", "development-origins-allowed"];

/// Defects that show where tokens are signed otherwise than by HS256.
const SIGNED_BY: &[(&str, Signing)] = &[
    ("blank-signature-accepted", Signing::Es256),
    ("degenerate-signature-accepted", Signing::Rs256),
    ("key-set-names-another-key", Signing::EdDsa),
    ("private-key-published", Signing::EdDsa),
    ("public-key-bytes-are-a-secret", Signing::EdDsa),
    ("public-key-file-is-a-secret", Signing::Rs256),
    ("scalar-of-a-signature-reduced", Signing::EdDsa),
];

/// Defects that are shown to what they are about alone: one ends whatever takes longer than it lasts, one the sessions of
/// whatever runs beside it, in production the documentation of the reference server is a finding too, and others need
/// passwords at their full cost, or low limits.
const ALONE: &[(&str, &[&str])] = &[
    ("cookie-without-secure", &["cookie.prefix", "cookie.secure"]),
    (
        "development-origins-allowed",
        &["cors.localhost-in-production"],
    ),
    ("limit-counted-afterwards", &["rate.race"]),
    (
        "logout-ends-everybodys-sessions",
        &["session.logout-only-self"],
    ),
    // Who was there before is by chance where many are.
    ("me-shows-the-visitor-before", &["session.me-matches"]),
    ("no-address-limit", &["rate.login-spray"]),
    ("no-registration-limit", &["rate.registration-burst"]),
    ("session-ends-after-seconds", &["session.persists"]),
    ("unknown-user-not-hashed", &[bout::TIMING]),
];

/// Defects that show while a password is hashed at its full cost.
const REAL_PASSWORDS: &[&str] = &["limit-counted-afterwards", "unknown-user-not-hashed"];

/// Defects of limits that are looked for only where they are low.
const LOW_LIMITS: &[&str] = &["no-address-limit", "no-registration-limit"];

/// Scenarios that no defect of the reference server can show, each with the reason.
const UNPROVEN: &[(&str, &str)] = &[
    (
        "errors.docs-exposure",
        "it is judged in production alone: `open_documentation_is_found_in_production_alone` in tests/contracts.rs shows it",
    ),
    ("transport.certificate", BEHIND_TLS),
    ("transport.hsts", BEHIND_TLS),
    ("transport.https-only", BEHIND_TLS),
];

const BEHIND_TLS: &str = "the reference server leaves TLS to what is before it: tests/transport.rs shows it behind good and bad ones";

fn main() -> ExitCode {
    let catalogue: &'static Catalogue = Box::leak(Box::new(
        Catalogue::embedded().expect("the catalogue is read"),
    ));
    let mut trials = vec![
        Trial::test("every scenario has a defect that it catches", || {
            every_scenario_is_proven(catalogue)
        }),
        Trial::test("every scenario that a defect names exists", || {
            every_name_exists(catalogue)
        }),
        Trial::test("a secret that was guessed is used", || {
            a_guessed_secret_is_used(catalogue)
        }),
        Trial::test("low limits of an address are met", || {
            low_limits_are_met(catalogue)
        }),
        Trial::test("the page of the kill matrix is fresh", || {
            the_page_is_fresh(catalogue)
        }),
    ];
    let shared = Arc::new(Shared::new().expect("a runtime is started"));
    for (auth, signing) in [
        (AuthMode::Bearer, Signing::Hs256),
        (AuthMode::Bearer, Signing::EdDsa),
        (AuthMode::Bearer, Signing::Rs256),
        (AuthMode::Bearer, Signing::Es256),
        (AuthMode::Cookie, Signing::Hs256),
        (AuthMode::Cookie, Signing::EdDsa),
    ] {
        let name = format!("secure, {auth:?}, {signing:?}").to_lowercase();
        trials.push(Trial::test(name.clone(), move || {
            nothing_fires(catalogue, auth, signing, bout::IN_MEMORY.to_owned())
        }));
        let shared = shared.clone();
        trials.push(Trial::ignorable_test(
            format!("{name}, postgresql"),
            move || shared.with(|database| nothing_fires(catalogue, auth, signing, database)),
        ));
    }
    for defect in DEFECTS {
        trials.push(Trial::test(defect.id, move || is_caught(catalogue, defect)));
    }
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    if let Some(shared) = Arc::into_inner(shared) {
        shared.stop();
    }
    conclusion.exit_code()
}

fn nothing_fires(
    catalogue: &Catalogue,
    auth: AuthMode,
    signing: Signing,
    database: String,
) -> Result<(), Failed> {
    let report = fought(
        catalogue,
        &Bout {
            auth,
            signing,
            database,
            ..Bout::default()
        },
    )?;
    let fired = report
        .results
        .iter()
        .filter(|result| !matches!(result.verdict, Verdict::Pass | Verdict::Skipped))
        .filter(|result| !bout::is_noise(result));
    ok_unless(fired.map(shown).collect())
}

fn is_caught(catalogue: &Catalogue, defect: &'static Defect) -> Result<(), Failed> {
    let auth = if IN_COOKIE_MODE.contains(&defect.id) {
        AuthMode::Cookie
    } else {
        AuthMode::Bearer
    };
    let report = fought(
        catalogue,
        &Bout {
            auth,
            signing: signing_of(defect.id),
            production: IN_PRODUCTION.contains(&defect.id),
            low_limits: LOW_LIMITS.contains(&defect.id),
            real_passwords: REAL_PASSWORDS.contains(&defect.id),
            defect: Some(defect),
            select: alone(defect.id),
            skip: left_out(catalogue, defect),
            ..Bout::default()
        },
    )?;
    let missing = |id: &&&str| verdict_of(&report, id).is_none();
    let missing = defect.caught_by.iter().filter(missing);
    let mut wrong: Vec<_> = missing
        .map(|id| format!("{id} is not in the report"))
        .collect();
    for result in &report.results {
        let claimed = defect.caught_by.contains(&result.id.as_str());
        let allowed = claimed || defect.implies.iter().any(|(id, _)| *id == result.id);
        let right = match result.verdict {
            Verdict::Fail => allowed,
            Verdict::Pass | Verdict::Skipped | Verdict::Inconclusive => !claimed,
            Verdict::Error => false,
        };
        if !right {
            wrong.push(shown(result));
        }
    }
    if !wrong.is_empty() {
        let held = BASE_CONTROLS
            .iter()
            .all(|id| verdict_of(&report, id) == Some(Verdict::Pass));
        let rest = report
            .results
            .iter()
            .filter(|result| held && result.verdict == Verdict::Inconclusive);
        wrong.extend(rest.map(shown));
    }
    ok_unless(wrong)
}

fn alone(id: &str) -> Vec<String> {
    let only = ALONE.iter().find(|(defect, _)| *defect == id);
    let only = only.map_or(&[][..], |(_, scenarios)| scenarios);
    only.iter().map(|id| (*id).to_owned()).collect()
}

/// What needs the secret is judged as if it had been given, and the report says where it comes from.
fn a_guessed_secret_is_used(catalogue: &Catalogue) -> Result<(), Failed> {
    let judged = |defect: Option<&'static Defect>, knows_secret| {
        let bout = Bout {
            defect,
            knows_secret,
            select: vec!["token.*".into()],
            ..Bout::default()
        };
        fought(catalogue, &bout)
    };
    let needs_it = |id: &str| {
        let named = catalogue.all().iter().find(|scenario| scenario.id == id);
        named.is_some_and(|scenario| scenario.needs.iter().any(|n| n.0 == [Ability::Secret]))
    };
    let weak = reference_server::defects::find("public-fallback-secret");
    let (guessed, given) = (judged(weak, false)?, judged(None, true)?);
    let mut wrong = Vec::new();
    for result in guessed.results.iter().filter(|result| needs_it(&result.id)) {
        if verdict_of(&given, &result.id) != Some(result.verdict) {
            wrong.push(shown(result));
        }
    }
    if verdict_of(&guessed, "token.weak-secret") != Some(Verdict::Fail) {
        wrong.push("the secret was not guessed".into());
    }
    if !guessed
        .notes
        .iter()
        .any(|note| note.contains("was guessed"))
    {
        wrong.push(format!("the report does not say so: {:?}", guessed.notes));
    }
    ok_unless(wrong)
}

/// What the secure server skips, for its own limits are too high to be looked for, passes where they are low.
fn low_limits_are_met(catalogue: &Catalogue) -> Result<(), Failed> {
    let select = ["rate.login-spray", "rate.registration-burst"].map(str::to_owned);
    let bout = Bout {
        low_limits: true,
        select: select.into(),
        ..Bout::default()
    };
    let report = fought(catalogue, &bout)?;
    let judged = report.results.iter();
    let wrong = judged.filter(|result| result.verdict != Verdict::Pass);
    ok_unless(wrong.map(shown).collect())
}

fn signing_of(id: &str) -> Signing {
    let other = SIGNED_BY.iter().find(|(defect, _)| *defect == id);
    other.map_or(Signing::Hs256, |(_, signing)| *signing)
}

fn verdict_of(report: &Report, id: &str) -> Option<Verdict> {
    report
        .results
        .iter()
        .find(|result| result.id == id)
        .map(|result| result.verdict)
}

/// What must run alone costs the most time: only the secure server and the defects that it is about are shown it.
fn left_out(catalogue: &Catalogue, defect: &Defect) -> Vec<String> {
    let implied = defect.implies.iter().map(|(id, _)| id);
    let about: BTreeSet<&str> = defect.caught_by.iter().chain(implied).copied().collect();
    let alone = catalogue.all().iter().filter(|scenario| {
        matches!(scenario.phase, Phase::Quiet | Phase::Exclusive)
            && !about.contains(scenario.id.as_str())
    });
    alone.map(|scenario| scenario.id.clone()).collect()
}

fn every_scenario_is_proven(catalogue: &Catalogue) -> Result<(), Failed> {
    let caught: BTreeSet<&str> = DEFECTS
        .iter()
        .flat_map(|defect| defect.caught_by)
        .copied()
        .collect();
    let mut wrong = Vec::new();
    for scenario in catalogue.all() {
        let excused = UNPROVEN.iter().any(|(id, _)| *id == scenario.id);
        if caught.contains(scenario.id.as_str()) == excused {
            wrong.push(format!(
                "{}: give it a defect, or say in UNPROVEN why there can be none",
                scenario.id
            ));
        }
    }
    ok_unless(wrong)
}

fn every_name_exists(catalogue: &Catalogue) -> Result<(), Failed> {
    let known = |id: &str| catalogue.all().iter().any(|scenario| scenario.id == id);
    let mut wrong = Vec::new();
    for defect in DEFECTS {
        let implied = defect.implies.iter().map(|(id, _)| id);
        let unknown = defect
            .caught_by
            .iter()
            .chain(implied)
            .filter(|id| !known(id));
        wrong.extend(unknown.map(|id| format!("{} names {id}", defect.id)));
    }
    let unknown = |id: &&str| reference_server::defects::find(id).is_none();
    let cookie = IN_COOKIE_MODE.iter().copied().filter(unknown);
    wrong.extend(cookie.map(|id| format!("IN_COOKIE_MODE names {id}")));
    let real = REAL_PASSWORDS.iter().copied().filter(unknown);
    wrong.extend(real.map(|id| format!("REAL_PASSWORDS names {id}")));
    let low = LOW_LIMITS.iter().copied().filter(unknown);
    wrong.extend(low.map(|id| format!("LOW_LIMITS names {id}")));
    let production = IN_PRODUCTION.iter().copied().filter(unknown);
    wrong.extend(production.map(|id| format!("IN_PRODUCTION names {id}")));
    let only = ALONE.iter().map(|(id, _)| *id).filter(unknown);
    wrong.extend(only.map(|id| format!("ALONE names {id}")));
    let signed = SIGNED_BY.iter().map(|(id, _)| *id).filter(unknown);
    wrong.extend(signed.map(|id| format!("SIGNED_BY names {id}")));
    ok_unless(wrong)
}

fn the_page_is_fresh(catalogue: &Catalogue) -> Result<(), Failed> {
    is_fresh("kill-matrix.md", &page(catalogue), "kill_matrix")
}

/// Both directions: what catches each defect, and what proves each scenario.
fn page(catalogue: &Catalogue) -> String {
    let mut page = String::from(HEAD);
    for defect in DEFECTS {
        let implied: Vec<_> = defect
            .implies
            .iter()
            .map(|(id, why)| format!("`{id}` ({why})"))
            .collect();
        let mode = match (IN_COOKIE_MODE.contains(&defect.id), signing_of(defect.id)) {
            (true, _) => " (cookie mode)".to_owned(),
            (false, Signing::Hs256) => String::new(),
            (false, signing) => format!(" ({})", signing.name()),
        };
        let _ = writeln!(
            page,
            "| `{}` | {}{mode} | {} | {} | {} |",
            defect.id,
            defect.title,
            defect.cwe,
            names(defect.caught_by.iter().copied()),
            implied.join("; ")
        );
    }
    page.push_str(
        "\n## By scenario\n\n| scenario | severity | the defects that prove it |\n|---|---|---|\n",
    );
    for scenario in catalogue.all() {
        let proofs = DEFECTS
            .iter()
            .filter(|defect| defect.caught_by.contains(&scenario.id.as_str()));
        let proofs = names(proofs.map(|defect| defect.id));
        let excuse = UNPROVEN.iter().find(|(id, _)| *id == scenario.id);
        let proofs = excuse.map_or(proofs, |(_, why)| format!("none: {why}"));
        let _ = writeln!(
            page,
            "| `{}` | {} | {proofs} |",
            scenario.id,
            scenario.severity.word()
        );
    }
    page
}

fn names<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

const HEAD: &str = "\
# The kill matrix

Each defect is a mistake that the reference server can be given (`authspec demo --defect ID`). A test installs one at a
time and wants every scenario of the column \"caught by\" to fail; those of \"may follow\" may fail too, for the reason
that stands beside them; nothing else may. The secure server raises nothing. This page is written by
`AUTHSPEC_ACCEPT=1 cargo test -p authspec --test kill_matrix page`.

## By defect

| defect | what it is | CWE | caught by | may follow |
|---|---|---|---|---|
";
