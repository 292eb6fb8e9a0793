//! Makes visible what would act on a terminal or on the eye: nothing of a target's text reaches the reader as it is.

use std::borrow::Cow;

/// Whether a character is shown as an escape: controls (C0, DEL, C1), line and paragraph separators, and the
/// invisible characters that reorder, join or hide text.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// One line of text with each hidden character as `\xNN` or `\u{..}`.
pub fn line(text: &str) -> Cow<'_, str> {
    replace(text, is_hidden)
}

/// Text of several lines: line feeds stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    replace(text, |c| c != '\n' && is_hidden(c))
}

fn replace(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if !hidden(c) {
            shown.push(c);
        } else if c < '\u{100}' {
            shown.push_str(&format!("\\x{:02x}", u32::from(c)));
        } else {
            shown.extend(c.escape_unicode());
        }
    }
    Cow::Owned(shown)
}

/// At most `max` characters, the rest as its number: `aaaa… (12 more)`.
pub fn cut(text: &str, max: usize) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(max) else {
        return Cow::Borrowed(text);
    };
    let more = text[end..].chars().count();
    Cow::Owned(format!("{}… ({more} more)", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(line(text), want);
    }

    #[test]
    fn what_acts_on_a_terminal_is_shown() {
        check(
            "plain \u{e9} \u{65e5} \\ <script>",
            "plain \u{e9} \u{65e5} \\ <script>",
        );
        check("\u{1b}[31mred\u{1b}[0m", r"\x1b[31mred\x1b[0m");
        check("\u{1b}]0;title\u{7}", r"\x1b]0;title\x07");
        check("\u{9b}2J", r"\x9b2J");
        check("a\0b\rc\nd\te\u{7f}", r"a\x00b\x0dc\x0ad\x09e\x7f");
    }

    #[test]
    fn what_acts_on_the_eye_is_shown() {
        check("\u{202e}fdp.exe", r"\u{202e}fdp.exe");
        check(
            "a\u{200b}b\u{feff}c\u{2066}d\u{2028}e",
            r"a\u{200b}b\u{feff}c\u{2066}d\u{2028}e",
        );
        check("\u{e0041}", r"\u{e0041}");
    }

    #[test]
    fn line_feeds_stay_in_text_of_several_lines() {
        assert_eq!(lines("a\nb\r\u{1b}"), "a\nb\\x0d\\x1b");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("日本語", 3), "日本語");
        assert_eq!(cut("日本語", 2), "日本… (1 more)");
    }
}
