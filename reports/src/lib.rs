//! What was found: the report as data, the gate over it, and one file for each format that it is written in.
//!
//! Everything here is pure: a [`Report`] goes in, text comes out. There is no clock, no network and no look at the
//! terminal; what a format needs to know about the place it is written to stands in [`RenderOptions`].
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod causes;
pub mod curl;
pub mod escape;
pub mod gate;
pub mod model;

mod console;
mod json;
mod junit;
#[cfg(test)]
mod testing;

pub use crate::model::Report;

/// One way to write a report.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The word for it in `--report FORMAT`.
    pub name: &'static str,
    pub render: fn(&Report, &RenderOptions) -> String,
}

/// What a format needs to know about the place it is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenderOptions {
    /// Styles its text for a terminal.
    pub color: bool,
    /// Wraps prose at this column.
    pub width: usize,
    /// Shows each case and each answer, where a reader usually needs the first.
    pub verbose: bool,
}

impl Default for RenderOptions {
    fn default() -> RenderOptions {
        RenderOptions {
            color: false,
            width: 100,
            verbose: false,
        }
    }
}

/// All formats; adding one is a file and a word here.
pub const FORMATS: &[Format] = &[console::FORMAT, json::FORMAT, junit::FORMAT];

/// The format of that name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
