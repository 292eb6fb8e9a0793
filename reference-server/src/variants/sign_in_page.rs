//! Whoever is not signed in is sent to a login page, as server-rendered applications do.

use super::Variant;
use super::shared::{Answer, answers};
use crate::parts::Head;
use axum::http::{HeaderValue, StatusCode, header};

pub(super) const VARIANT: Variant = Variant {
    id: "sign-in-page",
    title: "A redirect to the login page for nobody",
    profile: r#"
[policy]
bad_token = 302
wrong_login = 302
"#,
    install: |parts| answers(parts, redirected),
    ..Variant::PLAIN
};

fn redirected(_: &Head, answer: &mut Answer) {
    if answer.status == StatusCode::UNAUTHORIZED {
        answer.status = StatusCode::FOUND;
        answer.body.clear();
        answer.headers.remove(header::WWW_AUTHENTICATE);
        answer.headers.remove(header::CONTENT_TYPE);
        answer
            .headers
            .insert(header::LOCATION, HeaderValue::from_static("/sign-in"));
    }
}
