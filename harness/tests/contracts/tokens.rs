//! HS256 tokens of fifteen minutes; only this algorithm, only with all claims, only until `exp`.

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
        let claims = decode::<Claims>(token, &key, &rules).ok()?.claims;
        (claims.iat <= now + 5 && now < claims.exp).then_some(claims.sub)
    }
}
