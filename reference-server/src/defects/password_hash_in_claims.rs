//! The stored record of the user, hash included, is signed into the token (CWE-522).

use super::Defect;
use crate::accounts::{Account, User};
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::{Entry, Sessions, Started};
use crate::tokens::{Claims, Tokens};
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "password-hash-in-claims",
    title: "The password hash is signed into the token",
    cwe: 522,
    caught_by: &["token.no-sensitive-claims"],
    implies: &[],
    install,
};

type Records = Arc<Mutex<HashMap<UserId, String>>>;

fn install(parts: Parts) -> Parts {
    let records = Records::default();
    Parts {
        sessions: Arc::new(Loads(parts.sessions.clone(), records.clone())),
        tokens: Arc::new(Serialises(parts.tokens.clone(), records)),
        ..parts
    }
}

struct Loads(Arc<dyn Sessions>, Records);

#[async_trait]
impl Sessions for Loads {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn start(
        &self,
        parts: &Parts,
        account: &Account,
        entry: Entry,
    ) -> Result<Started, Problem> {
        let hash = account.password_hash.expose().to_owned();
        self.1
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(account.user.id.clone(), hash);
        self.0.start(parts, account, entry).await
    }
}

struct Serialises(Arc<dyn Tokens>, Records);

impl Tokens for Serialises {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn new_claims(&self, parts: &Parts, user: &User, session: &SessionId) -> Claims {
        let mut claims = self.0.new_claims(parts, user, session);
        if let Some(hash) = self
            .1
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&user.id)
        {
            claims.insert("password_hash".into(), hash.as_str().into());
        }
        claims
    }
}
