//! The command that repeats a request: pasted into any POSIX shell it sends the same bytes.

use std::fmt::Write;

use crate::escape::is_hidden;
use crate::model::EvidenceRequest;

/// A curl command for the request, on one line of printable text.
///
/// Variables that the request names stand in double quotes, so that the shell fills them in; all else is quoted so
/// that it is left alone.
pub fn curl(request: &EvidenceRequest) -> String {
    let arg = |text: &str| quote(text, &request.variables);
    let mut command = String::new();
    // A shell argument holds no NUL, and a line of the report no line feed; a pipe carries both.
    let piped = request.body.contains(is_hidden);
    if piped {
        let _ = write!(command, "{} | ", printf(&request.body, &request.variables));
    }
    command.push_str("curl -i --path-as-is");
    // curl reads brackets and braces as patterns of several URLs.
    if request.url.contains(['[', ']', '{', '}']) {
        command.push_str(" --globoff");
    }
    match (request.method.as_str(), request.body.is_empty()) {
        ("GET", true) | ("POST", false) => {}
        ("HEAD", true) => command.push_str(" --head"),
        (method, _) => {
            let _ = write!(command, " -X {}", word(method));
        }
    }
    for (name, value) in &request.headers {
        // curl counts the body and reads the host from the URL by itself.
        if name.eq_ignore_ascii_case("content-length") || is_own_host(request, name, value) {
            continue;
        }
        // `Name;` is how curl sends a header without a value; `Name:` would remove it.
        let header = match value.as_str() {
            "" => format!("{name};"),
            value => format!("{name}: {value}"),
        };
        let _ = write!(command, " -H {}", arg(&header));
    }
    if !request.body.is_empty() {
        let typed = request
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !typed {
            command.push_str(" -H 'Content-Type:'");
        }
        match piped {
            true => command.push_str(" --data-binary @-"),
            false => {
                let _ = write!(command, " --data-raw {}", arg(&request.body));
            }
        }
    }
    let _ = write!(command, " {}", arg(&request.url));
    if request.truncated {
        command.push_str(" # the body was longer");
    }
    command
}

fn is_own_host(request: &EvidenceRequest, name: &str, value: &str) -> bool {
    let authority = request
        .url
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    name.eq_ignore_ascii_case("host") && authority == Some(value)
}

/// A word that is bare where a shell reads nothing into it.
fn word(text: &str) -> String {
    let bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    if bare {
        text.to_owned()
    } else {
        quote(text, &[])
    }
}

/// A stretch of text between variables, or a variable.
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// Splits at `$NAME` for each of the names; of two that fit, the longer.
fn pieces<'a>(text: &'a str, names: &'a [String]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('$') {
        let Some(name) = names
            .iter()
            .filter(|name| is_name(name) && text[at + 1..].starts_with(name.as_str()))
            .max_by_key(|name| name.len())
        else {
            continue;
        };
        // `$ALICE_TOKENS` is not `$ALICE_TOKEN`.
        let end = at + 1 + name.len();
        if text[end..].starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric()) {
            continue;
        }
        pieces.push(Piece::Text(&text[start..at]));
        pieces.push(Piece::Variable(name));
        start = end;
    }
    pieces.push(Piece::Text(&text[start..]));
    pieces.retain(|piece| !matches!(piece, Piece::Text("")));
    pieces
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

/// One shell argument. Hidden characters are written by `printf`, so that the command can be shown and copied; a line
/// feed stays, for a command substitution would drop it, and NUL, which no argument can hold, is left out.
fn quote(text: &str, variables: &[String]) -> String {
    let mut quoted = String::new();
    for piece in pieces(text, variables) {
        match piece {
            Piece::Variable(name) => {
                let _ = write!(quoted, "\"${name}\"");
            }
            Piece::Text(text) => quote_text(&mut quoted, text),
        }
    }
    if quoted.is_empty() {
        "''".to_owned()
    } else {
        quoted
    }
}

fn quote_text(quoted: &mut String, text: &str) {
    let printed = |c: char| c != '\n' && is_hidden(c);
    for run in text.split_inclusive(printed) {
        let plain = run.trim_end_matches(printed);
        if !plain.is_empty() {
            quoted.push_str(&single(plain));
        }
        let hidden = &run[plain.len()..];
        if !hidden.is_empty() && hidden != "\0" {
            let octal: String = hidden.bytes().map(|byte| format!("\\{byte:03o}")).collect();
            let _ = write!(quoted, "\"$(printf '{octal}')\"");
        }
    }
}

/// `'it'\''s'`: nothing between single quotes means anything but the quote itself.
fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `printf '%b%s' 'text\012' "$NAME"`.
fn printf(text: &str, variables: &[String]) -> String {
    let (mut formats, mut args) = (String::new(), String::new());
    for piece in pieces(text, variables) {
        match piece {
            Piece::Variable(name) => {
                formats.push_str("%s");
                let _ = write!(args, " \"${name}\"");
            }
            Piece::Text(text) => {
                formats.push_str("%b");
                let mut escaped = String::new();
                for c in text.chars() {
                    match c {
                        '\\' => escaped.push_str(r"\\"),
                        c if is_hidden(c) => escaped.push_str(&octal(c)),
                        c => escaped.push(c),
                    }
                }
                let _ = write!(args, " {}", single(&escaped));
            }
        }
    }
    format!("printf '{formats}'{args}")
}

/// The bytes of the character as escapes of printf's `%b`, which have a zero before them.
fn octal(c: char) -> String {
    let mut buffer = [0; 4];
    c.encode_utf8(&mut buffer)
        .bytes()
        .map(|byte| format!("\\0{byte:03o}"))
        .collect()
}

#[cfg(test)]
mod tests;
