//! The only sender: time and size are bounded, redirects are not followed, no cookies are kept, nothing is decompressed.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderName, HeaderValue};
use scenarios::exchange::{Answer, NoAnswer, Request, Response};
use scenarios::probes::Certificate;
use tokio::sync::Mutex;
use url::Url;

mod handshake;

/// More of a body is not read.
const MAX_BODY: usize = 1 << 20;

/// How hosts are reached where it is not as the machine would do it.
#[derive(Debug, Clone, Default)]
pub struct Connect {
    /// Authorities that are trusted beside those of the machine, as DER.
    pub authorities: Vec<Vec<u8>>,
    /// Addresses of host names; the port counts where the URL names none.
    pub resolve: Vec<(String, SocketAddr)>,
}

/// Sends requests and bounds what comes back.
pub struct Client {
    http: reqwest::Client,
    connect: Connect,
    timeout: Duration,
    /// The least time between two requests, and when the next may leave.
    pace: Option<(Duration, Mutex<Instant>)>,
    sent: AtomicU64,
}

/// Why a request cannot leave.
#[derive(Debug, thiserror::Error)]
#[error("the request cannot be sent: {0}")]
pub struct Unsendable(String);

impl Client {
    /// A client with a time limit for one request, and perhaps one for requests a second.
    pub fn new(timeout: Duration, rps: Option<u32>) -> Result<Client, Unsendable> {
        Client::by(Connect::default(), timeout, rps)
    }

    /// A client that reaches hosts in a way of its own.
    pub fn by(connect: Connect, timeout: Duration, rps: Option<u32>) -> Result<Client, Unsendable> {
        let pace = rps.map(|rps| {
            (
                Duration::from_secs(1) / rps.max(1),
                Mutex::new(Instant::now()),
            )
        });
        Ok(Client {
            http: build(true, &connect)?,
            connect,
            timeout,
            pace,
            sent: AtomicU64::new(0),
        })
    }

    /// How many requests left.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// A plain GET, for recognising a target.
    pub async fn get(&self, url: &Url) -> Answer {
        let request = Request {
            method: "GET".into(),
            url: url.to_string(),
            ..Request::default()
        };
        match self.send(&request, false).await {
            Ok(answer) => answer,
            Err(error) => Answer::Nothing(NoAnswer::Unreachable(error.to_string())),
        }
    }

    /// Sends one request; `fresh` uses a connection of its own.
    pub async fn send(&self, request: &Request, fresh: bool) -> Result<Answer, Unsendable> {
        let alone;
        let http = match fresh {
            true => {
                alone = build(false, &self.connect)?;
                &alone
            }
            false => &self.http,
        };
        let built = prepared(http, request)?;
        self.paced().await;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let start = Instant::now();
        let answer = tokio::time::timeout(self.timeout, receive(http, built, start)).await;
        Ok(answer.unwrap_or(Answer::Nothing(NoAnswer::TimedOut)))
    }

    /// What the certificate of an https URL is worth, and whether it still is in so many days.
    pub(crate) async fn certificate(&self, url: &Url, days: u32) -> Result<Certificate, String> {
        let looked = handshake::certificate(url, &self.connect, days);
        let looked = tokio::time::timeout(self.timeout, looked).await;
        looked.unwrap_or_else(|_| Err("the handshake took too long".into()))
    }

    async fn paced(&self) {
        let Some((gap, next)) = &self.pace else {
            return;
        };
        let mut next = next.lock().await;
        tokio::time::sleep_until((*next).into()).await;
        *next = Instant::now() + *gap;
    }
}

fn build(pooled: bool, connect: &Connect) -> Result<reqwest::Client, Unsendable> {
    // Redirects are off: a login page answering 302 would look like a 200. Proxies of the environment would put an edge
    // between harness and target that nobody declared.
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false);
    let builder = builder.user_agent(concat!("authspec/", env!("CARGO_PKG_VERSION")));
    let builder = if pooled {
        builder
    } else {
        builder.pool_max_idle_per_host(0)
    };
    let unsendable = |error: reqwest::Error| Unsendable(chain(&error));
    let authorities = connect.authorities.iter();
    let authorities = authorities.map(|der| reqwest::Certificate::from_der(der));
    let authorities: Vec<_> = authorities.collect::<Result<_, _>>().map_err(unsendable)?;
    let builder = match authorities.is_empty() {
        true => builder,
        false => builder.tls_certs_merge(authorities),
    };
    let builder = connect
        .resolve
        .iter()
        .fold(builder, |builder, (host, address)| {
            builder.resolve(host, *address)
        });
    builder.build().map_err(unsendable)
}

fn prepared(http: &reqwest::Client, request: &Request) -> Result<reqwest::Request, Unsendable> {
    let method = reqwest::Method::from_bytes(request.method.as_bytes())
        .map_err(|e| Unsendable(e.to_string()))?;
    let url = Url::parse(&request.url).map_err(|error| Unsendable(error.to_string()))?;
    let mut builder = http.request(method, url);
    for (name, value) in &request.headers {
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|e| Unsendable(e.to_string()))?;
        let value =
            HeaderValue::from_bytes(value.as_bytes()).map_err(|e| Unsendable(e.to_string()))?;
        builder = builder.header(name, value);
    }
    if !request.body.is_empty() {
        builder = builder.body(request.body.clone());
    }
    builder.build().map_err(|error| Unsendable(chain(&error)))
}

async fn receive(http: &reqwest::Client, request: reqwest::Request, start: Instant) -> Answer {
    let mut response = match http.execute(request).await {
        Ok(response) => response,
        Err(error) => return Answer::Nothing(no_answer(&error)),
    };
    let status = response.status().as_u16();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect();
    let (mut body, mut truncated) = (Vec::new(), false);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = MAX_BODY - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    truncated = true;
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => return Answer::Nothing(NoAnswer::Closed(chain(&error))),
        }
    }
    Answer::Response(Response {
        status,
        headers,
        body,
        truncated,
        denied: false,
        duration: start.elapsed(),
    })
}

fn no_answer(error: &reqwest::Error) -> NoAnswer {
    let why = chain(error);
    let closed = [
        "closed",
        "reset",
        "broken pipe",
        "incomplete",
        "end of file",
        "eof",
    ];
    if error.is_timeout() {
        NoAnswer::TimedOut
    } else if error.is_connect() {
        NoAnswer::Unreachable(why)
    } else if closed.iter().any(|word| why.to_lowercase().contains(word)) {
        NoAnswer::Closed(why)
    } else {
        NoAnswer::Garbage(why)
    }
}

/// The innermost cause says what happened; the outer ones repeat the URL.
fn chain(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
