//! From a target and options to reports and an exit code: the one way that `check` and `demo` share.

use reports::gate::{EXIT_INTERRUPTED, EXIT_PASSED, exit_code};
use reports::model::Report;

use crate::options::Options;
use crate::target::Target;

use super::options::{EvidenceKept, RunArguments};
use super::progress::Display;
use super::reports_to::Outputs;
use super::{Io, Stop};

/// Checks and reports; whatever can be refused is refused before the first request.
pub(super) async fn run(
    target: Target,
    mut options: Options,
    arguments: &RunArguments,
    io: &Io,
) -> Result<u8, Stop> {
    let catalogue = arguments.own.catalogue()?;
    arguments.check_selection(&catalogue)?;
    if arguments.dry_run {
        let text = crate::dry_run(&target, &catalogue, &options);
        io.print(&format!("{}\n", text.trim_end()))?;
        return Ok(EXIT_PASSED);
    }
    let outputs = Outputs::open(&arguments.report)?;
    let display = Display::new(io, !arguments.no_progress);
    options.progress = Some(display.listener(io));
    let report = crate::check(target, &catalogue, options).await;
    display.finish();
    outputs.write(&report, arguments.limits.evidence == EvidenceKept::Full, io)?;
    Ok(code(&report, io))
}

fn code(report: &Report, io: &Io) -> u8 {
    if report.interrupted && io.cancel.is_cancelled() {
        EXIT_INTERRUPTED
    } else {
        exit_code(report.summary.gate)
    }
}
