//! An opaque session lives on with each use, and there is nothing to refresh.

use super::Variant;
use super::shared::opaque;

pub(super) const VARIANT: Variant = Variant {
    id: "sliding-expiry",
    title: "Sessions that each use prolongs",
    profile: r#"
[jwt]
opaque = true

[routes]
refresh = false
"#,
    skips: &[
        ("refresh.*", "there is no refresh route"),
        ("token.*", "there is nothing to read or to forge in a token"),
    ],
    install: |parts| opaque(parts, true),
    ..Variant::PLAIN
};
