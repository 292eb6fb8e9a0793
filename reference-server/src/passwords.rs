//! The passwords port: which are good enough, and how they are hashed without starving the rest.

mod common;

use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Characters that a password has at least (NIST SP 800-63B, ASVS 6.2.1).
const MIN_CHARS: usize = 8;
/// Bytes that a password has at most.
pub(crate) const MAX_BYTES: usize = 1024;
/// How long a sign-in waits for its turn at the hash.
const PATIENCE: Duration = Duration::from_secs(20);

/// Policy, hash and verification of passwords, always over their exact bytes.
#[async_trait]
pub trait Passwords: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Passwords;

    /// Refuses with one sentence that says why.
    fn policy(&self, parts: &Parts, password: &Secret, email: &str) -> Result<(), &'static str> {
        self.inner().policy(parts, password, email)
    }
    /// The PHC string to store.
    async fn hash(&self, parts: &Parts, password: &Secret) -> Result<String, Problem> {
        self.inner().hash(parts, password).await
    }
    /// Whether the password is the stored one; `None` (nobody of that name) costs the same and is false.
    async fn verify(
        &self,
        parts: &Parts,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, Problem> {
        self.inner().verify(parts, password, stored).await
    }
}

/// argon2id on at most so many threads at once.
pub(crate) struct Argon2id {
    argon: Argon2<'static>,
    turns: Arc<Semaphore>,
    dummy: String,
}

impl Argon2id {
    /// The first choice of OWASP's cheat sheet: 19 MiB, two passes, one lane (ASVS 11.4.2).
    pub(crate) fn owasp(threads: usize) -> Result<Self, String> {
        Self::with_cost(threads, 19_456, 2)
    }

    pub(crate) fn with_cost(threads: usize, memory_kib: u32, passes: u32) -> Result<Self, String> {
        let params = Params::new(memory_kib, passes, 1, None).map_err(|error| error.to_string())?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        // No password belongs to it: it is the hash of 32 random bytes that are forgotten here.
        let dummy = encode(&argon, &rand::random::<[u8; 32]>())?;
        Ok(Self {
            argon,
            turns: Arc::new(Semaphore::new(threads)),
            dummy,
        })
    }

    /// Runs `work` on a blocking thread when it is its turn; the turn ends with the work, not with the client.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Problem::overloaded());
        };
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(Problem::internal)
    }
}

#[async_trait]
impl Passwords for Argon2id {
    fn inner(&self) -> &dyn Passwords {
        self
    }

    fn policy(&self, _: &Parts, password: &Secret, email: &str) -> Result<(), &'static str> {
        let text = password.expose();
        if text.chars().count() < MIN_CHARS {
            return Err("The password must have at least 8 characters.");
        }
        if text.len() > MAX_BYTES {
            return Err("The password must have at most 1024 bytes.");
        }
        let plain = text.trim().to_lowercase();
        let local = email.split('@').next().unwrap_or_default();
        if plain == email || plain == local {
            return Err("The password must not be the e-mail address.");
        }
        if common::is_common(&plain) {
            return Err("The password is one of the most common ones.");
        }
        Ok(())
    }

    async fn hash(&self, _: &Parts, password: &Secret) -> Result<String, Problem> {
        let (argon, password) = (self.argon.clone(), password.clone());
        self.in_turn(move || encode(&argon, password.expose().as_bytes()))
            .await?
            .map_err(Problem::internal)
    }

    async fn verify(
        &self,
        _: &Parts,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, Problem> {
        let known = stored.is_some();
        let (argon, password, stored) = (
            self.argon.clone(),
            password.clone(),
            stored.unwrap_or(&self.dummy).to_owned(),
        );
        let matches = self
            .in_turn(move || {
                PasswordHash::new(&stored).is_ok_and(|hash| {
                    argon
                        .verify_password(password.expose().as_bytes(), &hash)
                        .is_ok()
                })
            })
            .await?;
        Ok(matches && known)
    }
}

fn encode(argon: &Argon2<'_>, password: &[u8]) -> Result<String, String> {
    argon
        .hash_password(password)
        .map(|hash| hash.to_string())
        .map_err(|error| error.to_string())
}
