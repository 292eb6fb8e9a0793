//! HS256 tokens of fifteen minutes; only this algorithm, only with all claims, only until `exp`.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

const LIFETIME: u64 = 15 * 60;

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: u64,
    exp: u64,
}

pub(crate) struct Tokens {
    secret: String,
}

impl Tokens {
    pub(crate) fn new(secret: &str) -> Tokens {
        Tokens {
            secret: secret.to_owned(),
        }
    }

    pub(crate) fn issue(&self, user: &str, now: u64) -> String {
        let claims = Claims {
            sub: user.to_owned(),
            iat: now,
            exp: now + LIFETIME,
        };
        encode(
            &Header::default(),
            &claims,
            &EncodingKey::from_secret(self.secret.as_bytes()),
        )
        .unwrap()
    }

    /// The id of the user whom a token names.
    pub(crate) fn verify(&self, token: &str, now: u64) -> Option<String> {
        let mut rules = Validation::new(Algorithm::HS256);
        // The clock is ours, so that the library's cannot be asked.
        rules.validate_exp = false;
        rules.set_required_spec_claims(&["sub", "exp"]);
        let key = DecodingKey::from_secret(self.secret.as_bytes());
        // The library leaves the list of critical headers to its caller.
        let header = token.split('.').next()?;
        let header = Base64UrlUnpadded::decode_vec(header).ok()?;
        let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
        if header.get("crit").is_some() {
            return None;
        }
        let claims = decode::<Claims>(token, &key, &rules).ok()?.claims;
        (claims.iat <= now + 5 && now < claims.exp).then_some(claims.sub)
    }
}
