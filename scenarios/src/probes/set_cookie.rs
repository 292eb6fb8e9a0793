//! What a `Set-Cookie` line tells a browser (RFC 6265 5.2, 5.3).

use std::time::Duration;

use crate::exchange::{Exchange, Response};

/// One line of `Set-Cookie`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SetCookie {
    pub(super) name: String,
    pub(super) value: String,
    attributes: Vec<(String, String)>,
}

impl SetCookie {
    pub(super) fn parse(line: &str) -> Option<SetCookie> {
        let mut parts = line.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let attributes = parts.map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (key.trim().to_ascii_lowercase(), value.trim().to_owned())
        });
        Some(SetCookie {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            attributes: attributes.collect(),
        })
    }

    /// Every cookie that an answer sets.
    pub(super) fn all(response: &Response) -> impl Iterator<Item = SetCookie> {
        response
            .header_all("set-cookie")
            .filter_map(SetCookie::parse)
    }

    /// An attribute; of several the last counts.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().rfind(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The seconds that a browser keeps it, counted from `now`; nothing where it ends with the browser.
    pub(super) fn life(&self, now: Duration) -> Option<i64> {
        // `Max-Age` wins over `Expires`; one that is no number is as if it were not there.
        let age = self.attribute("max-age").and_then(|age| age.parse().ok());
        age.or_else(|| {
            let date = self.attribute("expires")?.replace('-', " ");
            let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(&date);
            let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
            Some(at.ok()?.as_second() - now)
        })
    }

    /// Domain and path under which a browser keeps it: one of the same name replaces it only under the same two.
    pub(super) fn place(&self, by: &Exchange) -> (String, String) {
        let domain = self.attribute("domain").unwrap_or_default();
        let domain = domain.trim_start_matches('.').to_ascii_lowercase();
        let path = self.attribute("path").filter(|path| path.starts_with('/'));
        let path = path.map_or_else(|| default_path(&by.request.url), str::to_owned);
        (domain, path)
    }
}

/// The path of a cookie that names none: that of the address up to its last slash (RFC 6265 5.1.4).
fn default_path(url: &str) -> String {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.find('/').map_or("/", |at| &path[at..]);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    match path.rfind('/') {
        Some(at) if at > 0 => path[..at].to_owned(),
        Some(_) | None => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_800_000_000);

    #[track_caller]
    fn lives(attributes: &str, want: Option<i64>) {
        let cookie = SetCookie::parse(&format!("sid=x; {attributes}")).unwrap();
        assert_eq!(cookie.life(NOW), want);
    }

    #[test]
    fn the_life_of_a_cookie_is_read_as_a_browser_reads_it() {
        lives("Path=/", None);
        lives("max-age=60", Some(60));
        lives("Max-Age=-1", Some(-1));
        lives("Expires=Fri, 15 Jan 2027 08:01:00 GMT", Some(60));
        lives("expires=Fri, 15-Jan-2027 08:01:00 GMT", Some(60));
        lives("Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT", Some(5));
        lives("Max-Age=soon; Expires=never", None);
    }

    #[track_caller]
    fn stands(line: &str, domain: &str, path: &str) {
        let cookie = SetCookie::parse(line).unwrap();
        let by = Exchange {
            actor: String::new(),
            call: String::new(),
            control: false,
            request: crate::exchange::Request {
                url: "http://127.0.0.1:8000/api/auth/logout?x=/y".into(),
                ..Default::default()
            },
            answer: crate::exchange::Answer::Response(Response::default()),
            recipe: None,
        };
        assert_eq!(cookie.place(&by), (domain.to_owned(), path.to_owned()));
    }

    #[test]
    fn a_cookie_without_a_path_stands_under_that_of_its_address() {
        stands("sid=x; Path=/; Domain=.Example.com", "example.com", "/");
        stands("sid=x", "", "/api/auth");
        stands("sid=x; Path=", "", "/api/auth");
    }
}
