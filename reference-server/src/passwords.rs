//! The passwords port: which are good enough, and how they are hashed without starving the rest.

mod common;

use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use async_trait::async_trait;
use std::sync::{Arc, Mutex, PoisonError};
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
    argon: Arc<Hasher>,
    turns: Arc<Semaphore>,
    dummy: String,
}

impl Argon2id {
    /// Of the equal choices of OWASP's cheat sheet the one that takes least memory: 7 MiB, five passes, one lane
    /// (ASVS 11.4.2).
    pub(crate) fn owasp(threads: usize) -> Result<Self, String> {
        Self::with_cost(threads, 7_168, 5)
    }

    pub(crate) fn with_cost(threads: usize, memory_kib: u32, passes: u32) -> Result<Self, String> {
        let params = Params::new(memory_kib, passes, 1, None).map_err(|error| error.to_string())?;
        let argon = Hasher {
            params,
            memory: Mutex::default(),
        };
        // No password belongs to it: it is the hash of 32 random bytes that are forgotten here.
        let dummy = argon.encode(&rand::random::<[u8; 32]>())?;
        Ok(Self {
            argon: Arc::new(argon),
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
        self.in_turn(move || argon.encode(password.expose().as_bytes()))
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
            .in_turn(move || argon.fits(password.expose().as_bytes(), &stored))
            .await?;
        Ok(matches && known)
    }
}

/// The function itself, and the memory that it has had before, which takes long to be given anew.
struct Hasher {
    params: Params,
    memory: Mutex<Vec<Vec<Block>>>,
}

impl Hasher {
    fn encode(&self, password: &[u8]) -> Result<String, String> {
        let salt = Salt::generate();
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(|error| error.to_string())?,
            salt: Some(salt),
            hash: Some(self.output(&self.params, password, &salt)?),
        };
        Ok(hash.to_string())
    }

    /// Whether the password belongs to a hash, by the parameters that the hash names.
    fn fits(&self, password: &[u8], stored: &str) -> bool {
        let Ok(stored) = PasswordHash::new(stored) else {
            return false;
        };
        let (Some(salt), Some(hash)) = (stored.salt, stored.hash) else {
            return false;
        };
        let ours = stored.algorithm == Algorithm::Argon2id.ident()
            && stored.version == Some(Version::V0x13.into());
        // `Output` compares in constant time.
        ours && Params::try_from(&stored)
            .is_ok_and(|params| self.output(&params, password, &salt) == Ok(hash))
    }

    fn output(&self, params: &Params, password: &[u8], salt: &[u8]) -> Result<Output, String> {
        let memory = || self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = memory().pop().unwrap_or_default();
        blocks.resize(params.block_count(), Block::default());
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let done = argon.hash_password_into_with_memory(password, salt, &mut output, &mut blocks);
        memory().push(blocks);
        done.map_err(|error| error.to_string())?;
        Output::new(&output).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordVerifier;

    #[test]
    fn memory_that_was_used_before_changes_no_hash() {
        let argon = Argon2id::with_cost(1, 64, 2).unwrap().argon;
        for password in ["first one", "another", "first one"] {
            let stored = argon.encode(password.as_bytes()).unwrap();
            assert!(argon.fits(password.as_bytes(), &stored));
            assert!(!argon.fits(b"a third", &stored));
            let library = Argon2::default();
            assert!(
                library
                    .verify_password(password.as_bytes(), stored.as_str())
                    .is_ok()
            );
        }
    }

    #[test]
    fn a_hash_is_read_by_its_own_parameters() {
        let argon = |kib| Argon2id::with_cost(1, kib, 1).unwrap().argon;
        let stored = argon(256).encode(b"secret").unwrap();
        assert!(argon(64).fits(b"secret", &stored));
        for broken in [
            "",
            "secret",
            &stored.replace("argon2id", "argon2i"),
            &stored.replace("v=19", "v=16"),
        ] {
            assert!(!argon(64).fits(b"secret", broken), "{broken}");
        }
    }
}
