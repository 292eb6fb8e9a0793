//! The contract, claim by claim, on every database that is at hand; the files mirror the URLs.

#[macro_use]
mod support;

mod auth;
mod cookies;
mod cors;
#[cfg(feature = "defects")]
mod defects;
mod errors;
mod health;
mod start;
mod tasks;
mod tokens;

use authspec::environment::database::{Postgres, postgres};
use libtest_mimic::{Arguments, Failed, Trial};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use support::{Claim, Database};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => Arc::new(runtime),
        Err(error) => panic!("no runtime: {error}"),
    };
    // Owned here, so that it is gone when the tests are.
    let postgres = if arguments.list {
        None
    } else {
        runtime.block_on(start())
    };
    let mut trials = Vec::new();
    for claim in claims() {
        trials.push(trial(&runtime, claim, Database::Sqlite));
        match &postgres {
            Some(server) => trials.push(trial(&runtime, claim, Database::Postgres(server.clone()))),
            None => trials.push(
                Trial::test(claim.name, || Ok(()))
                    .with_kind("postgres")
                    .with_ignored_flag(true),
            ),
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Some(server) = postgres.and_then(Arc::into_inner) {
        runtime.block_on(server.stop());
    }
    conclusion.exit_code()
}

/// A PostgreSQL for the whole run; without one its trials are shown as ignored, unless one is required.
async fn start() -> Option<Arc<Postgres>> {
    #[allow(clippy::disallowed_methods, reason = "the main of this binary")]
    let env = |name: &str| std::env::var(name).ok();
    let found = postgres(&env).await;
    let says = match &found {
        Ok(server) => format!(
            "tests run on SQLite and on PostgreSQL ({})",
            server.source()
        ),
        Err(none) if none.must_fail() => panic!("{none}"),
        Err(none) => format!("tests run on SQLite alone: {none}"),
    };
    let _ = writeln!(std::io::stderr(), "{says}");
    found.ok().map(Arc::new)
}

fn claims() -> impl Iterator<Item = &'static Claim> {
    [
        auth::register::CLAIMS,
        auth::login::CLAIMS,
        auth::refresh::CLAIMS,
        auth::logout::CLAIMS,
        auth::me::CLAIMS,
        auth::password::CLAIMS,
        auth::sessions::CLAIMS,
        tasks::one::CLAIMS,
        tasks::list::CLAIMS,
        tasks::isolation::CLAIMS,
        tokens::forged::CLAIMS,
        tokens::sent::CLAIMS,
        tokens::keys::CLAIMS,
        cookies::CLAIMS,
        cors::CLAIMS,
        errors::CLAIMS,
        health::CLAIMS,
        start::CLAIMS,
        #[cfg(feature = "defects")]
        defects::CLAIMS,
    ]
    .into_iter()
    .flatten()
}

fn trial(
    runtime: &Arc<tokio::runtime::Runtime>,
    claim: &'static Claim,
    database: Database,
) -> Trial {
    let (runtime, kind) = (runtime.clone(), database.kind());
    Trial::test(claim.name, move || {
        let run = runtime.spawn(async move { (claim.run)(database.fresh().await).await });
        runtime
            .block_on(run)
            .map_err(|error| Failed::from(support::message(error)))
    })
    .with_kind(kind)
}
