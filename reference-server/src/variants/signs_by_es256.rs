//! Tokens are signed by ES256.

use super::Variant;
use crate::config::Signing;

pub(super) const VARIANT: Variant = Variant {
    id: "signs-by-es256",
    title: "Tokens signed by ES256",
    profile: r#"
[jwt]
algorithm = "ES256"
"#,
    skips: &[
        ("token.alg-other-hmac", "there is no shared secret"),
        ("token.empty-key", "there is no shared secret"),
        ("token.hs-as-asymmetric", "there is no shared secret"),
        ("token.secret-length", "there is no shared secret"),
        ("token.weak-secret", "there is no shared secret"),
    ],
    configure: |config| config.signing = Signing::Es256,
    ..Variant::PLAIN
};
