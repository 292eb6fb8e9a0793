//! Access tokens are 256 random bits that the server looks up; there is nothing in them to read.

use super::Variant;
use super::shared::opaque;

pub(super) const VARIANT: Variant = Variant {
    id: "opaque-random",
    title: "Opaque access tokens",
    profile: r#"
[jwt]
opaque = true
"#,
    skips: &[("token.*", "there is nothing to read or to forge in a token")],
    install: |parts| opaque(parts, false),
    ..Variant::PLAIN
};
