//! The command line from outside: help, exit codes, and one clear error for each thing that can be wrong.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use reports::gate::{EXIT_FAILED, EXIT_INTERRUPTED, EXIT_NOT_JUDGED, EXIT_PASSED};

/// A working directory of its own for each test.
struct Place(PathBuf);

impl Place {
    fn new() -> Place {
        let path =
            std::env::temp_dir().join(format!("authspec-cli-{:016x}", rand::random::<u64>()));
        fs::create_dir(&path).unwrap();
        Place(path)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_authspec"))
            .args(arguments)
            .current_dir(&self.0)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// It ends with exit code 2, says this on standard error, and nothing on standard output.
#[track_caller]
fn refused(place: &Place, arguments: &[&str], want: &[&str]) {
    let output = place.run(arguments);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(
        output.status.code(),
        Some(i32::from(EXIT_NOT_JUDGED)),
        "{err}"
    );
    assert_eq!(out, "");
    assert!(err.starts_with("authspec: error: "), "{err}");
    for part in want {
        assert!(err.contains(part), "`{part}` is not in:\n{err}");
    }
}

#[test]
fn every_command_explains_itself() {
    let place = Place::new();
    let commands = [
        "", "check", "demo", "serve", "list", "explain", "forge", "replay",
    ];
    for command in commands {
        let arguments: Vec<_> = [command, "--help"]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect();
        let output = place.run(&arguments);
        assert_eq!(output.status.code(), Some(i32::from(EXIT_PASSED)));
        let name = if command.is_empty() {
            "help"
        } else {
            &format!("help-{command}")
        };
        insta::assert_snapshot!(name, text(&output.stdout));
    }
}

#[test]
fn an_unknown_option_is_named_with_the_one_that_was_meant() {
    refused(
        &Place::new(),
        &["check", "--selekt", "x"],
        &["'--selekt'", "'--select'"],
    );
}

#[test]
fn a_dry_run_sends_nothing_even_to_find_the_preset() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    refused(
        &Place::new(),
        &["check", &url, "--dry-run"],
        &["--dry-run sends nothing", "--preset fastapi"],
    );
    let named = ["check", &url, "--dry-run", "--preset", "fastapi"];
    let output = Place::new().run(&named);
    assert_eq!(output.status.code(), Some(i32::from(EXIT_PASSED)));
    assert!(text(&output.stdout).contains("nothing was sent"));
    let reached = listener.accept();
    assert_eq!(reached.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn a_value_that_cannot_be_is_named() {
    let place = Place::new();
    refused(
        &place,
        &["check", "--timeout", "3"],
        &["--timeout", "500ms, 10s"],
    );
    refused(
        &place,
        &["check", "--report", "xml"],
        &["`xml`", "console, json, junit"],
    );
    refused(
        &place,
        &["check", "--secret-env", "A", "--secret-file", "b"],
        &["cannot be used with"],
    );
    refused(
        &place,
        &["check", "--profile", "a", "--preset", "b"],
        &["cannot be used with"],
    );
    refused(
        &place,
        &["check", "localhost:8000"],
        &["`localhost:8000`", "http://localhost:8000"],
    );
    refused(
        &place,
        &["check", "http://127.0.0.1:1", "--preset", "fastapy"],
        &["`fastapi`"],
    );
}

#[test]
fn no_command_at_all_shows_the_commands() {
    let output = Place::new().run(&[]);
    assert_eq!(output.status.code(), Some(i32::from(EXIT_NOT_JUDGED)));
    assert!(text(&output.stderr).contains("Usage: authspec"));
}

#[test]
fn without_a_url_and_a_profile_it_says_what_to_write() {
    refused(
        &Place::new(),
        &["check"],
        &["there is no authspec.toml here", "[routes]", "extends"],
    );
}

#[test]
fn a_dead_url_is_one_sentence() {
    refused(
        &Place::new(),
        &["check", "http://127.0.0.1:1"],
        &[
            "nothing answers at http://127.0.0.1:1: ",
            "start the backend",
        ],
    );
}

#[test]
fn a_mistake_in_a_profile_is_shown_at_its_place() {
    let place = Place::new();
    place.write(
        "authspec.toml",
        "[routes]\nlogin = \"POST /login\"\n\n[credentials]\n",
    );
    refused(
        &place,
        &["check"],
        &[
            "authspec.toml, line 4, column 2",
            "`credentials`",
            "[credentials]\n",
        ],
    );
}

#[test]
fn a_mistake_in_a_scenario_is_shown_at_its_place() {
    let place = Place::new();
    place.write("own/area/mine.toml", "requirement = \"x\"\nseverty = 1\n");
    let want = [
        "own/area/mine.toml`, line 2, column 1",
        "`severty`",
        "severty = 1\n",
    ];
    refused(&place, &["list", "--scenarios", "own"], &want);
    refused(
        &place,
        &["list", "--scenarios", "nowhere"],
        &["nowhere", "AREA/NAME.toml"],
    );
    refused(
        &place,
        &["list", "--scenarios", "own/area"],
        &["there is no scenario"],
    );
}

#[test]
fn a_report_that_cannot_be_written_is_refused_before_anything_is_sent() {
    let place = Place::new();
    place.write("there/keep", "");
    for path in ["json=no/such/report.json", "junit=there"] {
        let arguments = [
            "check",
            "http://127.0.0.1:1",
            "--preset",
            "fastapi",
            "--report",
            path,
        ];
        refused(
            &place,
            &arguments,
            &["cannot write the report", "nothing was sent"],
        );
    }
    let both = ["--report", "json=a", "--report", "junit=a"];
    refused(
        &place,
        &[
            &["check", "http://127.0.0.1:1", "--preset", "fastapi"],
            &both[..],
        ]
        .concat(),
        &["cannot share a"],
    );
    assert_eq!(place.names(), ["there"]);
}

#[test]
fn a_run_that_could_not_judge_still_writes_its_report() {
    let place = Place::new();
    let arguments = [
        "check",
        "http://127.0.0.1:1",
        "--preset",
        "fastapi",
        "--report",
        "json=run.json",
    ];
    let output = place.run(&arguments);
    assert_eq!(output.status.code(), Some(i32::from(EXIT_NOT_JUDGED)));
    assert!(text(&output.stdout).contains("mode full: the target is on loopback"));
    assert_eq!(place.names(), ["run.json"]);
    let report = fs::read_to_string(place.0.join("run.json")).unwrap();
    let report: reports::Report = serde_json::from_str(&report).unwrap();
    assert_eq!(report.summary.pass, 0);
}

#[test]
fn a_selection_that_selects_nothing_is_refused() {
    let place = Place::new();
    place.write(
        "authspec.toml",
        "extends = \"fastapi\"\n[target]\nurl = \"http://127.0.0.1:1\"\n",
    );
    refused(
        &place,
        &["check", "--select", "token.alg_none"],
        &["`token.alg-none`"],
    );
    refused(&place, &["check", "--skip", "["], &["is no pattern"]);
}

#[test]
fn a_secret_that_is_not_there_is_named_and_none_is_shown() {
    let place = Place::new();
    let url = "http://127.0.0.1:1";
    refused(
        &place,
        &["check", url, "--preset", "fastapi", "--secret-env", "NOPE"],
        &["NOPE is not set"],
    );
    place.write("key.pem", "hunter2");
    let arguments = [
        "check",
        url,
        "--preset",
        "fastapi",
        "--signing-key-file",
        "key.pem",
    ];
    refused(&place, &arguments, &["key.pem", "PEM"]);
    assert!(!text(&place.run(&arguments).stderr).contains("hunter2"));
}

#[test]
fn list_and_explain_know_the_same_ids() {
    let place = Place::new();
    let list = place.run(&["list", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&list.stdout).unwrap();
    assert!(!rows.is_empty());
    for row in &rows {
        let keys: Vec<_> = row.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "area", "title", "severity", "needs", "mode"]);
        let id = row["id"].as_str().unwrap();
        let output = place.run(&["explain", id]);
        assert_eq!(
            output.status.code(),
            Some(i32::from(EXIT_PASSED)),
            "{}",
            text(&output.stderr)
        );
        assert!(text(&output.stdout).starts_with(id));
    }
    refused(
        &place,
        &["explain", "token.algnone"],
        &["`token.alg-none`", "authspec list"],
    );
}

#[test]
fn explain_reads_like_this() {
    let output = Place::new().run(&["explain", "isolation.read-other"]);
    insta::assert_snapshot!("explain", text(&output.stdout));
}

const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2ln\n";

#[test]
fn forge_prints_one_token_for_a_pipe_and_several_with_their_names() {
    let place = Place::new();
    let one = place.run_with(&["forge", "alg-none-case#nOnE"], TOKEN);
    assert_eq!(
        text(&one.stdout),
        "eyJhbGciOiJuT25FIiwidHlwIjoiSldUIn0.eyJzdWIiOiIxIn0.\n"
    );
    let all = text(&place.run_with(&["forge", "alg-none-case"], TOKEN).stdout);
    assert!(
        all.lines()
            .all(|line| line.starts_with("alg-none-case#") && line.contains("  ey")),
        "{all}"
    );
    let listed = text(&place.run(&["forge", "--list"]).stdout);
    assert!(listed.contains("\nalg-none-case "), "{listed}");
}

#[test]
fn forge_says_what_is_missing() {
    let place = Place::new();
    refused(
        &place,
        &["forge", "alg-none"],
        &["no token on standard input", "printf"],
    );
    refused(
        &place,
        &["forge", "alg-nune"],
        &["`alg-none`", "forge --list"],
    );
    let output = place.run_with(&["forge", "resigned"], TOKEN);
    assert!(text(&output.stderr).contains("--secret-env"));
}

#[test]
fn replay_refuses_what_is_no_run() {
    let place = Place::new();
    refused(
        &place,
        &["replay", "no.json", "--case", "x"],
        &["cannot read no.json", "--report json=RUN.json"],
    );
    place.write("run.json", "{}");
    refused(
        &place,
        &["replay", "run.json", "--case", "x"],
        &["run.json is no report"],
    );
}

#[cfg(feature = "defects")]
#[test]
fn weaknesses_are_listed_explained_and_kept_from_others() {
    let place = Place::new();
    let list = place.run(&["list", "--defects", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&list.stdout).unwrap();
    for row in &rows {
        let keys: Vec<_> = row.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "title", "cwe", "caught_by"]);
        let output = place.run(&["explain", row["id"].as_str().unwrap()]);
        assert_eq!(output.status.code(), Some(i32::from(EXIT_PASSED)));
    }
    refused(
        &place,
        &["demo", "--defect", "reads-any-tusk"],
        &["`reads-any-task`"],
    );
    refused(
        &place,
        &[
            "serve",
            "--listen",
            "0.0.0.0:0",
            "--defect",
            "reads-any-task",
        ],
        &["0.0.0.0"],
    );
    let list = place.run(&["list", "--variants", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&list.stdout).unwrap();
    assert!(rows.len() >= 25);
    refused(
        &place,
        &["demo", "--variant", "soft-denail"],
        &["`soft-denial`"],
    );
    let open = ["serve", "--listen", "0.0.0.0:0", "--variant", "soft-denial"];
    refused(&place, &open, &["0.0.0.0"]);
}

#[cfg(not(feature = "defects"))]
#[test]
fn a_build_without_weaknesses_says_how_to_get_them() {
    refused(
        &Place::new(),
        &["demo", "--defect", "x"],
        &["--features defects"],
    );
    refused(
        &Place::new(),
        &["list", "--defects"],
        &["--features defects"],
    );
    refused(
        &Place::new(),
        &["demo", "--variant", "x"],
        &["--features defects"],
    );
}

#[cfg(feature = "demo")]
#[test]
fn serve_says_what_it_needs() {
    refused(
        &Place::new(),
        &["serve"],
        &["BETTER_AUTH_SECRET is not set", "openssl rand"],
    );
}

#[test]
fn the_readme_has_the_exit_codes_that_are_used() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let rows = readme.lines().filter_map(|line| {
        line.strip_prefix("| ")?
            .split(" | ")
            .next()?
            .parse::<u8>()
            .ok()
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [EXIT_PASSED, EXIT_FAILED, EXIT_NOT_JUDGED, EXIT_INTERRUPTED]
    );
}
