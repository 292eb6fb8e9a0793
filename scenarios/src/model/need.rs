//! What a scenario needs, as the files and reports spell it: `accounts=2`, `secret`, `secret|wait`.

use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One need; each of its alternatives is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need(pub Vec<Ability>);

/// Something that a target, a profile or a user can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ability {
    /// So many test accounts.
    Accounts(u8),
    /// A registration route.
    Register,
    /// A login route.
    Login,
    /// An identity route.
    Me,
    /// A resource with objects of the actors' own.
    Object,
    /// Objects can be listed.
    List,
    /// Objects can be replaced or patched.
    Update,
    /// Objects can be deleted.
    Delete,
    /// The user id stands in the path of a resource.
    PathUser,
    Refresh,
    Logout,
    PasswordChange,
    DeleteAccount,
    /// Access tokens are JSON web tokens.
    Jwt,
    /// Access tokens are JSON web tokens signed by HMAC.
    Hmac,
    /// The credential is a cookie of a value and its HMAC.
    SignedCookie,
    /// The key with which the harness can sign tokens.
    Secret,
    /// A published key set.
    Jwks,
    /// The public key of an asymmetric issuer.
    PublicKey,
    /// Time may pass until a token expires.
    Wait,
    /// The harness started the target itself.
    Launch,
    /// A front-end origin is declared.
    Origin,
    /// The credential travels in a cookie.
    Cookies,
    /// The credential travels in a header.
    Bearer,
    /// The database may be read.
    Database,
    /// Requests from the target reach the harness.
    Listener,
    /// The target is reached by https.
    Https,
    /// The target has a name or an address that everybody can reach, or is in production.
    Public,
    /// The profile says that this is production.
    Production,
    /// The API looks users up itself, and does not trust the issuer's word alone.
    LocalUsers,
    /// A change of the password ends the other sessions of the user unasked.
    EndsOthers,
    /// The refresh token travels in a cookie.
    RefreshCookie,
    /// The sessions of a user can be listed, and ended one by one.
    RevokeSession,
}

const WORDS: &[(&str, Ability)] = &[
    ("register", Ability::Register),
    ("login", Ability::Login),
    ("me", Ability::Me),
    ("object", Ability::Object),
    ("list", Ability::List),
    ("update", Ability::Update),
    ("delete", Ability::Delete),
    ("path-user", Ability::PathUser),
    ("refresh", Ability::Refresh),
    ("logout", Ability::Logout),
    ("password-change", Ability::PasswordChange),
    ("delete-account", Ability::DeleteAccount),
    ("jwt", Ability::Jwt),
    ("hmac", Ability::Hmac),
    ("signed-cookie", Ability::SignedCookie),
    ("secret", Ability::Secret),
    ("jwks", Ability::Jwks),
    ("public-key", Ability::PublicKey),
    ("wait", Ability::Wait),
    ("launch", Ability::Launch),
    ("origin", Ability::Origin),
    ("cookies", Ability::Cookies),
    ("bearer", Ability::Bearer),
    ("database", Ability::Database),
    ("listener", Ability::Listener),
    ("https", Ability::Https),
    ("public", Ability::Public),
    ("production", Ability::Production),
    ("local-users", Ability::LocalUsers),
    ("ends-others", Ability::EndsOthers),
    ("refresh-cookie", Ability::RefreshCookie),
    ("revoke-session", Ability::RevokeSession),
];

impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ability::Accounts(count) => write!(f, "accounts={count}"),
            other => match WORDS.iter().find(|(_, ability)| ability == other) {
                Some((word, _)) => f.write_str(word),
                None => write!(f, "{other:?}"),
            },
        }
    }
}

impl FromStr for Ability {
    type Err = String;

    fn from_str(text: &str) -> Result<Ability, String> {
        if let Some(count) = text.strip_prefix("accounts=") {
            return count
                .parse()
                .map(Ability::Accounts)
                .map_err(|_| format!("`{text}` has no number of accounts"));
        }
        WORDS
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, ability)| *ability)
            .ok_or_else(|| {
                let known: Vec<_> = WORDS.iter().map(|(word, _)| *word).collect();
                format!(
                    "unknown need `{text}`, expected `accounts=N` or one of {}",
                    known.join(", ")
                )
            })
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(Ability::to_string).collect();
        f.write_str(&words.join("|"))
    }
}

impl FromStr for Need {
    type Err = String;

    fn from_str(text: &str) -> Result<Need, String> {
        text.split('|')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Need)
    }
}

impl Serialize for Need {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Need {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Need, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for Need {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Need".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<_> = WORDS.iter().map(|(word, _)| *word).collect();
        json_schema!({
            "type": "string",
            "description": "accounts=N, or one of the listed words; `a|b` means either",
            "pattern": format!("^(accounts=[0-9]+|{0})(\\|(accounts=[0-9]+|{0}))*$", words.join("|")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_reads_back_as_it_was_written() {
        for (word, ability) in WORDS {
            assert_eq!(word.parse::<Ability>().as_ref(), Ok(ability));
            assert_eq!(&ability.to_string(), word);
        }
        assert_eq!(
            "secret|wait"
                .parse::<Need>()
                .map(|n| n.to_string())
                .as_deref(),
            Ok("secret|wait")
        );
        assert!(
            "moon"
                .parse::<Need>()
                .unwrap_err()
                .contains("unknown need `moon`")
        );
    }
}
