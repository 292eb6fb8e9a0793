//! A refresh token of three kilobytes of chance, in base64: browsers drop a cookie of that size (CWE-1284).

use super::Defect;
use crate::parts::Parts;
use crate::sessions::Sessions;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "cookie-beyond-browsers",
    title: "The cookie of the refresh token is too large for browsers",
    cwe: 1284,
    caught_by: &["cookie.size"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(LongTokens(parts.sessions.clone())),
        ..parts
    },
};

struct LongTokens(Arc<dyn Sessions>);

impl Sessions for LongTokens {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    fn new_token(&self, _: &Parts) -> String {
        let kilobytes: Vec<u8> = (0..96).flat_map(|_| rand::random::<[u8; 32]>()).collect();
        Base64UrlUnpadded::encode_string(&kilobytes)
    }
}
