//! Tokens and keys for the tests of the forge.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use serde_json::json;

use super::{Algorithm, Key, Material, Token, token::part};

/// The clock of all tests, in seconds since 1970.
pub(super) const NOW: i64 = 1_795_000_000;

/// Another key than the foreign one.
static RSA: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    der.as_ref().to_vec()
});

/// An issuer's key with a valid token of each of two users.
pub(super) struct Issuer {
    pub(super) key: Key,
    pub(super) own: Token,
    pub(super) other: Token,
    pub(super) public_keys: Vec<serde_json::Value>,
}

pub(super) const ALGORITHMS: [&str; 13] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512", "EdDSA",
];

impl Issuer {
    pub(super) fn new(alg: &str) -> Issuer {
        Issuer::of(alg, ["user-alice", "user-bob"])
    }

    /// An issuer whose two users have these ids.
    pub(super) fn of(alg: &str, subjects: [&str; 2]) -> Issuer {
        let algorithm = Algorithm::parse(alg).unwrap();
        let key = match algorithm {
            Algorithm::Rs(_) | Algorithm::Ps(_) => Key::from_der(&RSA).unwrap(),
            _ => Key::foreign(algorithm, &mut rand::rng()).unwrap(),
        };
        Issuer::with(alg, key, subjects)
    }

    /// An issuer with a key of the test's own.
    pub(super) fn with(alg: &str, key: Key, subjects: [&str; 2]) -> Issuer {
        let issue = |sub: &str| issue(alg, &key, sub);
        let mut public_keys: Vec<_> = key.public_jwk().into_iter().collect();
        public_keys
            .iter_mut()
            .for_each(|jwk| jwk["kid"] = "k1".into());
        Issuer {
            own: issue(subjects[0]),
            other: issue(subjects[1]),
            public_keys,
            key,
        }
    }

    /// An issuer whose first user's token holds these claims alone.
    pub(super) fn saying(alg: &str, claims: &serde_json::Value) -> Issuer {
        let issuer = Issuer::new(alg);
        let message = format!(
            "{}.{}",
            part(json!({ "alg": alg }).to_string().as_bytes()),
            part(claims.to_string().as_bytes())
        );
        let algorithm = Algorithm::parse(alg).unwrap();
        let signature = issuer.key.sign(algorithm, message.as_bytes()).unwrap();
        let own = Token::parse(&format!("{message}.{}", part(&signature))).unwrap();
        Issuer { own, ..issuer }
    }

    /// Everything that a recipe may need.
    pub(super) fn material<'a>(&'a self, rng: &'a mut dyn rand::Rng) -> Material<'a> {
        Material {
            other: Some(&self.other),
            key: Some(&self.key),
            public_keys: &self.public_keys,
            listener: Some("http://127.0.0.1:9"),
            jwks_url: Some("https://id.example.com/jwks"),
            public_file: Some(super::PublicFile {
                path: "/app.js",
                content: b"content",
            }),
            ..Material::new(Some(&self.own), NOW, rng)
        }
    }
}

/// A token with white space and an unusual number in it, so that a change of spelling shows.
fn issue(alg: &str, key: &Key, sub: &str) -> Token {
    let header = json!({"alg": alg, "typ": "JWT", "kid": "k1"});
    let claims = format!(
        r#"{{"sub":"{sub}", "iss":"https://id.example.com","aud":"api","iat":{},"nbf":{},"exp":{},"jti":"~~?>","n":1.0}}"#,
        NOW - 60,
        NOW - 60,
        NOW + 840,
    );
    let message = format!(
        "{}.{}",
        part(header.to_string().as_bytes()),
        part(claims.as_bytes())
    );
    let signature = key
        .sign(Algorithm::parse(alg).unwrap(), message.as_bytes())
        .unwrap();
    Token::parse(&format!("{message}.{}", part(&signature))).unwrap()
}

/// A valid HS256 token.
pub(super) fn hmac_token() -> Token {
    issue("HS256", &Key::hmac("a secret of the tests"), "user-alice")
}
