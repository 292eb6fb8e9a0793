//! The report as JSON: the contract that other tools read.

use crate::escape::is_hidden;
use crate::{Format, RenderOptions, Report};

pub(crate) const FORMAT: Format = Format {
    name: "json",
    render,
};

fn render(report: &Report, _: &RenderOptions) -> String {
    let text = match serde_json::to_string_pretty(report) {
        Ok(text) => text,
        // Only a map with keys that are no text cannot be written, and a report has none.
        Err(error) => serde_json::json!({ "error": error.to_string() }).to_string(),
    };
    let mut json = escape(&text);
    json.push('\n');
    json
}

/// JSON lets DEL, C1 and the characters that reorder text stand as they are; a terminal does not. All of them stand in
/// strings, where an escape means the same.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_hidden(c) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            escaped.push_str(&format!("\\u{unit:04x}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_means_the_same() {
        let text = "a\u{9b}b\u{202e}c\u{e0041}d\u{7f}\n\u{1b}\0";
        let json = escape(&serde_json::to_string(text).unwrap());
        assert!(!json.contains(is_hidden));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
