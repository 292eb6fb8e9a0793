//! What the tests of the engine share: a server of one router on a free port, and a run against it.

use std::io;
use std::path::Path;
use std::time::SystemTime;

use authspec::options::Options;
use authspec::profile::{Overrides, Source, load};
use authspec::target::Target;
use authspec::time::Time;
use reports::model::{Report, Verdict};
use scenarios::catalogue::Catalogue;
use scenarios::model::Mode;

/// The machine's time; a test binary is its own outside.
#[expect(
    clippy::disallowed_methods,
    reason = "a test binary is its own outside"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// The clock that runs by itself.
#[allow(dead_code, reason = "one of the test binaries has a clock of its own")]
pub(crate) fn real_time() -> Time {
    Time::real(now)
}

/// The target of a profile or preset at a URL, with the origins of its front end.
pub(crate) fn target(source: Source<'_>, url: &str, origins: &[&str]) -> Target {
    let overrides = Overrides {
        url: Some(url.to_owned()),
        origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        ..Overrides::default()
    };
    let read = |path: &Path| -> io::Result<String> { std::fs::read_to_string(path) };
    load(source, &overrides, &|_| None, &read).unwrap()
}

/// What the command line chooses on loopback.
pub(crate) fn options(time: Time) -> Options {
    Options {
        mode: Mode::Full,
        mode_reason: "the target is on loopback".into(),
        ..Options::new(time)
    }
}

/// One run over the whole catalogue, or what the options leave of it.
pub(crate) async fn check(target: Target, options: Options) -> Report {
    let catalogue = Catalogue::embedded().unwrap();
    authspec::check(target, &catalogue, options).await
}

/// The ids with one verdict, in order.
pub(crate) fn ids(report: &Report, verdict: Verdict) -> Vec<&str> {
    report
        .results
        .iter()
        .filter(|result| result.verdict == verdict)
        .map(|result| result.id.as_str())
        .collect()
}

/// The report as a user reads it, for the message of an assertion that fails.
pub(crate) fn shown(report: &Report) -> String {
    let console = reports::format("console").unwrap();
    (console.render)(report, &reports::RenderOptions::default())
}
