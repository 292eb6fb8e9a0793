//! The ports that the server is put together from, and the one secure way to do it.

use crate::accounts::{Accounts, StoredAccounts};
use crate::bodies::{Bodies, JsonBodies};
use crate::clock::{Clock, millis};
use crate::config::{Config, ConfigError};
use crate::cors::{AllowList, Cors};
use crate::db::{Db, DbError};
use crate::flows::{Flows, SecureFlows};
use crate::identify::{Identify, StrictIdentify};
use crate::metrics::Metrics;
use crate::passwords::{Argon2id, Passwords};
use crate::replies::{PlainReplies, Replies};
use crate::sessions::{Sessions, StoredSessions};
use crate::tasks::{OwnTasks, Tasks};
use crate::throttle::{SlidingMinute, Throttle};
use crate::tokens::keys::{Keys, SecretKeys};
use crate::tokens::{StrictTokens, Tokens};
use axum::Router;
use std::sync::Arc;

/// The head of a request: method, URI, headers, and the extensions `MatchedPath` and `ConnectInfo<SocketAddr>`.
pub type Head = axum::http::request::Parts;

/// Something around the whole server; it sees requests first and answers last.
pub type EdgeLayer = Arc<dyn Fn(Router) -> Router + Send + Sync>;

/// Everything that a server is made of.
///
/// Ports call each other through this struct and never hold one another: whoever replaces one, by a wrapper that
/// answers some methods itself and passes the others to `inner`, changes it for all.
#[derive(Clone)]
pub struct Parts {
    pub config: Arc<Config>,
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub bodies: Arc<dyn Bodies>,
    pub identify: Arc<dyn Identify>,
    pub keys: Arc<dyn Keys>,
    pub tokens: Arc<dyn Tokens>,
    pub passwords: Arc<dyn Passwords>,
    pub accounts: Arc<dyn Accounts>,
    pub sessions: Arc<dyn Sessions>,
    pub flows: Arc<dyn Flows>,
    pub tasks: Arc<dyn Tasks>,
    pub throttle: Arc<dyn Throttle>,
    pub cors: Arc<dyn Cors>,
    pub replies: Arc<dyn Replies>,
    pub metrics: Arc<Metrics>,
    /// Innermost first.
    pub edge: Vec<EdgeLayer>,
}

/// Why the server does not start, one line each.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("cannot make the keys: {0}")]
    Keys(String),
}

impl Parts {
    /// Checks the settings, opens the database, brings its tables up to date, and puts the secure parts together.
    pub async fn secure(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        config.check()?;
        let keys = SecretKeys::new(config).map_err(StartError::Keys)?;
        let passwords = Argon2id::owasp(config.hash_threads).map_err(StartError::Keys)?;
        let db = Db::open(config).await?;
        Ok(Self {
            config: Arc::new(config.clone()),
            db,
            clock,
            bodies: Arc::new(JsonBodies),
            identify: Arc::new(StrictIdentify),
            keys: Arc::new(keys),
            tokens: Arc::new(StrictTokens),
            passwords: Arc::new(passwords),
            accounts: Arc::new(StoredAccounts),
            sessions: Arc::new(StoredSessions),
            flows: Arc::new(SecureFlows),
            tasks: Arc::new(OwnTasks),
            throttle: Arc::new(SlidingMinute::default()),
            cors: Arc::new(AllowList),
            replies: Arc::new(PlainReplies),
            metrics: Arc::new(Metrics::default()),
            edge: Vec::new(),
        })
    }

    /// Adds a layer around what is there.
    #[must_use]
    pub fn around(mut self, layer: impl Fn(Router) -> Router + Send + Sync + 'static) -> Self {
        self.edge.push(Arc::new(layer));
        self
    }

    /// The time in milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        millis(self.clock.now())
    }
}
