//! What can be set from outside, checked before anything starts.

use crate::secret::{Secret, weakness};
use std::net::IpAddr;
use std::time::Duration;

/// How a signed-in client presents itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMode {
    /// `Authorization: Bearer`; cookies are ignored.
    Bearer,
    /// `__Host-` cookies out of reach of scripts; `Authorization` is ignored.
    Cookie,
}

/// How access tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// HMAC with the shared secret.
    Hs256,
    Hs384,
    Hs512,
    /// RSA, PKCS#1 v1.5; as with all below, the public key is at `/.well-known/jwks.json`.
    Rs256,
    /// RSA, PSS.
    Ps256,
    /// ECDSA on P-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Signing {
    pub const ALL: [Signing; 7] = [
        Signing::Hs256,
        Signing::Hs384,
        Signing::Hs512,
        Signing::Rs256,
        Signing::Ps256,
        Signing::Es256,
        Signing::EdDsa,
    ];

    /// As the header of a token says it (RFC 7518 3.1).
    pub fn name(self) -> &'static str {
        match self {
            Signing::Hs256 => "HS256",
            Signing::Hs384 => "HS384",
            Signing::Hs512 => "HS512",
            Signing::Rs256 => "RS256",
            Signing::Ps256 => "PS256",
            Signing::Es256 => "ES256",
            Signing::EdDsa => "EdDSA",
        }
    }

    /// Whether anybody may know the key that verifies.
    pub fn has_public_key(self) -> bool {
        match self {
            Signing::Hs256 | Signing::Hs384 | Signing::Hs512 => false,
            Signing::Rs256 | Signing::Ps256 | Signing::Es256 | Signing::EdDsa => true,
        }
    }
}

/// How often something may happen in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Failed logins for one account.
    pub failed_logins: u32,
    /// Login attempts from one address.
    pub logins: u32,
    /// Registrations from one address.
    pub registrations: u32,
}

/// The settings of one server. Secrets in it do not print.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite://PATH`, `sqlite::memory:` or `postgres://…`.
    pub database_url: Secret,
    /// Signs tokens; at least 32 bytes, not guessable.
    pub secret: Secret,
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `aud`.
    pub audience: String,
    /// Origins of browsers that may call, each exactly `scheme://host[:port]`.
    pub allowed_origins: Vec<String>,
    pub auth: AuthMode,
    pub signing: Signing,
    /// Peers whose `X-Forwarded-For` is believed; none by default.
    pub trusted_proxies: Vec<IpAddr>,
    pub access_lifetime: Duration,
    pub refresh_lifetime: Duration,
    /// However often a session is refreshed, it ends this long after the sign-in.
    pub session_lifetime: Duration,
    pub limits: Limits,
    /// The largest request body in bytes.
    pub body_limit: usize,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
    /// Connections to the database.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long the database may work on one statement.
    pub statement_timeout: Duration,
    /// Passwords that are hashed at once; the rest waits.
    pub hash_threads: usize,
}

/// Why the settings are refused, one line each.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    #[error("{0} is not set")]
    Missing(&'static str),
    #[error("BETTER_AUTH_SECRET {0}")]
    WeakSecret(&'static str),
    #[error(
        "CORS_ORIGINS must not hold `*`: answers to browsers carry credentials; name each origin"
    )]
    WildcardOrigin,
    #[error("CORS_ORIGINS holds `{0}`, which is no origin like `https://app.example.com`")]
    BadOrigin(String),
    #[error("DATABASE_URL must start with `sqlite:` or `postgres:`")]
    BadDatabase,
    #[error("{name} is `{value}`; it must be {wanted}")]
    BadValue {
        name: &'static str,
        value: String,
        wanted: &'static str,
    },
}

impl Config {
    /// The defaults of the contract, with the two settings that have none.
    pub fn new(database_url: impl Into<String>, secret: Secret) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            database_url: Secret::new(database_url),
            secret,
            issuer: "https://reference-server.authspec.dev".into(),
            audience: "authspec-reference-api".into(),
            allowed_origins: vec!["http://localhost:3000".into()],
            auth: AuthMode::Bearer,
            signing: Signing::Hs256,
            trusted_proxies: Vec::new(),
            access_lifetime: Duration::from_secs(15 * 60),
            refresh_lifetime: Duration::from_secs(7 * 86_400),
            session_lifetime: Duration::from_secs(30 * 86_400),
            limits: Limits {
                failed_logins: 5,
                logins: 300,
                registrations: 120,
            },
            body_limit: 64 * 1024,
            body_timeout: Duration::from_secs(10),
            max_connections: 8,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(5),
            hash_threads: cores.saturating_sub(1).max(1),
        }
    }

    /// Reads the environment through `env` and checks the whole.
    pub fn from_env(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let set = |name: &str| env(name).filter(|value| !value.trim().is_empty());
        let need = |name: &'static str| set(name).ok_or(ConfigError::Missing(name));
        let secret = Secret::new(need("BETTER_AUTH_SECRET")?);
        let mut config = Self::new(need("DATABASE_URL")?, secret);
        if let Some(list) = set("CORS_ORIGINS") {
            config.allowed_origins = words(&list);
        }
        if let Some(value) = set("AUTH_ISSUER") {
            config.issuer = value;
        }
        if let Some(value) = set("AUTH_AUDIENCE") {
            config.audience = value;
        }
        if let Some(value) = set("AUTH_MODE") {
            config.auth = match value.as_str() {
                "bearer" => AuthMode::Bearer,
                "cookie" => AuthMode::Cookie,
                _ => return Err(bad("AUTH_MODE", value, "`bearer` or `cookie`")),
            };
        }
        if let Some(value) = set("AUTH_SIGNING") {
            let named = |signing: &Signing| signing.name().to_ascii_lowercase() == value;
            let Some(signing) = Signing::ALL.into_iter().find(named) else {
                let wanted = "`hs256`, `hs384`, `hs512`, `rs256`, `ps256`, `es256` or `eddsa`";
                return Err(bad("AUTH_SIGNING", value, wanted));
            };
            config.signing = signing;
        }
        for word in set("TRUSTED_PROXIES").iter().flat_map(|list| words(list)) {
            let Ok(address) = word.parse() else {
                return Err(bad("TRUSTED_PROXIES", word, "a comma list of IP addresses"));
            };
            config.trusted_proxies.push(address);
        }
        let number = |name: &'static str, default: u64| match set(name) {
            None => Ok(default),
            Some(value) => match value.parse::<u32>() {
                Ok(n) if n > 0 => Ok(u64::from(n)),
                _ => Err(bad(name, value, "a whole number above 0")),
            },
        };
        let ms = |name, default: Duration| {
            number(name, u64::try_from(default.as_millis()).unwrap_or(u64::MAX))
                .map(Duration::from_millis)
        };
        config.max_connections = u32::try_from(number(
            "DATABASE_MAX_CONNECTIONS",
            u64::from(config.max_connections),
        )?)
        .unwrap_or(u32::MAX);
        config.acquire_timeout = ms("DATABASE_ACQUIRE_TIMEOUT_MS", config.acquire_timeout)?;
        config.statement_timeout = ms("DATABASE_STATEMENT_TIMEOUT_MS", config.statement_timeout)?;
        config.hash_threads =
            usize::try_from(number("HASH_THREADS", config.hash_threads as u64)?).unwrap_or(1);
        config.check()?;
        Ok(config)
    }

    /// What its tokens are signed with, for a checker that may have it: the secret, or the private key as PEM.
    pub fn signing_key(&self) -> Result<Secret, String> {
        crate::tokens::keys::signing_key(self)
    }

    /// Refuses what would start an unsafe server.
    pub fn check(&self) -> Result<(), ConfigError> {
        if let Some(why) = weakness(self.secret.expose()) {
            return Err(ConfigError::WeakSecret(why));
        }
        // A key as long as the hash (RFC 7518 3.2); 32 bytes are asked of every secret.
        let length = self.secret.expose().len();
        if self.signing == Signing::Hs384 && length < 48 {
            return Err(ConfigError::WeakSecret(
                "is shorter than the 48 bytes of HS384; make one with `openssl rand -base64 48`",
            ));
        }
        if self.signing == Signing::Hs512 && length < 64 {
            return Err(ConfigError::WeakSecret(
                "is shorter than the 64 bytes of HS512; make one with `openssl rand -base64 48`",
            ));
        }
        let url = self.database_url.expose();
        if !["sqlite:", "postgres:", "postgresql:"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(ConfigError::BadDatabase);
        }
        for origin in &self.allowed_origins {
            if origin.contains('*') {
                return Err(ConfigError::WildcardOrigin);
            }
            if !is_origin(origin) {
                return Err(ConfigError::BadOrigin(origin.clone()));
            }
        }
        Ok(())
    }
}

fn words(list: &str) -> Vec<String> {
    list.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn bad(name: &'static str, value: String, wanted: &'static str) -> ConfigError {
    ConfigError::BadValue {
        name,
        value,
        wanted,
    }
}

/// A serialised origin as browsers send it (RFC 6454 6.2): lower case, no path, not `null`.
fn is_origin(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|host| {
        !host.is_empty()
            && host
                .chars()
                .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '.' | '-' | ':' | '[' | ']'))
    })
}
