//! What an answer gives away, and to whom it belongs.

use std::borrow::Cow;

use serde_json::Value;

use crate::exchange::Response;

/// Something that the run knows to belong to one actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub owner: String,
    pub kind: FactKind,
    pub value: String,
}

/// What sort of fact it is; it decides where a match counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactKind {
    /// A random text in the owner's stored data: counts anywhere.
    Marker,
    /// Counts anywhere, without regard to case.
    Email,
    /// Counts only at a declared pointer of a successful answer.
    Id,
}

/// One fact found in an answer whose receiver it does not belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    pub owner: String,
    /// In words for the report: `a marker of alice in the body`.
    pub what: String,
}

/// What the sender could have put there itself, and where ids stand.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The actor whose own facts do not count; nobody for a forged or absent credential.
    pub receiver: Option<&'a str>,
    /// Everything that was sent, as text: an echo never counts.
    pub sent: &'a str,
    /// JSON pointers to ids and owners, of the answer or of an item of a list.
    pub id_pointers: &'a [String],
}

/// Finds the facts of others in an answer.
pub fn disclosures(response: &Response, reading: Reading<'_>, known: &[Fact]) -> Vec<Disclosure> {
    let mut found: Vec<Disclosure> = Vec::new();
    let searched = Searched::new(response, reading);
    for fact in known
        .iter()
        .filter(|fact| Some(fact.owner.as_str()) != reading.receiver)
    {
        let Some(place) = searched.place(fact) else {
            continue;
        };
        let what = match fact.kind {
            FactKind::Marker => format!("a marker of {} {place}", fact.owner),
            FactKind::Email => format!("the e-mail address of {} {place}", fact.owner),
            FactKind::Id => format!("the id of {} {place}", fact.owner),
        };
        if !found.iter().any(|d| d.what == what) {
            found.push(Disclosure {
                owner: fact.owner.clone(),
                what,
            });
        }
    }
    found
}

/// Whether a fact of the receiver's own stands in the answer; the controls look for it.
pub fn shows(response: &Response, fact: &Fact, id_pointers: &[String]) -> bool {
    let reading = Reading {
        receiver: None,
        sent: "",
        id_pointers,
    };
    Searched::new(response, reading).place(fact).is_some()
}

/// An answer in the form in which many facts are looked for: without regard to case, and parsed once.
struct Searched<'a> {
    response: &'a Response,
    reading: Reading<'a>,
    sent: String,
    body: String,
    headers: Vec<(&'a str, String)>,
    /// Body and headers in one: what is not in here is in none of them, as most facts are.
    all: String,
    json: Option<Value>,
}

impl<'a> Searched<'a> {
    fn new(response: &'a Response, reading: Reading<'a>) -> Searched<'a> {
        let headers = response.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name.as_str(), value.to_lowercase()))
            .collect();
        let body = response.text().to_lowercase();
        let mut all = body.clone();
        for (_, value) in &headers {
            all.push('\n');
            all.push_str(value);
        }
        Searched {
            response,
            reading,
            sent: reading.sent.to_lowercase(),
            body,
            headers,
            all,
            json: response.json(),
        }
    }

    fn place(&self, fact: &Fact) -> Option<String> {
        let value = match fact
            .value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        {
            true => Cow::Borrowed(fact.value.as_str()),
            false => Cow::Owned(fact.value.to_lowercase()),
        };
        let value = &*value;
        let was_sent = || self.sent.contains(value);
        match fact.kind {
            _ if value.is_empty() => None,
            FactKind::Marker | FactKind::Email => {
                let decoded = || self.holds_decoded(value);
                if !self.all.contains(value) && !decoded() || was_sent() {
                    return None;
                }
                if self.body.contains(value) || decoded() {
                    return Some("in the body".into());
                }
                let header = self.headers.iter().find(|(_, text)| text.contains(value));
                header.map(|(name, _)| format!("in the header {name}"))
            }
            FactKind::Id => {
                let json = self.json.as_ref().filter(|_| self.response.is_success())?;
                let mut pointers = self.reading.id_pointers.iter();
                let pointer = pointers.find(|pointer| at(json, pointer, &fact.value))?;
                (!was_sent()).then(|| format!("at {pointer}"))
            }
        }
    }

    /// Looks into the decoded strings too: `alice@example.com` may stand there with an escaped `@`.
    fn holds_decoded(&self, value: &str) -> bool {
        fn walk(json: &Value, value: &str) -> bool {
            let holds = |text: &str| text.to_lowercase().contains(value);
            match json {
                Value::String(text) => holds(text),
                Value::Array(items) => items.iter().any(|item| walk(item, value)),
                Value::Object(members) => members
                    .iter()
                    .any(|(key, item)| holds(key) || walk(item, value)),
                Value::Null | Value::Bool(_) | Value::Number(_) => false,
            }
        }
        self.response.body.contains(&b'\\')
            && self.json.as_ref().is_some_and(|json| walk(json, value))
    }
}

/// Whether the pointer leads to the value, in the document or in an item of one of its lists.
fn at(json: &Value, pointer: &str, value: &str) -> bool {
    if json
        .pointer(pointer)
        .is_some_and(|found| same(found, value))
    {
        return true;
    }
    let lists: Vec<&Value> = match json {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members
            .values()
            .filter_map(Value::as_array)
            .flatten()
            .collect(),
        _ => return false,
    };
    lists.iter().any(|item| {
        item.pointer(pointer)
            .is_some_and(|found| same(found, value))
    })
}

/// Compares a JSON value with a text as ids are compared: `7` and `"7"` are the same id.
pub fn same(json: &Value, text: &str) -> bool {
    match json {
        Value::String(string) => string == text,
        Value::Number(number) => number.to_string() == text,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Vec<Fact> {
        let fact = |kind, value: &str| Fact {
            owner: "alice".into(),
            kind,
            value: value.into(),
        };
        vec![
            fact(FactKind::Marker, "m4rk3r"),
            fact(FactKind::Email, "alice@example.com"),
            fact(FactKind::Id, "7"),
        ]
    }

    #[track_caller]
    fn check(status: u16, body: &str, sent: &str, want: &[&str]) {
        let response = Response {
            status,
            body: body.into(),
            ..Response::default()
        };
        let pointers = vec!["/user_id".to_owned()];
        let reading = Reading {
            receiver: Some("bob"),
            sent,
            id_pointers: &pointers,
        };
        let found: Vec<_> = disclosures(&response, reading, &facts())
            .into_iter()
            .map(|d| d.what)
            .collect();
        assert_eq!(found, want);
    }

    #[test]
    fn a_marker_counts_anywhere_even_in_a_refusal() {
        check(
            404,
            "no task m4rk3r",
            "",
            &["a marker of alice in the body"],
        );
    }

    #[test]
    fn an_echo_of_what_was_sent_never_counts() {
        check(
            200,
            r#"{"title":"m4rk3r","mail":"ALICE@example.com"}"#,
            "m4rk3r alice@example.com",
            &[],
        );
    }

    #[test]
    fn an_id_counts_only_at_a_declared_pointer_of_a_success() {
        check(
            200,
            r#"{"user_id":7}"#,
            "",
            &["the id of alice at /user_id"],
        );
        check(
            200,
            r#"{"items":[{"user_id":"7"}]}"#,
            "",
            &["the id of alice at /user_id"],
        );
        check(
            200,
            r#"[{"user_id":7}]"#,
            "",
            &["the id of alice at /user_id"],
        );
        check(200, r#"[{"count":7}]"#, "", &[]);
        check(200, r#"{"count":7}"#, "", &[]);
        check(403, r#"{"user_id":7}"#, "", &[]);
    }

    #[test]
    fn an_escaped_address_is_found() {
        check(
            200,
            r#"{"e":"alice\u0040example.com"}"#,
            "",
            &["the e-mail address of alice in the body"],
        );
    }

    #[test]
    fn what_is_said_twice_is_told_once_for_each_owner() {
        let marker = |owner: &str, value: &str| Fact {
            owner: owner.into(),
            kind: FactKind::Marker,
            value: value.into(),
        };
        let known = [
            marker("alice", "m4rk3r"),
            marker("alice", "0th3r"),
            marker("bob", "th1rd"),
        ];
        let response = Response {
            status: 200,
            body: b"m4rk3r 0th3r th1rd".to_vec(),
            ..Response::default()
        };
        let reading = Reading {
            receiver: None,
            sent: "",
            id_pointers: &[],
        };
        let found = disclosures(&response, reading, &known);
        let owners: Vec<_> = found.iter().map(|found| found.owner.as_str()).collect();
        assert_eq!(owners, ["alice", "bob"]);
    }

    #[test]
    fn a_fact_is_shown_where_it_stands_and_nowhere_else() {
        let [marker, email, id] = &facts()[..] else {
            panic!("three facts")
        };
        let response = Response {
            status: 200,
            headers: vec![("x-user".into(), "Alice@Example.com".into())],
            body: br#"{"user_id":7,"count":7,"title":"m4rk3r"}"#.to_vec(),
            ..Response::default()
        };
        let at = |pointer: &str| [pointer.to_owned()];
        assert!(shows(&response, marker, &[]));
        assert!(shows(&response, email, &[]));
        assert!(shows(&response, id, &at("/user_id")));
        assert!(!shows(&response, id, &at("/id")));
        let nothing = Response {
            status: 200,
            ..Response::default()
        };
        assert!(!shows(&nothing, marker, &[]));
        assert!(!shows(&nothing, email, &[]));
    }

    #[test]
    fn ones_own_facts_are_no_disclosure() {
        let response = Response {
            status: 200,
            body: b"m4rk3r".to_vec(),
            ..Response::default()
        };
        let reading = Reading {
            receiver: Some("alice"),
            sent: "",
            id_pointers: &[],
        };
        assert_eq!(disclosures(&response, reading, &facts()), vec![]);
    }
}
