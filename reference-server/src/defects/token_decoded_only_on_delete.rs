//! The token is verified for reading; the handler of DELETE only decodes it (CWE-863).

use super::Defect;
use super::shared::identities::only_decoded;
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "token-decoded-only-on-delete",
    title: "DELETE decodes the token and does not verify it",
    cwe: 863,
    caught_by: &["token.all-routes-same-verifier"],
    implies: &[],
    install: |parts| only_decoded(parts, Method::DELETE),
};
