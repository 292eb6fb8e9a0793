//! Answers are indented JSON under an odd media type.

use super::Variant;
use super::shared::{Answer, answers};
use crate::parts::Head;
use axum::http::{HeaderValue, header};

pub(super) const VARIANT: Variant = Variant {
    id: "indented-json",
    title: "Indented JSON under another media type",
    install: |parts| answers(parts, indented),
    ..Variant::PLAIN
};

fn indented(_: &Head, answer: &mut Answer) {
    if answer.is_problem() {
        return;
    }
    if let Some(value) = answer.json() {
        answer.set_json(&value);
        answer.body = format!("\n{value:#}\n").into_bytes();
        answer.headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/vnd.api+json; charset=UTF-8"),
        );
    }
}
