//! A JSON object that is edited member by member, as text: order, number spelling and duplicates stay what they were.

use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

/// The members of a JSON object as pairs of raw JSON texts, in order; the same name may occur several times.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Object(Vec<(String, String)>);

impl Object {
    /// Takes the text of a JSON object apart; `None` for anything else.
    pub(super) fn parse(json: &str) -> Option<Object> {
        let mut members = Vec::new();
        let mut rest = json.trim_ascii().strip_prefix('{')?.trim_ascii_start();
        if let Some(end) = rest.strip_prefix('}') {
            return end.is_empty().then_some(Object(members));
        }
        loop {
            let (name, after) = first_value(rest)?;
            let after = after.trim_ascii_start().strip_prefix(':')?;
            let (value, after) = first_value(after.trim_ascii_start())?;
            serde_json::from_str::<String>(name).ok()?;
            members.push((name.to_owned(), value.to_owned()));
            let after = after.trim_ascii_start();
            match after.strip_prefix(',') {
                Some(next) => rest = next.trim_ascii_start(),
                None => return (after == "}").then_some(Object(members)),
            }
        }
    }

    /// Gives a member another value, where it stands or at the end.
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.set_raw(name, &value.into().to_string());
    }

    /// [`Object::set`] with the value as JSON text, for what no number type holds.
    pub(super) fn set_raw(&mut self, name: &str, json: &str) {
        match self.0.iter_mut().find(|(raw, _)| is_named(raw, name)) {
            Some((_, value)) => *value = json.to_owned(),
            None => self.push(name, json),
        }
    }

    /// Adds a member at the end, beside one of the same name if there is one.
    pub(super) fn push(&mut self, name: &str, json: &str) {
        self.0
            .push((Value::from(name).to_string(), json.to_owned()));
    }

    /// Takes out every member of a name.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(raw, _)| !is_named(raw, name));
    }

    /// Turns the order of the members around.
    pub(super) fn reverse(&mut self) {
        self.0.reverse();
    }

    /// The object as JSON text without white space between members.
    pub(super) fn text(&self) -> String {
        let members: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}:{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

fn is_named(raw: &str, name: &str) -> bool {
    serde_json::from_str::<String>(raw).is_ok_and(|read| read == name)
}

/// The JSON value that a text starts with, and what follows it.
fn first_value(text: &str) -> Option<(&str, &str)> {
    let mut values = Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    let end = values.byte_offset();
    Some((&text[..end], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, edit: impl FnOnce(&mut Object), want: &str) {
        let mut object = Object::parse(json).unwrap();
        edit(&mut object);
        assert_eq!(object.text(), want);
    }

    #[test]
    fn other_members_keep_their_place_and_spelling() {
        check(
            r#"{"a":1.0,"b":2,"c":1e400}"#,
            |o| o.set("b", "x"),
            r#"{"a":1.0,"b":"x","c":1e400}"#,
        );
        check(
            r#"{"a":1,"b":2,"c":[1, 2]}"#,
            |o| o.remove("a"),
            r#"{"b":2,"c":[1, 2]}"#,
        );
        check(
            r#"{ "a" : "\u00e9" , "b":{"c":"}"}}"#,
            |_| (),
            r#"{"a":"\u00e9","b":{"c":"}"}}"#,
        );
        check("{}", |o| o.set("a", true), r#"{"a":true}"#);
        check(r#"{"\u0061":1}"#, |o| o.set("a", 2), r#"{"\u0061":2}"#);
    }

    #[test]
    fn a_name_may_stand_twice() {
        check(
            r#"{"sub":"a"}"#,
            |o| o.push("sub", "\"b\""),
            r#"{"sub":"a","sub":"b"}"#,
        );
        check(r#"{"sub":"a","sub":"b"}"#, |o| o.remove("sub"), "{}");
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in [
            "",
            "1",
            "[]",
            "{",
            "{}x",
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            "{1:2}",
            r#"{"a":1}{"#,
            r#"{"a":}"#,
        ] {
            assert!(Object::parse(text).is_none(), "{text}");
        }
    }
}
