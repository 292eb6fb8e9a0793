//! Where the signing key comes from; never from an argument, which every process of the machine can read.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::forge::Key;
use crate::secret::Secret;
use crate::target::Target;

use super::{Io, Stop};

/// One way at most to the key that signs the target's tokens.
#[derive(Debug, Clone, Default, Args)]
#[group(multiple = false)]
pub(super) struct SecretArguments {
    /// The environment variable that holds the secret with which tokens are signed.
    #[arg(long, value_name = "VAR", help_heading = "Signing key")]
    secret_env: Option<String>,
    /// The file that holds the secret with which tokens are signed.
    #[arg(long, value_name = "FILE", help_heading = "Signing key")]
    secret_file: Option<PathBuf>,
    /// The PEM file that holds the private key with which tokens are signed.
    #[arg(long, value_name = "FILE", help_heading = "Signing key")]
    signing_key_file: Option<PathBuf>,
}

impl SecretArguments {
    /// The key that was named, or the one in the variable that the profile names.
    pub(super) fn for_target(&self, target: &Target, io: &Io) -> Result<Option<Secret>, Stop> {
        let given = self.read(io)?;
        let declared = || target.jwt.secret_env.as_ref().and_then(|name| io.set(name));
        Ok(given.or_else(|| declared().map(Secret::new)))
    }

    /// The key that was named.
    pub(super) fn read(&self, io: &Io) -> Result<Option<Secret>, Stop> {
        if let Some(name) = &self.secret_env {
            let secret = io.set(name).ok_or_else(|| {
                Stop::new(format!("the environment variable {name} is not set"))
                    .advice(format!("set {name} to the secret with which the target signs its tokens, or leave out --secret-env"))
            })?;
            return Ok(Some(Secret::new(secret)));
        }
        if let Some(path) = &self.secret_file {
            let text = read(path, "--secret-file")?;
            let secret = text.trim_end_matches(['\n', '\r']);
            if secret.is_empty() {
                return Err(Stop::new(format!("{} is empty", path.display()))
                    .advice("write the secret with which the target signs its tokens into it"));
            }
            return Ok(Some(Secret::new(secret)));
        }
        let Some(path) = &self.signing_key_file else {
            return Ok(None);
        };
        let text = read(path, "--signing-key-file")?;
        Key::from_pem(&text).map_err(|error| {
            Stop::new(format!("{}: {error}", path.display())).advice(
                "give a private key as PEM; a shared secret goes into --secret-file or --secret-env",
            )
        })?;
        Ok(Some(Secret::new(text)))
    }
}

fn read(path: &Path, option: &str) -> Result<String, Stop> {
    std::fs::read_to_string(path).map_err(|error| {
        Stop::new(format!("cannot read {}: {error}", path.display()))
            .advice(format!("name a readable file after {option}"))
    })
}
