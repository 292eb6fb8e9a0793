//! Values that may be written in a short and a long way, with errors that name both.

use std::{fmt, marker::PhantomData};

use serde::de::{self, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};

/// A value that reads itself from several kinds of TOML; a kind that is not overridden is refused.
pub(super) trait Loose<'de>: Sized {
    /// What is expected, for the error.
    const WHAT: &'static str;

    fn from_text(_: &str) -> Option<Result<Self, String>> {
        None
    }

    fn from_integer(_: i64) -> Option<Result<Self, String>> {
        None
    }

    fn from_flag(_: bool) -> Option<Result<Self, String>> {
        None
    }

    fn from_table<A: MapAccess<'de>>(_: A) -> Option<Result<Self, A::Error>> {
        None
    }

    fn from_list<A: SeqAccess<'de>>(_: A) -> Option<Result<Self, A::Error>> {
        None
    }
}

/// Reads a loose value; to be called by its `Deserialize`.
pub(super) fn read<'de, T: Loose<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(Read(PhantomData))
}

struct Read<T>(PhantomData<T>);

impl<'de, T: Loose<'de>> Visitor<'de> for Read<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        let read =
            T::from_text(text).ok_or_else(|| E::invalid_type(Unexpected::Str(text), &self))?;
        read.map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        let read = T::from_integer(number)
            .ok_or_else(|| E::invalid_type(Unexpected::Signed(number), &self))?;
        read.map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<T, E> {
        let read =
            T::from_flag(flag).ok_or_else(|| E::invalid_type(Unexpected::Bool(flag), &self))?;
        read.map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<T, A::Error> {
        T::from_table(table).unwrap_or_else(|| Err(de::Error::invalid_type(Unexpected::Map, &self)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::from_list(list).unwrap_or_else(|| Err(de::Error::invalid_type(Unexpected::Seq, &self)))
    }
}

/// `Deserialize` for loose values.
macro_rules! loose {
    ($($name:ident),+) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::profile::loose::read(deserializer)
            }
        }
    )+};
}
pub(super) use loose;
