//! One request and what came back: the only thing that a judge looks at.

use std::time::Duration;

use serde_json::Value;

/// A request as it travelled.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A whole answer, cut at the harness's size limit (`truncated`).
#[derive(Debug, Clone, Default)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub truncated: bool,
    /// A 2xx that refuses, as the profile says how the body tells it.
    pub denied: bool,
    pub duration: Duration,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// Nothing listens, the name does not resolve, or the TLS handshake failed.
    Unreachable(String),
    /// The connection was closed before a whole answer came.
    Closed(String),
    /// No whole answer within the time limit of one request.
    TimedOut,
    /// What came is not HTTP, or beyond the limits for headers.
    Garbage(String),
}

/// What came back for one request.
#[derive(Debug, Clone)]
pub enum Answer {
    Response(Response),
    Nothing(NoAnswer),
}

/// One request with its answer, who sent it, and whether it is a control.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The actor in whose name it was sent, `anonymous` for nobody.
    pub actor: String,
    /// The profile's name of the call, such as `login` or `object.read`.
    pub call: String,
    pub control: bool,
    pub request: Request,
    pub answer: Answer,
    /// The token recipe that made the credential, where one did.
    pub recipe: Option<String>,
}

impl Exchange {
    /// The response, if one came.
    pub fn response(&self) -> Option<&Response> {
        match &self.answer {
            Answer::Response(response) => Some(response),
            Answer::Nothing(_) => None,
        }
    }

    /// The status, if a response came.
    pub fn status(&self) -> Option<u16> {
        self.response().map(|r| r.status)
    }

    /// `GET /path -> 200` in the words of the report; never a secret, for the query is left out.
    pub fn line(&self) -> String {
        let path = self
            .request
            .url
            .split_once("://")
            .map_or(self.request.url.as_str(), |(_, rest)| {
                rest.find('/').map_or("/", |at| &rest[at..])
            });
        let path = path.split('?').next().unwrap_or(path);
        format!("{} {path} as {}", self.request.method, self.actor)
    }

    /// What happened, in a few words: `200`, `no answer (connection closed)`.
    pub fn outcome(&self) -> String {
        match &self.answer {
            Answer::Response(response) => response.status.to_string(),
            Answer::Nothing(reason) => format!("no answer ({reason})"),
        }
    }
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoAnswer::Unreachable(why) => write!(f, "not reachable: {why}"),
            NoAnswer::Closed(why) => write!(f, "the connection was closed: {why}"),
            NoAnswer::TimedOut => f.write_str("no whole answer in time"),
            NoAnswer::Garbage(why) => write!(f, "not HTTP: {why}"),
        }
    }
}

impl Response {
    /// The first value of a header, names compared without case (RFC 9110 5.1).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }

    /// All values of a header, in the order in which they came.
    pub fn header_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }

    /// The body as text; bytes that are no UTF-8 become replacement characters.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON, whatever its content type says.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The value of the named cookie in `Set-Cookie`, still encoded; a cookie that is cleared has none.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.header_all("set-cookie").find_map(|line| {
            let pair = line.split(';').next()?;
            let (n, value) = pair.split_once('=')?;
            (n.trim() == name && !value.trim().is_empty()).then_some(value.trim())
        })
    }

    /// Whether the status is 2xx and the body does not deny.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status) && !self.denied
    }

    /// What the answer says about when to come back: `Retry-After` (RFC 9110 10.2.3), `X-Retry-After` or
    /// `RateLimit-Reset`.
    pub fn retry_after(&self) -> Option<&str> {
        ["retry-after", "x-retry-after", "ratelimit-reset"]
            .iter()
            .find_map(|name| self.header(name))
    }

    /// Whether the target asks to come back later: 429, or 503 with `Retry-After` (RFC 9110 10.2.3).
    pub fn is_throttled(&self) -> bool {
        self.status == 429 || (self.status == 503 && self.header("retry-after").is_some())
    }
}
