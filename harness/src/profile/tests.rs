//! What profiles say, line by line of what real backends needed.

use std::{collections::BTreeMap, io, path::Path};

use super::{Overrides, PRESETS, Source, load};
use crate::target::{Body, Route, Target};

mod addresses;
mod capabilities;
mod docs;
mod errors;
mod extends;
mod presets;
mod resources;
mod robust;
mod schema;
mod templates;

/// The least that can be used.
const LEAST: &str = r#"
[target]
url = "http://localhost:8000"
[routes]
register = "POST /register"
login = "POST /login"
me = "GET /me"
"#;

/// The environment of all tests.
fn env(name: &str) -> Option<String> {
    match name {
        "ALICE_PASSWORD" => Some("correct horse".into()),
        "ALICE_TOKEN" => Some("opaque-alice".into()),
        "CLIENT_SECRET" => Some("s3cret".into()),
        "STAGING" => Some("https://staging.example.com/v2".into()),
        "BRACES" => Some("a{email}b".into()),
        _ => None,
    }
}

fn load_with(
    text: &str,
    overrides: &Overrides,
    files: &[(&str, &str)],
) -> Result<Target, super::ProfileError> {
    let files: BTreeMap<_, _> = files
        .iter()
        .map(|(path, text)| (Path::new(path), *text))
        .collect();
    let read = |path: &Path| {
        files
            .get(path)
            .map(|text| text.to_string())
            .ok_or(io::ErrorKind::NotFound.into())
    };
    load(
        Source::Text {
            name: "authspec.toml",
            text,
        },
        overrides,
        &env,
        &read,
    )
}

fn loaded(text: &str) -> Result<Target, super::ProfileError> {
    load_with(text, &Overrides::default(), &[])
}

/// The target of these lines over [`LEAST`].
#[track_caller]
fn over_least(lines: &str) -> Target {
    let text = format!("extends = \"least.toml\"\n{lines}");
    load_with(&text, &Overrides::default(), &[("least.toml", LEAST)])
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The lines, over the least profile, make a target of which `see` shows `want`.
#[track_caller]
fn says(lines: &str, see: impl Fn(&Target) -> String, want: &str) {
    assert_eq!(see(&over_least(lines)), want);
}

fn body(route: &Route) -> String {
    match &route.body {
        Body::None => "none".into(),
        Body::Json(value) => value.to_string(),
        Body::Form(pairs) => pairs
            .iter()
            .map(|(name, text)| format!("{name}={text}"))
            .collect::<Vec<_>>()
            .join("&"),
    }
}
