use super::*;
use crate::profile::address::{base, join, origin};

#[track_caller]
fn joins(url: &str, path: &str, want: &str) {
    assert_eq!(join(&base(url).unwrap(), path).as_str(), want);
}

#[test]
fn the_path_of_a_base_stands_before_every_route() {
    joins("https://host/v1", "/login", "https://host/v1/login");
    joins("https://host/v1/", "/login", "https://host/v1/login");
    joins("https://host", "/login/", "https://host/login/");
    joins("http://[::1]:80/", "/a?b=c&d=/", "http://[::1]/a?b=c&d=/");
    joins("http://host", "/tasks/a%2Fb", "http://host/tasks/a%2Fb");
}

#[track_caller]
fn refused(checked: Result<impl std::fmt::Debug, String>, want: &str) {
    assert_eq!(checked.unwrap_err(), want);
}

#[test]
fn a_base_is_http_without_secrets_and_query() {
    refused(
        base("localhost:8000"),
        "`localhost:8000` is no http or https URL; write `http://localhost:8000` or `https://localhost:8000`",
    );
    refused(
        base("api.example.com"),
        "`api.example.com` is no URL (relative URL without a base); write `http://api.example.com` or `https://api.example.com`",
    );
    refused(base("ftp://host"), "`ftp://host` is no http or https URL");
    refused(
        base("http://u:p@host"),
        "a URL may not hold a user name or password: secrets come from the environment",
    );
    refused(
        base("http://host?a=b"),
        "`http://host?a=b` is no base URL: leave out what follows `?` or `#`",
    );
    refused(base(""), "`` is no URL (relative URL without a base)");
}

#[test]
fn an_origin_is_written_as_browsers_send_it() {
    assert_eq!(
        origin("https://app.example.com"),
        Ok("https://app.example.com".into())
    );
    refused(
        origin("https://app.example.com/"),
        "`https://app.example.com/` is not an origin as browsers send it; write `https://app.example.com`",
    );
    refused(
        origin("https://App.example.com:443"),
        "`https://App.example.com:443` is not an origin as browsers send it; write `https://app.example.com`",
    );
    refused(
        origin("*"),
        "`*` is no origin (relative URL without a base); write `https://app.example.com`",
    );
    refused(
        origin("null"),
        "`null` is no origin (relative URL without a base); write `https://app.example.com`",
    );
}

/// The auth and API URL under these overrides, where the profile has three of its own.
#[track_caller]
fn urls(overrides: &Overrides, want: &str) {
    let text = LEAST.replace(
        "[routes]",
        "auth_url = \"http://auth\"\napi_url = \"{env:UNSET}\"\n[routes]",
    );
    let target = load_with(&text, overrides, &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(format!("{} {}", target.auth_url, target.api_url), want);
}

#[test]
fn the_command_line_takes_the_place_of_urls() {
    let some = |text: &str| Some(text.to_owned());
    urls(
        &Overrides {
            url: some("http://x/v1"),
            ..Overrides::default()
        },
        "http://x/v1 http://x/v1",
    );
    urls(
        &Overrides {
            url: some("http://x"),
            auth_url: some("http://a"),
            ..Overrides::default()
        },
        "http://a/ http://x/",
    );
    urls(
        &Overrides {
            url: some("http://x"),
            api_url: some("http://b"),
            ..Overrides::default()
        },
        "http://x/ http://b/",
    );
    urls(
        &Overrides {
            auth_url: some("http://a"),
            api_url: some("http://b"),
            ..Overrides::default()
        },
        "http://a/ http://b/",
    );
    urls(
        &Overrides {
            api_url: some("http://b"),
            ..Overrides::default()
        },
        "http://auth/ http://b/",
    );
}

#[test]
fn origins_of_the_command_line_replace_those_of_the_profile() {
    let overrides = Overrides {
        origins: vec!["https://a.example.com".into()],
        ..Overrides::default()
    };
    let target = load_with(&format!("front_end.none = true\n{LEAST}"), &overrides, &[]).unwrap();
    assert_eq!(
        (target.origins.allowed, target.origins.none),
        (vec!["https://a.example.com".to_owned()], false)
    );
}
