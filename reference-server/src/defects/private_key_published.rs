//! The key set is the stored key, written out whole (CWE-522).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::keys::{Keys, derive};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "private-key-published",
    title: "The key set holds the private key",
    cwe: 522,
    caught_by: &["token.jwks-public-only"],
    implies: &[],
    install: PrivateKeyPublished::install,
};

struct PrivateKeyPublished {
    inner: Arc<dyn Keys>,
    private: String,
}

impl PrivateKeyPublished {
    fn install(parts: Parts) -> Parts {
        let seed = derive(
            parts.config.secret.expose().as_bytes(),
            b"reference-server ed25519 signing key 1",
        );
        let (inner, private) = (parts.keys.clone(), Base64UrlUnpadded::encode_string(&seed));
        Parts {
            keys: Arc::new(Self { inner, private }),
            ..parts
        }
    }
}

impl Keys for PrivateKeyPublished {
    fn inner(&self) -> &dyn Keys {
        &*self.inner
    }

    fn jwks(&self) -> Option<Value> {
        let mut set = self.inner.jwks()?;
        set["keys"][0]["d"] = self.private.as_str().into();
        Some(set)
    }
}
