//! Tokens are signed by HS512.

use super::Variant;
use crate::config::Signing;

pub(super) const VARIANT: Variant = Variant {
    id: "signs-by-hs512",
    title: "Tokens signed by HS512",
    profile: r#"
[jwt]
algorithm = "HS512"
"#,
    configure: |config| config.signing = Signing::Hs512,
    ..Variant::PLAIN
};
