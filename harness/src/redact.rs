//! Secrets leave neither on the screen nor in a file: known ones become variables, unknown ones that look like it a mask.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::ops::Bound;
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
    /// The heads of the secrets, and whether that is all of one.
    heads: HashSet<(Box<str>, bool)>,
    /// How many secrets share the name of a variable.
    names: HashMap<String, usize>,
    /// A spelling, or the head of a long one → what it stands for. Sorted: a run knows thousands, and many begin alike.
    spellings: BTreeMap<Box<[u8]>, Spelling>,
    /// How each spelling begins: most places of a text need no other look.
    starts: Starts,
}

struct Spelling {
    variable: Arc<str>,
    /// Bytes of the whole spelling; all that follows, where the secret is too long to be kept.
    length: usize,
}

/// Bytes of the shortest secret: what is shorter stands in every text by chance.
const SHORTEST: usize = 4;
/// Bytes of a secret's beginning that are taken for it at the end of a text, which may have been cut there.
const PART: usize = 8;
/// More of a secret, or of its spelling, is not kept: what begins so is taken for the whole of it.
const HEAD: usize = 4096;

/// The first bytes of many texts, as a set that may hold a few more.
struct Starts(Box<[bool]>);

impl Default for Starts {
    fn default() -> Starts {
        Starts(vec![false; 1 << Starts::BITS].into())
    }
}

impl Starts {
    const BITS: u32 = 18;

    fn index(text: &[u8]) -> Option<usize> {
        let start = u32::from_le_bytes(*text.first_chunk::<SHORTEST>()?);
        // Fibonacci hashing: the upper bits of a product with 2^32 divided by the golden ratio.
        Some((start.wrapping_mul(0x9e37_79b9) >> (u32::BITS - Starts::BITS)) as usize)
    }

    fn add(&mut self, text: &[u8]) {
        if let Some(index) = Starts::index(text) {
            self.0[index] = true;
        }
    }

    fn may_begin(&self, text: &[u8]) -> bool {
        Starts::index(text).is_some_and(|index| self.0[index])
    }
}

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
        let head = &secret[..secret.floor_char_boundary(HEAD)];
        let whole = head.len() == secret.len();
        if secret.len() < SHORTEST || !known.heads.insert((head.into(), whole)) {
            return;
        }
        // An actor that signs in again has several tokens; each keeps a name of its own.
        let count = known.names.entry(variable.to_owned()).or_default();
        *count += 1;
        let variable: Arc<str> = match *count {
            1 => variable.into(),
            more => format!("{variable}_{more}").into(),
        };
        each_spelling(head, |spelling| {
            let length = if whole { spelling.len() } else { usize::MAX };
            known.insert(spelling, length, &variable);
        });
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
    fn insert(&mut self, spelling: &str, length: usize, variable: &Arc<str>) {
        let text = spelling.as_bytes();
        self.starts.add(text);
        let spelling = Spelling {
            variable: Arc::clone(variable),
            length,
        };
        let head = text[..text.len().min(HEAD)].into();
        let known = self.spellings.entry(head).or_insert(spelling);
        known.length = known.length.max(length);
    }

    /// How far the longest spelling that stands at this place reaches, and its variable.
    fn at(&self, text: &str, place: usize) -> Option<(usize, &Arc<str>)> {
        let rest = &text.as_bytes()[place..];
        if !self.starts.may_begin(rest) {
            return None;
        }
        if let Some(variable) = self.cut_off(rest) {
            return Some((rest.len(), variable));
        }
        // The last spelling that is not behind the text is the longest one that stands there, or parts from it somewhere:
        // then one that stands there can be no longer than what the two have in common.
        let mut most = &rest[..rest.len().min(HEAD)];
        loop {
            let upto = (Bound::Unbounded, Bound::Included(most));
            let (head, spelling) = self.spellings.range::<[u8], _>(upto).next_back()?;
            let common = head.iter().zip(most).take_while(|(a, b)| a == b).count();
            if common == head.len() {
                let end = place + spelling.length.min(rest.len());
                return Some((text.ceil_char_boundary(end) - place, &spelling.variable));
            }
            most = &most[..common];
        }
    }

    /// The variable of a spelling that the rest of a text is the beginning of.
    fn cut_off(&self, rest: &[u8]) -> Option<&Arc<str>> {
        if !(PART..HEAD).contains(&rest.len()) {
            return None;
        }
        let from = (Bound::Included(rest), Bound::Unbounded);
        let (head, spelling) = self.spellings.range::<[u8], _>(from).next()?;
        head.starts_with(rest).then_some(&spelling.variable)
    }

    fn replaced(&self, text: &str) -> (String, Vec<String>) {
        let mut clean = String::with_capacity(text.len());
        let mut variables: Vec<String> = Vec::new();
        let mut place = 0;
        while place < text.len() {
            let Some(mut longest) = self.at(text, place) else {
                let next = text.ceil_char_boundary(place + 1);
                clean.push_str(&text[place..next]);
                place = next;
                continue;
            };
            // Secrets that overlap go together: what is left of the second one must not stay behind.
            let mut end = place + longest.0;
            while place + 1 < end {
                place += 1;
                if let Some(one) = self.at(text, place) {
                    end = end.max(place + one.0);
                    longest = longest.max(one);
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
fn each_spelling(secret: &str, mut take: impl FnMut(&str)) {
    use base64ct::{Base64, Base64UrlUnpadded, Encoding};
    take(secret);
    let percent = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
        .to_string();
    take(&percent);
    take(&lower_escapes(&percent));
    drop(percent);
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    take(&form);
    take(&lower_escapes(&form));
    drop(form);
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    take(&hex);
    take(&hex.to_uppercase());
    drop(hex);
    let json = serde_json::Value::from(secret).to_string();
    let json = &json[1..json.len() - 1];
    take(json);
    take(&json.replace('/', "\\/"));
    // What a library leaves of a text: nothing, ASCII (Python), all but markup (Go).
    let kept: [fn(char) -> bool; 3] = [
        |_| false,
        |c| c.is_ascii(),
        |c| !matches!(c, '<' | '>' | '&'),
    ];
    for kept in kept {
        escaped(json, secret, kept)
            .iter()
            .for_each(|text| take(text));
    }
    for quote in ["&#39;", "&#x27;", "&apos;", "'"] {
        for double in ["&quot;", "&#34;"] {
            let html = secret.replace('&', "&amp;").replace('<', "&lt;");
            let html = html.replace('>', "&gt;").replace('"', double);
            take(&html.replace('\'', quote));
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
            if let Some(text) = text.get(start..end).filter(|text| text.len() >= 8) {
                take(text);
            }
        }
    }
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

    #[test]
    fn of_a_long_secret_the_beginning_is_enough() {
        let redactor = Redactor::default();
        let long = |size: usize| {
            let numbers: String = (10_000..)
                .map(|number| format!("{number}/"))
                .take(size / 5)
                .collect();
            format!("{}~", &numbers[..size])
        };
        redactor.add("FORGED_TOKEN", &long(2 * HEAD));
        redactor.add("FORGED_TOKEN", &long(8 * HEAD));
        let texts: Vec<_> = (0..14).map(|way| told(&long(8 * HEAD), way)).collect();
        for text in &texts {
            let (clean, variables) = redactor.text(&format!("before {text} after"));
            assert_eq!(variables, ["FORGED_TOKEN"]);
            assert!(clean.len() < 40 && clean.starts_with("before "), "{clean}");
            let (clean, _) = redactor.text(&text[..HEAD + HEAD / 2]);
            assert!(clean.len() < 40, "a part of it: {clean}");
        }
    }

    #[test]
    fn a_secret_that_was_cut_off_goes_too() {
        let redactor = Redactor::default();
        redactor.add("ALICE_PASSWORD", "correct horse/battery");
        for way in 0..3 {
            let text = told("correct horse/battery", way);
            for end in PART..text.len() {
                let (clean, variables) = redactor.text(&format!("before {}", &text[..end]));
                assert_eq!(clean, "before $ALICE_PASSWORD");
                assert_eq!(variables, ["ALICE_PASSWORD"]);
            }
        }
        // So little is no secret, and stands in other texts too.
        assert_eq!(redactor.text("before correct").0, "before correct");
        // Inside of a text it is another word.
        assert_eq!(redactor.text("correct horses").0, "correct horses");
    }

    #[test]
    fn the_longest_of_those_that_begin_alike_goes() {
        let redactor = Redactor::default();
        for secret in ["abcd", "abcd-efgh", "abcd-efghij", "abcd-x"] {
            redactor.add("ALICE_TOKEN", secret);
        }
        let (clean, _) = redactor.text("abcd-efghi abcd-xyz abcd-efghijk abce abc");
        let want = "$ALICE_TOKEN_2i $ALICE_TOKEN_4yz $ALICE_TOKEN_3k abce abc";
        assert_eq!(clean, want);
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
