//! Text that must never be printed, and the rules for the secret that signs tokens.

use std::fmt;

/// A value that cannot print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself; whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The shortest secret for HS256 in bytes (RFC 7518 3.2).
pub(crate) const MIN_SECRET_BYTES: usize = 32;

/// Why a signing secret is refused, if it is: too short, or in reach of a guess.
#[must_use]
pub(crate) fn weakness(secret: &str) -> Option<&'static str> {
    if secret.len() < MIN_SECRET_BYTES {
        return Some("is shorter than 32 bytes; make one with `openssl rand -base64 48`");
    }
    let plain = squash(secret);
    if WELL_KNOWN.iter().any(|known| squash(known) == plain) {
        return Some("is a well-known example; make one with `openssl rand -base64 48`");
    }
    if HINTS.iter().any(|hint| plain.contains(hint)) {
        return Some("reads like a placeholder; make one with `openssl rand -base64 48`");
    }
    let mut distinct = secret.as_bytes().to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 8 || repeats(secret.as_bytes()) {
        return Some("is a repeated pattern; make one with `openssl rand -base64 48`");
    }
    None
}

/// Letters and digits in lower case: `Change-Me` and `CHANGE_ME` are one secret.
fn squash(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Whether the text is a shorter text written several times.
fn repeats(text: &[u8]) -> bool {
    (1..=text.len() / 2).any(|n| text.iter().zip(&text[n..]).all(|(a, b)| a == b))
}

const HINTS: &[&str] = &[
    "changeme",
    "changethis",
    "replaceme",
    "replacewith",
    "yoursecret",
    "yoursuper",
    "supersecret",
    "secretkey",
    "insecure",
    "placeholder",
    "example",
    "generatea",
    "atleast32",
    "minimum32",
    "min32char",
    "changebefore",
];

const WELL_KNOWN: &[&str] = &[
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "any-value-at-least-32-characters-long-xx",
    "better-auth-secret-12345678901234567890",
    "DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.",
    "-- DEV COOKIE SECRET; CHANGE ME --",
    "generate: openssl rand -base64 32",
    "local-development-only-change-before-deploying",
    "MasterkeyNeedsToHave32Characters",
    "my_very_long_and_safe_secret_key",
    "reallyreallyreallyreallyverysafe",
    "ThisIsMyCustomSecretKey012345678",
    "VGhpc0lzTXlDdXN0b21TZWNyZXRLZXkwMTIzNDU2Nzg=",
    "YoUR sUpEr S3krEt 1337 HMAC kEy HeRE",
    "12345678901234567890123456789012",
    "01234567890123456789012345678901",
    "0123456789abcdef0123456789abcdef",
    "abcdefghijklmnopqrstuvwxyz123456",
    "abcdefghijklmnopqrstuvwxyz0123456789",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(secret: &str, because: &str) {
        assert!(
            weakness(secret).is_some_and(|why| why.contains(because)),
            "{secret}"
        );
    }

    #[test]
    fn a_short_secret_is_refused() {
        refused("abcdefghijklmnopqrstuvwxyz12345", "shorter than 32");
    }

    #[test]
    fn a_well_known_secret_is_refused_in_any_spelling() {
        refused("A-STRING-SECRET-AT-LEAST-256-BITS-LONG", "well-known");
        refused("your-super-secret-jwt-key-min-32-chars-long", "placeholder");
    }

    #[test]
    fn a_pattern_is_refused() {
        refused("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "repeated");
        refused("k3jf9sLqk3jf9sLqk3jf9sLqk3jf9sLqk3jf9sLq", "repeated");
    }

    #[test]
    fn a_random_secret_is_taken() {
        assert_eq!(
            weakness("q0vU1lqk8v0m3Wc0Zr5H2mJm3cX0sKc4yq5u9fT1b7E"),
            None
        );
    }

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "[redacted]");
    }
}
