//! Only five logins a minute from one address, right or wrong.

use super::Variant;

pub(super) const VARIANT: Variant = Variant {
    id: "five-sign-ins",
    title: "Five logins a minute from one address",
    profile: r#"
[limits]
login_address = "5 in 60s"
"#,
    configure: |config| config.limits.logins = 5,
    ..Variant::PLAIN
};
