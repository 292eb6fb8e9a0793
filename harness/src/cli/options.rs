//! The options that every run takes, and how they become [`Options`].

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use globset::Glob;
use scenarios::catalogue::Catalogue;
use scenarios::model::Severity;

use crate::options::Options;
use crate::secret::Secret;
use crate::target::Target;
use crate::time::Time;

use super::mode::AskedMode;
use super::reports_to::ReportTo;
use super::similar::suggestion;
use super::{Io, Stop, mode_for};

/// What `check` and `demo` have in common.
#[derive(Debug, Clone, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub(super) own: OwnScenarios,
    #[command(flatten)]
    pub(super) limits: LimitArguments,
    /// Runs only scenarios whose id matches, such as `token.*`; repeatable.
    #[arg(long, value_name = "GLOB", help_heading = "Selection")]
    select: Vec<String>,
    /// Leaves out scenarios whose id matches; repeatable.
    #[arg(long, value_name = "GLOB", help_heading = "Selection")]
    skip: Vec<String>,
    /// A list of words for guessing the signing secret, one a line.
    #[arg(long, value_name = "FILE", help_heading = "Selection")]
    wordlist: Option<PathBuf>,
    /// Waits for a token to expire for so long at most.
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Limits")]
    wait_expiry: Option<Duration>,
    /// How many scenarios run at once.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Limits")]
    jobs: u16,
    /// The time for the whole run.
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration, help_heading = "Limits")]
    deadline: Duration,
    /// Fixes choices and order.
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
    /// The gate fails on a finding of this severity or above.
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "medium",
        help_heading = "Gate"
    )]
    fail_on: FailOn,
    /// The gate also fails on whatever is inconclusive or an error.
    #[arg(long, help_heading = "Gate")]
    strict: bool,
    /// Writes a report: console, json or junit, to a file or to standard output; repeatable.
    #[arg(long, value_name = "FORMAT[=PATH]", value_parser = ReportTo::parse, help_heading = "Output")]
    pub(super) report: Vec<ReportTo>,
    /// Says what would run and how long it would take, and sends nothing.
    #[arg(long, help_heading = "Output")]
    pub(super) dry_run: bool,
    /// Shows no progress.
    #[arg(long, help_heading = "Output")]
    pub(super) no_progress: bool,
}

/// What keeps a run within bounds; `replay` takes these too.
#[derive(Debug, Clone, Args)]
pub(super) struct LimitArguments {
    /// How hard the target may be pressed: full on loopback, safe elsewhere.
    #[arg(long, value_name = "MODE", help_heading = "Limits")]
    mode: Option<AskedMode>,
    /// New accounts in safe mode.
    #[arg(long, value_name = "N", default_value_t = 4, help_heading = "Limits")]
    max_accounts: usize,
    /// Requests a second.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Limits")]
    rps: Option<u32>,
    /// Where to listen for what the target fetches at a stranger's word; the target must reach it. Beside a target on
    /// loopback it needs no saying.
    #[arg(long, value_name = "HOST:PORT", help_heading = "Limits")]
    listen_address: Option<String>,
    /// The time for one request.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration, help_heading = "Limits")]
    pub(super) timeout: Duration,
    /// The longest wait for one rate limit.
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration, help_heading = "Limits")]
    patience: Duration,
    /// What of the answers is kept: their shape, or everything but secrets; `full` also shows each case on the console.
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "masked",
        help_heading = "Output"
    )]
    pub(super) evidence: EvidenceKept,
}

/// Scenario files of the user.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct OwnScenarios {
    /// Further scenarios, in files DIR/AREA/NAME.toml; one with a built-in id takes its place; repeatable.
    #[arg(long = "scenarios", value_name = "DIR", help_heading = "Selection")]
    directories: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EvidenceKept {
    Masked,
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Critical,
    High,
    Medium,
    Low,
}

impl From<FailOn> for Severity {
    fn from(word: FailOn) -> Severity {
        match word {
            FailOn::Critical => Severity::Critical,
            FailOn::High => Severity::High,
            FailOn::Medium => Severity::Medium,
            FailOn::Low => Severity::Low,
        }
    }
}

impl RunArguments {
    /// The settings of a run against this target.
    pub(super) fn options(
        &self,
        target: &Target,
        key: Option<Secret>,
        time: Time,
        launched: bool,
        io: &Io,
    ) -> Result<Options, Stop> {
        let wordlist = match &self.wordlist {
            None => Vec::new(),
            Some(path) => std::fs::read(path).map_err(|error| {
                Stop::new(format!("cannot read {}: {error}", path.display()))
                    .advice("name a readable file after --wordlist, one word a line")
            })?,
        };
        Ok(Options {
            select: self.select.clone(),
            skip: self.skip.clone(),
            fail_on: self.fail_on.into(),
            strict: self.strict,
            jobs: usize::from(self.jobs),
            seed: self.seed,
            deadline: self.deadline,
            wordlist,
            wait_expiry: self.wait_expiry,
            ..self.limits.options(target, key, time, launched, io)
        })
    }

    /// Refuses patterns that are none, and selections that select nothing.
    pub(super) fn check_selection(&self, catalogue: &Catalogue) -> Result<(), Stop> {
        for pattern in self.select.iter().chain(&self.skip) {
            let glob = Glob::new(pattern).map_err(|error| {
                Stop::new(format!("`{pattern}` is no pattern: {}", error.kind()))
                    .advice("a pattern looks like `token.*` or `isolation.read-other`")
            })?;
            let glob = glob.compile_matcher();
            if !catalogue.all().iter().any(|s| glob.is_match(&s.id)) {
                let ids = catalogue.all().iter().map(|s| s.id.as_str());
                return Err(Stop::new(format!("no scenario matches `{pattern}`"))
                    .advice(suggestion(pattern, ids, "authspec list")));
            }
        }
        Ok(())
    }
}

impl LimitArguments {
    pub(super) fn options(
        &self,
        target: &Target,
        key: Option<Secret>,
        time: Time,
        launched: bool,
        io: &Io,
    ) -> Options {
        let (mode, mode_reason) = mode_for(self.mode.map(Into::into), target, launched);
        Options {
            mode,
            mode_reason,
            timeout: self.timeout,
            patience: self.patience,
            max_accounts: self.max_accounts,
            rps: self.rps,
            signing_key: key,
            listen: self.listen_address.clone(),
            launched,
            full_evidence: self.evidence == EvidenceKept::Full,
            cancel: io.cancel.clone(),
            ..Options::new(time)
        }
    }
}

impl OwnScenarios {
    /// The built-in scenarios and the user's own.
    pub(super) fn catalogue(&self) -> Result<Catalogue, Stop> {
        let mut files = Vec::new();
        for directory in &self.directories {
            let unreadable = |error: std::io::Error| {
                Stop::new(format!("cannot read {}: {error}", directory.display()))
                    .advice("name a readable directory of files AREA/NAME.toml after --scenarios")
            };
            let before = files.len();
            for area in sorted(directory).map_err(unreadable)? {
                if area.is_dir() {
                    for file in sorted(&area).map_err(unreadable)? {
                        if file.extension().is_some_and(|end| end == "toml") {
                            let text = std::fs::read_to_string(&file).map_err(unreadable)?;
                            files.push((file.display().to_string(), text));
                        }
                    }
                }
            }
            if files.len() == before {
                let message = format!("there is no scenario in {}", directory.display());
                return Err(Stop::new(message).advice(
                    "scenarios stand in files AREA/NAME.toml below it, and AREA.NAME is their id",
                ));
            }
        }
        Ok(Catalogue::with(files)?)
    }
}

fn sorted(directory: &std::path::Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(directory)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

/// `500ms`, `10s`, `10m`, `2h`, `7d`.
fn duration(text: &str) -> Result<Duration, String> {
    let unit_at = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err("write a number and its unit, such as 500ms, 10s, 10m or 2h".into()),
    };
    let number: u64 = number
        .parse()
        .map_err(|_| "write a whole number and its unit, such as 10s".to_owned())?;
    match number.checked_mul(ms) {
        Some(0) => Err("it must be longer than nothing".into()),
        Some(ms) if ms <= 366 * 86_400_000 => Ok(Duration::from_millis(ms)),
        Some(_) | None => Err("it must be a year at most".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want_ms: Option<u64>) {
        assert_eq!(
            duration(text).ok(),
            want_ms.map(Duration::from_millis),
            "{text}"
        );
    }

    #[test]
    fn a_duration_is_a_number_and_its_unit() {
        check("500ms", Some(500));
        check("10s", Some(10_000));
        check("10m", Some(600_000));
        check("2h", Some(7_200_000));
        check("7d", Some(604_800_000));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "10",
            "s",
            "-1s",
            "1.5s",
            "0s",
            "10 s",
            "99999999999999999999d",
            "400d",
        ] {
            check(text, None);
        }
    }
}
