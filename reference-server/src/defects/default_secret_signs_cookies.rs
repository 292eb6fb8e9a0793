//! Session cookies are signed with the default of the framework, since no secret was set (CWE-1394).

use super::Defect;
use crate::identify::{ACCESS_COOKIE, Identify};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::replies::Replies;
use crate::variants::shared::opaque;
use async_trait::async_trait;
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "default-secret-signs-cookies",
    title: "Session cookies are signed with the default secret of the framework",
    cwe: 1394,
    caught_by: &["token.weak-secret"],
    implies: &[],
    install,
};

const DEFAULT: &[u8] = b"better-auth-secret-12345678901234567890";

fn install(parts: Parts) -> Parts {
    let parts = opaque(parts, false);
    Parts {
        replies: Arc::new(Signs(parts.replies.clone())),
        identify: Arc::new(Reads(parts.identify.clone())),
        ..parts
    }
}

struct Signs(Arc<dyn Replies>);

impl Replies for Signs {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn cookie(&self, parts: &Parts, name: &str, value: &str, max_age: Duration) -> String {
        let signed = match name == ACCESS_COOKIE && !value.is_empty() {
            true => signed(value),
            false => value.to_owned(),
        };
        self.0.cookie(parts, name, &signed, max_age)
    }
}

struct Reads(Arc<dyn Identify>);

#[async_trait]
impl Identify for Reads {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        let Some(cookie) = self.0.credential(parts, head)? else {
            return Ok(None);
        };
        match cookie.split_once('.') {
            Some((value, _)) if signed(value) == cookie => Ok(Some(value.to_owned())),
            Some(_) | None => Err(Problem::invalid_token("the signature is wrong")),
        }
    }
}

/// The value, and its HMAC as the value of a cookie can hold it.
fn signed(value: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(DEFAULT) else {
        return String::new();
    };
    mac.update(value.as_bytes());
    let signature = Base64::encode_string(&mac.finalize().into_bytes());
    let encoded = signature.replace('+', "%2B").replace('/', "%2F");
    format!("{value}.{}", encoded.replace('=', "%3D"))
}
