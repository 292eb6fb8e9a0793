//! A profile becomes a [`Target`]: `authspec.toml`, what it extends, the environment and the command line.

use std::{io, path::Path};

pub use address::join;
pub(crate) use address::{is_loopback, is_public};
pub use error::ProfileError;
pub use presets::{PRESETS, Preset, Recognise};
pub use schema::schema;
pub use template::{PLACEHOLDERS, Unfilled, fill, fill_json, fill_path, holds};

use crate::target::Target;

mod address;
mod compile;
mod error;
mod file;
mod layer;
mod loose;
mod merge;
mod presets;
mod schema;
mod template;
#[cfg(test)]
mod tests;

/// Where a profile comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A file; what it extends is relative to its folder.
    Path(&'a Path),
    /// One that ships with authspec.
    Preset(&'a str),
    /// A text, such as what discovery wrote, and what to call it.
    Text { name: &'a str, text: &'a str },
}

/// What the command line says instead of the profile.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Takes the place of both URLs, unless one of them is given too.
    pub url: Option<String>,
    pub auth_url: Option<String>,
    pub api_url: Option<String>,
    /// Take the place of the front end's origins; none given changes nothing.
    pub origins: Vec<String>,
}

/// Reads and checks a profile. `env` looks up an environment variable, `read` reads a file.
pub fn load(
    source: Source<'_>,
    overrides: &Overrides,
    env: &dyn Fn(&str) -> Option<String>,
    read: &dyn Fn(&Path) -> io::Result<String>,
) -> Result<Target, ProfileError> {
    let layers = layer::Layers::read(source, read)?;
    compile::compile(&layers, overrides, env)
}
