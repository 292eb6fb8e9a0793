//! Users in memory: one normalised address each, salted hashes, one answer for every failed login, and a limit on these.

use std::collections::HashMap;
use std::sync::Mutex;

use rand::RngExt as _;
use sha2::{Digest, Sha256};

/// Failed logins for one address until it has to wait.
const FAILURES: usize = 10;
/// Seconds in which they are counted.
const WINDOW: u64 = 60;

#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    salt: String,
    hash: Vec<u8>,
}

/// The first of the well-known passwords that are long enough.
const COMMON: &[&str] = &["12345678", "password1", "qwertyuiop"];

/// Why there is no new user.
#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    Email,
    Password,
    Taken,
}

/// Why nobody is signed in.
pub(crate) enum NotSignedIn {
    Wrong,
    /// Seconds until the next attempt counts.
    Wait(u64),
}

#[derive(Default)]
pub(crate) struct Accounts {
    users: Mutex<Vec<User>>,
    failures: Mutex<HashMap<String, Vec<u64>>>,
}

impl Accounts {
    /// `unique_name` refuses a name that another has.
    pub(crate) fn register(
        &self,
        id: &str,
        email: &str,
        password: &str,
        name: &str,
        unique_name: bool,
    ) -> Result<User, Refused> {
        let email = normal(email).ok_or(Refused::Email)?;
        let known = COMMON.contains(&password) || password.to_lowercase() == email;
        if known || !(8..=128).contains(&password.chars().count()) {
            return Err(Refused::Password);
        }
        let salt = random_hex(16);
        let hash = hash(&salt, password);
        let user = User {
            id: id.to_owned(),
            email,
            name: name.to_owned(),
            salt,
            hash,
        };
        let mut users = self.users.lock().unwrap();
        if users
            .iter()
            .any(|other| other.email == user.email || (unique_name && other.name == user.name))
        {
            return Err(Refused::Taken);
        }
        users.push(user.clone());
        Ok(user)
    }

    pub(crate) fn sign_in(
        &self,
        email: &str,
        password: &str,
        now: u64,
    ) -> Result<User, NotSignedIn> {
        let email = email.trim().to_lowercase();
        let mut failures = self.failures.lock().unwrap();
        let failed = failures.entry(email.clone()).or_default();
        failed.retain(|at| now < at + WINDOW);
        if let (true, Some(first)) = (failed.len() >= FAILURES, failed.first()) {
            return Err(NotSignedIn::Wait(
                (first + WINDOW).saturating_sub(now).max(1),
            ));
        }
        let found = self
            .users
            .lock()
            .unwrap()
            .iter()
            .find(|user| user.email == email)
            .cloned();
        // Somebody unknown costs what a wrong password costs.
        let (salt, wanted) = found
            .as_ref()
            .map_or(("none", &[][..]), |user| (&user.salt, &user.hash));
        let same = hash(salt, password) == wanted;
        match found.filter(|_| same) {
            Some(user) => Ok(user),
            None => {
                failed.push(now);
                Err(NotSignedIn::Wrong)
            }
        }
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<User> {
        self.users
            .lock()
            .unwrap()
            .iter()
            .find(|user| user.id == id)
            .cloned()
    }
}

fn hash(salt: &str, password: &str) -> Vec<u8> {
    Sha256::digest(format!("{salt}:{password}")).to_vec()
}

/// An address in its one form, or nothing where it is none.
fn normal(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (local, domain) = email.split_once('@')?;
    let plain = |text: &str, more: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let local_fits = (1..=64).contains(&local.len()) && plain(local, ".+-_");
    let domain_fits = domain.len() <= 190 && domain.contains('.') && plain(domain, ".-");
    (local_fits && domain_fits).then_some(email)
}

pub(crate) fn random_hex(length: usize) -> String {
    let mut rng = rand::rng();
    (0..length)
        .map(|_| char::from_digit(rng.random_range(0..16), 16).unwrap())
        .collect()
}

/// A random UUID of version 4.
pub(crate) fn uuid() -> String {
    let hex = random_hex(32);
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}
