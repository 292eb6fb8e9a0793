//! Why a command ends without having judged: one line, what to do about it, and the place where there is one.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use reports::escape::lines;
use scenarios::catalogue::ScenarioError;

use crate::profile::ProfileError;

/// An end with exit code 2.
pub(crate) struct Stop {
    message: String,
    advice: Option<String>,
    place: Option<Box<dyn Diagnostic + Send + Sync>>,
}

impl Stop {
    pub(crate) fn new(message: impl Into<String>) -> Stop {
        Stop {
            message: message.into(),
            advice: None,
            place: None,
        }
    }

    /// Says what to do about it.
    pub(crate) fn advice(self, advice: impl Into<String>) -> Stop {
        Stop {
            advice: Some(advice.into()),
            ..self
        }
    }

    /// A mistake in a file, with an excerpt of it.
    fn at(error: impl Diagnostic + Send + Sync + 'static) -> Stop {
        let message = error.to_string();
        let place = error.source_code().is_some();
        Stop {
            place: place.then(|| Box::new(error) as Box<dyn Diagnostic + Send + Sync>),
            ..Stop::new(message)
        }
    }

    /// The text for standard error. Parts of it may come from the target, so nothing of it acts on the terminal.
    pub(crate) fn text(&self, color: bool) -> String {
        let (red, plain) = if color {
            ("\u{1b}[31;1m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        let mut text = format!("authspec: {red}error{plain}: {}\n", lines(&self.message));
        if let Some(place) = &self.place {
            text.push_str(&excerpt(place.as_ref(), color));
        }
        if let Some(advice) = &self.advice {
            text.push_str(&format!("{}\n", lines(advice)));
        }
        text
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(false))
    }
}

impl From<ProfileError> for Stop {
    fn from(error: ProfileError) -> Stop {
        Stop::at(error)
    }
}

impl From<ScenarioError> for Stop {
    fn from(error: ScenarioError) -> Stop {
        Stop::at(error)
    }
}

/// The lines around a mistake; its message stands above them already.
fn excerpt(place: &dyn Diagnostic, color: bool) -> String {
    let theme = if color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false);
    if handler.render_report(&mut text, &Excerpt(place)).is_err() {
        return String::new();
    }
    let from = text.find('╭').map_or(0, |at| {
        text[..at].rfind('\n').map_or(0, |line_end| line_end + 1)
    });
    lines_of_terminal(&text[from..], color)
}

/// Excerpts show what stands in the file; only the styles that were asked for may act on the terminal.
fn lines_of_terminal(text: &str, color: bool) -> String {
    if color {
        text.to_owned()
    } else {
        lines(text).into_owned()
    }
}

#[derive(Debug)]
struct Excerpt<'a>(&'a dyn Diagnostic);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("here")
    }
}

impl std::error::Error for Excerpt<'_> {}

impl Diagnostic for Excerpt<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.0.labels()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_a_file_shows_its_line_once() {
        let Err(error) = scenarios::catalogue::parse("own/x.toml", "requirement = 1\n") else {
            panic!("it has no control")
        };
        insta::assert_snapshot!(Stop::from(error).text(false), @r"
        authspec: error: scenario file `own/x.toml`, line 1, column 15: invalid type: integer `1`, expected a string
           ╭─[own/x.toml:1:15]
         1 │ requirement = 1
           ·               ┬
           ·               ╰── here
           ╰────
        ");
    }

    #[test]
    fn what_the_target_sent_does_not_act_on_the_terminal() {
        let text = Stop::new("it answered \u{1b}[31mred").text(false);
        assert_eq!(text, "authspec: error: it answered \\x1b[31mred\n");
    }
}
