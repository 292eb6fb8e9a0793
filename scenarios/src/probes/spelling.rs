//! Other spellings of a path that a router may take for the same one.

/// A path under another name: what was done to it, and what it became.
pub(super) type Spelt = (&'static str, String);

/// Every other spelling of a path. `ids` are the texts in it that are values and no words of the route.
pub(super) fn spellings(path: &str, object: Option<&str>, user: Option<&str>) -> Vec<Spelt> {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (path, String::new()),
    };
    let is_value = |segment: &str| Some(segment) == object || Some(segment) == user;
    let words = |change: &dyn Fn(&str) -> String| {
        let changed = path.split('/').map(|segment| match is_value(segment) {
            true => segment.to_owned(),
            false => change(segment),
        });
        changed.collect::<Vec<_>>().join("/")
    };
    let value = |wanted: Option<&str>| {
        let wanted = wanted?;
        let changed = path.split('/').map(|segment| match segment == wanted {
            true => encoded(segment),
            false => segment.to_owned(),
        });
        Some(changed.collect::<Vec<_>>().join("/"))
    };
    let doubled = path
        .rsplit_once('/')
        .map(|(front, last)| format!("{front}//{last}"));
    let all = [
        ("a trailing slash", Some(format!("{path}/"))),
        ("a double slash", doubled),
        ("upper case", Some(words(&str::to_uppercase))),
        ("encoded words", Some(words(&encoded))),
        ("an encoded object id", value(object)),
        ("an encoded user id", value(user)),
        ("a path parameter", Some(format!("{path};v=1"))),
        ("an extension", Some(format!("{path}.json"))),
    ];
    all.into_iter()
        .filter_map(|(name, spelt)| Some((name, spelt?)))
        .filter(|(_, spelt)| spelt != path)
        .map(|(name, spelt)| (name, format!("{spelt}{query}")))
        .collect()
}

/// The first character percent-encoded, which is the same path (RFC 3986 6.2.2.2).
fn encoded(segment: &str) -> String {
    match segment.chars().next() {
        Some(first) if first.is_ascii_alphanumeric() => {
            format!("%{:02X}{}", u32::from(first), &segment[1..])
        }
        Some(_) | None => segment.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, want: Option<&str>) {
        let all = spellings("/api/u1/tasks/t7?x=1", Some("t7"), Some("u1"));
        let found = all.iter().find(|(other, _)| *other == name);
        assert_eq!(found.map(|(_, path)| path.as_str()), want);
    }

    #[test]
    fn each_spelling_changes_one_thing_and_keeps_the_query() {
        check("a trailing slash", Some("/api/u1/tasks/t7/?x=1"));
        check("a double slash", Some("/api/u1/tasks//t7?x=1"));
        check("upper case", Some("/API/u1/TASKS/t7?x=1"));
        check("encoded words", Some("/%61pi/u1/%74asks/t7?x=1"));
        check("an encoded object id", Some("/api/u1/tasks/%747?x=1"));
        check("an encoded user id", Some("/api/%751/tasks/t7?x=1"));
    }

    #[test]
    fn what_changes_nothing_is_left_out() {
        let all = spellings("/7", Some("7"), None);
        assert!(!all.iter().any(|(name, _)| *name == "upper case"));
    }
}
