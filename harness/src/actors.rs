//! Test identities and their credentials.

use rand::RngExt as _;
use scenarios::exchange::Response;
use serde_json::Value;

use crate::forge::Token;
use crate::secret::Secret;
use crate::target::{Place, SuppliedAccount, Target, UserIdAt};

/// One test identity.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    /// `alice`, `bob`, `carol`; a throw-away has a name of its own.
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) username: String,
    pub(crate) password: Secret,
    pub(crate) display: String,
    pub(crate) id: Option<String>,
    pub(crate) credential: Credential,
}

/// What proves who somebody is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credential {
    pub(crate) token: Option<Secret>,
    pub(crate) refresh: Option<Secret>,
}

impl Credential {
    /// Reads the credential out of an answer.
    pub(crate) fn read(target: &Target, response: &Response) -> Credential {
        let refresh = target.credential.refresh.as_ref();
        Credential {
            token: find(&target.credential.token, response).map(Secret::new),
            refresh: refresh
                .and_then(|place| find(place, response))
                .map(Secret::new),
        }
    }

    /// One token in the place of the other: `.refresh` is its refresh token as access token, `.token` the reverse. Or the
    /// refresh token altered: `.first-changed`, `.middle-changed`, `.last-changed`, `.cut`, `.empty`.
    pub(crate) fn in_place(self, which: &str) -> Result<Credential, String> {
        let text = |token: &Option<Secret>| token.as_ref().map(|token| token.expose().to_owned());
        if which.is_empty() {
            return Ok(self);
        }
        if self.refresh.is_none() || text(&self.refresh) == text(&self.token) {
            return Err("there is no refresh token beside the access token".into());
        }
        let refresh = text(&self.refresh).unwrap_or_default();
        let altered = match which {
            ".first-changed" => Some(changed(&refresh, 0)),
            ".middle-changed" => Some(changed(&refresh, refresh.len() / 2)),
            // Of the last letter of base64 some bits say nothing.
            ".last-changed" => Some(changed(&refresh, refresh.len().saturating_sub(5))),
            ".cut" => Some(
                refresh
                    .chars()
                    .take(refresh.chars().count() * 3 / 4)
                    .collect(),
            ),
            ".empty" => Some(String::new()),
            _ => None,
        };
        if let Some(altered) = altered {
            return Ok(Credential {
                refresh: Some(Secret::new(altered)),
                ..self
            });
        }
        let both = match which {
            ".refresh" => self.refresh,
            ".token" => self.token,
            _ => return Err(format!("a credential has no `{which}`")),
        };
        Ok(Credential {
            token: both.clone(),
            refresh: both,
        })
    }

    /// The access token taken apart, where it is a compact JWS.
    pub(crate) fn jwt(&self) -> Option<Token> {
        Token::parse(self.token.as_ref()?.expose()).ok()
    }

    /// When the access token expires on the target's clock, in seconds since 1970.
    pub(crate) fn expires(&self) -> Option<i64> {
        self.jwt()?
            .claims()
            .get("exp")?
            .as_f64()
            .map(|exp| exp as i64)
    }
}

/// A text with the first letter or digit from a place on changed to another digit, which every alphabet of tokens has.
fn changed(text: &str, from: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let found = bytes.iter().skip(from).position(u8::is_ascii_alphanumeric);
    if let Some(at) = found.map(|at| from + at) {
        bytes[at] = if bytes[at] == b'7' { b'4' } else { b'7' };
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// The text at a place of an answer.
pub(crate) fn find(place: &Place, response: &Response) -> Option<String> {
    match place {
        Place::Pointer(pointer) => text(response.json()?.pointer(pointer)?),
        Place::Header(name) => response.header(name).map(str::to_owned),
        Place::Cookie(name) => response.cookie(name).map(str::to_owned),
    }
}

/// An id as text, whether it is a JSON text or number.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

impl Actor {
    /// A new identity by the profile's patterns; nobody has seen it yet.
    pub(crate) fn fresh(target: &Target, name: &str) -> Actor {
        let rand = random(12);
        let make = |template: &str| {
            let value = |placeholder: &str| match placeholder {
                "rand" => Some(rand.clone()),
                "digits" => Some(digits(8)),
                "uuid" => Some(uuid()),
                _ => None,
            };
            crate::profile::fill(template, &value).unwrap_or_else(|_| template.to_owned())
        };
        let accounts = &target.accounts;
        Actor {
            name: name.to_owned(),
            email: make(&accounts.email),
            username: make(&accounts.username),
            password: Secret::new(make(&accounts.password)),
            display: make(&accounts.name),
            id: (target.jwt.mint.is_some()).then(|| make(&accounts.user_id)),
            credential: Credential::default(),
        }
    }

    /// An identity that exists already.
    pub(crate) fn supplied(target: &Target, name: &str, account: &SuppliedAccount) -> Actor {
        let fresh = Actor::fresh(target, name);
        Actor {
            email: account.email.clone().unwrap_or_default(),
            username: account.username.clone().unwrap_or_default(),
            password: account.password.clone().unwrap_or(Secret::new("")),
            id: account.user_id.clone(),
            credential: Credential {
                token: account.token.clone(),
                refresh: None,
            },
            ..fresh
        }
    }

    /// Learns the user id from an answer or from the credential, where the profile says that it stands there.
    pub(crate) fn learn_id(&mut self, target: &Target, response: &Response) {
        let found = match &target.credential.user_id {
            UserIdAt::Pointer(pointer) => response
                .json()
                .and_then(|json| text(json.pointer(pointer)?)),
            UserIdAt::Claim(claim) => self
                .credential
                .jwt()
                .and_then(|token| text(token.claims().get(claim)?)),
            UserIdAt::Me | UserIdAt::Nowhere => None,
        };
        if found.is_some() {
            self.id = found;
        }
    }
}

/// Random letters and digits; 12 of them hold 62 bits, 20 hold 103.
pub(crate) fn random(length: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut rng = rand::rng();
    (0..length)
        .map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())]))
        .collect()
}

/// A random marker of more than 96 bits.
pub(crate) fn marker() -> String {
    format!("mk{}", random(20))
}

pub(crate) fn digits(length: usize) -> String {
    let mut rng = rand::rng();
    (0..length)
        .map(|_| char::from(b'0' + rng.random_range(0..10u8)))
        .collect()
}

/// A random UUID, version 4 (RFC 9562 5.4).
pub(crate) fn uuid() -> String {
    let mut bytes: [u8; 16] = rand::random();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(refresh: Option<&str>, which: &str, want: Result<(&str, Option<&str>), &str>) {
        let credential = Credential {
            token: Some(Secret::new("a")),
            refresh: refresh.map(Secret::new),
        };
        let text = |secret: Option<Secret>| secret.map(|secret| secret.expose().to_owned());
        let got = credential
            .in_place(which)
            .map(|both| (text(both.token).unwrap_or_default(), text(both.refresh)));
        let want = want.map(|(token, refresh)| (token.to_owned(), refresh.map(str::to_owned)));
        assert_eq!(got, want.map_err(str::to_owned));
    }

    #[test]
    fn each_token_can_stand_in_the_place_of_the_other_where_there_are_two() {
        let single = "there is no refresh token beside the access token";
        check(Some("r"), "", Ok(("a", Some("r"))));
        check(Some("r"), ".refresh", Ok(("r", Some("r"))));
        check(Some("r"), ".token", Ok(("a", Some("a"))));
        check(Some("a"), ".refresh", Err(single));
        check(None, ".token", Err(single));
    }

    #[test]
    fn a_refresh_token_can_be_altered_where_it_is_one() {
        let token = "abc7-efgh.jklmno-q";
        check(
            Some(token),
            ".first-changed",
            Ok(("a", Some("7bc7-efgh.jklmno-q"))),
        );
        check(
            Some(token),
            ".middle-changed",
            Ok(("a", Some("abc7-efgh.7klmno-q"))),
        );
        check(
            Some(token),
            ".last-changed",
            Ok(("a", Some("abc7-efgh.jkl7no-q"))),
        );
        check(Some(token), ".cut", Ok(("a", Some("abc7-efgh.jkl"))));
        check(Some(token), ".empty", Ok(("a", Some(""))));
        assert_eq!(changed("77", 0), "47");
        assert_eq!(changed("--", 1), "--");
    }
}
