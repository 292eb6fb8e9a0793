//! Guesses the HMAC key of a token or signed cookie offline: words in, the secret out, nothing is sent.

use std::fmt;

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};

const KNOWN: &str = include_str!("../../weak-secrets.txt");

/// A secret that reproduces a signature. Its `Debug` shows only how it was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Hit {
    /// The bytes that the HMAC was keyed with.
    pub secret: Vec<u8>,
    /// The word of the list.
    pub word: String,
    /// How the secret came from the word.
    pub rule: &'static str,
}

impl fmt::Debug for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hit({}, [redacted])", self.rule)
    }
}

/// The secrets that anybody can know, in the order of the list; they chain with words of any life.
pub fn words<'w>() -> impl Iterator<Item = &'w [u8]> {
    // The note at the head of the file ends at the first empty line.
    let list = KNOWN.split_once("\n\n").map_or("", |(_, list)| list);
    list.lines().map(|line| -> &'w [u8] { line.as_bytes() })
}

/// The secret of a compact JWS that says it is signed with HS256, HS384 or HS512, if a reading of a word is it.
///
/// `None` also for what is no such token; the match is of the whole signature, so a hit cannot be chance.
pub fn guess<'w>(token: &str, words: impl Iterator<Item = &'w [u8]>) -> Option<Hit> {
    let (message, signature) = token.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    if payload.contains('.') {
        return None;
    }
    let signature = Base64UrlUnpadded::decode_vec(signature).ok()?;
    match algorithm(header)?.as_str() {
        "HS256" => search::<Hmac<Sha256>>(message.as_bytes(), &signature, words),
        "HS384" => search::<Hmac<Sha384>>(message.as_bytes(), &signature, words),
        "HS512" => search::<Hmac<Sha512>>(message.as_bytes(), &signature, words),
        _ => None,
    }
}

/// The secret of a signed cookie `<value>.<base64 HMAC-SHA256(secret, value)>`, percent-encoded or not, as Better Auth
/// and the `cookie-signature` of Express (`s:` in front) write it.
pub fn guess_cookie<'w>(cookie: &str, words: impl Iterator<Item = &'w [u8]>) -> Option<Hit> {
    let (value, signature) = signed_cookie(cookie)?;
    search::<Hmac<Sha256>>(value.as_bytes(), &signature, words)
}

/// The `alg` of the first part of a compact JWS.
fn algorithm(header: &str) -> Option<String> {
    let header = Base64UrlUnpadded::decode_vec(header).ok()?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    header.get("alg")?.as_str().map(str::to_owned)
}

/// Whether a cookie has the form of one that [`guess_cookie`] reads: a value that is no token, and a signature as long
/// as HMAC-SHA256.
pub fn is_signed_cookie(cookie: &str) -> bool {
    let is_jws = cookie
        .split('.')
        .next()
        .is_some_and(|first| algorithm(first).is_some());
    !is_jws && signed_cookie(cookie).is_some_and(|(_, signature)| signature.len() == 32)
}

fn signed_cookie(cookie: &str) -> Option<(String, Vec<u8>)> {
    let text = percent_decoded(cookie)?;
    let (value, signature) = text.rsplit_once('.')?;
    let value = value.strip_prefix("s:").unwrap_or(value);
    let signature = signature
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    let signature = Base64Unpadded::decode_vec(&signature).ok()?;
    Some((value.to_owned(), signature))
}

/// Calls `test` with each secret that a word may stand for, and the rule that made it, until one is it.
///
/// A secret reaches a program through files and variables, so it is also tried trimmed, out of and in quotes, with a
/// newline at its end, and decoded. `scratch` is only there to be used again.
pub fn readings(
    word: &[u8],
    scratch: &mut Vec<u8>,
    mut test: impl FnMut(&[u8], &'static str) -> bool,
) -> bool {
    if test(word, "as it is") {
        return true;
    }
    let trimmed = word.trim_ascii();
    if trimmed.len() != word.len() && test(trimmed, "trimmed") {
        return true;
    }
    if let [first @ (b'"' | b'\''), bare @ .., last] = trimmed
        && first == last
        && test(bare, "out of its quotes")
    {
        return true;
    }
    for (before, after, rule) in [
        (&b"\""[..], &b"\""[..], "in double quotes"),
        (b"'", b"'", "in single quotes"),
        (b"", b"\n", "with a newline at its end"),
    ] {
        scratch.clear();
        scratch.extend_from_slice(before);
        scratch.extend_from_slice(trimmed);
        scratch.extend_from_slice(after);
        if test(scratch, rule) {
            return true;
        }
    }
    (hex(trimmed, scratch) && test(scratch, "decoded from hexadecimal"))
        || match base64(trimmed, scratch) {
            Some(rule) => test(scratch, rule),
            None => false,
        }
}

fn search<'w, M: Mac + KeyInit>(
    message: &[u8],
    signature: &[u8],
    words: impl Iterator<Item = &'w [u8]>,
) -> Option<Hit> {
    if signature.len() != M::output_size() {
        return None;
    }
    let mut scratch = Vec::with_capacity(256);
    let mut hit = None;
    for word in words {
        readings(word, &mut scratch, |secret, rule| {
            let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret) else {
                return false;
            };
            mac.update(message);
            let fits = mac.finalize().into_bytes()[..] == *signature;
            if fits {
                hit = Some(Hit {
                    secret: secret.to_vec(),
                    word: String::from_utf8_lossy(word).into_owned(),
                    rule,
                });
            }
            fits
        });
        if hit.is_some() {
            break;
        }
    }
    hit
}

/// Decodes base64 in either alphabet, padded or not, and names it; a text without `-` and `_` is the standard one.
fn base64(word: &[u8], scratch: &mut Vec<u8>) -> Option<&'static str> {
    let end = word
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |at| at + 1);
    let text = &word[..end];
    // Looked at first because most words are no base64, and decoding is the dearer way to find out.
    let (mut standard, mut url) = (true, true);
    for byte in text {
        match byte {
            b'+' | b'/' => url = false,
            b'-' | b'_' => standard = false,
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {}
            _ => return None,
        }
    }
    // Bits of the last character that no byte uses are zero (RFC 4648 3.5).
    let spare = match text.len() % 4 {
        0 => 0,
        2 => 0b1111,
        3 => 0b11,
        _ => return None,
    };
    let last = text.last().map(|byte| sextet(*byte))?;
    if last & spare != 0 || !(standard || url) {
        return None;
    }
    scratch.clear();
    scratch.resize(text.len() * 3 / 4, 0);
    if standard {
        Base64Unpadded::decode(text, scratch).ok()?;
        return Some("decoded from base64");
    }
    Base64UrlUnpadded::decode(text, scratch).ok()?;
    Some("decoded from base64url")
}

/// The value of a character in either alphabet of base64 (RFC 4648 4 and 5).
fn sextet(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    }
}

fn hex(word: &[u8], scratch: &mut Vec<u8>) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|value| value as u8);
    scratch.clear();
    for pair in word.chunks(2) {
        let [high, low] = *pair else { return false };
        let (Some(high), Some(low)) = (digit(high), digit(low)) else {
            return false;
        };
        scratch.push(high << 4 | low);
    }
    !scratch.is_empty()
}

/// Undoes percent-encoding (RFC 3986 2.1); a `%` without two digits stays.
fn percent_decoded(text: &str) -> Option<String> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|value| value as u8);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .first_chunk::<2>()
            .and_then(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
        match code.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use base64ct::Base64;
    use proptest::prelude::*;

    use super::*;

    fn token(alg: &str, secret: &[u8]) -> String {
        fn mac<M: Mac + KeyInit>(secret: &[u8], message: &str) -> Vec<u8> {
            let mut mac = <M as KeyInit>::new_from_slice(secret).unwrap();
            mac.update(message.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
        let message = format!(
            "{}.{}",
            part(&format!(r#"{{"alg":"{alg}"}}"#)),
            part(r#"{"sub":"user"}"#)
        );
        let signature = match alg {
            "HS384" => mac::<Hmac<Sha384>>(secret, &message),
            "HS512" => mac::<Hmac<Sha512>>(secret, &message),
            _ => mac::<Hmac<Sha256>>(secret, &message),
        };
        format!("{message}.{}", Base64UrlUnpadded::encode_string(&signature))
    }

    #[track_caller]
    fn check(secret: &[u8], word: &str, rule: &str) {
        let others = [&b"one"[..], b"two"];
        let hit = guess(
            &token("HS256", secret),
            others.into_iter().chain([word.as_bytes()]),
        )
        .unwrap();
        assert_eq!(
            (hit.secret.as_slice(), hit.word.as_str(), hit.rule),
            (secret, word, rule)
        );
    }

    #[test]
    fn each_rule_finds_its_secret() {
        check(b"hunter2", "hunter2", "as it is");
        check(b" hunter2", " hunter2", "as it is");
        check(b"hunter2", "hunter2\r", "trimmed");
        check(b"hunter2", "\"hunter2\"", "out of its quotes");
        check(b"\"hunter2\"", "hunter2", "in double quotes");
        check(b"'hunter2'", "hunter2", "in single quotes");
        check(b"hunter2\n", "hunter2", "with a newline at its end");
        check(&[0x00, 0xff, 0xab], "00ffAB", "decoded from hexadecimal");
        check(b"hunter2!", "aHVudGVyMiE=", "decoded from base64");
        check(b"hunter2!", "aHVudGVyMiE", "decoded from base64");
        check(
            &[0xff, 0xff, 0xfe],
            "//_-".replace('/', "_").as_str(),
            "decoded from base64url",
        );
    }

    #[test]
    fn each_size_is_guessed() {
        for alg in ["HS256", "HS384", "HS512"] {
            let token = token(alg, b"your-256-bit-secret");
            assert!(!is_signed_cookie(&token), "{alg}");
            let hit = guess(&token, words()).unwrap();
            assert_eq!(hit.secret, b"your-256-bit-secret", "{alg}");
        }
    }

    #[test]
    fn an_unknown_secret_and_other_texts_give_nothing() {
        assert_eq!(
            guess(&token("HS256", b"no list has this one: 7f3a"), words()),
            None
        );
        assert_eq!(guess(&token("RS256", b"secret"), words()), None);
        for text in [
            "",
            ".",
            "..",
            "a.b.c",
            "e30.e30.",
            "e30.e30.e30.e30",
            "opaque",
        ] {
            assert_eq!(guess(text, words()), None, "{text}");
            assert_eq!(guess_cookie(text, words()), None, "{text}");
            assert!(!is_signed_cookie(text), "{text}");
        }
    }

    #[test]
    fn signed_cookies_are_guessed_in_their_formats() {
        let secret = b"better-auth-secret-12345678901234567890";
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(b"value~1");
        let signature = Base64::encode_string(&mac.finalize().into_bytes());
        let encoded = signature
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        let bare = signature.trim_end_matches('=');
        for cookie in [
            format!("value~1.{signature}"),
            format!("value~1.{encoded}"),
            format!("value%7E1.{encoded}"),
            format!("s%3Avalue~1.{bare}"),
        ] {
            assert!(is_signed_cookie(&cookie), "{cookie}");
            let hit = guess_cookie(&cookie, words()).unwrap_or_else(|| panic!("{cookie}"));
            assert_eq!(hit.secret, secret);
        }
        assert_eq!(guess_cookie(&format!("value~2.{signature}"), words()), None);
    }

    #[test]
    fn the_list_holds_each_word_once_and_exactly() {
        let list: Vec<_> = words().collect();
        let distinct: HashSet<_> = list.iter().collect();
        assert_eq!(distinct.len(), list.len());
        assert!(list.len() > 5_000, "{}", list.len());
        for word in &list {
            assert!(
                !word.is_empty() && word.trim_ascii() == *word,
                "{}",
                String::from_utf8_lossy(word)
            );
        }
        for word in [
            "secret",
            "keyboard cat",
            "your-256-bit-secret",
            "better-auth-secret-123456789",
            "changeme",
        ] {
            assert!(distinct.contains(&word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn debug_does_not_show_the_secret() {
        let hit = guess(&token("HS256", b"changeme"), words()).unwrap();
        assert_eq!(format!("{hit:?}"), "Hit(as it is, [redacted])");
    }

    proptest! {
        #[test]
        fn any_secret_in_the_list_is_found(secret in any::<Vec<u8>>()) {
            let hit = guess(&token("HS256", &secret), [secret.as_slice()].into_iter()).unwrap();
            prop_assert_eq!(hit.secret, secret);
        }

        #[test]
        fn nothing_panics_the_guesser(text in ".*", word in any::<Vec<u8>>()) {
            let _ = guess(&text, [word.as_slice()].into_iter());
            let _ = guess_cookie(&text, [word.as_slice()].into_iter());
        }
    }
}
