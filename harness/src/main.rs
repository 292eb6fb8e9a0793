//! The process: its arguments, environment, streams, clock and signals go in; its exit code comes out.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

use std::io::{IsTerminal, Result, stderr, stdin, stdout};
use std::process::{ExitCode, exit};
use std::sync::{Arc, Mutex};

use authspec::cli::{self, Io, Out};
use authspec::options::Cancel;
use tokio::signal::{self, unix::SignalKind};

#[tokio::main]
#[expect(clippy::disallowed_methods, reason = "this is the outside")]
async fn main() -> ExitCode {
    let io = Io {
        env: Arc::new(|name| std::env::var(name).ok()),
        stdin: Mutex::new(Box::new(stdin())),
        stdout: Out::new(stdout(), stdout().is_terminal()),
        stderr: Out::new(stderr(), stderr().is_terminal()),
        clock: Arc::new(std::time::SystemTime::now),
        cancel: Cancel::default(),
    };
    tokio::spawn(interrupted(io.cancel.clone()));
    ExitCode::from(cli::main(std::env::args_os(), io).await)
}

/// The first signal asks the run to end in good order, the second ends the process.
#[expect(clippy::exit, reason = "whoever asks twice does not want to wait")]
async fn interrupted(cancel: Cancel) -> Result<()> {
    let mut terminate = signal::unix::signal(SignalKind::terminate())?;
    loop {
        tokio::select! { _ = signal::ctrl_c() => {}, _ = terminate.recv() => {} }
        if cancel.is_cancelled() {
            exit(130);
        }
        cancel.cancel();
    }
}
