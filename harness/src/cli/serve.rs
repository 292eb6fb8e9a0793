//! `authspec serve`: the reference server alone.

use std::net::SocketAddr;

use clap::Args;

use super::demo::ServerArguments;
use super::{Io, Stop};

/// Runs the reference server alone, until it is interrupted.
///
/// It reads BETTER_AUTH_SECRET and DATABASE_URL, and where they are set CORS_ORIGINS, AUTH_ISSUER, AUTH_AUDIENCE,
/// AUTH_MODE, AUTH_SIGNING, TRUSTED_PROXIES, DATABASE_MAX_CONNECTIONS, DATABASE_ACQUIRE_TIMEOUT_MS,
/// DATABASE_STATEMENT_TIMEOUT_MS and HASH_THREADS. AUTHSPEC_LOG sets how much is logged to standard error.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where it listens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
    /// Where it serves /metrics, apart from the public.
    #[arg(long, value_name = "ADDR")]
    metrics_listen: Option<SocketAddr>,
    /// The environment variable that holds the database URL, instead of DATABASE_URL.
    #[arg(long, value_name = "VAR")]
    database_url_env: Option<String>,
    #[command(flatten)]
    server: ServerArguments,
}

#[cfg(not(feature = "demo"))]
pub(super) async fn run(arguments: Arguments, _: &Io) -> Result<u8, Stop> {
    arguments.server.defects()?;
    arguments.server.variant()?;
    Err(super::demo::without_server())
}

#[cfg(feature = "demo")]
pub(super) async fn run(arguments: Arguments, io: &Io) -> Result<u8, Stop> {
    use reference_server::{Parts, Running, SystemClock};
    let defects = arguments.server.defects()?;
    let variant = arguments.server.variant()?;
    let made_for_tests = !defects.is_empty() || variant.is_some();
    if made_for_tests && !arguments.listen.ip().is_loopback() {
        return Err(Stop::new(format!(
            "a server that was made for tests does not listen on {}, where others reach it",
            arguments.listen
        ))
        .advice("listen on 127.0.0.1, or leave out --defect and --variant"));
    }
    log_to(io)?;
    let unusual = crate::demo::Unusual::find(variant);
    let mut config = config(&arguments, io)?;
    unusual.configure(&mut config);
    let public = listen(arguments.listen).await?;
    let metrics = match arguments.metrics_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let parts = Parts::secure(&config, std::sync::Arc::new(SystemClock)).await;
    let parts = parts.map_err(|error| does_not_start(error.to_string()))?;
    let parts = unusual.install(crate::demo::weakened(parts, &defects));
    let running = Running::start_with_metrics(parts, public, metrics)
        .map_err(|error| does_not_start(error.to_string()))?;
    let given: Vec<_> = defects.into_iter().chain(variant).collect();
    let weak = match given.join(", ") {
        none if none.is_empty() => none,
        ids => format!(", with {ids}"),
    };
    io.print(&format!("listening on http://{}{weak}\n", running.addr))?;
    io.cancel.cancelled().await;
    running.stop().await;
    Ok(reports::gate::EXIT_PASSED)
}

/// One JSON object a line; a library that embeds authspec may have a log of its own already.
#[cfg(feature = "demo")]
fn log_to(io: &Io) -> Result<(), Stop> {
    let wanted = io.set("AUTHSPEC_LOG").unwrap_or_else(|| "info".into());
    let filter = tracing_subscriber::EnvFilter::try_new(&wanted).map_err(|error| {
        Stop::new(format!(
            "AUTHSPEC_LOG is `{wanted}`, which is no filter: {error}"
        ))
        .advice("write a level: error, warn, info, debug or trace")
    })?;
    let stderr = io.stderr.clone();
    let log = tracing_subscriber::fmt().json().with_env_filter(filter);
    let _ = log.with_writer(move || stderr.clone()).try_init();
    Ok(())
}

#[cfg(feature = "demo")]
fn config(arguments: &Arguments, io: &Io) -> Result<reference_server::Config, Stop> {
    use reference_server::{Config, ConfigError};
    let database = arguments
        .database_url_env
        .as_deref()
        .unwrap_or("DATABASE_URL");
    let env = |name: &str| {
        (io.env)(if name == "DATABASE_URL" {
            database
        } else {
            name
        })
    };
    let mut config = Config::from_env(&env).map_err(|error| match error {
        ConfigError::Missing("DATABASE_URL") => Stop::new(format!("{database} is not set")).advice(
            "set it to a database, such as sqlite://authspec.db or postgres://user@localhost/name",
        ),
        ConfigError::Missing(_) => does_not_start(error.to_string())
            .advice("set it, such as by: export BETTER_AUTH_SECRET=\"$(openssl rand -base64 48)\""),
        ConfigError::WeakSecret(_)
        | ConfigError::WildcardOrigin
        | ConfigError::BadOrigin(_)
        | ConfigError::BadDatabase
        | ConfigError::BadValue { .. } => does_not_start(error.to_string()),
    })?;
    config.auth = arguments.server.auth.map_or(config.auth, Into::into);
    config.signing = arguments.server.jwt.map_or(config.signing, Into::into);
    Ok(config)
}

#[cfg(feature = "demo")]
async fn listen(address: SocketAddr) -> Result<tokio::net::TcpListener, Stop> {
    tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| {
            Stop::new(format!("cannot listen on {address}: {error}"))
                .advice("choose another address: --listen 127.0.0.1:8001")
        })
}

#[cfg(feature = "demo")]
fn does_not_start(why: String) -> Stop {
    Stop::new(format!("the reference server does not start: {why}"))
}
