//! Attacks that a table of requests cannot say: guessing, bursts. A probe reaches the outside only through its [`Lab`].

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use crate::exchange::Exchange;
use crate::judge::ObjectState;
use crate::model::Step;
use crate::verdict::Verdict;

mod admin_routes;
mod bad_input;
mod body_limit;
mod bulk;
mod burst;
mod certificate;
mod concurrent_users;
mod cookie_header;
mod cookie_in_body;
mod cookie_tamper;
mod cookie_twice;
mod cross_site_refresh;
mod cross_site_write;
mod default_accounts;
mod duplicate_claims;
mod existence;
#[cfg(test)]
mod fake;
mod forwarded_host;
mod grid;
pub mod guess;
mod header_identity;
mod id_encodings;
mod json_depth;
mod jwks_public_only;
mod jwks_quality;
mod jws;
mod limit_bypass;
mod lock_out;
mod login_burst;
mod login_timing;
mod logout_cookie;
mod logout_race;
mod methods;
mod opaque_entropy;
mod ordinary_use;
mod other_alphabet;
mod owners;
mod pagination;
mod profile_other;
mod query_credentials;
mod quote_roundtrip;
mod race;
mod readable_cookies;
mod records;
mod refresh_lifetime;
mod refresh_race;
mod registration_burst;
mod registration_race;
mod retry_after;
mod revoked_spellings;
#[cfg(test)]
mod scripted;
mod secret_length;
mod self_promote;
mod sequence;
mod session_cookie;
mod session_fixation;
mod session_list;
mod set_cookie;
mod slow_token;
mod spelling;
mod spray;
mod sql_injection;
mod ssrf_url_fields;
mod sub_stable;
mod success_resets;
#[cfg(test)]
mod testing;
mod token_unique;
mod two_auth_headers;
mod vary_origin;
mod volley;
mod weak_secret;
mod winner;

/// Every probe that a scenario file can name.
pub const PROBES: &[Probe] = &[
    admin_routes::PROBE,
    bad_input::PROBE,
    body_limit::PROBE,
    bulk::PROBE,
    certificate::PROBE,
    concurrent_users::PROBE,
    cookie_header::PROBE,
    cookie_in_body::PROBE,
    cookie_tamper::PROBE,
    cookie_twice::PROBE,
    cross_site_refresh::PROBE,
    cross_site_write::PROBE,
    default_accounts::PROBE,
    duplicate_claims::PROBE,
    existence::PROBE,
    forwarded_host::PROBE,
    grid::PROBE,
    grid::ANONYMOUS,
    header_identity::PROBE,
    id_encodings::PROBE,
    json_depth::PROBE,
    jwks_public_only::PROBE,
    jwks_quality::PROBE,
    limit_bypass::FORWARDED,
    limit_bypass::SPELT,
    lock_out::PROBE,
    login_burst::PROBE,
    login_timing::PROBE,
    logout_cookie::PROBE,
    logout_race::PROBE,
    methods::PROBE,
    methods::ANONYMOUS,
    opaque_entropy::PROBE,
    ordinary_use::PROBE,
    other_alphabet::PROBE,
    pagination::PROBE,
    profile_other::PROBE,
    query_credentials::PROBE,
    quote_roundtrip::PROBE,
    race::PROBE,
    readable_cookies::PROBE,
    refresh_lifetime::PROBE,
    refresh_race::PROBE,
    registration_burst::PROBE,
    registration_race::PROBE,
    retry_after::PROBE,
    revoked_spellings::PROBE,
    secret_length::PROBE,
    self_promote::PROBE,
    sequence::PROBE,
    session_cookie::DOMAIN,
    session_cookie::PLACE,
    session_cookie::SIZE,
    session_fixation::PROBE,
    session_list::PROBE,
    slow_token::COMMAND,
    slow_token::COUNT,
    spray::PROBE,
    sql_injection::PROBE,
    ssrf_url_fields::PROBE,
    sub_stable::PROBE,
    success_resets::PROBE,
    token_unique::PROBE,
    two_auth_headers::PROBE,
    vary_origin::PROBE,
    weak_secret::PROBE,
];

/// The probe with this name.
pub fn find(name: &str) -> Option<&'static Probe> {
    PROBES.iter().find(|probe| probe.name == name)
}

/// One attack in Rust code.
#[derive(Debug)]
pub struct Probe {
    pub name: &'static str,
    /// Attacks; the control of the scenario is observed around it by the harness.
    pub run: for<'a> fn(&'a mut dyn Lab) -> Run<'a>,
}

/// What a probe is while it runs.
pub type Run<'a> = Pin<Box<dyn Future<Output = Vec<Attempt>> + Send + 'a>>;

/// What one attempt of a probe came to; its evidence is what the lab recorded since the attempt before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub name: String,
    pub verdict: Verdict,
}

/// One answered step.
#[derive(Debug, Clone)]
pub struct Sent {
    pub exchange: Exchange,
    /// Whether it was a good answer: 2xx with what must be in it.
    pub accepted: bool,
    /// Whether it brought a credential.
    pub credential: bool,
    /// What it gave away of others, in words.
    pub disclosed: Vec<String>,
    /// The marker that was sent.
    pub marker: Option<String>,
}

/// A route of the resource that a probe is about, or one of the profile's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// What a step calls it: `object.read`, or the profile's name.
    pub call: String,
    pub method: String,
    /// The path as the profile writes it.
    pub path: String,
}

/// A declared rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclaredLimit {
    Undeclared,
    /// Enforced by something in front of the target.
    Edge,
    Count {
        count: u32,
        seconds: u32,
    },
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Failed logins for one account.
    FailedLogins,
    /// Logins from one address.
    Logins,
    /// Registrations from one address.
    Registrations,
}

/// A declared limit for the body of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeclaredSize {
    #[default]
    Undeclared,
    /// Enforced by something in front of the target.
    Edge,
    Bytes(u64),
}

/// How a list is paged, as the profile says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// The parameter for how many are asked for.
    pub limit: String,
    /// The parameter that counts what is passed over.
    pub offset: String,
    /// How many are given at once at most.
    pub most: u32,
}

/// What stands before the target and sees headers first, as far as profile and address tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    /// Nothing is known; the target is on this machine, where no proxy would be.
    Loopback,
    /// Nothing is known of a target elsewhere.
    Unknown,
    /// What is sent is what an attacker would send: there is no proxy, or this is production.
    Nothing,
    /// A proxy that overwrites the headers in which addresses of clients are told.
    Overwrites,
}

/// What a TLS handshake showed of the target's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certificate {
    Trusted,
    /// Trusted today, and no more after the days that were asked about.
    EndsSoon,
    /// Why a client refuses it.
    Refused(String),
}

/// An address at the harness's own listener that nobody else knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lure {
    /// Whatever is put behind it with a slash is still it.
    pub url: String,
    /// Whether everybody could reach it, so that a call shows nothing of what the target reaches inside its network.
    pub public: bool,
    /// Whether the target is on the same machine for sure, so that it can reach it.
    pub reached: bool,
}

const ABSENT: &str = "this laboratory cannot do that";

/// The outside, as a probe sees it.
#[async_trait]
pub trait Lab: Send {
    /// Sends one step in the notation of scenario files and records the exchange.
    async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String>;
    /// Takes the exchange that was sent last out of the evidence: it showed nothing.
    fn forget_last(&mut self);
    /// Lets time pass: on the clock that target and harness share, or for real.
    async fn wait(&mut self, duration: Duration) -> Result<(), String>;
    /// Signs in anew and gives the access token as text.
    async fn fresh_token(&mut self, actor: &str) -> Result<String, String>;
    /// The limit that the profile declares.
    fn limit(&self, of: Counted) -> DeclaredLimit;
    /// Waits until the declared limits have room for so many requests from this address.
    async fn room(&mut self, _of: Counted, _count: u32) -> Result<(), String> {
        Ok(())
    }
    /// Whether a burst of this run met no limit of failed logins; others need not look again.
    fn has_no_login_limit(&self) -> bool {
        false
    }
    /// Tells the other probes of the run that there is none.
    fn found_no_login_limit(&mut self) {}
    /// The largest body that the profile declares to be read.
    fn body_limit(&self) -> DeclaredSize {
        DeclaredSize::Undeclared
    }
    /// How the list of the resource is paged, where the profile says it.
    fn pages(&self) -> Option<Pages> {
        None
    }
    /// What stands before the target.
    fn front(&self) -> Front {
        Front::Unknown
    }
    /// The time on the clock by which the target counts.
    fn now(&self) -> Duration {
        Duration::ZERO
    }
    /// From now on an answer that asks to wait is taken as it is; bursts are so from the start.
    fn impatient(&mut self) {}
    /// How long the run has waited so far, to keep to limits or because it was asked to.
    fn waited(&self) -> Duration {
        Duration::ZERO
    }
    /// The refresh token of a credential that a step saved.
    fn refresh_token(&self, _saved: &str) -> Option<String> {
        None
    }
    /// The access token of a credential that a step saved, or else the one that an actor of this name holds.
    fn access_token(&self, _of: &str) -> Option<String> {
        None
    }
    /// The shared secret that signs tokens, where it was given or guessed. Nothing of it may be told but its length.
    fn shared_secret(&self) -> Option<Vec<u8>> {
        None
    }
    /// Words of the user's own list for guessing, one a line.
    fn wordlist(&self) -> &[u8];
    /// The key set that the issuer publishes (RFC 7517), one JWK each.
    fn key_set(&self) -> &[Value];
    /// Gives the signing key to the forge, for this run.
    fn use_secret(&mut self, secret: &[u8]);
    /// The longest time that a limit is waited for.
    fn patience(&self) -> Duration;
    /// Sends steps at once, each with the credential of its actor, over connections that are kept open.
    async fn together(&mut self, steps: Vec<Step>) -> Vec<Result<Sent, String>> {
        steps.iter().map(|_| Err(ABSENT.to_owned())).collect()
    }
    /// A text with its templates filled: `{alice.id}`, `{object.id}`, `{object.marker}`, `{cookie}`.
    fn text(&self, _template: &str) -> Result<String, String> {
        Err(ABSENT.into())
    }
    /// The path and query that a step on a saved object would be sent to, below the base URL.
    fn path(&self, _step: &Step) -> Result<String, String> {
        Err(ABSENT.into())
    }
    /// How a saved object reads to its owner, compared with the look before.
    async fn look(&mut self, _object: &str) -> Result<ObjectState, String> {
        Err(ABSENT.into())
    }
    /// The routes of the profile that lead to what somebody owns: those of the resource, and others with a user id in
    /// them or of the profile's own naming.
    fn owned(&self) -> Vec<Owned> {
        Vec::new()
    }
    /// Whose data an answer shows, the receiver's own too.
    fn owners(&self, _exchange: &Exchange) -> BTreeSet<String> {
        BTreeSet::new()
    }
    /// Whether the profile's credential travels in a cookie.
    fn by_cookie(&self) -> bool {
        false
    }
    /// Whether the users of the resource may read each other's objects by design.
    fn public(&self) -> bool {
        false
    }
    /// The front-end origins that the profile declares.
    fn origins(&self) -> Vec<String> {
        Vec::new()
    }
    /// Makes the credential that a step saved the actor's own from now on.
    fn adopt(&mut self, _actor: &str, _saved: &str) {}
    /// What was recorded since the cut before is the evidence of the attempt with this name.
    fn cut(&mut self, _attempt: &str) {}
    /// What the target's certificate is worth, today and in so many days; an error where that cannot be said.
    async fn certificate(&mut self, _days: u32) -> Result<Certificate, String> {
        Err(ABSENT.into())
    }
    /// A new address at the harness's own listener.
    async fn lure(&mut self) -> Result<Lure, String> {
        Err(ABSENT.into())
    }
    /// The first line of the first request for it or for what is below it, by those too who come a little later.
    async fn lured(&mut self, _lure: &Lure) -> Option<String> {
        None
    }
    /// Whether this actor was registered for this scenario alone, so that the account may be changed and deleted.
    fn disposable(&self, _actor: &str) -> bool {
        false
    }
    /// Fixes choices.
    fn seed(&self) -> u64 {
        0
    }
}
