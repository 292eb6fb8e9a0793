//! The house rules and the invariants of ARCHITECTURE.md.

use std::fs;
use std::path::{Path, PathBuf};

use authspec::forge;
use scenarios::catalogue::Catalogue;
use scenarios::model::{Control, Scenario, Step, Values};
use scenarios::probes::PROBES;

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below a folder of the repository whose name ends so, relative to the repository.
fn files(folder: &str, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !matches!(name, "target" | "node_modules" | ".venv" | ".git") {
                folders.push(path);
            } else if name.ends_with(end) {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {end} below {folder}");
    found
}

/// The code of a file without its comments and without the tests at its end.
fn code(path: &Path) -> String {
    let text = read(path);
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_test_code(path: &Path) -> bool {
    let mut parts = path.iter().filter_map(|part| part.to_str());
    parts.any(|part| matches!(part, "tests" | "tests.rs" | "testing.rs"))
}

/// None of the words stands in the code below a folder, the excepted files apart.
#[track_caller]
fn absent(folder: &str, words: &[&str], except: &[&str]) {
    for path in files(folder, ".rs") {
        let name = path.to_str().unwrap();
        if is_test_code(&path) || except.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let code = code(&path);
        for word in words {
            assert!(!code.contains(word), "`{word}` stands in {name}");
        }
    }
}

fn catalogue() -> Catalogue {
    Catalogue::embedded().unwrap()
}

fn steps(scenario: &Scenario) -> Vec<&Step> {
    let control = match &scenario.control {
        Control::Step(step) => Some(step.as_ref()),
        Control::Named(_) => None,
    };
    let parts = [&scenario.setup, &scenario.cases, &scenario.effects];
    parts.into_iter().flatten().chain(control).collect()
}

#[test]
fn the_ids_of_the_scenarios_are_these() {
    let ids: Vec<_> = catalogue().all().iter().map(|s| s.id.clone()).collect();
    let mut once = ids.clone();
    once.dedup();
    assert_eq!(ids, once);
    insta::assert_snapshot!("scenario-ids", ids.join("\n"));
}

#[test]
fn every_scenario_has_a_reference_a_reason_and_a_fix() {
    for scenario in catalogue().all() {
        let refs = &scenario.refs;
        let named = refs.asvs.len() + refs.api.len() + refs.cwe.len() + refs.rfc.len();
        assert!(named > 0, "{} refers to nothing", scenario.id);
        assert!(scenario.requirement.ends_with('.'), "{}", scenario.id);
        assert!(!scenario.why.is_empty() && !scenario.fix.is_empty());
    }
}

#[test]
fn every_call_of_a_scenario_exists() {
    const ROUTES: &[&str] = &[
        "register",
        "login",
        "me",
        "refresh",
        "logout",
        "password",
        "delete-account",
        "sessions",
        "health",
        "probe",
    ];
    const VERBS: &[&str] = &[
        "create", "list", "read", "replace", "patch", "update", "delete",
    ];
    for scenario in catalogue().all() {
        for call in steps(scenario)
            .iter()
            .filter_map(|step| step.call.as_deref())
        {
            let plain = call.strip_prefix("preflight:").unwrap_or(call);
            let known = match plain.split_once('.') {
                Some(("object", verb)) => VERBS.contains(&verb),
                Some(_) => false,
                None => ROUTES.contains(&plain) || bound(scenario, plain),
            };
            assert!(known, "{} calls `{call}`", scenario.id);
        }
    }
}

/// Whether it is `{name}` of the scenario's own `for_each`.
fn bound(scenario: &Scenario, text: &str) -> bool {
    let name = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    name.is_some_and(|name| scenario.for_each.contains_key(name))
}

#[test]
fn every_recipe_of_a_scenario_exists() {
    for scenario in catalogue().all() {
        let named = steps(scenario)
            .into_iter()
            .filter_map(|step| step.token.clone());
        let listed = match scenario.for_each.get("token") {
            Some(Values::List(list)) => list.clone(),
            Some(Values::Set(_)) | None => Vec::new(),
        };
        for token in named.chain(listed) {
            let other = token == "none" || token.starts_with("raw:") || token.starts_with("saved.");
            let recipe = token.split('#').next().unwrap();
            let known = other || forge::recipe(recipe).is_some() || bound(scenario, &token);
            assert!(known, "{} sends the token `{token}`", scenario.id);
        }
    }
}

#[test]
fn every_probe_is_used() {
    let catalogue = catalogue();
    for probe in PROBES {
        let used = |s: &Scenario| s.probe.as_deref() == Some(probe.name);
        assert!(catalogue.all().iter().any(used), "{}", probe.name);
    }
}

#[test]
fn recipes_have_names_of_their_own() {
    let mut names: Vec<_> = forge::recipes().map(|recipe| recipe.name).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn every_base_control_is_a_scenario() {
    let catalogue = catalogue();
    for id in reports::gate::BASE_CONTROLS {
        assert!(catalogue.find(id).is_some(), "{id}");
    }
}

#[cfg(feature = "defects")]
#[test]
fn every_defect_is_caught_by_scenarios_that_exist() {
    let catalogue = catalogue();
    for defect in reference_server::defects::DEFECTS {
        assert!(!defect.caught_by.is_empty(), "{}", defect.id);
        let implied = defect.implies.iter().map(|(id, _)| id);
        for id in defect.caught_by.iter().chain(implied) {
            assert!(catalogue.find(id).is_some(), "{} names `{id}`", defect.id);
        }
        let file = defect.id.replace('-', "_");
        read(format!("reference-server/src/defects/{file}.rs"));
    }
}

#[test]
fn the_secure_server_never_mentions_a_defect() {
    for path in files("reference-server/src", ".rs") {
        if path.to_str().unwrap().contains("src/defects") {
            continue;
        }
        for line in read(&path).lines() {
            let switch = matches!(
                line,
                "#[cfg(feature = \"defects\")]" | "pub mod defects;" | "mod defects;"
            );
            let clean = !line.to_lowercase().contains("defect");
            assert!(clean || switch, "{}: {line}", path.display());
        }
    }
}

#[test]
fn scenarios_does_no_input_or_output() {
    let words = [
        "std::net",
        "std::fs",
        "std::env",
        "std::process",
        "reqwest",
        "hyper",
        "tokio::",
        "SystemTime",
        "Instant::now",
    ];
    absent("scenarios/src", &words, &[]);
}

#[test]
fn reports_is_pure() {
    let words = [
        "std::net",
        "std::fs",
        "std::env",
        "std::process",
        "SystemTime",
        "Instant",
        "IsTerminal",
        "tokio",
        "reqwest",
    ];
    absent("reports/src", &words, &[]);
}

#[test]
fn only_the_client_sends_to_a_target() {
    let words = ["reqwest", "hyper::client", "TcpStream", "UdpSocket"];
    absent("harness/src", &words, &["harness/src/client"]);
}

#[test]
fn only_main_touches_the_process() {
    let words = [
        "std::env::var",
        "env::args",
        "SystemTime::now",
        "process::exit",
        "ExitCode::from",
        "tokio::signal",
        "is_terminal()",
    ];
    absent("harness/src", &words, &["harness/src/main.rs"]);
    let lines = read("harness/src/main.rs").lines().count();
    assert!(lines <= 40, "main.rs has {lines} lines");
}

#[test]
fn the_workspace_has_one_binary() {
    let workspace: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    assert!(
        !workspace["workspace"]
            .as_table()
            .unwrap()
            .contains_key("default-members")
    );
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let mut binaries = Vec::new();
    for member in members.iter().filter_map(|member| member.as_str()) {
        let manifest: toml::Table = toml::from_str(&read(format!("{member}/Cargo.toml"))).unwrap();
        let named = manifest
            .get("bin")
            .and_then(|bins| bins.as_array())
            .into_iter()
            .flatten();
        binaries.extend(named.map(|bin| bin["name"].as_str().unwrap().to_owned()));
        let automatic =
            root().join(member).join("src/main.rs").exists() && !manifest.contains_key("bin");
        assert!(
            !automatic && !root().join(member).join("src/bin").exists(),
            "{member}"
        );
    }
    assert_eq!(binaries, ["authspec"]);
}

#[test]
fn dependencies_point_one_way() {
    let crates = ["scenarios", "reports", "authspec", "reference-server"];
    let allowed = [
        ("scenarios", &[][..]),
        ("reports", &["scenarios"]),
        ("harness", &["scenarios", "reports", "reference-server"]),
        ("reference-server", &[]),
    ];
    for (member, may) in allowed {
        let manifest: toml::Table = toml::from_str(&read(format!("{member}/Cargo.toml"))).unwrap();
        // What only tests use is not shipped: those of the server borrow the harness's databases.
        let tables = ["dependencies", "build-dependencies"];
        let used = tables
            .iter()
            .filter_map(|table| manifest.get(*table)?.as_table());
        for name in used.flat_map(|table| table.keys()) {
            let ours = crates.contains(&name.as_str());
            assert!(
                !ours || may.contains(&name.as_str()),
                "{member} uses {name}"
            );
        }
    }
}

#[test]
fn only_the_feature_defects_turns_defects_on() {
    let manifest: toml::Table = toml::from_str(&read("harness/Cargo.toml")).unwrap();
    let features = manifest["features"].as_table().unwrap();
    for (name, turns_on) in features {
        let on = turns_on.as_array().unwrap().iter();
        let defects = on
            .filter_map(|word| word.as_str())
            .any(|word| word == "reference-server/defects");
        assert_eq!(defects, name == "defects", "{name}");
    }
    let server: toml::Table = toml::from_str(&read("reference-server/Cargo.toml")).unwrap();
    assert!(
        !server["features"]
            .as_table()
            .unwrap()
            .contains_key("default")
    );
}

#[test]
fn every_file_begins_with_its_purpose() {
    for folder in [
        "scenarios/src",
        "reports/src",
        "harness/src",
        "reference-server/src",
    ] {
        for path in files(folder, ".rs") {
            let test = is_test_code(&path);
            assert!(
                test || read(&path).starts_with("//! "),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn no_snapshot_is_numbered() {
    for folder in ["scenarios", "reports", "harness"] {
        for path in files(folder, ".rs").iter().filter_map(|path| path.parent()) {
            let snapshots = root().join(path).join("snapshots");
            let Ok(entries) = fs::read_dir(snapshots) else {
                continue;
            };
            for entry in entries {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let stem = name.trim_end_matches(".snap");
                let last = stem.rsplit('-').next().unwrap();
                let numbered = stem.contains('-') && last.chars().all(|c| c.is_ascii_digit());
                assert!(!numbered, "{name}: give the snapshot a name");
            }
        }
    }
}
