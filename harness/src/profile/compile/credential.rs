//! The credential: where it is, how it travels, what is known of its tokens, and whether one can be had at all.

use url::Url;

use super::{
    Compiled, Compiler,
    resources::{claims_hold, route_holds},
    routes::place,
};
use crate::{
    profile::{
        address,
        error::{Complaint, Key},
        file,
        template::Scope,
    },
    target::{Carry, CredentialRule, Jwt, Place, Route, Target, UserIdAt},
};

const ALGORITHMS: &[&str] = &[
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512", "EdDSA",
];

/// What the profile says about the credential.
pub(super) fn rule(profile: &file::Profile) -> Compiled<CredentialRule> {
    let written = &profile.credential;
    let key = Key::new("credential");
    let carry = match &written.send {
        Some(file::Send::Header { name, scheme }) => Carry::Header {
            name: name.clone(),
            scheme: scheme.clone(),
        },
        Some(file::Send::Cookie(name)) => Carry::Cookie(name.clone()),
        Some(file::Send::Query(name)) => Carry::Query(name.clone()),
        None => Carry::Header {
            name: "Authorization".to_owned(),
            scheme: Some("Bearer".to_owned()),
        },
    };
    let (kind, name) = match &carry {
        Carry::Header { name, .. } => ("header", name),
        Carry::Cookie(name) => ("cookie", name),
        Carry::Query(name) => ("query parameter", name),
    };
    // Names of cookies are tokens too (RFC 6265 4.1.1); a query parameter that is none would need escapes.
    if http::HeaderName::try_from(name).is_err() {
        let message = format!("`{name}` is no name of a {kind}");
        return Err(Complaint::new(&key.then("send"), message));
    }
    let token = match (&written.token, &carry) {
        (Some(written), _) => place(written),
        (None, Carry::Cookie(name)) => Place::Cookie(name.clone()),
        (None, Carry::Header { .. } | Carry::Query(_)) => {
            Place::Pointer("/access_token".to_owned())
        }
    };
    let refresh = written.refresh.as_ref().map(place);
    if refresh.is_none() && matches!(profile.routes.get("refresh"), Some(file::Route::Is(_))) {
        let message = "`routes.refresh` is given, but not where the refresh token is: give `credential.refresh`, such as `\"/refresh_token\"`";
        return Err(Complaint::new(&Key::new("routes").then("refresh"), message));
    }
    let refresh_cookie = match &refresh {
        Some(Place::Cookie(name)) => Some(name.clone()),
        Some(Place::Pointer(_) | Place::Header(_)) | None => None,
    };
    let user_id = match &written.user_id {
        Some(file::UserId::Pointer(pointer)) => UserIdAt::Pointer(pointer.0.clone()),
        Some(file::UserId::Claim(claim)) => UserIdAt::Claim(claim.clone()),
        Some(file::UserId::Me(_)) => UserIdAt::Me,
        Some(file::UserId::None) | None => UserIdAt::Nowhere,
    };
    if user_id == UserIdAt::Me && !matches!(profile.routes.get("me"), Some(file::Route::Is(_))) {
        let message = "`credential.user_id` is found by `me`, but there is no `routes.me`";
        return Err(Complaint::new(&key.then("user_id"), message));
    }
    let at_registration = written.at_registration.unwrap_or_default();
    Ok(CredentialRule {
        token,
        refresh,
        carry,
        refresh_cookie,
        user_id,
        at_registration,
    })
}

impl Compiler<'_> {
    pub(super) fn jwt(&mut self, written: &file::Jwt, auth_url: &Url) -> Compiled<Jwt> {
        let key = Key::new("jwt");
        let opaque = written.opaque.unwrap_or_default();
        if opaque
            && (written.mint.is_some() || written.algorithm.is_some() || written.jwks.is_some())
        {
            let message = "`opaque = true` says that tokens are no JSON web tokens: leave out `mint`, `algorithm` and `jwks`";
            return Err(Complaint::new(&key.then("opaque"), message));
        }
        if let Some(algorithm) = &written.algorithm
            && !ALGORITHMS.contains(&algorithm.as_str())
        {
            let message = format!(
                "`{algorithm}` is no algorithm of signed tokens; there are {}",
                ALGORITHMS.join(", ")
            );
            return Err(Complaint::new(&key.then("algorithm"), message));
        }
        let object = |name: &str, value: &Option<serde_json::Value>| match value {
            Some(value) if !value.is_object() => Err(Complaint::new(
                &key.then(name),
                format!("`jwt.{name}` must be a table"),
            )),
            Some(_) | None => Ok(()),
        };
        object("header", &written.header)?;
        object("mint", &written.mint)?;
        let jwks = match &written.jwks {
            Some(text) if text.starts_with('/') => Some(address::join(auth_url, text)),
            Some(text) => {
                let key = key.then("jwks");
                let url = Url::parse(&self.fact(&key, text)?)
                    .ok()
                    .filter(|url| matches!(url.scheme(), "http" | "https"));
                let wrong = || {
                    Complaint::new(
                        &key,
                        format!("`{text}` is neither a path nor an http or https URL"),
                    )
                };
                Some(url.ok_or_else(wrong)?)
            }
            None => None,
        };
        let mint = written
            .mint
            .as_ref()
            .map(|claims| self.json(&key.then("mint"), claims, Scope::Mint))
            .transpose()?;
        let header = written
            .header
            .as_ref()
            .map(|header| self.json(&key.then("header"), header, Scope::Fact));
        let fact = |name: &str, text: &str| self.fact(&key.then(name), text);
        Ok(Jwt {
            opaque,
            secret_env: written.secret_env.clone(),
            jwks,
            mint,
            lifetime: written.lifetime.map(|span| span.0),
            algorithm: written.algorithm.clone(),
            issuer: written
                .issuer
                .as_deref()
                .map(|text| fact("issuer", text))
                .transpose()?,
            audience: written
                .audience
                .iter()
                .flat_map(|audience| &audience.0)
                .map(|text| fact("audience", text))
                .collect::<Compiled<_>>()?,
            header: header.transpose()?,
        })
    }
}

/// Whether actors can be had, and whether there is anything that only they may see.
pub(super) fn check(target: &Target) -> Compiled<()> {
    let (register, login) = (
        target.routes.contains_key("register"),
        target.routes.contains_key("login"),
    );
    let supplied = &target.accounts.supplied;
    let mint = target.jwt.mint.is_some();
    let way = mint
        || (register && (login || target.credential.at_registration))
        || supplied
            .iter()
            .any(|account| account.token.is_some() || (login && account.password.is_some()));
    if !way {
        let (key, why) = match (register, login) {
            (true, false) => (
                "routes",
                "accounts can be registered but not logged in: give `routes.login`, or `credential.at_registration = true` where registration signs in",
            ),
            (false, true) => (
                "routes",
                "there is a login but no account: give `routes.register`, or `[[accounts.supplied]]` with `email` and `password_env`",
            ),
            (true, true) | (false, false) => (
                "routes",
                "nothing says how a user gets a credential: give `routes.register` and `routes.login`, or `[[accounts.supplied]]` with `token_env`, or `jwt.mint` with the claims of a token",
            ),
        };
        return Err(Complaint::new(&Key::new(key), why));
    }
    if !target
        .routes
        .values()
        .any(|route| route.protected && probes(route))
        && target.resources.is_empty()
    {
        let message = "nothing here needs a credential: give `routes.me`, another protected GET route, or a `[[resource]]`";
        return Err(Complaint::new(&Key::new("routes"), message));
    }
    let known = mint
        || target.credential.user_id != UserIdAt::Nowhere
        || (!supplied.is_empty() && supplied.iter().all(|account| account.user_id.is_some()));
    if let Some((key, name)) = user_of(target).filter(|_| !known) {
        let message = format!(
            "route `{name}` holds `{{user_id}}`, but nothing says where it is learnt: give `credential.user_id`, such as `{{ claim = \"sub\" }}`"
        );
        return Err(Complaint::new(&key, message));
    }
    if mint
        && !supplied.iter().all(|account| account.user_id.is_some())
        && claims_hold(target.jwt.mint.as_ref(), "user_id")
    {
        let message = "tokens are minted for `{user_id}`, but a supplied account has no `user_id`";
        return Err(Complaint::new(
            &Key::new("accounts").then("supplied"),
            message,
        ));
    }
    Ok(())
}

/// The first route that holds `{user_id}`.
fn user_of(target: &Target) -> Option<(Key, &str)> {
    let named = target
        .routes
        .iter()
        .map(|(name, route)| (Key::new("routes").then(name), route));
    let owned = target
        .resources
        .iter()
        .enumerate()
        .flat_map(|(index, resource)| {
            let key = Key::new("resource").then(index);
            resource.routes().chain(&resource.parent).map(move |route| {
                (
                    route
                        .name
                        .rsplit('.')
                        .next()
                        .map_or(key.clone(), |part| key.then(part)),
                    route,
                )
            })
        });
    named
        .chain(owned)
        .find(|(_, route)| route_holds(route, "user_id"))
        .map(|(key, route)| (key, route.name.as_str()))
}

/// Whether a route can be asked again and again without changing anything.
fn probes(route: &Route) -> bool {
    route.method == "GET"
}
