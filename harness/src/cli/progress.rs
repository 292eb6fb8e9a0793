//! What a run shows on the way: a bar on a terminal, and remarks that everybody should read.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use reports::escape::line;

use crate::options::Progress;

use super::Io;

/// The display of one run.
pub(super) struct Display {
    bar: ProgressBar,
}

impl Display {
    /// A bar where standard error is a terminal; remarks alone elsewhere.
    pub(super) fn new(io: &Io, wanted: bool) -> Display {
        let target = if wanted && io.stderr.is_terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} {wide_msg}")
        {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Display { bar }
    }

    /// What the run calls.
    pub(super) fn listener(&self, io: &Io) -> Arc<dyn Fn(Progress<'_>) + Send + Sync> {
        let (bar, stderr) = (self.bar.clone(), io.stderr.clone());
        Arc::new(move |progress| match progress {
            Progress::Planned(count) => bar.set_length(count as u64),
            Progress::Done { id, verdict } => {
                bar.set_message(format!("{verdict} {}", line(id)));
                bar.inc(1);
            }
            Progress::Waiting { why, duration } => {
                bar.set_message(format!(
                    "waits {} s: {}",
                    duration.as_secs().max(1),
                    line(why)
                ));
            }
            Progress::Note(text) => bar.suspend(|| stderr.note(&format!("{}\n", line(text)))),
        })
    }

    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}
