//! The command line: what is typed becomes a run, and what the run found becomes text and an exit code.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use reports::gate::{EXIT_NOT_JUDGED, EXIT_PASSED};

use self::io::Color;
pub use self::io::{Env, Io, Out};
pub(crate) use self::mode::mode_for;
pub(crate) use self::recognise::recognise;
pub(crate) use self::stop::Stop;

mod check;
mod demo;
mod explain;
mod forge;
mod io;
mod list;
mod mode;
mod options;
mod page;
mod progress;
mod recognise;
mod replay;
mod reports_to;
mod run;
mod secrets;
mod serve;
mod similar;
mod stop;
mod targets;
mod words;

/// Tests what must never be wrong in an HTTP backend: who you are, and what is yours.
///
/// Test only what you own, or what you may test by agreement with its owner.
#[derive(Debug, Parser)]
#[command(name = "authspec", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// Styles the output: on a terminal, always, or never. NO_COLOR is respected.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 the gate passed, 1 it failed, 2 it could not be judged (also bad usage, a bad profile, a target that does \
not answer), 130 interrupted, with the partial report written.";

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Demo(demo::Arguments),
    Serve(serve::Arguments),
    List(list::Arguments),
    Explain(explain::Arguments),
    Forge(forge::Arguments),
    Replay(replay::Arguments),
}

/// Reads the arguments of the process, its own name first, and does what they say; returns the exit code.
pub async fn main(arguments: impl IntoIterator<Item = OsString>, io: Io) -> u8 {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => run(cli, io).await,
        Err(error) => told(&error, &io),
    }
}

/// Prints the help that was asked for, or what is wrong with the arguments.
fn told(error: &clap::Error, io: &Io) -> u8 {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match io.stdout.print(&text) {
            Ok(()) => EXIT_PASSED,
            Err(_) => EXIT_NOT_JUDGED,
        },
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            io.stderr.note(&text);
            EXIT_NOT_JUDGED
        }
        _ => {
            io.stderr.note(&format!("authspec: {text}"));
            EXIT_NOT_JUDGED
        }
    }
}

/// Runs one command; returns the exit code.
pub async fn run(cli: Cli, io: Io) -> u8 {
    let io = io.with_color(cli.color);
    let ended = match cli.command {
        Command::Check(arguments) => check::run(arguments, &io).await,
        Command::Demo(arguments) => demo::run(arguments, &io).await,
        Command::Serve(arguments) => serve::run(arguments, &io).await,
        Command::List(arguments) => list::run(&arguments, &io),
        Command::Explain(arguments) => explain::run(&arguments, &io),
        Command::Forge(arguments) => forge::run(&arguments, &io),
        Command::Replay(arguments) => replay::run(arguments, &io).await,
    };
    ended.unwrap_or_else(|stop| {
        io.stderr.note(&stop.text(io.stderr.is_styled));
        EXIT_NOT_JUDGED
    })
}
