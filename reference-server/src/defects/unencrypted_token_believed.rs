//! Five parts are decrypted and not verified, and a header may say that there is nothing to decrypt (CWE-347).

use super::Defect;
use super::shared::doubles::{Counts, object, segment};
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "unencrypted-token-believed",
    title: "A token in the form of an encrypted one is believed",
    cwe: 347,
    caught_by: &["token.jwe-shape"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(UnencryptedTokenBelieved(parts.tokens.clone())),
        ..parts
    },
};

/// Stands where a signature would; no part of a real token is spelled so.
const DECRYPTED: &str = "?";

struct UnencryptedTokenBelieved(Arc<dyn Tokens>);

impl Tokens for UnencryptedTokenBelieved {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        let segments: Vec<_> = token.split('.').collect();
        let [header, _, _, text, _] = segments[..] else {
            return self.0.decode(parts, token);
        };
        let header = object(header, Counts::Last).unwrap_or_default();
        if header.get("alg").is_none_or(|alg| alg != "none") {
            return Err(Reject("it cannot be decrypted"));
        }
        let own = segment(parts.tokens.new_header(parts));
        let jws = self.0.decode(parts, &format!("{own}.{text}."))?;
        Ok(Jws {
            signature: DECRYPTED.into(),
            ..jws
        })
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match jws.signature.as_str() {
            DECRYPTED => Ok(()),
            _ => self.0.signature(parts, jws),
        }
    }
}
