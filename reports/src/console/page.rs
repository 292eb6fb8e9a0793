//! The page that the console report is written on. Whatever is put on it is escaped here, so that no writer can forget.

use anstyle::{AnsiColor, Style};

use crate::RenderOptions;
use crate::escape::{cut, line};

/// The longest text that is shown whole; what is longer stands in the JSON report.
const LONGEST: usize = 600;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Strong,
    Dim,
    Good,
    Bad,
    Open,
}

impl Look {
    fn style(self) -> Style {
        match self {
            Look::Plain => Style::new(),
            Look::Strong => Style::new().bold(),
            Look::Dim => Style::new().dimmed(),
            Look::Good => AnsiColor::Green.on_default(),
            Look::Bad => AnsiColor::Red.on_default().bold(),
            Look::Open => AnsiColor::Yellow.on_default(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Page {
    text: String,
    options: RenderOptions,
}

impl Page {
    pub(super) fn new(options: &RenderOptions) -> Page {
        Page {
            text: String::new(),
            options: *options,
        }
    }

    pub(super) fn verbose(&self) -> bool {
        self.options.verbose
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// One line, however long, of texts that follow each other.
    pub(super) fn line(&mut self, indent: usize, parts: &[(Look, &str)]) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        for (look, text) in parts {
            self.put(*look, &line(&cut(text, LONGEST)));
        }
        self.text.push('\n');
    }

    /// Text that is wrapped at the page's width.
    pub(super) fn prose(&mut self, indent: usize, look: Look, text: &str) {
        let room = self.room(indent);
        for row in wrap(&cut(text, LONGEST), room) {
            self.text.extend(std::iter::repeat_n(' ', indent));
            self.put(look, &row);
            self.text.push('\n');
        }
    }

    /// Two texts side by side, or beneath each other where the page is too narrow.
    pub(super) fn pair(&mut self, indent: usize, left: &str, right: &str) {
        let wide = line(left).chars().count() + line(right).chars().count() + 3;
        if wide <= self.room(indent) {
            self.line(
                indent,
                &[
                    (Look::Plain, left),
                    (Look::Plain, "   "),
                    (Look::Dim, right),
                ],
            );
        } else {
            self.prose(indent, Look::Plain, left);
            self.prose(indent + 2, Look::Dim, right);
        }
    }

    /// A command to copy: never wrapped, and never cut, for half a command is none.
    pub(super) fn command(&mut self, indent: usize, command: &str) {
        let shown = line(command);
        let length = shown.chars().count();
        self.text.extend(std::iter::repeat_n(' ', indent));
        if length > 4 * LONGEST {
            let hint = format!("a command of {length} characters: see `curl` in the JSON report");
            self.put(Look::Dim, &hint);
        } else {
            self.put(Look::Plain, &shown);
        }
        self.text.push('\n');
    }

    /// The characters that a row has left at this indent.
    pub(super) fn room(&self, indent: usize) -> usize {
        self.options.width.saturating_sub(indent).max(20)
    }

    fn put(&mut self, look: Look, shown: &str) {
        let style = look.style();
        if self.options.color && style != Style::new() {
            self.text.push_str(&format!("{style}{shown}{style:#}"));
        } else {
            self.text.push_str(shown);
        }
    }
}

/// The text escaped, in rows of at most `room` characters, broken at spaces, and within a word only where it alone is
/// longer; an escape is never broken.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut rows = Vec::new();
    let mut row = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = line(word).chars().count();
        if used > 0 && used + 1 + length > room {
            rows.push(std::mem::take(&mut row));
            used = 0;
        }
        if used > 0 {
            row.push(' ');
            used += 1;
        }
        for c in word.chars() {
            let shown = line(c.encode_utf8(&mut [0; 4])).into_owned();
            let length = shown.chars().count();
            if used > 0 && used + length > room {
                rows.push(std::mem::take(&mut row));
                used = 0;
            }
            row.push_str(&shown);
            used += length;
        }
    }
    if !row.is_empty() {
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        assert_eq!(wrap(text, 8), want);
    }

    #[test]
    fn prose_breaks_at_spaces() {
        check("", &[]);
        check("one two three", &["one two", "three"]);
        check("a  b\u{a0}c", &["a b\u{a0}c"]);
        check("12345678 9", &["12345678", "9"]);
    }

    #[test]
    fn a_word_that_is_too_long_breaks_within() {
        check("a 1234567890", &["a", "12345678", "90"]);
        check("12345\u{1b}\n", &["12345", "\\x1b\\x0a"]);
    }

    #[test]
    fn a_command_is_shown_whole_or_not_at_all() {
        let mut page = Page::new(&RenderOptions::default());
        page.command(0, &"x".repeat(2000));
        page.command(0, &"x".repeat(3000));
        let text = page.into_text();
        let rows: Vec<_> = text.lines().collect();
        assert_eq!(rows[0].len(), 2000);
        assert_eq!(
            rows[1],
            "a command of 3000 characters: see `curl` in the JSON report"
        );
    }
}
