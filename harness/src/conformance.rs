//! Makes a project's own `tests/conformance.rs`: each scenario is a test by its id, after one run over those selected.
//!
//! ```no_run
//! use std::{process::ExitCode, time::SystemTime};
//!
//! use authspec::conformance::{self, Running, Suite};
//! use authspec::profile::Source;
//! use authspec::{options::Options, time::Time};
//!
//! fn main() -> ExitCode {
//!     let suite = Suite {
//!         profile: Some(Source::Path("authspec.toml".as_ref())),
//!         env: &|name| std::env::var(name).ok(),
//!         own: Vec::new(),
//!     };
//!     conformance::main(&suite, async {
//!         let server = "http://127.0.0.1:8000"; // start your server here, on a free port
//!         let options = Options::new(Time::real(SystemTime::now));
//!         Ok(Running::at(server, options).until(async { /* stop it here */ }))
//!     })
//! }
//! ```
//!
//! In `Cargo.toml` it needs `[[test]]` with `name = "conformance"` and `harness = false`.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use reports::model::{ScenarioResult, Verdict};
use reports::{FORMATS, RenderOptions, Report};
use scenarios::catalogue::Catalogue;
use scenarios::model::Mode;

use crate::cli::{mode_for, recognise};
use crate::client::Client;
use crate::options::Options;
use crate::profile::{Overrides, Source, load};
use crate::secret::Secret;
use crate::target::Target;

/// What is tested, and how its contract is read.
pub struct Suite<'a> {
    /// The contract; without one, the preset that the server is recognised by.
    pub profile: Option<Source<'a>>,
    /// Looks up an environment variable for the profile.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// Scenarios of one's own, as `area/name.toml` with their text.
    pub own: Vec<(String, String)>,
}

/// A server that is up.
pub struct Running {
    url: String,
    options: Options,
    stop: Pin<Box<dyn Future<Output = ()>>>,
}

impl Running {
    /// A server at a URL, and how it is to be tested: the mode follows from where it is, and the selection from the
    /// arguments of the test binary.
    pub fn at(url: impl Into<String>, options: Options) -> Running {
        Running {
            url: url.into(),
            options,
            stop: Box::pin(async {}),
        }
    }

    /// What is to be done when the run is over.
    pub fn until(self, stop: impl Future<Output = ()> + 'static) -> Running {
        Running {
            stop: Box::pin(stop),
            ..self
        }
    }
}

/// Runs the tests that the arguments of this process select. Nothing is started where they only list them.
///
/// A test passes and fails with its scenario; what was skipped is ignored, with the reason; what could not be judged
/// fails.
pub fn main(suite: &Suite<'_>, start: impl Future<Output = Result<Running, String>>) -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = Catalogue::with(suite.own.clone())
        .map_err(|error| error.to_string())
        .and_then(|catalogue| trials(&arguments, &catalogue, suite, start));
    let conclusion = match trials {
        Ok(trials) => libtest_mimic::run(&arguments, trials),
        Err(why) => libtest_mimic::run(&unfiltered(arguments), vec![broken(why)]),
    };
    conclusion.exit_code()
}

fn trials(
    arguments: &Arguments,
    catalogue: &Catalogue,
    suite: &Suite<'_>,
    start: impl Future<Output = Result<Running, String>>,
) -> Result<Vec<Trial>, String> {
    let ids = catalogue.all().iter().map(|scenario| scenario.id.as_str());
    let named =
        |id: &str| Trial::test(id, || Ok(())).with_kind(id.split('.').next().unwrap_or_default());
    let selected = ids
        .clone()
        .filter(|id| !arguments.is_filtered_out(&named(id)));
    let selected: Vec<_> = selected.map(str::to_owned).collect();
    if arguments.list || selected.is_empty() {
        return Ok(ids.map(named).collect());
    }
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let report = runtime.block_on(judged(catalogue, suite, selected, start))?;
    let trial = |result| trial(&report, result);
    Ok(report.results.iter().map(trial).collect())
}

async fn judged(
    catalogue: &Catalogue,
    suite: &Suite<'_>,
    selected: Vec<String>,
    start: impl Future<Output = Result<Running, String>>,
) -> Result<Report, String> {
    let Running { url, options, stop } = start.await?;
    let report = match target(suite, &url, &options).await {
        Ok(target) => {
            let options = settled(options, &target, selected, suite.env);
            Ok(crate::check(target, catalogue, options).await)
        }
        Err(why) => Err(why),
    };
    stop.await;
    report
}

async fn target(suite: &Suite<'_>, url: &str, options: &Options) -> Result<Target, String> {
    let source = match suite.profile {
        Some(source) => source,
        None => {
            let base =
                url::Url::parse(url).map_err(|error| format!("`{url}` is no URL: {error}"))?;
            let client =
                Client::new(options.timeout, options.rps).map_err(|error| error.to_string())?;
            let preset = recognise(&base, &client, false).await;
            Source::Preset(preset.map_err(|stop| stop.text(false))?.name)
        }
    };
    let overrides = Overrides {
        url: Some(url.to_owned()),
        ..Overrides::default()
    };
    let read = |path: &Path| std::fs::read_to_string(path);
    load(source, &overrides, suite.env, &read).map_err(|error| error.to_string())
}

fn settled(
    options: Options,
    target: &Target,
    select: Vec<String>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Options {
    let (mode, mode_reason) = match options.mode {
        Mode::Full => (Mode::Full, options.mode_reason),
        Mode::Safe => mode_for(None, target, options.launched),
    };
    let declared = || target.jwt.secret_env.as_ref().and_then(|name| env(name));
    Options {
        signing_key: options.signing_key.or_else(|| declared().map(Secret::new)),
        mode,
        mode_reason,
        select,
        ..options
    }
}

fn trial(report: &Report, result: &ScenarioResult) -> Trial {
    let verdict = result.verdict;
    let reason = result.remedy();
    let text = text_of(report, result);
    let outcome = move || match verdict {
        Verdict::Pass => Ok(Completion::Completed),
        Verdict::Skipped => Ok(Completion::ignored_with(reason)),
        Verdict::Fail | Verdict::Inconclusive | Verdict::Error => Err(Failed::from(text)),
    };
    Trial::ignorable_test(&result.id, outcome).with_kind(&result.area)
}

/// The console report with this one result.
fn text_of(report: &Report, result: &ScenarioResult) -> String {
    let alone = Report {
        results: vec![result.clone()],
        ..report.clone()
    };
    let console = FORMATS.first().map(|format| format.render);
    console.map_or_else(String::new, |render| {
        render(&alone.concluded(), &RenderOptions::default())
    })
}

/// One failing test in the place of all: nothing could be run.
fn broken(why: String) -> Trial {
    Trial::test("conformance", || Err(Failed::from(why)))
}

/// No filter hides that nothing could be run.
fn unfiltered(arguments: Arguments) -> Arguments {
    Arguments {
        filter: None,
        skip: Vec::new(),
        ignored: false,
        bench: false,
        list: false,
        ..arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: Suite<'static> = Suite {
        profile: None,
        env: &|_| None,
        own: Vec::new(),
    };

    #[test]
    fn listing_the_tests_starts_nothing() {
        let arguments = Arguments {
            list: true,
            ..Arguments::default()
        };
        let catalogue = Catalogue::embedded().unwrap();
        let listed = trials(&arguments, &catalogue, &NOBODY, async { unreachable!() });
        assert_eq!(listed.map(|all| all.len()), Ok(catalogue.all().len()));
    }

    #[test]
    fn no_filter_hides_that_the_server_did_not_start() {
        let arguments = Arguments {
            filter: Some("own.it".into()),
            exact: true,
            ..Arguments::default()
        };
        let own = vec![("own/it.toml".to_owned(), SCENARIO.to_owned())];
        let catalogue = Catalogue::with(own).unwrap();
        let start = async { Err("no port is free".to_owned()) };
        let error = trials(&arguments, &catalogue, &NOBODY, start).map(|all| all.len());
        assert_eq!(error, Err("no port is free".to_owned()));
        assert!(!unfiltered(arguments).is_filtered_out(&broken(String::new())));
    }

    const SCENARIO: &str = r#"
requirement = "It answers."
severity = "low"
refs = { cwe = [1] }
why = "It must."
fix = "Start it."
control = "PC-NONE"

[[case]]
name = "health"
call = "health"
expect = "accepted"
"#;
}
