//! The profile as it is written: `authspec.toml`, key by key. The comments are the descriptions of the JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub(super) use place::{Place, Pointer, Send, UserId};
pub(super) use route::{Call, Route, RouteTable, Side, Told};
pub(super) use value::{Audience, Origin, Rate, Seconds, Size, Statuses, status};

use value::json;

mod place;
mod route;
mod value;

/// A profile of authspec: what a backend's contract looks like. Every key is optional here; what is missing after
/// `extends` is said when the profile is used.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Profile {
    /// The profile that this one lies over: the name of a preset, or a path relative to this file. Tables merge;
    /// lists, bodies and alternatives replace. What is extended may not extend another.
    pub(super) extends: Option<String>,
    /// What reports call the target; the name of the file where nothing is said.
    pub(super) name: Option<String>,
    /// Where it is deployed; `staging` where nothing is said.
    pub(super) environment: Option<Environment>,
    /// What stands before it where it is deployed.
    pub(super) deployment: Deployment,
    /// Where it is.
    pub(super) target: Target,
    /// The browser clients that may call it.
    pub(super) front_end: FrontEnd,
    /// How test accounts are made, or which exist.
    pub(super) accounts: Accounts,
    /// Routes by name: `register`, `login`, `me`, `refresh`, `logout`, `password`, `delete-account`, `sessions`,
    /// `health`, and any others that should be tested. A text `"POST /login"`, a table, or `false` for one that an
    /// extended profile has and this target has not.
    pub(super) routes: BTreeMap<String, Route>,
    /// What follows the login route.
    pub(super) login: Login,
    /// Where the credential is found and how it is sent.
    pub(super) credential: Credential,
    /// Facts about tokens that are JSON web tokens.
    pub(super) jwt: Jwt,
    /// The kinds of object that users own.
    pub(super) resource: Option<Vec<Resource>>,
    /// The target's own choice where several are right.
    pub(super) policy: Policy,
    /// Declared rate limits: `"5 in 60s"`, or `"edge"` where something in front of the target enforces them.
    pub(super) limits: Limits,
    /// How sessions behave by declaration.
    pub(super) session: Session,
    /// How the API knows users.
    pub(super) api: Api,
    /// When the gate may pass.
    pub(super) gate: Gate,
    /// Scenario ids whose fail does not fail the gate, each with its reason.
    pub(super) waive: BTreeMap<String, String>,
}

/// Where a target is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Environment {
    Development,
    Staging,
    Production,
}

/// What stands before a target where it is deployed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Deployment {
    /// `none`: clients reach it directly. `overwrites`: a proxy sets `X-Forwarded-For` and its like anew.
    pub(super) proxy: Option<Proxy>,
}

/// The proxy before a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Proxy {
    None,
    Overwrites,
}

/// Where the target is. A URL on the command line takes the place of all of these.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Target {
    /// The base URL of both sides; a path in it stands before every route.
    pub(super) url: Option<String>,
    /// The base URL of registration, login, refresh and logout, where it is another.
    pub(super) auth_url: Option<String>,
    /// The base URL of everything else, where it is another.
    pub(super) api_url: Option<String>,
}

/// The browser clients that may call the target.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FrontEnd {
    /// Origins whose pages may read answers, such as `https://app.example.com`.
    pub(super) origins: Option<Vec<String>>,
    /// There is no browser client, and no CORS.
    pub(super) none: Option<bool>,
    /// The auth URL has the origin of the front end and needs no CORS headers.
    pub(super) auth_exempt: Option<bool>,
    /// The `Origin` that is sent with state-changing calls, for backends that insist on one.
    pub(super) send_origin: Option<Origin>,
}

/// How test accounts are made, or which exist. Texts may hold `{rand}`, `{digits}`, `{uuid}` and `{env:NAME}`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Accounts {
    /// `authspec+{rand}@example.com` where nothing is said.
    pub(super) email: Option<String>,
    /// `authspec{rand}` where nothing is said.
    pub(super) username: Option<String>,
    /// `Aspec-{rand}-7!` where nothing is said.
    pub(super) password: Option<String>,
    /// `Authspec {rand}` where nothing is said.
    pub(super) name: Option<String>,
    /// The id of users whose tokens are minted; `{uuid}` where nothing is said.
    pub(super) user_id: Option<String>,
    /// Accounts that exist already.
    pub(super) supplied: Option<Vec<Supplied>>,
    /// Called once before the run, to put the target into a known state.
    pub(super) reset: Option<Route>,
}

/// An account that exists already; its secrets come from the environment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Supplied {
    /// What it logs in by.
    pub(super) email: Option<String>,
    /// What it logs in by, where that is no e-mail address.
    pub(super) username: Option<String>,
    /// The environment variable that holds the password.
    pub(super) password_env: Option<String>,
    /// The environment variable that holds a ready access token.
    pub(super) token_env: Option<String>,
    /// Its id, where no answer tells it.
    pub(super) user_id: Option<String>,
}

/// What follows the login route.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Login {
    /// Steps until the credential is at hand; it is looked for in the answer of the last. Cookies set by earlier
    /// steps are sent, and what an earlier step saved is known as `{name}`.
    pub(super) then: Option<Vec<Route>>,
}

/// Where the credential is found and how it is sent.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Credential {
    /// Where the access token or session stands in the answer of login; `/access_token` where nothing is said, or
    /// the cookie that `send` names.
    pub(super) token: Option<Place>,
    /// Where the refresh token stands; a cookie is sent back as the same cookie.
    pub(super) refresh: Option<Place>,
    /// How the access token is sent; `Authorization: Bearer` where nothing is said.
    pub(super) send: Option<Send>,
    /// Where the user's id is learnt.
    pub(super) user_id: Option<UserId>,
    /// Registration signs in at once: its answer holds what login's does.
    pub(super) at_registration: Option<bool>,
}

/// Facts about tokens that are JSON web tokens.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Jwt {
    /// The credential is no JSON web token.
    pub(super) opaque: Option<bool>,
    /// The algorithm that issued tokens have, such as `HS256`.
    pub(super) algorithm: Option<String>,
    /// The environment variable that holds the shared secret.
    pub(super) secret_env: Option<String>,
    /// The key set: a path below the auth URL, or a whole URL.
    pub(super) jwks: Option<String>,
    /// The claim `iss` of issued tokens.
    pub(super) issuer: Option<String>,
    /// The claim `aud` of issued tokens.
    pub(super) audience: Option<Audience>,
    /// How long an access token lives: seconds, or a text such as `15m`.
    pub(super) lifetime: Option<Seconds>,
    /// Header members of minted tokens beside `alg`; `{ typ = "JWT" }` where nothing is said.
    #[serde(deserialize_with = "json")]
    pub(super) header: Option<Value>,
    /// Claims of tokens that are minted where there is no login, such as
    /// `{ sub = "{user_id}", iat = "{now:number}", exp = "{exp:number}" }`.
    #[serde(deserialize_with = "json")]
    pub(super) mint: Option<Value>,
}

/// A kind of object that users own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resource {
    /// One word, such as `task`.
    pub(super) name: String,
    /// Makes an object.
    pub(super) create: Route,
    /// Lists the caller's objects.
    pub(super) list: Option<Route>,
    /// Reads one object.
    pub(super) read: Option<Route>,
    /// Replaces an object, or changes it by an action.
    pub(super) replace: Option<Route>,
    /// Changes parts of an object.
    pub(super) patch: Option<Route>,
    /// Deletes an object.
    pub(super) delete: Option<Route>,
    /// The JSON body of create, and of replace and patch where they have none; a text of it holds `{marker}`.
    #[serde(default, deserialize_with = "json")]
    pub(super) json: Option<Value>,
    /// The form body, in the place of `json`.
    pub(super) form: Option<BTreeMap<String, String>>,
    /// Where the id stands in the answer of create; `/id` where nothing is said. Create holds `{id}` where the
    /// client chooses it.
    pub(super) id: Option<Pointer>,
    /// Where the owner's id stands in an object.
    pub(super) owner: Option<Pointer>,
    /// Where the objects stand in the answer of list; the whole answer where nothing is said.
    pub(super) items: Option<Pointer>,
    /// The query parameters that page through the list.
    pub(super) paging: Option<Paging>,
    /// Everybody may read it by design; only writes and `private` are judged.
    pub(super) public: Option<bool>,
    /// Fields of a public object that only its owner may see.
    pub(super) private: Option<Vec<Pointer>>,
    /// Makes what must exist first; `{parent_id}` is its id, which stands at the route's `id` (`/id`).
    pub(super) parent: Option<Route>,
}

/// The query parameters that page through a list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// The parameter for how many are asked for.
    pub(super) limit: String,
    /// The parameter that counts objects from 0; either this or `page`.
    pub(super) offset: Option<String>,
    /// The parameter that counts pages from 1.
    pub(super) page: Option<String>,
    /// How many are asked for at once; 50 where nothing is said.
    pub(super) size: Option<u32>,
    /// How many are given at once at most, where that is more than 100.
    pub(super) most: Option<u32>,
}

/// The target's own choice where several are right: a status or a list of them. What is not declared is compared
/// with the target itself.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Policy {
    /// For a token that is not accepted.
    pub(super) bad_token: Option<Statuses>,
    /// For a wrong password or an unknown account.
    pub(super) wrong_login: Option<Statuses>,
    /// For an object of another user.
    pub(super) others_object: Option<Statuses>,
    /// For an e-mail address or user name that is taken.
    pub(super) duplicate: Option<Statuses>,
    /// For input that is not valid.
    pub(super) invalid: Option<Statuses>,
    /// What `me` answers to nobody, where it is not a refusal.
    pub(super) anonymous: Option<Anonymous>,
    /// How the body of a 2xx says that it is a refusal, for targets whose refusals have no status of their own.
    pub(super) denial: Option<Told>,
    /// Registration may tell that an address is taken.
    pub(super) enumeration_by_registration: Option<bool>,
}

/// An answer to nobody.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Anonymous {
    /// Its status.
    pub(super) status: u16,
    /// Its body; empty where nothing is said.
    #[serde(default)]
    pub(super) body: String,
}

/// Declared rate limits.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    /// Failed logins for one account.
    pub(super) login: Option<Rate>,
    /// Login attempts from one address, right or wrong.
    pub(super) login_address: Option<Rate>,
    /// Registrations from one address.
    pub(super) registration: Option<Rate>,
    /// Requests of any kind from one address.
    pub(super) requests: Option<Rate>,
    /// The largest body of a request that is read: bytes, a text such as `2MB`, or `edge`.
    pub(super) body: Option<Size>,
}

/// How sessions behave by declaration.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Session {
    /// How long an ended session may be answered from a cache.
    pub(super) cache: Option<Seconds>,
    /// How long a used refresh token is good for retries.
    pub(super) refresh_grace: Option<Seconds>,
    /// `false`: a change of the password ends other sessions only where the user asks for it. `true` where nothing is
    /// said.
    pub(super) password_change_ends_others: Option<bool>,
}

/// How the API knows users.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Api {
    /// `local`: it looks users up. `issuer`: it trusts the issuer's token alone. `local` where nothing is said.
    pub(super) users: Option<Users>,
}

/// Whether the API looks users up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Users {
    Local,
    Issuer,
}

/// When the gate may pass.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Gate {
    /// Globs of scenarios that must be judged: `["token.expired", "isolation.*"]`.
    pub(super) require: Option<Vec<String>>,
}
