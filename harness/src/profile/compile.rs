//! From the profile as written to the [`Target`]: defaults, checks and the environment.

use std::collections::BTreeMap;

use scenarios::probes::DeclaredSize;
use url::Url;

use super::{
    Overrides,
    error::{Complaint, Key, ProfileError},
    file,
    layer::Layers,
};
use crate::{
    secret::Secret,
    target::{Environment, Limit, Limits, Origins, Policy, Proxy, Session, Target, Told, Users},
};

mod accounts;
mod addresses;
mod credential;
mod resources;
mod routes;
mod texts;

type Compiled<T> = Result<T, Complaint>;

/// The checked target of a profile.
pub(super) fn compile(
    layers: &Layers,
    overrides: &Overrides,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Target, ProfileError> {
    let profile = layers.merged();
    let compiler = Compiler {
        env,
        secrets: Vec::new(),
    };
    let (auth_url, api_url) = compiler.urls(layers, &profile.target, overrides)?;
    let origins = compiler.origins(layers, &profile.front_end, overrides, &auth_url)?;
    compiler
        .target(layers, profile, auth_url, api_url, origins)
        .map_err(|complaint| layers.error(complaint))
}

/// What compiling needs beside the profile, and what it finds on the way.
struct Compiler<'a> {
    env: &'a dyn Fn(&str) -> Option<String>,
    secrets: Vec<Secret>,
}

impl Compiler<'_> {
    fn target(
        mut self,
        layers: &Layers,
        profile: file::Profile,
        auth_url: Url,
        api_url: Url,
        origins: Origins,
    ) -> Compiled<Target> {
        let credential = credential::rule(&profile)?;
        let jwt = self.jwt(&profile.jwt, &auth_url)?;
        let accounts = self.accounts(&profile)?;
        let routes = self.routes(&profile, &credential)?;
        let login_then = self.login_then(&profile)?;
        let resources = self.resources(profile.resource.as_deref().unwrap_or_default())?;
        let target = Target {
            profile: profile
                .name
                .unwrap_or_else(|| layers.file().trim_start_matches("preset ").to_owned()),
            auth_url,
            api_url,
            environment: match profile.environment {
                Some(file::Environment::Development) => Environment::Development,
                Some(file::Environment::Production) => Environment::Production,
                Some(file::Environment::Staging) | None => Environment::Staging,
            },
            proxy: profile.deployment.proxy.map(|proxy| match proxy {
                file::Proxy::None => Proxy::None,
                file::Proxy::Overwrites => Proxy::Overwrites,
            }),
            origins,
            accounts,
            routes,
            login_then,
            credential,
            jwt,
            resources,
            policy: policy(profile.policy)?,
            limits: limits(&profile.limits),
            session: Session {
                cache_seconds: profile.session.cache.map_or(0, |span| span.0),
                refresh_grace_seconds: profile.session.refresh_grace.map_or(60, |span| span.0),
                others_end_on_request: profile.session.password_change_ends_others == Some(false),
            },
            users: match profile.api.users {
                Some(file::Users::Issuer) => Users::Issuer,
                Some(file::Users::Local) | None => Users::Local,
            },
            require: required(profile.gate.require.unwrap_or_default())?,
            waive: waived(profile.waive)?,
            secrets: self.secrets,
        };
        credential::check(&target)?;
        Ok(target)
    }
}

fn policy(written: file::Policy) -> Compiled<Policy> {
    let statuses =
        |written: Option<file::Statuses>| written.map(|statuses| statuses.0).unwrap_or_default();
    let anonymous = written.anonymous.map(|answer| {
        let key = Key::new("policy").then("anonymous").then("status");
        let status =
            file::status(answer.status.into()).map_err(|message| Complaint::new(&key, message))?;
        Ok((status, answer.body))
    });
    Ok(Policy {
        bad_token: statuses(written.bad_token),
        wrong_login: statuses(written.wrong_login),
        others_object: statuses(written.others_object),
        duplicate: statuses(written.duplicate),
        invalid: statuses(written.invalid),
        anonymous: anonymous.transpose()?,
        denial: written.denial.as_ref().map(told),
        enumeration_by_registration: written.enumeration_by_registration.unwrap_or_default(),
        ..Policy::default()
    })
}

fn told(written: &file::Told) -> Told {
    Told {
        pointer: written.pointer.0.clone(),
        equals: written.equals.clone(),
    }
}

fn limits(written: &file::Limits) -> Limits {
    let limit = |rate: Option<file::Rate>| match rate {
        None => Limit::Undeclared,
        Some(file::Rate::Edge) => Limit::Edge,
        Some(file::Rate::Count { count, seconds }) => Limit::Count { count, seconds },
    };
    Limits {
        login: limit(written.login),
        login_address: limit(written.login_address),
        registration: limit(written.registration),
        requests: limit(written.requests),
        body: match written.body {
            None => DeclaredSize::Undeclared,
            Some(file::Size::Edge) => DeclaredSize::Edge,
            Some(file::Size::Bytes(bytes)) => DeclaredSize::Bytes(bytes),
        },
    }
}

fn required(globs: Vec<String>) -> Compiled<Vec<String>> {
    for (index, glob) in globs.iter().enumerate() {
        if let Err(error) = globset::Glob::new(glob) {
            let key = Key::new("gate").then("require").then(index);
            return Err(Complaint::new(
                &key,
                format!("`{glob}` is no pattern of scenario ids: {}", error.kind()),
            ));
        }
    }
    Ok(globs)
}

fn waived(waive: BTreeMap<String, String>) -> Compiled<BTreeMap<String, String>> {
    let complaint = waive.iter().find_map(|(id, reason)| {
        let why = if reason.trim().is_empty() {
            format!("`{id}` is waived without a reason: say why")
        } else if !id.contains('.') {
            format!("`{id}` is no scenario id, which looks like `cookie.secure`; `authspec list` shows them")
        } else {
            return None;
        };
        Some(Complaint::new(&Key::new("waive").then(id), why))
    });
    complaint.map_or(Ok(waive), Err)
}
