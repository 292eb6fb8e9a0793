//! The system under test as the rest of the harness sees it: routes, bodies, places and policies, all checked.
//!
//! A [`Target`] is made from a profile (`profile.rs`) and never changes during a run.

use std::collections::BTreeMap;

use scenarios::exchange::Response;
use scenarios::probes::DeclaredSize;
use serde_json::Value;
use url::Url;

use crate::secret::Secret;

/// Where a target is deployed; some requirements hold in production alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Environment {
    Development,
    #[default]
    Staging,
    Production,
}

/// What stands before a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxy {
    /// Clients reach it as they are.
    None,
    /// A proxy that overwrites the headers in which addresses of clients are told.
    Overwrites,
}

/// Everything that a run must know about the system under test.
#[derive(Debug, Clone)]
pub struct Target {
    /// The name of the profile or preset.
    pub profile: String,
    /// The issuer: registration, login, refresh, logout.
    pub auth_url: Url,
    /// The API that accepts the credential; often the same.
    pub api_url: Url,
    pub environment: Environment,
    /// What stands before it in production, where that is declared.
    pub proxy: Option<Proxy>,
    pub origins: Origins,
    pub accounts: Accounts,
    /// All routes by name: `register`, `login`, `me`, `refresh`, `logout`, `password`, `delete-account`, `sessions`,
    /// `health`, and the profile's own further ones.
    pub routes: BTreeMap<String, Route>,
    /// Steps after the login route until the credential is at hand. Cookies that earlier steps set go with them.
    pub login_then: Vec<Route>,
    pub credential: CredentialRule,
    pub jwt: Jwt,
    pub resources: Vec<Resource>,
    pub policy: Policy,
    pub limits: Limits,
    pub session: Session,
    pub users: Users,
    /// Globs of scenarios that must be judged for the gate to pass.
    pub require: Vec<String>,
    /// Scenario id to the reason why its fail does not fail the gate.
    pub waive: BTreeMap<String, String>,
    /// Values from the environment that stand in bodies, headers or paths; masked wherever they appear.
    pub secrets: Vec<Secret>,
}

/// Front-end origins (scheme, host and port).
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// Origins whose pages may read answers.
    pub allowed: Vec<String>,
    /// The profile declares that no browser client exists.
    pub none: bool,
    /// The auth URL answers without CORS headers by design (same origin as the front end).
    pub auth_exempt: bool,
    /// Sent as `Origin` with state-changing calls, for backends that insist on it.
    pub send: Option<String>,
}

/// How test accounts are made.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// Templates; `{rand}` is a fresh random text.
    pub email: String,
    pub username: String,
    pub password: String,
    pub name: String,
    /// The id of a user whose tokens are minted; a template too.
    pub user_id: String,
    /// Accounts that exist already.
    pub supplied: Vec<SuppliedAccount>,
    /// Called once before the run, to put the target into a known state.
    pub reset: Option<Route>,
}

/// An account that the user of the harness gives, its secrets read from the environment.
#[derive(Debug, Clone)]
pub struct SuppliedAccount {
    pub email: Option<String>,
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// A ready access token.
    pub token: Option<Secret>,
    pub user_id: Option<String>,
}

/// Which of the two URLs a route belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Auth,
    Api,
}

/// One callable route. Texts hold templates such as `{email}`, `{user_id}`, `{id}`, `{marker}`.
#[derive(Debug, Clone)]
pub struct Route {
    /// `login`, or `task.read` for a resource.
    pub name: String,
    pub method: String,
    /// Path and query as written in the profile, starting with `/`.
    pub path: String,
    pub side: Side,
    pub body: Body,
    pub headers: Vec<(String, String)>,
    /// Whether a credential is needed.
    pub protected: bool,
    /// Statuses of success; empty for any 2xx.
    pub ok: Vec<u16>,
    /// For backends that tell success in the body.
    pub success: Option<Told>,
    /// Where an id stands in the answer: the user's for `me`, its own for a resource's parent.
    pub id: Option<String>,
    /// Values of the answer that later steps of the login hold as `{name}`.
    pub save: Vec<(String, Place)>,
}

/// What the body of an answer tells, where the status does not.
#[derive(Debug, Clone)]
pub struct Told {
    pub pointer: String,
    /// Any value that is neither null nor false counts where this is absent.
    pub equals: Option<Value>,
}

impl Told {
    /// Whether this answer tells it.
    pub fn told_by(&self, response: &Response) -> bool {
        let json = response.json();
        let found = json.as_ref().and_then(|json| json.pointer(&self.pointer));
        match &self.equals {
            Some(wanted) => found == Some(wanted),
            None => found.is_some_and(|value| !value.is_null() && *value != Value::Bool(false)),
        }
    }
}

/// A body with templates.
#[derive(Debug, Clone)]
pub enum Body {
    None,
    Json(Value),
    Form(Vec<(String, String)>),
}

/// Where a value stands in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A JSON pointer (RFC 6901) into the body.
    Pointer(String),
    Header(String),
    Cookie(String),
}

/// How the credential travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carry {
    /// A header, with a scheme word in front of the token where there is one.
    Header {
        name: String,
        scheme: Option<String>,
    },
    Cookie(String),
    Query(String),
}

/// Where credentials come from and how they are sent.
#[derive(Debug, Clone)]
pub struct CredentialRule {
    /// Where the access token or session stands in the answer of login (or its last step) and of registration.
    pub token: Place,
    /// Where the refresh token stands.
    pub refresh: Option<Place>,
    /// How the access token is sent.
    pub carry: Carry,
    /// The cookie that carries the refresh token; otherwise it goes into the refresh route's body as `{refresh_token}`.
    pub refresh_cookie: Option<String>,
    pub user_id: UserIdAt,
    /// Registration signs in at once, so that its answer holds a credential.
    pub at_registration: bool,
}

/// Where the user id is learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserIdAt {
    /// In the answer of login or registration.
    Pointer(String),
    /// In a claim of the access token.
    Claim(String),
    /// In the answer of the `me` route, at its declared id.
    Me,
    /// The target has none that matters.
    Nowhere,
}

/// Facts about tokens that are JSON web tokens.
#[derive(Debug, Clone, Default)]
pub struct Jwt {
    /// Declared to be no JWT.
    pub opaque: bool,
    /// The environment variable that the secret is read from where no option names one.
    pub secret_env: Option<String>,
    pub jwks: Option<Url>,
    /// Declared `alg` of issued tokens.
    pub algorithm: Option<String>,
    /// Declared `iss` of issued tokens.
    pub issuer: Option<String>,
    /// Declared `aud` of issued tokens.
    pub audience: Vec<String>,
    /// Header members of minted tokens beside `alg`.
    pub header: Option<Value>,
    /// Claims for tokens that the harness mints where there is no login; texts hold templates.
    pub mint: Option<Value>,
    /// Declared life of an access token in seconds.
    pub lifetime: Option<u64>,
}

/// A kind of object that users own.
#[derive(Debug, Clone)]
pub struct Resource {
    pub name: String,
    pub create: Route,
    pub list: Option<Route>,
    pub read: Option<Route>,
    /// PUT, or whatever replaces the whole.
    pub replace: Option<Route>,
    pub patch: Option<Route>,
    pub delete: Option<Route>,
    /// Where the id stands in the answer of create; `None` where the client chooses it.
    pub id: Option<String>,
    /// Where the owner's id stands in an object.
    pub owner: Option<String>,
    /// Where the objects stand in the answer of list; empty for a bare array.
    pub items: String,
    /// Names of the query parameters that page through the list.
    pub paging: Option<Paging>,
    /// Readable by everybody by design; only writes and `private` are judged.
    pub public: bool,
    /// Pointers to fields of a public object that only its owner may see.
    pub private: Vec<String>,
    /// Must exist before an object can be made.
    pub parent: Option<Route>,
}

impl Resource {
    /// Its routes by the verbs that scenarios use.
    pub(crate) fn by_verb(&self) -> impl Iterator<Item = (&'static str, &Route)> {
        let routes = [
            ("create", Some(&self.create)),
            ("list", self.list.as_ref()),
            ("read", self.read.as_ref()),
            ("replace", self.replace.as_ref()),
            ("patch", self.patch.as_ref()),
            ("delete", self.delete.as_ref()),
        ];
        routes
            .into_iter()
            .filter_map(|(verb, route)| Some((verb, route?)))
    }
}

/// How a list is paged.
#[derive(Debug, Clone)]
pub struct Paging {
    pub limit: String,
    pub offset: Offset,
    /// Items asked for at once.
    pub size: u32,
    /// Items given at once at most.
    pub most: u32,
}

/// What the second paging parameter counts.
#[derive(Debug, Clone)]
pub enum Offset {
    /// Items that are passed over, from 0.
    Items(String),
    /// Pages, from 1.
    Pages(String),
}

/// The target's own choices where several are right; empty lists declare nothing.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    pub bad_token: Vec<u16>,
    pub wrong_login: Vec<u16>,
    pub others_object: Vec<u16>,
    pub duplicate: Vec<u16>,
    pub invalid: Vec<u16>,
    /// What the `me` route answers to nobody, where it is not a refusal: a status and a body text such as `null`.
    pub anonymous: Option<(u16, String)>,
    /// How the body of a 2xx says that it is a refusal.
    pub denial: Option<Told>,
    /// `isolation` and `token` rows judge only these routes; empty for all.
    pub public_client: bool,
    /// Answers of registration may tell that an e-mail is taken.
    pub enumeration_by_registration: bool,
}

/// Declared rate limits.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Failed logins for one account.
    pub login: Limit,
    /// Login attempts from one address, right or wrong.
    pub login_address: Limit,
    /// Registrations from one address.
    pub registration: Limit,
    /// Requests of any kind from one address.
    pub requests: Limit,
    /// The body of a request.
    pub body: DeclaredSize,
}

/// One declared limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Limit {
    #[default]
    Undeclared,
    /// Enforced by something in front of the target in production; not judged here.
    Edge,
    /// So many in so many seconds.
    Count { count: u32, seconds: u32 },
}

/// How sessions behave by declaration.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// An ended session may be answered from a cache for so many seconds.
    pub cache_seconds: u64,
    /// A used refresh token is good for so many seconds more.
    pub refresh_grace_seconds: u64,
    /// A change of the password ends the other sessions of the user only where the user asks for it.
    pub others_end_on_request: bool,
}

/// Whether the API looks users up itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Users {
    #[default]
    Local,
    /// The API trusts the issuer's token alone.
    Issuer,
}
