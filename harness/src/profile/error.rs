//! What is wrong with a profile, and where.

use std::{fmt, ops::Range, sync::Arc};

use miette::{Diagnostic, NamedSource, SourceSpan};

/// A profile that cannot be used; says where the mistake is and what to do.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{file}{}: {message}", At(*position))]
pub struct ProfileError {
    /// The file, the preset or the option, as a reader would call it.
    pub file: String,
    /// Line and column, both from 1, where the mistake has a place in the file.
    pub position: Option<(usize, usize)>,
    pub message: String,
    #[source_code]
    text: Option<Arc<NamedSource<String>>>,
    #[label("here")]
    span: Option<SourceSpan>,
}

impl ProfileError {
    /// A mistake that stands in no text.
    pub(super) fn plain(file: impl Into<String>, message: impl Into<String>) -> ProfileError {
        ProfileError {
            file: file.into(),
            position: None,
            message: message.into(),
            text: None,
            span: None,
        }
    }

    /// A mistake at a place of a text.
    pub(super) fn at(
        file: &str,
        text: &str,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> ProfileError {
        let start = text.floor_char_boundary(span.start);
        let before = &text[..start];
        ProfileError {
            file: file.to_owned(),
            position: Some((
                before.matches('\n').count() + 1,
                before.chars().rev().take_while(|c| *c != '\n').count() + 1,
            )),
            message: message.into(),
            text: Some(Arc::new(NamedSource::new(file, text.to_owned()))),
            span: Some((start, span.end.saturating_sub(start)).into()),
        }
    }
}

struct At(Option<(usize, usize)>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((line, column)) = self.0 else {
            return Ok(());
        };
        write!(f, ", line {line}, column {column}")
    }
}

/// The path to a value of a profile: `resource`, `0`, `read`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key(Vec<String>);

impl Key {
    pub(super) fn new(name: &str) -> Key {
        Key(vec![name.to_owned()])
    }

    /// The key of a member of this table or an item of this list.
    pub(super) fn then(&self, part: impl fmt::Display) -> Key {
        let mut parts = self.0.clone();
        parts.push(part.to_string());
        Key(parts)
    }

    pub(super) fn parts(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// A mistake in what a profile means: the key and a message that says what to do.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) key: Key,
    pub(super) message: String,
}

impl Complaint {
    pub(super) fn new(key: &Key, message: impl Into<String>) -> Complaint {
        Complaint {
            key: key.clone(),
            message: message.into(),
        }
    }
}
