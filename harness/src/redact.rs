//! Secrets leave neither on the screen nor in a file: known ones become variables, unknown ones that look like it a mask.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, Mutex};

use regex::Regex;

use crate::run::lock;

/// Every secret of the run, with the variable that stands for it.
#[derive(Default)]
pub(crate) struct Redactor {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Secret → the variable that stands for it.
    variables: HashMap<String, Arc<str>>,
    /// How many secrets share the name of a variable.
    names: HashMap<String, usize>,
    /// The first bytes of a spelling → the spellings that begin so. A run knows thousands, and one look at each place of a
    /// text has to do.
    spellings: HashMap<[u8; SHORTEST], Vec<(String, Arc<str>)>>,
}

/// Bytes of the shortest secret: what is shorter stands in every text by chance.
const SHORTEST: usize = 4;

static UNKNOWN: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let patterns = [
        // A compact JWS or JWE, or the start of one.
        (r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_=-]*){0,4}", "[token]"),
        (
            r"\$(?:2[aby]|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*)\$[^\s\x22',}]+",
            "[password hash]",
        ),
        // A member whose name says that its value is secret.
        (
            r#"(?i)(\\?"[\w-]*(?:token|secret|password|passwd|api_?key|hash|cookie|session_?id|authorization)[\w-]*\\?"\s*:\s*\\?")[^"$\\][^"\\]*"#,
            "${1}[masked]",
        ),
    ];
    patterns
        .iter()
        .filter_map(|(pattern, mask)| Some((Regex::new(pattern).ok()?, *mask)))
        .collect()
});

impl Redactor {
    /// Has a secret replaced by `$VARIABLE` wherever it stands, in the spellings in which it travels.
    pub(crate) fn add(&self, variable: &str, secret: &str) {
        let mut known = lock(&self.known);
        if secret.len() < SHORTEST || known.variables.contains_key(secret) {
            return;
        }
        // An actor that signs in again has several tokens; each keeps a name of its own.
        let count = known.names.entry(variable.to_owned()).or_default();
        *count += 1;
        let variable: Arc<str> = match *count {
            1 => variable.into(),
            more => format!("{variable}_{more}").into(),
        };
        for spelling in spellings(secret) {
            let Some(start) = spelling.as_bytes().first_chunk::<SHORTEST>() else {
                continue;
            };
            let alike = known.spellings.entry(*start).or_default();
            alike.push((spelling, Arc::clone(&variable)));
        }
        known.variables.insert(secret.to_owned(), variable);
    }

    /// The text without any secret, and the variables that it now holds.
    pub(crate) fn text(&self, text: &str) -> (String, Vec<String>) {
        let (mut text, variables) = lock(&self.known).replaced(text);
        for (pattern, mask) in UNKNOWN.iter() {
            text = pattern.replace_all(&text, *mask).into_owned();
        }
        (text, variables)
    }
}

impl Known {
    /// The longest spelling that stands at this place.
    fn at(&self, text: &str, place: usize) -> Option<&(String, Arc<str>)> {
        let rest = &text.as_bytes()[place..];
        let alike = self.spellings.get(rest.first_chunk()?)?;
        alike
            .iter()
            .filter(|(spelling, _)| rest.starts_with(spelling.as_bytes()))
            .max_by_key(|(spelling, _)| spelling.len())
    }

    fn replaced(&self, text: &str) -> (String, Vec<String>) {
        let mut clean = String::with_capacity(text.len());
        let mut variables: Vec<String> = Vec::new();
        let mut place = 0;
        while place < text.len() {
            let Some((spelling, variable)) = self.at(text, place) else {
                let next = text.ceil_char_boundary(place + 1);
                clean.push_str(&text[place..next]);
                place = next;
                continue;
            };
            // Secrets that overlap go together: what is left of the second one must not stay behind.
            let (mut end, mut longest) = (place + spelling.len(), (spelling.len(), variable));
            while place + 1 < end {
                place += 1;
                if let Some((spelling, variable)) = self.at(text, place) {
                    end = end.max(place + spelling.len());
                    longest = longest.max((spelling.len(), variable));
                }
            }
            place = end;
            clean.push('$');
            clean.push_str(longest.1);
            if !variables.iter().any(|known| **known == **longest.1) {
                variables.push(longest.1.to_string());
            }
        }
        (clean, variables)
    }
}

/// The spellings in which a secret travels: as it is, percent-encoded, as a form, JSON-escaped, HTML-escaped, in hex, and
/// in base64 with each of the three alignments.
fn spellings(secret: &str) -> Vec<String> {
    use base64ct::{Base64, Base64UrlUnpadded, Encoding};
    let percent = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
        .to_string();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::Value::from(secret).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![
        secret.to_owned(),
        lower_escapes(&percent),
        percent,
        lower_escapes(&form),
        form,
        json.replace('/', "\\/"),
        hex.to_uppercase(),
        hex,
    ];
    // What a library leaves of a text: nothing, ASCII (Python), all but markup (Go).
    let kept: [fn(char) -> bool; 3] = [
        |_| false,
        |c| c.is_ascii(),
        |c| !matches!(c, '<' | '>' | '&'),
    ];
    for kept in kept {
        all.extend(escaped(&json, secret, kept));
    }
    all.push(json);
    for quote in ["&#39;", "&#x27;", "&apos;", "'"] {
        for double in ["&quot;", "&#34;"] {
            let html = secret.replace('&', "&amp;").replace('<', "&lt;");
            let html = html.replace('>', "&gt;").replace('"', double);
            all.push(html.replace('\'', quote));
        }
    }
    for skip in 0..3 {
        let shifted = [&vec![b'x'; skip], secret.as_bytes()].concat();
        // The characters that mix with a neighbour are cut off at both ends.
        let (start, end) = ([0, 2, 3][skip], shifted.len() * 8 / 6);
        for text in [
            Base64::encode_string(&shifted),
            Base64UrlUnpadded::encode_string(&shifted),
        ] {
            all.extend(
                text.get(start..end)
                    .filter(|text| text.len() >= 8)
                    .map(str::to_owned),
            );
        }
    }
    all.sort();
    all.dedup();
    all
}

/// `\u` escapes for every character that is not kept, in small and in capital letters; quotes and line ends as JSON has them.
fn escaped(json: &str, secret: &str, kept: fn(char) -> bool) -> [String; 2] {
    let whole = !kept('a');
    let source = if whole { secret } else { json };
    let mut units = [0; 2];
    let (mut small, mut capital) = (String::new(), String::new());
    for c in source.chars() {
        if kept(c) {
            small.push(c);
            capital.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut units) {
            // Writing to a String never fails.
            let _ = write!(small, "\\u{unit:04x}");
            let _ = write!(capital, "\\u{unit:04X}");
        }
    }
    [small, capital]
}

static ESCAPE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"%[0-9A-F]{2}").ok());

fn lower_escapes(text: &str) -> String {
    match ESCAPE.as_ref() {
        Some(pattern) => pattern
            .replace_all(text, |found: &regex::Captures<'_>| found[0].to_lowercase())
            .into_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64, Encoding};

    #[test]
    fn a_known_secret_never_shows_in_any_spelling() {
        let redactor = Redactor::default();
        let secret = "p\"ss wörd/+=éxyz";
        redactor.add("ALICE_PASSWORD", secret);
        for text in [
            secret.to_owned(),
            format!(
                "a={}",
                percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
            ),
            serde_json::json!({ "p": secret }).to_string(),
            Base64::encode_string(format!("alice:{secret}").as_bytes()),
            Base64::encode_string(format!("al:{secret}!").as_bytes()),
        ] {
            let (clean, variables) = redactor.text(&text);
            assert_eq!(variables, ["ALICE_PASSWORD"], "{text} -> {clean}");
            assert!(!clean.contains("xyz"), "{clean}");
        }
    }

    #[test]
    fn each_spelling_is_replaced_whole() {
        let redactor = Redactor::default();
        redactor.add("ALICE_PASSWORD", "p<ss/wor+d12");
        for text in [
            "p<ss/wor+d12",
            "p%3css%2fwor%2bd12",
            "p%3Css%2Fwor%2Bd12",
            "p\\u003css/wor+d12",
            "p<ss\\/wor+d12",
            "p&lt;ss/wor+d12",
            "703c73732f776f722b643132",
            "703C73732F776F722B643132",
            "cDxzcy93b3IrZDEy",
        ] {
            let (clean, _) = redactor.text(text);
            assert_eq!(clean, "$ALICE_PASSWORD", "{text}");
        }
        // What mixes with a neighbour stays, and says nothing.
        let (clean, _) = redactor.text(&Base64::encode_string(b"xp<ss/wor+d12"));
        assert_eq!(clean, "eH$ALICE_PASSWORDg==");
    }

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        let redactor = Redactor::default();
        let text = r#"{"access_token":"abcdef","x":"eyJhbGciOiJIUzI1NiJ9.e30.c2ln","h":"$2b$12$abcdefghij"}"#;
        let (clean, _) = redactor.text(text);
        assert_eq!(
            clean,
            r#"{"access_token":"[masked]","x":"[token]","h":"[password hash]"}"#
        );
    }

    /// The text in one of the ways in which a target may send it back.
    fn told(secret: &str, way: usize) -> String {
        let escape = |c: char| {
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units);
            units
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect::<String>()
        };
        let hex = || {
            secret
                .bytes()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let percent =
            || percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
        match way {
            0 => secret.to_owned(),
            1 => percent().to_string(),
            2 => lower_escapes(&percent().to_string()),
            3 => serde_json::json!({ "p": secret }).to_string(),
            4 => secret.chars().map(escape).collect(),
            5 => hex(),
            6 => hex().to_uppercase(),
            7 => secret
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&#39;"),
            _ => {
                let before = &"abc"[..way % 3];
                let text = format!("{before}{secret}zz");
                match way {
                    8..11 => Base64::encode_string(text.as_bytes()),
                    _ => base64ct::Base64UrlUnpadded::encode_string(text.as_bytes()),
                }
            }
        }
    }

    #[test]
    fn secrets_that_overlap_go_together() {
        let redactor = Redactor::default();
        redactor.add("ALICE_PASSWORD", "first-half");
        redactor.add("BOB_PASSWORD", "half-and-the-rest");
        let (clean, variables) = redactor.text("<first-half-and-the-rest>");
        assert_eq!(clean, "<$BOB_PASSWORD>");
        assert_eq!(variables, ["BOB_PASSWORD"]);
    }

    #[test]
    fn secrets_side_by_side_keep_their_names() {
        let redactor = Redactor::default();
        redactor.add("ALICE_PASSWORD", "first-one");
        redactor.add("BOB_PASSWORD", "other-one");
        let (clean, variables) = redactor.text("first-oneother-one");
        assert_eq!(clean, "$ALICE_PASSWORD$BOB_PASSWORD");
        assert_eq!(variables, ["ALICE_PASSWORD", "BOB_PASSWORD"]);
    }

    #[test]
    fn a_secret_counts_once_and_from_four_bytes_on() {
        let redactor = Redactor::default();
        for secret in ["abc", "wxyz", "wxyz", "other-one"] {
            redactor.add("ALICE_TOKEN", secret);
        }
        let (clean, _) = redactor.text("abc 616263 wxyz other-one");
        assert_eq!(clean, "abc 616263 $ALICE_TOKEN $ALICE_TOKEN_2");
    }

    proptest::proptest! {
        #[test]
        fn no_spelling_of_a_secret_gets_through(
            secret in "[!-~éß😀]{12,40}",
            before in "[ -~]{0,20}",
            after in "[ -~]{0,20}",
            way in 0usize..14,
        ) {
            let redactor = Redactor::default();
            redactor.add("ALICE_PASSWORD", &secret);
            let (clean, variables) = redactor.text(&format!("{before} {} {after}", told(&secret, way)));
            proptest::prop_assert_eq!(variables, vec!["ALICE_PASSWORD"], "{}", &clean);
            let parts: Vec<String> = (0..14).map(|way| told(&secret, way)).collect();
            proptest::prop_assert!(!parts.iter().any(|part| clean.contains(part.as_str())), "{}", clean);
        }
    }
}
