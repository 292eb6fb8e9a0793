use super::*;
use crate::target::{Carry, Limit};

fn preset(name: &str) -> Target {
    let overrides = Overrides {
        url: Some("http://localhost:8080".into()),
        ..Overrides::default()
    };
    load(Source::Preset(name), &overrides, &env, &|_| {
        Err(io::ErrorKind::NotFound.into())
    })
    .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_preset_loads_under_its_own_name_and_extends_nothing() {
    for known in PRESETS {
        assert_eq!(preset(known.name).profile, known.name);
        assert!(
            !known.text.contains("extends"),
            "{} could not be extended",
            known.name
        );
        assert!(
            known.recognise.path.starts_with('/') && !known.recognise.json_pointers.is_empty(),
            "{}",
            known.name
        );
    }
}

#[test]
fn the_two_modes_of_the_reference_server_differ_in_the_credential_alone() {
    let differing = |name: &str| {
        let text = PRESETS
            .iter()
            .find(|preset| preset.name == name)
            .unwrap()
            .text;
        text.lines()
            .filter(|line| {
                !["#", "name", "token", "refresh =", "send"]
                    .iter()
                    .any(|start| line.starts_with(start))
                    || line.contains("POST")
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(differing("authspec"), differing("authspec-cookie"));
    assert_eq!(
        preset("authspec-cookie").origins.send.as_deref(),
        Some("http://localhost:3000")
    );
    assert_eq!(
        preset("authspec-cookie").credential.carry,
        Carry::Cookie("__Host-access".into())
    );
}

#[test]
fn the_reference_server_has_its_limits() {
    let limits = preset("authspec").limits;
    let minute = |count| Limit::Count { count, seconds: 60 };
    assert_eq!(
        (limits.login, limits.login_address, limits.registration),
        (minute(5), minute(300), minute(120))
    );
}

#[test]
fn better_auth_gets_the_origin_of_its_own_url() {
    let target = preset("better-auth");
    assert_eq!(
        target.origins.send.as_deref(),
        Some("http://localhost:8080")
    );
    assert!(target.jwt.opaque && target.resources.is_empty());
    assert_eq!(target.policy.anonymous, Some((200, "null".into())));
}
