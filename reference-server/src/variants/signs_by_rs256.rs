//! Tokens are signed by RS256.

use super::Variant;
use crate::config::Signing;

pub(super) const VARIANT: Variant = Variant {
    id: "signs-by-rs256",
    title: "Tokens signed by RS256",
    profile: r#"
[jwt]
algorithm = "RS256"
"#,
    skips: &[
        ("token.alg-other-hmac", "there is no shared secret"),
        ("token.empty-key", "there is no shared secret"),
        ("token.hs-as-asymmetric", "there is no shared secret"),
        ("token.secret-length", "there is no shared secret"),
        ("token.weak-secret", "there is no shared secret"),
    ],
    configure: |config| config.signing = Signing::Rs256,
    ..Variant::PLAIN
};
