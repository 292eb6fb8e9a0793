//! Ids are newtypes over a random UUID (version 4: 122 bits, no time in it), in their one canonical spelling.

use std::fmt;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// A new random id.
            #[must_use]
            pub fn random() -> Self {
                Self(Uuid::new_v4().hyphenated().to_string())
            }

            /// The id that this text is; `None` for any other spelling (upper case, URN, braces).
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let uuid = Uuid::try_parse(text).ok()?;
                (uuid.hyphenated().to_string() == text).then(|| Self(text.to_owned()))
            }

            /// An id from a trusted place, such as the database.
            #[must_use]
            pub fn known(text: String) -> Self {
                Self(text)
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// An account.
    UserId
);
id!(
    /// A session: one sign-in with all the refresh tokens that came from it.
    SessionId
);
id!(
    /// A task.
    TaskId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_an_id() {
        let id = TaskId::random();
        assert_eq!(TaskId::parse(id.as_str()), Some(id.clone()));
        for other in [
            id.as_str().to_uppercase(),
            format!("urn:uuid:{id}"),
            format!("{{{id}}}"),
            id.as_str().replace('-', ""),
            "1".into(),
        ] {
            assert_eq!(TaskId::parse(&other), None, "{other}");
        }
    }
}
