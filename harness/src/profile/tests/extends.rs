use super::*;

/// What `see` shows of `text` over `base.toml`.
#[track_caller]
fn merges(base: &str, text: &str, see: impl Fn(&Target) -> String, want: &str) {
    let (base, text) = (
        format!("{base}\n{LEAST}"),
        format!("extends = \"base.toml\"\n{text}"),
    );
    let target = load_with(&text, &Overrides::default(), &[("base.toml", &base)]);
    assert_eq!(see(&target.unwrap_or_else(|error| panic!("{error}"))), want);
}

#[test]
fn tables_merge_and_lists_replace() {
    let policy = |t: &Target| format!("{:?} {:?}", t.policy.bad_token, t.policy.duplicate);
    merges(
        "policy = { bad_token = [401, 403], duplicate = 409 }",
        "policy.bad_token = [401]",
        policy,
        "[401] [409]",
    );
    merges(
        "waive.\"a.b\" = \"x\"",
        "waive.\"c.d\" = \"y\"",
        |t| format!("{:?}", t.waive),
        r#"{"a.b": "x", "c.d": "y"}"#,
    );
}

#[test]
fn a_short_route_changes_method_and_path_and_keeps_the_rest() {
    let realworld = |lines: &str| {
        loaded(&format!(
            "extends = \"realworld\"\ntarget.url = \"http://localhost\"\n{lines}"
        ))
        .unwrap()
    };
    let (usual, other) = (realworld(""), realworld("routes.login = \"PUT /session\""));
    assert_eq!(
        (
            other.routes["login"].method.as_str(),
            other.routes["login"].path.as_str()
        ),
        ("PUT", "/session")
    );
    assert_eq!(
        format!("{:?}", other.routes["login"].body),
        format!("{:?}", usual.routes["login"].body)
    );
    assert_eq!(
        format!("{:?}", other.routes["register"]),
        format!("{:?}", usual.routes["register"])
    );
    let login = |t: &Target| format!("{:?} {:?}", t.routes["login"].path, t.routes["login"].ok);
    merges(
        "",
        "routes.login = { ok = 201 }",
        login,
        r#""/login" [201]"#,
    );
}

#[test]
fn bodies_and_alternatives_replace_each_other() {
    merges(
        "credential.token = { cookie = \"sid\" }",
        "credential.token = { header = \"x-token\" }",
        |t| format!("{:?}", t.credential.token),
        r#"Header("x-token")"#,
    );
    merges(
        "front_end.origins = [\"http://localhost:3000\"]",
        "front_end.none = true",
        |t| format!("{:?} {}", t.origins.allowed, t.origins.none),
        "[] true",
    );
    merges(
        "front_end.none = true",
        "front_end.origins = [\"http://localhost:3000\"]",
        |t| format!("{:?} {}", t.origins.allowed, t.origins.none),
        r#"["http://localhost:3000"] false"#,
    );
    let form = |t: &Target| format!("{:?}", t.routes["login"].body);
    merges(
        "",
        "routes.login.form = { u = \"{email}\" }",
        form,
        r#"Form([("u", "{email}")])"#,
    );
}

#[test]
fn a_route_that_is_extended_may_be_taken_away() {
    merges(
        "credential.at_registration = true",
        "routes.login = false",
        |t| t.routes.contains_key("login").to_string(),
        "false",
    );
}

#[test]
fn a_preset_is_extended_by_its_name() {
    let target = loaded("extends = \"fastapi\"\ntarget.url = \"http://localhost:8000\"").unwrap();
    assert_eq!(
        (target.profile.as_str(), target.resources[0].name.as_str()),
        ("authspec.toml", "task")
    );
}

#[test]
fn a_path_is_relative_to_the_file() {
    let read = |path: &Path| match path.to_str() {
        Some("deploy/authspec.toml") => Ok("extends = \"../policy.toml\"".to_owned()),
        Some("deploy/../policy.toml") => Ok(LEAST.to_owned()),
        Some(_) | None => Err(io::ErrorKind::NotFound.into()),
    };
    let target = load(
        Source::Path(Path::new("deploy/authspec.toml")),
        &Overrides::default(),
        &env,
        &read,
    )
    .unwrap();
    assert_eq!(target.profile, "deploy/authspec.toml");
}
