//! The reference server in this process: a database of its own, a random secret, a clock that both sides share.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use reference_server::{AuthMode, Clock, Config, Parts, Running, SharedClock, Signing, StartError};
use tokio::net::TcpListener;

use crate::environment::database::{Postgres, Unavailable, postgres};
use crate::profile::{Overrides, ProfileError, Source, load};
use crate::secret::Secret;
use crate::target::Target;
use crate::time::Time;

/// What can be chosen. The default is what `authspec demo` starts.
#[derive(Debug, Clone)]
pub struct Settings {
    pub database: Database,
    pub auth: AuthMode,
    pub signing: Signing,
    /// Ids of the weaknesses that the server is given; those that do not exist are passed over.
    pub defects: Vec<&'static str>,
    /// The id of the unusual way of being right that it takes; one that does not exist is passed over.
    pub variant: Option<&'static str>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            database: Database::Sqlite,
            auth: AuthMode::Bearer,
            signing: Signing::Hs256,
            defects: Vec::new(),
            variant: None,
        }
    }
}

/// Where the server keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file in a directory that goes with the server.
    Sqlite,
    /// A throw-away server, found as [`postgres`] finds one.
    Postgres,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    #[error(transparent)]
    Server(#[from] StartError),
    #[error(transparent)]
    Database(#[from] Unavailable),
    #[error("the database server makes no database: {0}")]
    Fresh(#[from] sqlx::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("its key cannot be derived: {0}")]
    Key(String),
}

/// A running reference server.
pub struct Demo {
    running: Running,
    url: String,
    preset: &'static str,
    profile: Option<String>,
    source: String,
    signing_key: Secret,
    clock: Arc<SharedClock>,
    data: Data,
}

/// What goes when the server goes.
enum Data {
    Sqlite(Directory),
    Postgres(Box<Postgres>),
}

impl Demo {
    /// Starts it on a free port of loopback.
    pub async fn start(
        settings: &Settings,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Demo, NotStarted> {
        let (data, database_url, source) = match settings.database {
            Database::Sqlite => {
                let directory = Directory::new()?;
                let url = format!("sqlite://{}", directory.0.join("demo.db").display());
                (Data::Sqlite(directory), url, "SQLite".to_owned())
            }
            Database::Postgres => {
                let server = postgres(env).await?;
                let (url, source) = (server.fresh().await?, server.source().to_owned());
                (Data::Postgres(Box::new(server)), url, source)
            }
        };
        let secret = Base64UrlUnpadded::encode_string(&rand::random::<[u8; 48]>());
        let mut config = Config {
            auth: settings.auth,
            signing: settings.signing,
            // While it hashes, whoever asked waits: no core needs to be kept for others.
            hash_threads: std::thread::available_parallelism().map_or(1, usize::from),
            ..Config::new(database_url, reference_server::Secret::new(secret))
        };
        let clock = Arc::new(SharedClock::new());
        let variant = Unusual::find(settings.variant);
        variant.configure(&mut config);
        let parts = Parts::secure(&config, clock.clone()).await?;
        let parts = variant.install(weakened(parts, &settings.defects));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let signing_key = parts.config.signing_key().map_err(NotStarted::Key)?;
        let running = Running::start(parts, listener)?;
        Ok(Demo {
            url: format!("http://{}", running.addr),
            running,
            preset: match settings.auth {
                AuthMode::Bearer => "authspec",
                AuthMode::Cookie => "authspec-cookie",
            },
            profile: variant.profile(),
            source,
            signing_key: Secret::new(signing_key.expose()),
            clock,
            data,
        })
    }

    /// Its contract, at its address.
    pub fn target(&self) -> Result<Target, ProfileError> {
        let overrides = Overrides {
            url: Some(self.url.clone()),
            ..Overrides::default()
        };
        let read = |_: &Path| Err(io::ErrorKind::NotFound.into());
        let source = match &self.profile {
            Some(text) => Source::Text {
                name: "the variant's profile",
                text,
            },
            None => Source::Preset(self.preset),
        };
        load(source, &overrides, &|_| None, &read)
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The name of the profile that fits it.
    pub fn preset(&self) -> &'static str {
        self.preset
    }

    /// The database that is used, for people.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What its tokens are signed with: the secret, or a private key as PEM.
    pub fn signing_key(&self) -> &Secret {
        &self.signing_key
    }

    /// The clock that it reads: waiting moves it.
    pub fn time(&self) -> Time {
        let (now, advance) = (self.clock.clone(), self.clock.clone());
        Time::shared(move || now.now(), move |by: Duration| advance.advance(by))
    }

    /// Ends open requests, then removes its data.
    pub async fn stop(self) {
        self.running.stop().await;
        match self.data {
            Data::Sqlite(directory) => drop(directory),
            Data::Postgres(server) => server.stop().await,
        }
    }
}

/// The parts with these weaknesses installed, in this order.
pub fn weakened(parts: Parts, defects: &[&str]) -> Parts {
    #[cfg(feature = "defects")]
    {
        let found = defects
            .iter()
            .filter_map(|id| reference_server::defects::find(id));
        found.fold(parts, |parts, defect| (defect.install)(parts))
    }
    #[cfg(not(feature = "defects"))]
    {
        let _ = defects;
        parts
    }
}

/// An unusual way of being right, or none.
#[cfg(feature = "defects")]
pub struct Unusual(Option<&'static reference_server::variants::Variant>);

#[cfg(feature = "defects")]
impl Unusual {
    pub fn find(id: Option<&str>) -> Unusual {
        Unusual(id.and_then(reference_server::variants::find))
    }

    /// Changes the settings, before the parts are put together.
    pub fn configure(&self, config: &mut Config) {
        if let Some(variant) = self.0 {
            (variant.configure)(config);
        }
    }

    pub fn install(&self, parts: Parts) -> Parts {
        match self.0 {
            Some(variant) => (variant.install)(parts),
            None => parts,
        }
    }

    /// What its profile says, where it is one.
    pub fn profile(&self) -> Option<String> {
        self.0.map(|variant| variant.profile())
    }
}

/// An unusual way of being right: this build has none.
#[cfg(not(feature = "defects"))]
pub struct Unusual;

#[cfg(not(feature = "defects"))]
impl Unusual {
    pub fn find(_: Option<&str>) -> Unusual {
        Unusual
    }
    pub fn configure(&self, _: &mut Config) {}
    pub fn install(&self, parts: Parts) -> Parts {
        parts
    }
    pub fn profile(&self) -> Option<String> {
        None
    }
}

/// A directory for temporary files that nobody else can read; it goes when it is dropped.
struct Directory(PathBuf);

impl Directory {
    fn new() -> io::Result<Directory> {
        let path =
            std::env::temp_dir().join(format!("authspec-demo-{:016x}", rand::random::<u64>()));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Directory(path))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
