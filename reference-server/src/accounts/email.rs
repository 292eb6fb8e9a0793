//! One spelling for one mailbox: an address is refused or brought into its only form.

use unicode_normalization::UnicodeNormalization;

/// RFC 5321 4.5.3.1: octets of an address and of its local part.
const MAX: usize = 254;
const MAX_LOCAL: usize = 64;

/// The stored form: NFKC, lower case, ASCII. Refuses with one sentence.
///
/// Full-width and upper-case variants become the plain address; blanks, dotless i and the like are refused,
/// so no second account can ever be taken for the first.
pub(crate) fn normalise(raw: &str) -> Result<String, &'static str> {
    if raw.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("The e-mail address must not hold blanks or control characters.");
    }
    let text: String = raw.nfkc().collect::<String>().to_lowercase();
    if text.len() > MAX {
        return Err("The e-mail address must have at most 254 characters.");
    }
    let Some((local, domain)) = text.split_once('@') else {
        return Err("The e-mail address must hold one @.");
    };
    if !is_local(local) || !is_domain(domain) {
        return Err("The e-mail address must look like name@example.com.");
    }
    Ok(text)
}

/// Dots only between other characters; RFC 5322 3.2.3 without what markup or a shell would read.
fn is_local(local: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%'*+-/=?^_`{|}~".contains(c);
    local.len() <= MAX_LOCAL
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(plain))
}

/// Host name labels (RFC 1123 2.1), at least two, the last not a number: no quoted text and no IP literals.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && domain.split('.').all(label)
        && last.len() >= 2
        && last.chars().any(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn becomes(raw: &str, want: &str) {
        assert_eq!(normalise(raw).as_deref(), Ok(want));
    }

    #[test]
    fn letter_case_and_full_width_fold_into_one_address() {
        becomes("Alice+Tag@Example.COM", "alice+tag@example.com");
        becomes("ａｌｉｃｅ@example.com", "alice@example.com");
    }

    #[test]
    fn what_is_no_plain_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(320));
        for raw in [
            "",
            "alice",
            "a@b",
            "@example.com",
            "a@",
            "a@@example.com",
            "a@b@example.com",
            " a@example.com",
            "a@example.com ",
            "a b@example.com",
            "a@example.com\n",
            "a@example.com\0",
            "a@example.com,b@example.com",
            "<script>@example.com",
            "\"a b\"@example.com",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@-x.com",
            "a..b@example.com",
            ".a@example.com",
            "al\u{131}ce@example.com",
            "al\u{130}ce@example.com",
            long.as_str(),
        ] {
            assert!(normalise(raw).is_err(), "{raw:?}");
        }
    }
}
