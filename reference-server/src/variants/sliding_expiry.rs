//! An opaque session lives on with each use, and there is nothing to refresh.

use super::Variant;
use crate::accounts::User;
use crate::ids::SessionId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tokens::{Claims, Reject, Tokens, Verified};
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) const VARIANT: Variant = Variant {
    id: "sliding-expiry",
    title: "Sessions that each use prolongs",
    profile: r#"
[jwt]
opaque = true

[routes]
refresh = false
"#,
    skips: &[
        ("refresh.*", "there is no refresh route"),
        ("token.*", "there is nothing to read or to forge in a token"),
    ],
    install: |parts| Parts {
        tokens: Arc::new(Kept {
            inner: parts.tokens.clone(),
            known: Mutex::default(),
        }),
        ..parts
    },
    ..Variant::PLAIN
};

struct Kept {
    inner: Arc<dyn Tokens>,
    known: Mutex<HashMap<[u8; 32], (Verified, i64)>>,
}

impl Tokens for Kept {
    fn inner(&self) -> &dyn Tokens {
        &*self.inner
    }

    fn issue(&self, parts: &Parts, user: &User, session: &SessionId) -> Result<String, Problem> {
        let token = Base64UrlUnpadded::encode_string(&rand::random::<[u8; 32]>());
        let verified = Verified {
            user: user.id.clone(),
            session: session.clone(),
            claims: Claims::new(),
        };
        let ends = parts.now_ms() + life(parts);
        self.known().insert(digest(&token), (verified, ends));
        Ok(token)
    }

    fn verify(&self, parts: &Parts, token: &str) -> Result<Verified, Reject> {
        let mut known = self.known();
        let (verified, ends) = known.get_mut(&digest(token)).ok_or(Reject("unknown"))?;
        let now = parts.now_ms();
        if *ends <= now {
            return Err(Reject("its time is over"));
        }
        *ends = now + life(parts);
        Ok(verified.clone())
    }
}

impl Kept {
    fn known(&self) -> MutexGuard<'_, HashMap<[u8; 32], (Verified, i64)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn life(parts: &Parts) -> i64 {
    i64::try_from(parts.config.access_lifetime.as_millis()).unwrap_or(i64::MAX / 2)
}
