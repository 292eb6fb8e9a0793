//! Keys that sign tokens: shared secrets, and private keys of RSA, EC and Ed25519.

use std::{fmt, sync::LazyLock};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{
        self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaParameters, RsaPublicKeyComponents,
        UnparsedPublicKey,
    },
};
use base64ct::{Base64, Base64Unpadded, Base64Url, Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

use super::{
    algorithm::{Algorithm, HASHES, Hash},
    der,
    recipe::Unforgeable,
    token::{Token, part},
};

/// A key that signs tokens. Its `Debug` never shows it.
pub struct Key(Kind);

enum Kind {
    Hmac(Vec<u8>),
    Rsa(RsaKeyPair),
    /// The curve is named by the hash that RFC 7518 3.4 pairs it with.
    Ec(Hash, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// No PEM block that can hold a private key.
    #[error("no private key in PEM form found")]
    NoBlock,
    /// Neither RSA (2048 bits or more), nor EC on P-256, P-384 or P-521, nor Ed25519; or encrypted.
    #[error("not an unencrypted private key of RSA, P-256, P-384, P-521 or Ed25519")]
    Unknown,
}

/// Generated once: what counts about a foreign key is that the target does not have it, and RSA keys take long to make.
static FOREIGN_RSA: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
    let der: Pkcs8V1Der<'_> = pair.as_der().ok()?;
    Some(der.as_ref().to_vec())
});

impl Key {
    /// A shared secret of any length.
    pub fn hmac(secret: impl Into<Vec<u8>>) -> Key {
        Key(Kind::Hmac(secret.into()))
    }

    /// The keys that a configured secret may stand for, the likeliest first and each once: the text as it is, trimmed,
    /// and decoded from base64, base64url and hexadecimal where it is such.
    pub fn from_secret_text(text: &str) -> Vec<Key> {
        let trimmed = text.trim();
        let readings = [
            Some(text.as_bytes().to_vec()),
            Some(trimmed.as_bytes().to_vec()),
            Base64::decode_vec(trimmed)
                .or_else(|_| Base64Unpadded::decode_vec(trimmed))
                .ok(),
            Base64Url::decode_vec(trimmed)
                .or_else(|_| Base64UrlUnpadded::decode_vec(trimmed))
                .ok(),
            unhex(trimmed),
        ];
        let mut secrets: Vec<Vec<u8>> = Vec::new();
        for secret in readings.into_iter().flatten() {
            if !secrets.contains(&secret) {
                secrets.push(secret);
            }
        }
        secrets.into_iter().map(Key::hmac).collect()
    }

    /// Reads the first private key of a PEM text: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC 1
    /// (`EC PRIVATE KEY`).
    ///
    /// # Errors
    /// [`NotAKey`] where there is none, or none that can sign a token.
    pub fn from_pem(text: &str) -> Result<Key, NotAKey> {
        let (_, der) = der::private_key_block(text).ok_or(NotAKey::NoBlock)?;
        Key::from_der(&der)
    }

    /// [`Key::from_pem`] without the armour.
    ///
    /// # Errors
    /// [`NotAKey::Unknown`] where the bytes hold no private key that can sign a token.
    pub fn from_der(der: &[u8]) -> Result<Key, NotAKey> {
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(Key(Kind::Ed25519(pair)));
        }
        if let Ok(pair) = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)) {
            return Ok(Key(Kind::Rsa(pair)));
        }
        HASHES
            .into_iter()
            .find_map(|hash| {
                let pair = EcdsaKeyPair::from_private_key_der(hash.ec_signing(), der).ok()?;
                Some(Key(Kind::Ec(hash, pair)))
            })
            .ok_or(NotAKey::Unknown)
    }

    /// The reading of a configured secret or PEM text with which a token was really signed. Nothing is sent: a text that
    /// fits no token of the target is the wrong one.
    pub fn fitting(text: &str, token: &Token) -> Option<Key> {
        let keys = match Key::from_pem(text) {
            Ok(key) => vec![key],
            Err(_) => Key::from_secret_text(text),
        };
        keys.into_iter().find(|key| key.verifies(token))
    }

    /// A key for the algorithm that no target can know: 32 or more random bytes, or a new key pair.
    ///
    /// # Errors
    /// [`Unforgeable::Crypto`] where the library cannot make one.
    pub fn foreign(algorithm: Algorithm, rng: &mut dyn Rng) -> Result<Key, Unforgeable> {
        let made = match algorithm {
            Algorithm::Hs(hash) => {
                let mut secret = vec![0; hash.len()];
                rng.fill_bytes(&mut secret);
                Some(Kind::Hmac(secret))
            }
            Algorithm::Rs(_) | Algorithm::Ps(_) => FOREIGN_RSA
                .as_ref()
                .and_then(|der| RsaKeyPair::from_pkcs8(der).ok())
                .map(Kind::Rsa),
            Algorithm::Es(hash) => EcdsaKeyPair::generate(hash.ec_signing())
                .ok()
                .map(|pair| Kind::Ec(hash, pair)),
            Algorithm::EdDsa => {
                let mut seed = [0; 32];
                rng.fill_bytes(&mut seed);
                Ed25519KeyPair::from_seed_unchecked(&seed)
                    .ok()
                    .map(Kind::Ed25519)
            }
        };
        made.map(Key)
            .ok_or(Unforgeable::Crypto("a key cannot be made"))
    }

    /// Whether it is a shared secret.
    pub fn is_hmac(&self) -> bool {
        matches!(self.0, Kind::Hmac(_))
    }

    /// The bytes of a shared secret, for the check of its length; `None` for a private key.
    pub fn secret_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Hmac(secret) => Some(secret),
            Kind::Rsa(_) | Kind::Ec(..) | Kind::Ed25519(_) => None,
        }
    }

    /// Signs bytes.
    ///
    /// # Errors
    /// [`Unforgeable::KeyMismatch`] where the key is of another type than the algorithm needs, [`Unforgeable::Crypto`]
    /// where the library refuses.
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, Unforgeable> {
        let random = SystemRandom::new();
        let refused = |_| Unforgeable::Crypto("the signature cannot be made");
        match (&self.0, algorithm) {
            (Kind::Hmac(secret), Algorithm::Hs(hash)) => Ok(mac(hash, secret, message)),
            (Kind::Rsa(pair), Algorithm::Rs(hash)) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(hash.pkcs1_signing(), &random, message, &mut signature)
                    .map_err(refused)?;
                Ok(signature)
            }
            (Kind::Rsa(pair), Algorithm::Ps(hash)) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(hash.pss_signing(), &random, message, &mut signature)
                    .map_err(refused)?;
                Ok(signature)
            }
            (Kind::Ec(curve, pair), Algorithm::Es(hash)) if *curve == hash => pair
                .sign(&random, message)
                .map(|s| s.as_ref().to_vec())
                .map_err(refused),
            (Kind::Ed25519(pair), Algorithm::EdDsa) => Ok(pair.sign(message).as_ref().to_vec()),
            _ => Err(Unforgeable::KeyMismatch {
                algorithm: algorithm.name(),
            }),
        }
    }

    /// Whether the signature of a token is one of this key, by the algorithm that the token names.
    pub fn verifies(&self, token: &Token) -> bool {
        let Some(algorithm) = token.alg().and_then(Algorithm::parse) else {
            return false;
        };
        let (message, signature) = (token.signing_input().as_bytes(), token.signature());
        match (&self.0, algorithm) {
            (Kind::Hmac(secret), Algorithm::Hs(hash)) => mac(hash, secret, message) == signature,
            _ => self
                .public_jwk()
                .is_some_and(|jwk| jwk_verifies(&jwk, token)),
        }
    }

    /// The public half as a JWK (RFC 7518 6, RFC 8037 2); `None` for a shared secret.
    pub fn public_jwk(&self) -> Option<Value> {
        match &self.0 {
            Kind::Hmac(_) => None,
            Kind::Rsa(pair) => {
                let public = KeyPair::public_key(pair);
                let modulus = part(public.modulus().big_endian_without_leading_zero());
                let exponent = part(public.exponent().big_endian_without_leading_zero());
                Some(json!({"kty": "RSA", "n": modulus, "e": exponent}))
            }
            Kind::Ec(hash, pair) => {
                let (x, y) = pair
                    .public_key()
                    .as_ref()
                    .get(1..)?
                    .split_at(hash.coordinate());
                Some(json!({"kty": "EC", "crv": hash.curve(), "x": part(x), "y": part(y)}))
            }
            Kind::Ed25519(pair) => {
                Some(json!({"kty": "OKP", "crv": "Ed25519", "x": part(pair.public_key().as_ref())}))
            }
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Hmac(_) => "Key(shared secret, [redacted])",
            Kind::Rsa(_) => "Key(RSA, [redacted])",
            Kind::Ec(..) => "Key(EC, [redacted])",
            Kind::Ed25519(_) => "Key(Ed25519, [redacted])",
        })
    }
}

/// HMAC (RFC 2104).
pub(super) fn mac(hash: Hash, key: &[u8], message: &[u8]) -> Vec<u8> {
    fn with<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
        let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(message);
        mac.finalize().into_bytes().to_vec()
    }
    match hash {
        Hash::Sha256 => with::<Hmac<Sha256>>(key, message),
        Hash::Sha384 => with::<Hmac<Sha384>>(key, message),
        Hash::Sha512 => with::<Hmac<Sha512>>(key, message),
    }
}

/// Whether the signature of a token was made with the private half of a JWK, by the algorithm that the token names.
pub fn jwk_verifies(jwk: &Value, token: &Token) -> bool {
    let member = |name: &str| Base64UrlUnpadded::decode_vec(jwk.get(name)?.as_str()?).ok();
    let (message, signature) = (token.signing_input().as_bytes(), token.signature());
    let verified = match token.alg().and_then(Algorithm::parse) {
        Some(Algorithm::Rs(hash)) => {
            rsa_verified(hash.pkcs1_verifying(), member, message, signature)
        }
        Some(Algorithm::Ps(hash)) => rsa_verified(hash.pss_verifying(), member, message, signature),
        Some(Algorithm::Es(hash)) => member("x").zip(member("y")).map(|(x, y)| {
            let point = [&[4], &x[..], &y[..]].concat();
            UnparsedPublicKey::new(hash.ec_verifying(), point)
                .verify(message, signature)
                .is_ok()
        }),
        Some(Algorithm::EdDsa) => member("x").map(|x| {
            UnparsedPublicKey::new(&signature::ED25519, x)
                .verify(message, signature)
                .is_ok()
        }),
        Some(Algorithm::Hs(_)) | None => None,
    };
    verified.unwrap_or(false)
}

fn rsa_verified(
    parameters: &'static RsaParameters,
    member: impl Fn(&str) -> Option<Vec<u8>>,
    message: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let components = RsaPublicKeyComponents {
        n: member("n")?,
        e: member("e")?,
    };
    Some(components.verify(parameters, message, signature).is_ok())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).map(|d| d as u8))
        .collect();
    let digits = digits?;
    (digits.len() % 2 == 0).then(|| {
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(text: &str) -> Vec<Vec<u8>> {
        Key::from_secret_text(text)
            .iter()
            .filter_map(|key| key.secret_bytes().map(<[u8]>::to_vec))
            .collect()
    }

    #[track_caller]
    fn check(text: &str, want: &[&[u8]]) {
        assert_eq!(readings(text), want);
    }

    #[test]
    fn a_secret_is_read_in_every_encoding_it_fits() {
        check("not a code!", &[b"not a code!"]);
        check(" padded! ", &[b" padded! ", b"padded!"]);
        check("c2VjcmV0IQ==", &[b"c2VjcmV0IQ==", b"secret!"]);
        check("c2VjcmV0IQ", &[b"c2VjcmV0IQ", b"secret!"]);
        check("__-_", &[b"__-_", &[0xff, 0xff, 0xbf]]);
        check("00ff", &[b"00ff", &[0xd3, 0x47, 0xdf], &[0, 0xff]]);
    }

    #[test]
    fn the_reading_that_signed_a_token_is_found() {
        let token = |key: &Key| {
            let message = format!("{}.{}", part(br#"{"alg":"HS256"}"#), part(b"{}"));
            let signature = key
                .sign(Algorithm::Hs(Hash::Sha256), message.as_bytes())
                .unwrap();
            Token::parse(&format!("{message}.{}", part(&signature))).unwrap()
        };
        let found = Key::fitting("00ff", &token(&Key::hmac([0, 0xff]))).unwrap();
        assert_eq!(found.secret_bytes(), Some(&[0, 0xff][..]));
        assert!(Key::fitting("00ff", &token(&Key::hmac("other"))).is_none());
    }

    #[track_caller]
    fn check_pem(label: &str, der: &[u8], want: &str) {
        for newline in ["\n", "\r\n"] {
            let key = Key::from_pem(&der::pem(label, der, newline)).unwrap();
            assert_eq!(format!("{key:?}"), format!("Key({want}, [redacted])"));
        }
    }

    #[test]
    fn private_keys_are_read_from_each_form_of_pem() {
        use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der};
        let pkcs8 = FOREIGN_RSA.as_ref().unwrap();
        check_pem("PRIVATE KEY", pkcs8, "RSA");
        // The PKCS#1 key is the octet string behind version, algorithm and its own tag and length.
        check_pem("RSA PRIVATE KEY", &pkcs8[26..], "RSA");
        for hash in HASHES {
            let pair = EcdsaKeyPair::generate(hash.ec_signing()).unwrap();
            check_pem("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref(), "EC");
            let sec1: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().unwrap();
            check_pem("EC PRIVATE KEY", sec1.as_ref(), "EC");
        }
        let pair = Ed25519KeyPair::generate().unwrap();
        check_pem(
            "PRIVATE KEY",
            pair.to_pkcs8v1().unwrap().as_ref(),
            "Ed25519",
        );
        check_pem("PRIVATE KEY", pair.to_pkcs8().unwrap().as_ref(), "Ed25519");
        assert_eq!(Key::from_pem("secret").unwrap_err(), NotAKey::NoBlock);
        assert_eq!(Key::from_der(b"secret").unwrap_err(), NotAKey::Unknown);
    }

    #[test]
    fn a_key_signs_by_its_own_algorithms_alone() {
        let mut rng = rand::rng();
        let hmac = Key::hmac("secret");
        let ec = Key::foreign(Algorithm::Es(Hash::Sha256), &mut rng).unwrap();
        assert!(hmac.is_hmac() && !ec.is_hmac());
        for (key, algorithm) in [
            (&hmac, Algorithm::EdDsa),
            (&ec, Algorithm::Hs(Hash::Sha256)),
            (&ec, Algorithm::Es(Hash::Sha384)),
        ] {
            let mismatch = Unforgeable::KeyMismatch {
                algorithm: algorithm.name(),
            };
            assert_eq!(key.sign(algorithm, b"message"), Err(mismatch));
        }
    }

    #[test]
    fn debug_does_not_show_the_key() {
        assert_eq!(
            format!("{:?}", Key::hmac("hunter2")),
            "Key(shared secret, [redacted])"
        );
    }
}
