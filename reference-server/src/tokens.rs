//! Access tokens: what is put into them, and each rule that one must pass, one method a rule.

pub mod jws;
pub mod keys;

use crate::accounts::User;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use base64ct::{Base64UrlUnpadded, Encoding};
use jws::Jws;
use serde_json::{Map, Value, json};

/// The header's `typ` of access tokens (RFC 9068 2.1).
const TYPE: &str = "at+jwt";
/// How far ahead another clock may be, in seconds; `exp` has no leeway.
const AHEAD: i64 = 30;
/// The last second of the year 9999: later dates are overflows or milliseconds.
const LAST_DATE: i64 = 253_402_300_799;
/// Header members that would let a token bring its own key or form.
const FOREIGN: &[&str] = &[
    "b64", "zip", "cty", "enc", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256",
];

/// Why a token is refused; for the log only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject(pub &'static str);

/// Claims as they stand in the token.
pub type Claims = Map<String, Value>;

/// What a token that passed every rule says.
#[derive(Debug, Clone)]
pub struct Verified {
    pub user: UserId,
    pub session: SessionId,
    pub claims: Claims,
}

/// Issues and verifies access tokens. Rules call each other through `parts.tokens`, so that replacing one is enough.
pub trait Tokens: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Tokens;

    /// The header of a new token.
    fn new_header(&self, parts: &Parts) -> Map<String, Value> {
        self.inner().new_header(parts)
    }
    /// The claims of a new token.
    fn new_claims(&self, parts: &Parts, user: &User, session: &SessionId) -> Claims {
        self.inner().new_claims(parts, user, session)
    }
    /// A new signed token.
    fn issue(&self, parts: &Parts, user: &User, session: &SessionId) -> Result<String, Problem> {
        self.inner().issue(parts, user, session)
    }
    /// All rules in turn.
    fn verify(&self, parts: &Parts, token: &str) -> Result<Verified, Reject> {
        self.inner().verify(parts, token)
    }
    /// Form: three segments, objects, no doubles.
    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        self.inner().decode(parts, token)
    }
    /// `alg` is the configured one, to the letter (RFC 8725 3.1).
    fn algorithm(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        self.inner().algorithm(parts, jws)
    }
    /// No extension that must be understood (RFC 7515 4.1.11).
    fn critical(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        self.inner().critical(parts, jws)
    }
    /// No key, key address or other form in the header; `kid` is ours or absent.
    fn key_hints(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        self.inner().key_hints(parts, jws)
    }
    /// `typ` says access token (RFC 8725 3.11).
    fn kind(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        self.inner().kind(parts, jws)
    }
    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        self.inner().signature(parts, jws)
    }
    fn issuer(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        self.inner().issuer(parts, claims)
    }
    fn audience(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        self.inner().audience(parts, claims)
    }
    fn expiry(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        self.inner().expiry(parts, claims)
    }
    fn not_before(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        self.inner().not_before(parts, claims)
    }
    fn issued_at(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        self.inner().issued_at(parts, claims)
    }
    /// `jti` is there and is text.
    fn token_id(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        self.inner().token_id(parts, claims)
    }
    /// The claim `token_type` is `access`.
    fn token_type(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        self.inner().token_type(parts, claims)
    }
    /// `sub` is a user id as text.
    fn subject(&self, parts: &Parts, claims: &Claims) -> Result<UserId, Reject> {
        self.inner().subject(parts, claims)
    }
    /// `sid` is a session id as text.
    fn session(&self, parts: &Parts, claims: &Claims) -> Result<SessionId, Reject> {
        self.inner().session(parts, claims)
    }
}

/// The secure rules.
pub(crate) struct StrictTokens;

impl Tokens for StrictTokens {
    fn inner(&self) -> &dyn Tokens {
        self
    }

    fn new_header(&self, parts: &Parts) -> Map<String, Value> {
        let mut header = Map::new();
        header.insert("alg".into(), parts.keys.algorithm().into());
        header.insert("typ".into(), TYPE.into());
        if let Some(id) = parts.keys.id() {
            header.insert("kid".into(), id.into());
        }
        header
    }

    fn new_claims(&self, parts: &Parts, user: &User, session: &SessionId) -> Claims {
        let now = parts.now_ms() / 1000;
        let lifetime = i64::try_from(parts.config.access_lifetime.as_secs()).unwrap_or(0);
        let mut claims = Claims::new();
        claims.insert("iss".into(), parts.config.issuer.as_str().into());
        claims.insert("aud".into(), parts.config.audience.as_str().into());
        claims.insert("sub".into(), user.id.as_str().into());
        claims.insert("iat".into(), now.into());
        claims.insert("nbf".into(), now.into());
        claims.insert("exp".into(), (now + lifetime).into());
        claims.insert("jti".into(), uuid::Uuid::new_v4().to_string().into());
        claims.insert("sid".into(), session.as_str().into());
        claims.insert("token_type".into(), "access".into());
        claims
    }

    fn issue(&self, parts: &Parts, user: &User, session: &SessionId) -> Result<String, Problem> {
        let segment = |map: Map<String, Value>| {
            Base64UrlUnpadded::encode_string(Value::Object(map).to_string().as_bytes())
        };
        let header = segment(parts.tokens.new_header(parts));
        let claims = segment(parts.tokens.new_claims(parts, user, session));
        let message = format!("{header}.{claims}");
        let signature = parts
            .keys
            .sign(message.as_bytes())
            .map_err(Problem::internal)?;
        Ok(format!("{message}.{signature}"))
    }

    fn verify(&self, parts: &Parts, token: &str) -> Result<Verified, Reject> {
        let rules = &parts.tokens;
        let jws = rules.decode(parts, token)?;
        rules.critical(parts, &jws)?;
        rules.algorithm(parts, &jws)?;
        rules.key_hints(parts, &jws)?;
        rules.kind(parts, &jws)?;
        rules.signature(parts, &jws)?;
        let claims = jws.claims;
        rules.issuer(parts, &claims)?;
        rules.audience(parts, &claims)?;
        rules.expiry(parts, &claims)?;
        rules.not_before(parts, &claims)?;
        rules.issued_at(parts, &claims)?;
        rules.token_id(parts, &claims)?;
        rules.token_type(parts, &claims)?;
        let user = rules.subject(parts, &claims)?;
        let session = rules.session(parts, &claims)?;
        Ok(Verified {
            user,
            session,
            claims,
        })
    }

    fn decode(&self, _: &Parts, token: &str) -> Result<Jws, Reject> {
        Jws::parse(token)
    }

    fn algorithm(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let alg = jws.header.get("alg").and_then(Value::as_str);
        must(
            alg == Some(parts.keys.algorithm()),
            "alg is not the configured one",
        )
    }

    fn critical(&self, _: &Parts, jws: &Jws) -> Result<(), Reject> {
        must(!jws.header.contains_key("crit"), "crit names an extension")
    }

    fn key_hints(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        must(
            !FOREIGN.iter().any(|name| jws.header.contains_key(*name)),
            "the header brings a key or another form",
        )?;
        match (jws.header.get("kid"), parts.keys.id()) {
            (None, None) => Ok(()),
            (Some(Value::String(sent)), Some(ours)) if sent == ours => Ok(()),
            (None | Some(_), _) => Err(Reject("kid is not ours")),
        }
    }

    fn kind(&self, _: &Parts, jws: &Jws) -> Result<(), Reject> {
        let typ = jws.header.get("typ").and_then(Value::as_str);
        must(
            typ.is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE)),
            "typ is not at+jwt",
        )
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        must(
            parts.keys.verify(jws.message.as_bytes(), &jws.signature),
            "the signature is wrong",
        )
    }

    fn issuer(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        let iss = claims.get("iss").and_then(Value::as_str);
        must(iss == Some(parts.config.issuer.as_str()), "iss is not ours")
    }

    fn audience(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        let ours = json!(parts.config.audience);
        let holds = match claims.get("aud") {
            Some(Value::Array(list)) => list.iter().all(Value::is_string) && list.contains(&ours),
            aud => aud == Some(&ours),
        };
        must(holds, "aud is not ours")
    }

    fn expiry(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        must(date(claims, "exp")? > parts.now_ms() / 1000, "expired")
    }

    fn not_before(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        must(
            date(claims, "nbf")? <= parts.now_ms() / 1000 + AHEAD,
            "not valid yet",
        )
    }

    fn issued_at(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        must(
            date(claims, "iat")? <= parts.now_ms() / 1000 + AHEAD,
            "issued in the future",
        )
    }

    fn token_id(&self, _: &Parts, claims: &Claims) -> Result<(), Reject> {
        must(
            claims
                .get("jti")
                .and_then(Value::as_str)
                .is_some_and(|jti| !jti.is_empty()),
            "jti is missing",
        )
    }

    fn token_type(&self, _: &Parts, claims: &Claims) -> Result<(), Reject> {
        must(
            claims.get("token_type").and_then(Value::as_str) == Some("access"),
            "not an access token",
        )
    }

    fn subject(&self, _: &Parts, claims: &Claims) -> Result<UserId, Reject> {
        claims
            .get("sub")
            .and_then(Value::as_str)
            .and_then(UserId::parse)
            .ok_or(Reject("sub is not a user id"))
    }

    fn session(&self, _: &Parts, claims: &Claims) -> Result<SessionId, Reject> {
        claims
            .get("sid")
            .and_then(Value::as_str)
            .and_then(SessionId::parse)
            .ok_or(Reject("sid is not a session id"))
    }
}

fn must(holds: bool, otherwise: &'static str) -> Result<(), Reject> {
    if holds {
        Ok(())
    } else {
        Err(Reject(otherwise))
    }
}

/// A NumericDate (RFC 7519 2) in whole seconds.
fn date(claims: &Claims, name: &str) -> Result<i64, Reject> {
    let seconds = claims
        .get(name)
        .and_then(Value::as_i64)
        .ok_or(Reject("a date is missing or no whole number"))?;
    must((1..=LAST_DATE).contains(&seconds), "a date is out of range")?;
    Ok(seconds)
}
