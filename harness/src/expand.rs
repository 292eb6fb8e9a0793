//! Templates in scenario files: `{alice.email|upper}`, `{origin.host}`, `{rand}`.

use std::collections::BTreeMap;

use url::Url;

use crate::actors::{Actor, digits, marker, random, uuid};

/// What a template may speak of.
pub(crate) struct Words<'a> {
    pub(crate) actors: &'a BTreeMap<String, Actor>,
    /// Values of `for_each` and `values`.
    pub(crate) bound: &'a BTreeMap<String, String>,
    /// Id and marker of saved objects by name.
    pub(crate) objects: BTreeMap<&'a str, (&'a str, &'a str)>,
    pub(crate) origin: Option<&'a str>,
    /// The word before the token, where there is one.
    pub(crate) scheme: Option<&'a str>,
    /// The name of the cookie that carries the credential.
    pub(crate) cookie: Option<&'a str>,
    pub(crate) refresh_grace: u64,
    pub(crate) cache: u64,
    pub(crate) token_life: Option<u64>,
}

/// Why a text cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unwritable {
    /// Nothing is known by that name: a mistake in the scenario.
    Unknown(String),
    /// It is known but not here; the case does not apply.
    Missing(String),
}

/// Fills the templates of a text. Braces that hold no template are left alone, so that JSON may stand there.
pub(crate) fn expand(text: &str, words: &Words<'_>) -> Result<String, Unwritable> {
    each(text, |template| value(template, words))
}

/// Puts something in the place of each template of a text.
pub(crate) fn each<E>(text: &str, fill: impl Fn(&str) -> Result<String, E>) -> Result<String, E> {
    let mut done = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        done.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let end = inside.find('}').filter(|end| is_template(&inside[..*end]));
        match end {
            Some(end) => {
                done.push_str(&fill(&inside[..end])?);
                rest = &inside[end + 1..];
            }
            None => {
                done.push('{');
                rest = inside;
            }
        }
    }
    done.push_str(rest);
    Ok(done)
}

fn is_template(text: &str) -> bool {
    let name = text.split('|').next().unwrap_or_default();
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
        && name.starts_with(|c: char| c.is_ascii_lowercase())
}

fn value(template: &str, words: &Words<'_>) -> Result<String, Unwritable> {
    let mut parts = template.split('|');
    let name = parts.next().unwrap_or_default();
    let start = named(name, words)?;
    parts.try_fold(start, |text, filter| filtered(&text, filter))
}

fn named(name: &str, words: &Words<'_>) -> Result<String, Unwritable> {
    if let Some(bound) = words.bound.get(name) {
        return Ok(bound.clone());
    }
    let missing = |what: &str| Unwritable::Missing(format!("the profile has no {what}"));
    let origin = || {
        words
            .origin
            .ok_or_else(|| Unwritable::Missing("no front-end origin is declared".into()))
    };
    let url = || Url::parse(origin()?).map_err(|_| missing("origin that is a URL"));
    match name {
        "rand" => return Ok(random(12)),
        "digits" => return Ok(digits(8)),
        "uuid" => return Ok(uuid()),
        "marker" => return Ok(marker()),
        "origin" => return origin().map(str::to_owned),
        "origin.scheme" => return Ok(url()?.scheme().to_owned()),
        "origin.host" => return Ok(url()?.host_str().unwrap_or_default().to_owned()),
        // The port as browsers write it: nothing where it is the scheme's own.
        "origin.suffix" => {
            return Ok(url()?
                .port()
                .map_or(String::new(), |port| format!(":{port}")));
        }
        "origin.port" => {
            return Ok(url()?
                .port_or_known_default()
                .unwrap_or_default()
                .to_string());
        }
        "scheme" => {
            return words
                .scheme
                .map(str::to_owned)
                .ok_or_else(|| missing("scheme before its tokens"));
        }
        "cookie" => {
            return words
                .cookie
                .map(str::to_owned)
                .ok_or_else(|| missing("session cookie"));
        }
        "refresh_grace" => return Ok(margin(words.refresh_grace)),
        "cache" => return Ok(margin(words.cache)),
        "token_life" => {
            return words
                .token_life
                .map(|s| format!("{s}s"))
                .ok_or_else(|| missing("known lifetime of tokens"));
        }
        _ => {}
    }
    let (who, what) = name.split_once('.').unwrap_or((name, ""));
    match (what, words.objects.get(who)) {
        ("id", Some((id, _))) => return Ok(id.to_string()),
        ("marker", Some((_, marker))) => return Ok(marker.to_string()),
        _ => {}
    }
    let Some(actor) = words.actors.get(who) else {
        return Err(Unwritable::Unknown(name.to_owned()));
    };
    match what {
        "email" => Ok(actor.email.clone()),
        "username" => Ok(actor.username.clone()),
        "password" => Ok(actor.password.expose().to_owned()),
        "name" => Ok(actor.display.clone()),
        "id" => actor.id.clone().ok_or_else(|| missing("user id")),
        _ => Err(Unwritable::Unknown(name.to_owned())),
    }
}

/// A time to wait out: a second more, for clocks that count whole ones.
fn margin(seconds: u64) -> String {
    format!("{}s", seconds + 1)
}

fn filtered(text: &str, filter: &str) -> Result<String, Unwritable> {
    let (name, argument) = filter.split_once(':').unwrap_or((filter, ""));
    let (local, domain) = text.split_once('@').unwrap_or((text, ""));
    let with_local = |local: String| {
        if domain.is_empty() {
            local
        } else {
            format!("{local}@{domain}")
        }
    };
    let changed = match name {
        "upper" => text.to_uppercase(),
        "lower" => text.to_lowercase(),
        "swapcase" => text
            .chars()
            .map(|c| {
                if c.is_lowercase() {
                    c.to_ascii_uppercase()
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect(),
        "chop" => text
            .chars()
            .take(text.chars().count().saturating_sub(1))
            .collect(),
        "append" => format!("{text}{argument}"),
        "pad-left" => format!(" {text}"),
        "pad-right" => format!("{text} "),
        "sibling" => with_local(format!("{local}{}", digits(6))),
        "fullwidth" => with_local(local.chars().map(full_width).collect()),
        "plain-http" => text.replacen("https://", "http://", 1),
        "parent" => parent(text).unwrap_or(text).to_owned(),
        "undot" => match parent(text) {
            Some(_) => text.replacen('.', "x", 1),
            None => text.to_owned(),
        },
        "other-tld" => match text.rsplit_once('.') {
            Some((name, last)) if !last.bytes().all(|b| b.is_ascii_digit()) => {
                format!(
                    "{name}.{}",
                    if last == "example" { "test" } else { "example" }
                )
            }
            _ => text.to_owned(),
        },
        // Between the first letter and the rest of a name; outside of SQL it is a part of the name like any other.
        "sql-joined" => {
            let (between, cut) = (sql_joint(argument)?, local.ceil_char_boundary(1));
            with_local(format!("{}{between}{}", &local[..cut], &local[cut..]))
        }
        "dotless" => with_local(local.replace('i', "ı")),
        _ => return Err(Unwritable::Unknown(format!("|{name}"))),
    };
    match changed == text {
        true => Err(Unwritable::Missing(format!(
            "nothing in it that `{name}` changes"
        ))),
        false => Ok(changed),
    }
}

/// What makes two texts of one in SQL: joined again by what the dialects have for it, or not.
fn sql_joint(name: &str) -> Result<&'static str, Unwritable> {
    match name {
        // SQLite, PostgreSQL, Oracle.
        "pipes" => Ok("'||'"),
        // MySQL and MariaDB join texts that stand side by side.
        "comment" => Ok("'/**/'"),
        // SQL Server.
        "plus" => Ok("'+'"),
        "quotes" => Ok("''"),
        "quote" => Ok("'"),
        _ => Err(Unwritable::Unknown(format!("|sql-joined:{name}"))),
    }
}

/// The domain above a host of at least three labels; an address has none.
fn parent(host: &str) -> Option<&str> {
    let (_, parent) = host.split_once('.')?;
    let named = parent.contains('.') && !host.ends_with(|c: char| c.is_ascii_digit());
    named.then_some(parent)
}

/// The full-width twin of an ASCII letter, which NFKC folds back.
fn full_width(letter: char) -> char {
    match letter {
        'a'..='z' | 'A'..='Z' => char::from_u32(u32::from(letter) + 0xFEE0).unwrap_or(letter),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Result<&str, Unwritable>) {
        let bound = [
            ("route".to_owned(), "me".to_owned()),
            ("mail".to_owned(), "ai@example.com".to_owned()),
        ]
        .into();
        let actors = BTreeMap::new();
        let words = Words {
            actors: &actors,
            bound: &bound,
            objects: [("task", ("7", "mk7"))].into(),
            origin: Some("http://localhost:3000"),
            scheme: Some("Bearer"),
            cookie: Some("sid"),
            refresh_grace: 5,
            cache: 0,
            token_life: None,
        };
        assert_eq!(expand(text, &words), want.map(str::to_owned));
    }

    #[test]
    fn names_and_filters_are_filled_and_other_braces_stay() {
        check("on {route}", Ok("on me"));
        check(r#"{"a": {"b": 1}}"#, Ok(r#"{"a": {"b": 1}}"#));
        check(
            "{origin.scheme}://{origin.host}.evil.example",
            Ok("http://localhost.evil.example"),
        );
        check("{origin.host}{origin.suffix}", Ok("localhost:3000"));
        check("{mail|upper}", Ok("AI@EXAMPLE.COM"));
        check("{mail|dotless}", Ok("aı@example.com"));
        check("{mail|sql-joined:pipes}", Ok("a'||'i@example.com"));
        check("{mail|append:' -- }", Ok("ai@example.com' -- "));
        check("{mail|fullwidth}", Ok("ａｉ@example.com"));
        check("{task.id|append:x}", Ok("7x"));
        check("{task.marker|chop}", Ok("mk"));
        check("{refresh_grace}", Ok("6s"));
        check("{cookie}=x", Ok("sid=x"));
        check("{scheme|lower} {scheme|swapcase}", Ok("bearer bEARER"));
    }

    #[test]
    fn an_unknown_name_is_a_mistake_and_a_missing_value_is_none() {
        check("{moon}", Err(Unwritable::Unknown("moon".into())));
        check(
            "{token_life}",
            Err(Unwritable::Missing(
                "the profile has no known lifetime of tokens".into(),
            )),
        );
    }
}
