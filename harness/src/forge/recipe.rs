//! What a recipe is, what it is given, and what it gives.

use std::fmt;

use rand::Rng;
use scenarios::model::Ability;
use serde_json::Value;

use super::{
    algorithm::Algorithm,
    key::Key,
    token::{Draft, Token},
};

/// One named manipulation of a token.
#[derive(Debug)]
pub struct Recipe {
    /// In kebab-case, as scenario files and `authspec forge` spell it.
    pub name: &'static str,
    /// What the forged token is, in a few words.
    pub title: &'static str,
    /// What differs from the source; everything else travels as it came.
    pub changes: &'static [Part],
    /// What must be given before it can be made.
    pub needs: &'static [Ability],
    /// Makes it in all its forms.
    pub(super) make: fn(&mut Material<'_>) -> Made,
}

/// The forms of a forged token, or why there are none.
pub(super) type Made = Result<Vec<Forged>, Unforgeable>;

/// A part of a token that a recipe changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Members of the header.
    Header,
    /// Members of the payload, or the payload as a whole.
    Claims,
    /// The bytes of the signature, by signing anew or by hand.
    Signature,
    /// The spelling of the whole, so that it need not be three base64url parts any more.
    Encoding,
}

/// One token to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Forged {
    /// The form, unique in its recipe (`nOnE`); the recipe's name where there is only one.
    pub name: String,
    /// The text to send where the target's own token goes.
    pub text: String,
    /// What the listener must answer with for as long as the token is out.
    pub serve: Option<Document>,
}

/// A document for the listener to serve. A request for its path is contact by whoever read the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Unguessable, from the first slash.
    pub path: String,
    pub content_type: &'static str,
    pub body: String,
}

/// What a recipe works with. [`Material::new`] has nothing but the token; set what else is known.
pub struct Material<'a> {
    /// The attacker's own valid token; `None` where the target's credential is no compact JWS.
    pub token: Option<&'a Token>,
    /// A valid token of a second actor.
    pub other: Option<&'a Token>,
    /// The user id of a second actor, for where its token does not tell.
    pub foreign_sub: Option<&'a str>,
    /// The claim that names the user: `sub`, unless the profile has another.
    pub subject: &'a str,
    /// The key with which the target's tokens are signed.
    pub key: Option<&'a Key>,
    /// The issuer's public keys as JWKs; with a private `key` its public half is known anyway.
    pub public_keys: &'a [Value],
    /// The base URL of the harness's own listener, without a slash at its end.
    pub listener: Option<&'a str>,
    /// Where the issuer publishes its keys.
    pub jwks_url: Option<&'a str>,
    /// A file that the target serves to everybody, for keys that are read from a path.
    pub public_file: Option<PublicFile<'a>>,
    /// The target's clock in seconds since 1970.
    pub now: i64,
    /// The source of choices. Key pairs and signatures of RSA and EC take theirs from the system.
    pub rng: &'a mut dyn Rng,
}

/// A file that anybody can fetch from the target.
#[derive(Debug, Clone, Copy)]
pub struct PublicFile<'a> {
    /// Its path in the URL.
    pub path: &'a str,
    pub content: &'a [u8],
}

/// Why a recipe makes nothing; each text says what would allow it, or why it does not apply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unforgeable {
    #[error("no token recipe is named `{0}`")]
    UnknownRecipe(String),
    #[error("recipe `{recipe}` has no form `{form}` here")]
    UnknownForm { recipe: &'static str, form: String },
    #[error("the target's token is not a compact JWS")]
    NotAToken,
    #[error("the token's algorithm {0} is not one that can be signed with")]
    UnknownAlgorithm(String),
    #[error("it needs the signing key (give --secret-env VAR or --signing-key-file FILE)")]
    NeedsKey,
    #[error("the signing key given does not fit the algorithm {algorithm}")]
    KeyMismatch { algorithm: &'static str },
    #[error("it needs a second account")]
    NeedsOther,
    #[error("it needs the issuer's public key (a key set at jwks_url)")]
    NeedsPublicKey,
    #[error("it needs a listener that the target can reach")]
    NeedsListener,
    #[error("it applies to tokens of {applies} only, and this one is signed with {algorithm}")]
    OtherIssuer {
        applies: &'static str,
        algorithm: &'static str,
    },
    #[error("issued tokens carry no {0} claim")]
    NoClaim(String),
    #[error("{0}")]
    NothingToChange(&'static str),
    #[error("{0}")]
    Crypto(&'static str),
}

impl Recipe {
    /// Makes the forged tokens: every form that can be made of the material, at least one.
    ///
    /// # Errors
    /// [`Unforgeable`] says what is missing, or why the recipe does not apply.
    pub fn forge(&self, material: &mut Material<'_>) -> Result<Vec<Forged>, Unforgeable> {
        let mut forged = (self.make)(material)?;
        for one in forged.iter_mut().filter(|one| one.name.is_empty()) {
            one.name = self.name.to_owned();
        }
        Ok(forged)
    }
}

impl Forged {
    /// One of several forms.
    pub(super) fn form(name: impl Into<String>, text: impl Into<String>) -> Forged {
        Forged {
            name: name.into(),
            text: text.into(),
            serve: None,
        }
    }

    /// The only form of a recipe.
    pub(super) fn only(text: impl Into<String>) -> Vec<Forged> {
        vec![Forged::form("", text)]
    }
}

impl fmt::Debug for Forged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Forged({}, [redacted])", self.name)
    }
}

impl<'a> Material<'a> {
    /// Nothing but a token, the target's clock in seconds since 1970, and a source of choices.
    pub fn new(token: Option<&'a Token>, now: i64, rng: &'a mut dyn Rng) -> Material<'a> {
        Material {
            token,
            other: None,
            foreign_sub: None,
            subject: "sub",
            key: None,
            public_keys: &[],
            listener: None,
            jwks_url: None,
            public_file: None,
            now,
            rng,
        }
    }

    pub(super) fn token(&self) -> Result<&'a Token, Unforgeable> {
        self.token.ok_or(Unforgeable::NotAToken)
    }

    /// The token's two parts, to be changed.
    pub(super) fn draft(&self) -> Result<Draft, Unforgeable> {
        self.token().map(Draft::of)
    }

    pub(super) fn key(&self) -> Result<&'a Key, Unforgeable> {
        self.key.ok_or(Unforgeable::NeedsKey)
    }

    /// The algorithm that the token was signed with.
    pub(super) fn algorithm(&self) -> Result<Algorithm, Unforgeable> {
        let alg = self.token()?.alg().unwrap_or("(none named)");
        Algorithm::parse(alg).ok_or_else(|| Unforgeable::UnknownAlgorithm(alg.to_owned()))
    }

    /// The algorithm, where the issuer signs with a shared secret.
    pub(super) fn hmac_algorithm(&self) -> Result<Algorithm, Unforgeable> {
        match self.algorithm()? {
            algorithm @ Algorithm::Hs(_) => Ok(algorithm),
            other => Err(Unforgeable::OtherIssuer {
                applies: "HMAC issuers",
                algorithm: other.name(),
            }),
        }
    }

    /// The algorithm, where the issuer signs with a private key.
    pub(super) fn asymmetric_algorithm(&self) -> Result<Algorithm, Unforgeable> {
        match self.algorithm()? {
            hmac @ Algorithm::Hs(_) => Err(Unforgeable::OtherIssuer {
                applies: "asymmetric issuers",
                algorithm: hmac.name(),
            }),
            other => Ok(other),
        }
    }

    /// Signs a draft as the issuer would.
    pub(super) fn sign(&self, draft: &Draft) -> Result<String, Unforgeable> {
        draft.signed(self.algorithm()?, self.key()?)
    }

    /// Signs a draft as the issuer would, or keeps the signature that then no longer fits.
    pub(super) fn sign_or_keep(&self, draft: &Draft) -> Result<String, Unforgeable> {
        match self.key {
            Some(_) => self.sign(draft),
            None => Ok(draft.with_signature(self.token()?.signature())),
        }
    }

    /// The value of the claim that names the user.
    pub(super) fn own_subject(&self) -> Result<&'a Value, Unforgeable> {
        let claims = self.token()?.claims();
        claims
            .get(self.subject)
            .ok_or_else(|| Unforgeable::NoClaim(self.subject.to_owned()))
    }

    /// The same claim of the second actor, in the type of the own one.
    pub(super) fn foreign_subject(&self) -> Result<Value, Unforgeable> {
        if let Some(subject) = self
            .other
            .and_then(|token| token.claims().get(self.subject))
        {
            return Ok(subject.clone());
        }
        let text = self.foreign_sub.ok_or(Unforgeable::NeedsOther)?;
        let is_number = self.own_subject().is_ok_and(Value::is_number);
        let number = text.parse::<i64>().ok().filter(|_| is_number);
        Ok(number.map_or_else(|| text.into(), Value::from))
    }

    /// The issuer's public keys: the one that the token names, or all where it names none of them.
    pub(super) fn public_keys(&self) -> Result<Vec<Value>, Unforgeable> {
        let kid = self.token()?.kid();
        let named = |jwk: &&Value| kid.is_some() && jwk.get("kid").and_then(Value::as_str) == kid;
        let mut keys: Vec<Value> = self.public_keys.iter().filter(named).cloned().collect();
        if keys.is_empty() {
            keys = self.public_keys.to_vec();
        }
        if keys.is_empty() {
            keys.extend(self.key.and_then(Key::public_jwk));
        }
        if keys.is_empty() {
            Err(Unforgeable::NeedsPublicKey)
        } else {
            Ok(keys)
        }
    }

    pub(super) fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    /// A random word of lower-case letters and digits, 5 bits a character.
    pub(super) fn random_word(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        (0..length)
            .map(|_| char::from(LETTERS[self.random::<1>()[0] as usize % LETTERS.len()]))
            .collect()
    }
}
