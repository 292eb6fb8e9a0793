//! `authspec check`: a backend, wherever it runs.

use clap::Args;

use super::options::RunArguments;
use super::secrets::SecretArguments;
use super::targets::TargetArguments;
use super::{Io, Stop};

/// Checks a backend.
///
/// Without URL it reads `authspec.toml` in the working directory. With a URL and neither profile nor preset it looks
/// whether the backend has the contract of a preset, and says how to write a profile where it has not.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: TargetArguments,
    #[command(flatten)]
    secret: SecretArguments,
    #[command(flatten)]
    run: RunArguments,
}

pub(super) async fn run(arguments: Arguments, io: &Io) -> Result<u8, Stop> {
    let timeout = arguments.run.limits.timeout;
    let target = arguments
        .target
        .target(timeout, !arguments.run.dry_run, io)
        .await?;
    let key = arguments.secret.for_target(&target, io)?;
    let options = arguments.run.options(&target, key, io.time(), false, io)?;
    super::run::run(target, options, &arguments.run, io).await
}
