//! Which backend is meant, and by which profile it is read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::client::Client;
use crate::profile::{Overrides, PRESETS, Source, load};
use crate::target::Target;

use super::recognise::{self, recognise};
use super::{Io, Stop};

/// The profile that is read where none is named.
pub(super) const DEFAULT_PROFILE: &str = "authspec.toml";

#[derive(Debug, Clone, Default, Args)]
pub(super) struct TargetArguments {
    /// Where the backend is.
    #[arg(value_name = "URL")]
    pub(super) url: Option<String>,
    #[command(flatten)]
    pub(super) profile: ProfileArguments,
    /// Where registration, login, refresh and logout are, if elsewhere.
    #[arg(long, value_name = "URL", help_heading = "Target")]
    auth_url: Option<String>,
    /// Where the API is, if elsewhere.
    #[arg(long, value_name = "URL", help_heading = "Target")]
    api_url: Option<String>,
    /// The front end's origin, instead of the profile's; repeatable.
    #[arg(long, value_name = "ORIGIN", help_heading = "Target")]
    origin: Vec<String>,
}

#[derive(Debug, Clone, Default, Args)]
#[group(multiple = false)]
pub(super) struct ProfileArguments {
    /// The file that describes the backend's contract.
    #[arg(long, value_name = "FILE", help_heading = "Target")]
    pub(super) profile: Option<PathBuf>,
    /// A description that ships with authspec.
    #[arg(long, value_name = "NAME", help_heading = "Target")]
    pub(super) preset: Option<String>,
}

impl ProfileArguments {
    /// The profile that was named, if one was.
    pub(super) fn source(&self) -> Result<Option<Source<'_>>, Stop> {
        match (&self.profile, &self.preset) {
            (Some(path), _) => Ok(Some(Source::Path(path))),
            (None, Some(name)) => {
                let known = || PRESETS.iter().map(|preset| preset.name);
                if known().any(|preset| preset == name) {
                    return Ok(Some(Source::Preset(name)));
                }
                let all: Vec<_> = known().collect();
                let mut close = super::similar::similar(name, known());
                close.truncate(1);
                let hint = close
                    .first()
                    .map(|close| format!("did you mean `{close}`? "));
                Err(
                    Stop::new(format!("there is no preset `{name}`")).advice(format!(
                        "{}there are {}",
                        hint.unwrap_or_default(),
                        all.join(", ")
                    )),
                )
            }
            (None, None) => Ok(None),
        }
    }
}

impl TargetArguments {
    /// Reads the profile, or finds the preset that fits. Only that search sends anything, and it only reads; where
    /// nothing may be `sent` there is no search.
    pub(super) async fn target(
        &self,
        timeout: Duration,
        sent: bool,
        io: &Io,
    ) -> Result<Target, Stop> {
        let overrides = self.overrides();
        if let Some(source) = self.profile.source()? {
            return self.load(source, &overrides, io);
        }
        let Some(url) = &self.url else {
            return self.in_working_directory(&overrides, io);
        };
        let base = recognise::base(url)?;
        if !sent {
            let known: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
            let message = "--dry-run sends nothing, so it cannot look which preset fits";
            return Err(Stop::new(message).advice(format!(
                "name one, such as `--preset fastapi`, or give --profile FILE; there are {}",
                known.join(", ")
            )));
        }
        let client = Client::new(timeout, None).map_err(|error| Stop::new(error.to_string()))?;
        let has_profile = Path::new(DEFAULT_PROFILE).is_file();
        let preset = recognise(&base, &client, has_profile).await?;
        io.stderr.note(&format!(
            "recognised the contract of the preset `{}`: {}\n",
            preset.name, preset.title
        ));
        self.load(Source::Preset(preset.name), &overrides, io)
    }

    fn in_working_directory(&self, overrides: &Overrides, io: &Io) -> Result<Target, Stop> {
        let path = Path::new(DEFAULT_PROFILE);
        if !path.is_file() {
            let message = format!("no URL was given, and there is no {DEFAULT_PROFILE} here");
            return Err(Stop::new(message).advice(recognise::how_to("http://localhost:8000")));
        }
        self.load(Source::Path(path), overrides, io)
    }

    fn load(&self, source: Source<'_>, overrides: &Overrides, io: &Io) -> Result<Target, Stop> {
        let read = |path: &Path| std::fs::read_to_string(path);
        Ok(load(source, overrides, &|name| (io.env)(name), &read)?)
    }

    fn overrides(&self) -> Overrides {
        Overrides {
            url: self.url.clone(),
            auth_url: self.auth_url.clone(),
            api_url: self.api_url.clone(),
            origins: self.origin.clone(),
        }
    }

    /// The same backend under URLs that are known already.
    pub(super) fn at(profile: &ProfileArguments, auth_url: &str, api_url: &str) -> TargetArguments {
        TargetArguments {
            profile: profile.clone(),
            auth_url: Some(auth_url.to_owned()),
            api_url: Some(api_url.to_owned()),
            ..TargetArguments::default()
        }
    }
}
