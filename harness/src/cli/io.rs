//! The outside as a command sees it: environment, streams, clock and the wish to stop.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::options::Cancel;
use crate::time::Time;

use super::Stop;

/// Looks up an environment variable.
pub type Env = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Everything that a command gets from the process.
pub struct Io {
    pub env: Env,
    pub stdin: Mutex<Box<dyn Read + Send>>,
    pub stdout: Out,
    pub stderr: Out,
    pub clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// Set when the user asks to stop.
    pub cancel: Cancel,
}

/// When output is styled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Io {
    /// Settles which of the streams are styled.
    pub(super) fn with_color(self, color: Color) -> Io {
        let plain = self.set("NO_COLOR").is_some();
        let styled = |out: &Out| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => out.is_terminal && !plain,
        };
        Io {
            stdout: Out {
                is_styled: styled(&self.stdout),
                ..self.stdout
            },
            stderr: Out {
                is_styled: styled(&self.stderr),
                ..self.stderr
            },
            ..self
        }
    }

    /// An environment variable that has a value.
    pub(super) fn set(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.is_empty())
    }

    /// The clock of the machine.
    pub(super) fn time(&self) -> Time {
        let clock = self.clock.clone();
        Time::real(move || clock())
    }

    /// The result of a command.
    pub(super) fn print(&self, text: &str) -> Result<(), Stop> {
        self.stdout.print(text).map_err(|error| {
            Stop::new(format!("cannot write to standard output: {error}"))
                .advice("give the report a file: --report console=FILE")
        })
    }

    pub(super) fn read_stdin(&self) -> Result<String, Stop> {
        let mut text = String::new();
        let mut stdin = self.stdin.lock().unwrap_or_else(PoisonError::into_inner);
        stdin
            .read_to_string(&mut text)
            .map_err(|error| Stop::new(format!("cannot read standard input: {error}")))?;
        Ok(text)
    }
}

/// A stream that several may write to.
#[derive(Clone)]
pub struct Out {
    stream: Arc<Mutex<dyn Write + Send>>,
    pub(super) is_terminal: bool,
    pub(super) is_styled: bool,
}

impl Out {
    /// A stream, and whether a person looks at it.
    pub fn new(stream: impl Write + Send + 'static, is_terminal: bool) -> Out {
        Out {
            stream: Arc::new(Mutex::new(stream)),
            is_terminal,
            is_styled: false,
        }
    }

    /// Writes a text. A reader that has seen enough and closed the pipe is no failure.
    pub fn print(&self, text: &str) -> io::Result<()> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let written = stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush());
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }

    /// Writes a remark that may get lost.
    pub fn note(&self, text: &str) {
        let _ = self.print(text);
    }
}

impl Write for Out {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.flush()
    }
}
