//! Which scenarios run against this target, and what the others lack. Pure.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use scenarios::model::{Ability, Control, Mode, NamedControl, Phase, Scenario, Step};

use crate::options::Options;
use crate::run::Run;
use crate::target::{Carry, Limit, Limits, Target};

/// One scenario of a run.
#[derive(Debug, Clone)]
pub(crate) struct Planned<'c> {
    pub(crate) scenario: &'c Scenario,
    /// It is in the report; otherwise it only gives exchanges to those that observe it.
    pub(crate) reported: bool,
    pub(crate) lacks: Option<Lack>,
}

/// Why a scenario is skipped, and what would allow it (to follow "give ").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lack {
    pub(crate) why: String,
    pub(crate) give: Option<String>,
}

/// What the target, its profile and the options give, apart from what only a token tells.
pub(crate) fn declared(target: &Target, options: &Options) -> BTreeSet<Ability> {
    let has = |name: &str| target.routes.contains_key(name);
    let any = |test: &dyn Fn(&crate::target::Resource) -> bool| target.resources.iter().any(test);
    let accounts = match has("register") || target.jwt.mint.is_some() {
        true => 3,
        false => target.accounts.supplied.len(),
    };
    let life = target.jwt.lifetime.map(std::time::Duration::from_secs);
    let path_user = |r: &crate::target::Resource| crate::profile::holds(&r.create.path, "user_id");
    let facts = [
        (Ability::Register, has("register")),
        (Ability::Login, has("login")),
        (Ability::Me, has("me")),
        (Ability::Object, any(&|_| true)),
        (Ability::List, any(&|r| r.list.is_some())),
        (
            Ability::Update,
            any(&|r| r.replace.is_some() || r.patch.is_some()),
        ),
        (Ability::Delete, any(&|r| r.delete.is_some())),
        (Ability::PathUser, any(&path_user)),
        (Ability::Refresh, has("refresh")),
        (Ability::Logout, has("logout")),
        (Ability::PasswordChange, has("password")),
        (Ability::DeleteAccount, has("delete-account")),
        (Ability::Secret, options.signing_key.is_some()),
        (
            Ability::Wait,
            options
                .wait_expiry
                .zip(life)
                .is_some_and(|(most, life)| life <= most),
        ),
        (
            Ability::Listener,
            Run::listen_address(target, options).is_some(),
        ),
        (Ability::Launch, options.launched),
        (Ability::Origin, !target.origins.allowed.is_empty()),
        (
            Ability::Cookies,
            matches!(target.credential.carry, Carry::Cookie(_)),
        ),
        (
            Ability::Bearer,
            matches!(target.credential.carry, Carry::Header { .. }),
        ),
        (Ability::Https, target.auth_url.scheme() == "https"),
        (
            Ability::Public,
            target.environment == crate::target::Environment::Production
                || crate::profile::is_public(&target.auth_url),
        ),
        (
            Ability::Production,
            target.environment == crate::target::Environment::Production,
        ),
        (
            Ability::LocalUsers,
            target.users == crate::target::Users::Local,
        ),
        (Ability::EndsOthers, !target.session.others_end_on_request),
        (
            Ability::RefreshCookie,
            target.credential.refresh_cookie.is_some(),
        ),
        (
            Ability::RevokeSession,
            has("sessions") && has("revoke-session"),
        ),
    ];
    let mut abilities: BTreeSet<_> = facts
        .iter()
        .filter(|(_, there)| *there)
        .map(|(ability, _)| *ability)
        .collect();
    abilities.extend((1..=accounts.min(9)).map(|count| Ability::Accounts(count as u8)));
    abilities
}

/// What is declared, and what the first real token showed.
pub(crate) fn abilities(run: &Run) -> BTreeSet<Ability> {
    let mut abilities = declared(&run.target, &run.options);
    let credential = crate::run::lock(&run.actors)
        .get("alice")
        .map(|alice| alice.credential.clone());
    let token = credential.as_ref().and_then(|credential| credential.jwt());
    let signed = |credential: &crate::actors::Credential| {
        let text = credential.token.as_ref().map(|token| token.expose());
        text.is_some_and(scenarios::probes::guess::is_signed_cookie)
    };
    let facts = [
        (Ability::Jwt, token.is_some() && !run.target.jwt.opaque),
        (
            Ability::Hmac,
            token
                .as_ref()
                .and_then(|token| token.alg())
                .is_some_and(|alg| alg.starts_with("HS")),
        ),
        (
            Ability::SignedCookie,
            abilities.contains(&Ability::Cookies) && credential.as_ref().is_some_and(signed),
        ),
        (Ability::Secret, run.key().is_some()),
        (
            Ability::PublicKey,
            !run.public_keys.is_empty() || run.key().is_some_and(|key| key.public_jwk().is_some()),
        ),
        (Ability::Jwks, !run.public_keys.is_empty()),
    ];
    abilities.extend(
        facts
            .iter()
            .filter(|(_, there)| *there)
            .map(|(ability, _)| *ability),
    );
    abilities
}

/// The selected scenarios in order of their ids, with those that they observe.
pub(crate) fn plan<'c>(
    all: &'c [Scenario],
    abilities: &BTreeSet<Ability>,
    options: &Options,
) -> Vec<Planned<'c>> {
    let (select, skip) = (globs(&options.select), globs(&options.skip));
    let selected =
        |id: &str| (options.select.is_empty() || select.is_match(id)) && !skip.is_match(id);
    let observed: Vec<String> = all
        .iter()
        .filter(|s| selected(&s.id))
        .flat_map(|scenario| scenario.observe.clone())
        .collect();
    // A few observers watch everything; alone they would drag the whole catalogue along.
    let watched = globs(
        &observed
            .iter()
            .filter(|glob| *glob != "*")
            .cloned()
            .collect::<Vec<_>>(),
    );
    let wanted = all
        .iter()
        .filter(|s| selected(&s.id) || (watched.is_match(&s.id) && s.observe.is_empty()));
    let planned = wanted.map(|scenario| Planned {
        scenario,
        reported: selected(&scenario.id),
        lacks: lack(scenario, abilities, options),
    });
    planned.collect()
}

fn lack(scenario: &Scenario, abilities: &BTreeSet<Ability>, options: &Options) -> Option<Lack> {
    if scenario.phase == Phase::Base {
        return None;
    }
    if scenario.mode == Mode::Full && options.mode == Mode::Safe {
        return Some(Lack {
            why: "it sends bursts, which safe mode does not".into(),
            give: Some("--mode full".into()),
        });
    }
    let missing = scenario
        .needs
        .iter()
        .find(|need| !need.0.iter().any(|ability| abilities.contains(ability)))?;
    let gives: Vec<_> = missing
        .0
        .iter()
        .filter_map(|ability| give(*ability))
        .collect();
    let whys: Vec<_> = missing.0.iter().map(|ability| why(*ability)).collect();
    Some(Lack {
        why: whys.join("; "),
        give: (!gives.is_empty()).then(|| gives.join(" or ")),
    })
}

/// What to give for an ability, where a user can give it.
fn give(ability: Ability) -> Option<&'static str> {
    match ability {
        Ability::Secret => Some("--secret-env VAR"),
        Ability::Wait => Some("--wait-expiry DURATION"),
        Ability::Origin => Some("--origin ORIGIN"),
        Ability::Listener => Some("--listen-address HOST:PORT"),
        Ability::Accounts(_) => {
            Some("a registration route or [[accounts.supplied]] in the profile")
        }
        Ability::Object | Ability::List | Ability::Update | Ability::Delete => {
            Some("a [[resource]] with it in the profile")
        }
        Ability::Production => Some("environment = \"production\" at the top of the profile"),
        Ability::RevokeSession => Some("the routes `sessions` and `revoke-session` in the profile"),
        Ability::Register
        | Ability::Login
        | Ability::Me
        | Ability::PathUser
        | Ability::Refresh
        | Ability::Logout
        | Ability::PasswordChange
        | Ability::DeleteAccount
        | Ability::Jwt
        | Ability::Hmac
        | Ability::SignedCookie
        | Ability::Jwks
        | Ability::PublicKey
        | Ability::Launch
        | Ability::Cookies
        | Ability::Bearer
        | Ability::Database
        | Ability::Https
        | Ability::Public
        | Ability::LocalUsers
        | Ability::EndsOthers
        | Ability::RefreshCookie => None,
    }
}

fn why(ability: Ability) -> String {
    match ability {
        Ability::Secret => "the signing secret is not known".into(),
        Ability::Wait => "no expiry is waited for".into(),
        Ability::Origin => "no front-end origin is declared".into(),
        Ability::Accounts(count) => format!("{count} test accounts cannot be had"),
        Ability::Object => "the profile has no resource".into(),
        Ability::List => "the profile has no list".into(),
        Ability::Update => "the profile has no way to update an object".into(),
        Ability::Delete => "the profile has no way to delete an object".into(),
        Ability::PathUser => "no path of the profile holds a user id".into(),
        Ability::Register => "the profile has no registration route".into(),
        Ability::Login => "the profile has no login route".into(),
        Ability::Me => "the profile has no identity route".into(),
        Ability::Refresh => "the profile has no refresh route".into(),
        Ability::Logout => "the profile has no logout route".into(),
        Ability::PasswordChange => "the profile has no route to change a password".into(),
        Ability::DeleteAccount => "the profile has no route to delete an account".into(),
        Ability::Jwt => "access tokens are opaque".into(),
        Ability::Hmac => "access tokens are not signed by HMAC".into(),
        Ability::SignedCookie => "the credential is no signed cookie".into(),
        Ability::Jwks => "no key set is published".into(),
        Ability::PublicKey => "the issuer has no public key that is known".into(),
        Ability::Launch => "authspec did not start the target".into(),
        Ability::Cookies => "the credential is not a cookie".into(),
        Ability::Bearer => "the credential is not sent in a header".into(),
        Ability::Database => "the database may not be read".into(),
        Ability::Listener => "the target cannot reach a listener".into(),
        Ability::Https => "the target is not reached by https".into(),
        Ability::Public => "the target has no public address".into(),
        Ability::Production => "it matters in production alone".into(),
        Ability::LocalUsers => {
            "the profile declares that the API does not know its users (api.users)".into()
        }
        Ability::EndsOthers => {
            "the profile declares that a change of the password ends other sessions on request alone".into()
        }
        Ability::RefreshCookie => "the refresh token is not a cookie".into(),
        Ability::RevokeSession => {
            "the profile has no routes to list sessions and to end one of them".into()
        }
    }
}

/// A set of globs; one that is no glob matches nothing but itself.
pub(crate) fn globs(patterns: &[String]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        if let Ok(glob) = GlobBuilder::new(pattern).build() {
            builder.add(glob);
        }
    }
    builder.build().unwrap_or_else(|_| GlobSet::empty())
}

/// How long the declared limits make a run wait at least, in words; nothing where it is soon over.
pub(crate) fn estimate(
    planned: &[Planned<'_>],
    limits: &Limits,
    login_too: bool,
) -> Option<String> {
    const LONG: u64 = 30;
    let runs = || planned.iter().filter(|planned| planned.lacks.is_none());
    let calls = |name: &str| -> u64 {
        let of = |steps: &[Step]| {
            let named = steps
                .iter()
                .filter(|step| step.call.as_deref() == Some(name));
            named.count()
        };
        let sent = runs().map(|planned| {
            let scenario = planned.scenario;
            let around = of(&scenario.setup) + of(&scenario.effects);
            around * scenario.cases.len() + of(&scenario.cases)
        });
        sent.sum::<usize>() as u64
    };
    let controls = runs().map(|planned| match planned.scenario.control {
        Control::Named(NamedControl::Login | NamedControl::Refresh) => {
            2 * planned.scenario.cases.len() as u64
        }
        _ => 0,
    });
    let accounts = 3 + runs()
        .map(|planned| planned.scenario.own.len() as u64)
        .sum::<u64>();
    let sign_ins = calls("login") + controls.sum::<u64>() + if login_too { accounts } else { 0 };
    let rows = [
        ("sign-ins", sign_ins, limits.login_address),
        (
            "registrations",
            calls("register") + accounts,
            limits.registration,
        ),
    ];
    let waits = rows.into_iter().filter_map(|(what, number, limit)| {
        let Limit::Count { count, seconds } = limit else {
            return None;
        };
        let wait = number.saturating_sub(1) / u64::from(count.max(1)) * u64::from(seconds);
        (wait >= LONG).then(|| {
            let long = match (wait / 60, wait % 60) {
                (0, s) => format!("{s} s"),
                (m, s) => format!("{m} min {s} s"),
            };
            (
                wait,
                format!("{number} {what} at {count} in {seconds} s: about {long}"),
            )
        })
    });
    waits.max().map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_wait_for_limits_is_told_before_it_begins() {
        let catalogue = scenarios::catalogue::Catalogue::embedded().unwrap();
        let planned: Vec<_> = catalogue
            .all()
            .iter()
            .map(|scenario| Planned {
                scenario,
                reported: true,
                lacks: None,
            })
            .collect();
        let slow = Limits {
            login_address: Limit::Count {
                count: 3,
                seconds: 10,
            },
            ..Limits::default()
        };
        let told = estimate(&planned, &slow, true).unwrap();
        assert!(told.contains("sign-ins at 3 in 10 s: about "), "{told}");
        assert_eq!(estimate(&planned[..1], &slow, false), None);
        assert_eq!(estimate(&planned, &Limits::default(), true), None);
    }
}
