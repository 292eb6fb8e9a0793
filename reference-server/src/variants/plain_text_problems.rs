//! What went wrong is said in one line of plain text.

use super::Variant;
use super::shared::{Answer, answers};
use crate::parts::Head;
use axum::http::{HeaderValue, header};

pub(super) const VARIANT: Variant = Variant {
    id: "plain-text-problems",
    title: "Problems in plain text",
    install: |parts| answers(parts, spoken),
    ..Variant::PLAIN
};

fn spoken(_: &Head, answer: &mut Answer) {
    if answer.is_problem() {
        let title = answer.status.canonical_reason().unwrap_or("Error");
        answer.body = title.as_bytes().to_vec();
        answer.headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
    }
}
