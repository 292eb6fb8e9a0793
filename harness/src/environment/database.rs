//! Throw-away PostgreSQL servers: a URL that was given, else a container, else the server binaries of the machine.
//!
//! Whoever starts one keeps the handle for as long as it is used, and calls [`Postgres::stop`] at the end;
//! a handle that is dropped stops its server too. A static never drops, so a test binary owns it in `main`.

mod container;
mod local;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use url::Url;

use super::required::{Required, Tool, UnknownTool};

/// The URL of a server whose user may create databases.
pub const URL_VARIABLE: &str = "AUTHSPEC_POSTGRES_URL";
/// The container image, instead of `postgres:16-alpine`.
pub const IMAGE_VARIABLE: &str = "AUTHSPEC_POSTGRES_IMAGE";

const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// One way to a server that led nowhere, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub what: String,
    pub why: String,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

/// There is no PostgreSQL to be had.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    #[error("no PostgreSQL: {}", tried.iter().map(Attempt::to_string).collect::<Vec<_>>().join("; "))]
    Nothing {
        tried: Vec<Attempt>,
        /// The environment asks for one, by a URL or by `AUTHSPEC_REQUIRE`.
        required: bool,
    },
    #[error(transparent)]
    Require(#[from] UnknownTool),
}

impl Unavailable {
    /// Whether this must fail the run; otherwise it may skip what needs a server.
    pub fn must_fail(&self) -> bool {
        match self {
            Unavailable::Nothing { required, .. } => *required,
            Unavailable::Require(_) => true,
        }
    }
}

/// A running PostgreSQL server on which anything may be done.
pub struct Postgres {
    admin: Url,
    server: Server,
    source: String,
    passed_over: Vec<Attempt>,
    /// Databases made on a server that outlives the handle.
    made: Mutex<Vec<String>>,
}

/// What keeps the server alive; dropping it ends what this process started.
enum Server {
    Given,
    Container(Box<container::Container>),
    Local(local::Local),
}

/// Finds or starts a server, in the order of the module's first line.
///
/// A given URL is the only thing tried: a fall-back would hide that it is wrong.
pub async fn postgres(env: &dyn Fn(&str) -> Option<String>) -> Result<Postgres, Unavailable> {
    let required = Required::from_env(env)?;
    let only_docker = required.requires(Tool::Docker);
    let set = |name| env(name).filter(|value: &String| !value.trim().is_empty());

    let mut tried = Vec::new();
    if let Some(url) = set(URL_VARIABLE) {
        let why = if only_docker {
            "not used, since AUTHSPEC_REQUIRE asks for docker".to_owned()
        } else {
            match given(&url).await {
                Ok(server) => return Ok(server),
                Err(why) => why,
            }
        };
        tried.push(attempt(URL_VARIABLE, why));
        return Err(Unavailable::Nothing {
            tried,
            required: true,
        });
    }

    let image = set(IMAGE_VARIABLE).unwrap_or_else(|| container::DEFAULT_IMAGE.to_owned());
    match container::start(&image).await {
        Ok((container, admin)) => {
            let server = Server::Container(Box::new(container));
            return Ok(Postgres::new(
                admin,
                server,
                format!("container {image}"),
                tried,
            ));
        }
        Err(why) => tried.push(attempt(format!("container {image}"), why)),
    }

    if only_docker {
        tried.push(attempt(
            "local binaries",
            "not used, since AUTHSPEC_REQUIRE asks for docker",
        ));
    } else {
        match local_server(env).await {
            Ok((local, admin, version)) => {
                let source = format!("local binaries, PostgreSQL {version}");
                return Ok(Postgres::new(admin, Server::Local(local), source, tried));
            }
            Err(why) => tried.push(attempt("local binaries", why)),
        }
    }
    Err(Unavailable::Nothing {
        tried,
        required: only_docker || required.requires(Tool::Postgres),
    })
}

fn attempt(what: impl Into<String>, why: impl Into<String>) -> Attempt {
    Attempt {
        what: what.into(),
        why: why.into(),
    }
}

async fn given(url: &str) -> Result<Postgres, String> {
    // The URL may hold a password: only the parser's own words go into the reason.
    let admin = Url::parse(url).map_err(|error| error.to_string())?;
    if !matches!(admin.scheme(), "postgres" | "postgresql") {
        return Err("must start with postgres://".to_owned());
    }
    let version = version(&admin).await?;
    let source = format!("{URL_VARIABLE}, PostgreSQL {version}");
    Ok(Postgres::new(admin, Server::Given, source, Vec::new()))
}

async fn local_server(
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<(local::Local, Url, i32), String> {
    let binaries = local::find(env).ok_or("initdb and postgres were not found")?;
    let (local, admin) = local::start(&binaries).await?;
    let version = version(&admin).await?;
    Ok((local, admin, version))
}

/// The major version; proves that the server answers and lets the user in.
async fn version(admin: &Url) -> Result<i32, String> {
    let ask = async {
        let mut connection = connect(admin).await?;
        let number: String = sqlx::query_scalar("SHOW server_version_num")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(number)
    };
    let number = tokio::time::timeout(CONNECT_WITHIN, ask)
        .await
        .map_err(|_| format!("no answer within {CONNECT_WITHIN:?}"))?
        .map_err(|error| error.to_string())?;
    number
        .parse::<i32>()
        .map(|number| number / 10_000)
        .map_err(|_| format!("`{number}` is no version of PostgreSQL"))
}

async fn connect(url: &Url) -> Result<PgConnection, sqlx::Error> {
    url.as_str()
        .parse::<PgConnectOptions>()?
        .disable_statement_logging()
        .connect()
        .await
}

impl Postgres {
    fn new(admin: Url, server: Server, source: String, passed_over: Vec<Attempt>) -> Postgres {
        Postgres {
            admin,
            server,
            source,
            passed_over,
            made: Mutex::default(),
        }
    }

    /// Makes an empty database with a random name; returns its URL.
    pub async fn fresh(&self) -> Result<String, sqlx::Error> {
        let name = format!("authspec_{:032x}", rand::random::<u128>());
        let mut admin = connect(&self.admin).await?;
        sqlx::query(AssertSqlSafe(format!(
            "CREATE DATABASE {name} TEMPLATE template0"
        )))
        .execute(&mut admin)
        .await?;
        admin.close().await?;
        let mut url = self.admin.clone();
        url.set_path(&name);
        if matches!(self.server, Server::Given) {
            self.made
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(name);
        }
        Ok(url.into())
    }

    /// What is used, for people: `container postgres:15`, `local binaries, PostgreSQL 15`.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What would have come first, and why it is not used.
    pub fn passed_over(&self) -> &[Attempt] {
        &self.passed_over
    }

    /// Ends the server; on a given one only the databases that were made here go.
    pub async fn stop(self) {
        match self.server {
            Server::Given => {
                let made = self
                    .made
                    .into_inner()
                    .unwrap_or_else(PoisonError::into_inner);
                drop_databases(&self.admin, made).await;
            }
            Server::Container(container) => container.stop().await,
            Server::Local(local) => local.stop().await,
        }
    }
}

/// Leaves behind what cannot be dropped: the server is not ours, and the run is over.
async fn drop_databases(admin: &Url, names: Vec<String>) {
    let Ok(mut admin) = connect(admin).await else {
        return;
    };
    for name in names {
        let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        if let Err(error) = sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await {
            tracing::warn!(database = name, %error, "a throw-away database is left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(pairs: &'static [(&'static str, &'static str)]) -> Unavailable {
        let env = move |name: &str| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        match runtime.block_on(postgres(&env)) {
            Ok(server) => panic!("{} was found", server.source()),
            Err(unavailable) => unavailable,
        }
    }

    #[test]
    fn a_given_url_that_is_wrong_fails_without_a_fall_back() {
        let error = failure(&[(URL_VARIABLE, "mysql://user:hunter2@127.0.0.1/x")]);
        assert!(error.must_fail());
        assert_eq!(
            error.to_string(),
            "no PostgreSQL: AUTHSPEC_POSTGRES_URL: must start with postgres://"
        );
    }

    #[test]
    fn a_password_in_the_given_url_is_not_repeated() {
        let error = failure(&[(URL_VARIABLE, "postgres://user:hunter2@127.0.0.1:1/x")]);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn a_required_container_is_not_replaced_by_a_given_url() {
        let error = failure(&[
            ("AUTHSPEC_REQUIRE", "docker"),
            (URL_VARIABLE, "postgres://user@127.0.0.1:1/x"),
        ]);
        assert!(error.must_fail());
        assert!(error.to_string().contains("asks for docker"), "{error}");
    }

    #[test]
    fn a_slip_in_the_requirements_fails() {
        let error = failure(&[("AUTHSPEC_REQUIRE", "postgress")]);
        assert!(error.must_fail());
        assert!(error.to_string().contains("`postgress`"), "{error}");
    }

    #[test]
    fn without_a_requirement_it_may_be_skipped_with_every_reason() {
        let error = Unavailable::Nothing {
            tried: vec![
                attempt("container x", "no engine"),
                attempt("local binaries", "none"),
            ],
            required: false,
        };
        assert!(!error.must_fail());
        assert_eq!(
            error.to_string(),
            "no PostgreSQL: container x: no engine; local binaries: none"
        );
    }
}
