//! The scheme is `Token`, as in Django REST framework and RealWorld; `Bearer` is refused.

use super::Variant;
use super::shared::heads;
use crate::parts::Head;
use axum::http::{HeaderValue, header};

pub(super) const VARIANT: Variant = Variant {
    id: "token-scheme",
    title: "Another scheme word",
    profile: r#"
[credential]
send = { scheme = "Token" }
"#,
    install: |parts| heads(parts, translated),
    ..Variant::PLAIN
};

/// `Token` is understood as `Bearer`, and `Bearer` as no scheme at all.
fn translated(head: &mut Head) {
    let sent = head.headers.get_all(header::AUTHORIZATION);
    let meant: Vec<_> = sent.iter().filter_map(understood).collect();
    head.headers.remove(header::AUTHORIZATION);
    for value in meant {
        head.headers.append(header::AUTHORIZATION, value);
    }
}

fn understood(value: &HeaderValue) -> Option<HeaderValue> {
    let text = value.to_str().unwrap_or_default();
    let meant = match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("token") => format!("Bearer {token}"),
        Some(_) | None => format!("Unknown {text}"),
    };
    HeaderValue::from_str(&meant).ok()
}
