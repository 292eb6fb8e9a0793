//! Whether two answers look the same once everything is masked that differs between any two answers.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::exchange::Response;

static VARYING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // Ids, times, numbers, random texts, e-mail addresses.
    let pattern = r"[\w.+%-]+@[\w.-]+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?|[\w-]{20,}|\d+";
    Regex::new(pattern).ok()
});

/// Headers whose value, or presence, says nothing about the account.
const NOISE: &[&str] = &[
    "date",
    "content-length",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "x-request-id",
    "x-process-time",
    "age",
    "etag",
];

fn masked(text: &str, sent: &str) -> String {
    let mut text = text.to_owned();
    for word in sent
        .split(['"', ' ', '\n', '&', '='])
        .filter(|word| word.len() >= 6)
    {
        text = text.replace(word, "~");
    }
    match VARYING.as_ref() {
        Some(pattern) => pattern.replace_all(&text, "~").into_owned(),
        None => text,
    }
}

fn header_names(response: &Response) -> BTreeSet<String> {
    let names = response.headers.iter().map(|(name, _)| name.to_lowercase());
    // Counters of a limit differ from one answer to the next by design.
    names
        .filter(|name| !NOISE.contains(&name.as_str()) && !name.contains("ratelimit"))
        .collect()
}

/// The first difference in words, or nothing.
pub(super) fn difference(
    one: &Response,
    one_sent: &str,
    two: &Response,
    two_sent: &str,
) -> Option<String> {
    if one.status != two.status {
        return Some(format!("{} instead of {}", one.status, two.status));
    }
    let (one_names, two_names) = (header_names(one), header_names(two));
    if let Some(name) = one_names.symmetric_difference(&two_names).next() {
        return Some(format!("the header {name} is there for only one of them"));
    }
    let (one_body, two_body) = (masked(&one.text(), one_sent), masked(&two.text(), two_sent));
    (one_body != two_body).then(|| {
        format!(
            "the body `{}` instead of `{}`",
            cut(&one_body),
            cut(&two_body)
        )
    })
}

/// Whether two answers are the same but for varying values.
pub(crate) fn alike(one: &Response, two: &Response, sent: &str) -> bool {
    masked(&one.text(), sent) == masked(&two.text(), sent)
}

fn cut(text: &str) -> String {
    text.chars().take(120).collect()
}
