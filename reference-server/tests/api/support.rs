//! A server in this process, clients for it, and forged tokens.

use authspec::environment::database::Postgres;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use base64ct::{Base64UrlUnpadded, Encoding};
use futures_util::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::BodyExt;
use reference_server::{Config, Parts, Secret, SharedClock, app};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tower::ServiceExt;

pub(crate) const SECRET: &str = "q0vU1lqk8v0m3Wc0Zr5H2mJm3cX0sKc4yq5u9fT1b7E";
pub(crate) const PASSWORD: &str = "Tangerine lamp 7";
pub(crate) const ORIGIN: &str = "http://localhost:3000";

/// A test whose name is what is true when it passes.
pub(crate) struct Claim {
    pub(crate) name: &'static str,
    pub(crate) run: fn(Fresh) -> BoxFuture<'static, ()>,
}

/// `claims!["prefix": a, b]` lists the functions `a` and `b`.
macro_rules! claims {
    ($prefix:literal: $($name:ident),* $(,)?) => {
        pub(crate) const CLAIMS: &[$crate::support::Claim] = &[
            $($crate::support::Claim { name: concat!($prefix, "::", stringify!($name)), run: |db| Box::pin($name(db)) }),*
        ];
    };
}

pub(crate) fn message(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else {
        return "cancelled".into();
    };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => other
            .downcast::<&str>()
            .map_or_else(|_| "panicked".into(), |text| (*text).to_owned()),
    }
}

#[derive(Clone)]
pub(crate) enum Database {
    Sqlite,
    Postgres(Arc<Postgres>),
}

impl Database {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// A new empty database, gone with the value.
    pub(crate) async fn fresh(&self) -> Fresh {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        match self {
            Self::Sqlite => {
                let name = format!(
                    "reference-server-{}-{}",
                    std::process::id(),
                    NEXT.fetch_add(1, Ordering::Relaxed)
                );
                let dir = std::env::temp_dir().join(name);
                std::fs::create_dir_all(&dir).unwrap();
                Fresh {
                    url: format!("sqlite://{}/test.db", dir.display()),
                    dir: Some(dir),
                }
            }
            Self::Postgres(server) => Fresh {
                url: server.fresh().await.unwrap(),
                dir: None,
            },
        }
    }
}

pub(crate) struct Fresh {
    pub(crate) url: String,
    dir: Option<std::path::PathBuf>,
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(dir) = &self.dir {
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

impl Fresh {
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::new(self.url.as_str(), Secret::new(SECRET));
        config.max_connections = 4;
        config
    }

    pub(crate) async fn server(&self) -> Server {
        self.server_with(|_| {}).await
    }

    pub(crate) async fn server_with(&self, change: impl FnOnce(&mut Config)) -> Server {
        let mut config = self.config();
        change(&mut config);
        let clock = Arc::new(SharedClock::new());
        let parts = Parts::secure(&config, clock.clone()).await.unwrap();
        Server::new(app(parts), clock)
    }
}

#[derive(Clone)]
pub(crate) struct Server {
    router: Router,
    pub(crate) clock: Arc<SharedClock>,
    /// Sent with every request.
    pub(crate) origin: Option<&'static str>,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("no JSON in {} {:?}", self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        let reply = self.is(status);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.json()["code"], code);
        reply
    }
}

pub(crate) struct Call<'a> {
    server: &'a Server,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
}

impl Call<'_> {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text("application/json", body.to_string())
    }

    pub(crate) fn text(mut self, media_type: &str, body: impl Into<Body>) -> Self {
        self.headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_str(media_type).unwrap(),
        );
        self.body = body.into();
        self
    }

    pub(crate) async fn send(self) -> Reply {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().unwrap();
        *request.headers_mut() = self.headers;
        let response = self.server.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}

/// A registered user with the tokens of their registration.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Actor {
    pub(crate) fn from(grant: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            id: text(&grant["user"]["id"]),
            email: text(&grant["user"]["email"]),
            access: text(&grant["access_token"]),
            refresh: text(&grant["refresh_token"]),
        }
    }

    pub(crate) fn tasks(&self) -> String {
        format!("/api/{}/tasks", self.id)
    }
}

impl Server {
    pub(crate) fn new(router: Router, clock: Arc<SharedClock>) -> Self {
        Self {
            router,
            clock,
            origin: None,
        }
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        let mut headers = HeaderMap::new();
        if let Some(origin) = self.origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        Call {
            server: self,
            method: method.parse().unwrap(),
            path: path.to_owned(),
            headers,
            body: Body::empty(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Call<'_> {
        self.call("POST", path).json(body)
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn register(&self, name: &str) -> Actor {
        let body =
            json!({ "email": format!("{name}@example.com"), "password": PASSWORD, "name": name });
        Actor::from(
            &self
                .post("/api/auth/register", &body)
                .send()
                .await
                .is(201)
                .json(),
        )
    }

    pub(crate) async fn login(&self, email: &str, password: &str) -> Reply {
        self.post(
            "/api/auth/login",
            &json!({ "email": email, "password": password }),
        )
        .send()
        .await
    }

    /// The status of `me` with this token.
    pub(crate) async fn me(&self, token: &str) -> u16 {
        self.get("/api/auth/me")
            .bearer(token)
            .send()
            .await
            .status
            .as_u16()
    }

    pub(crate) async fn task(&self, owner: &Actor, title: &str) -> Value {
        self.post(&owner.tasks(), &json!({ "title": title }))
            .bearer(&owner.access)
            .send()
            .await
            .is(201)
            .json()
    }
}

/// Header and claims of a token.
pub(crate) fn open(token: &str) -> (Map<String, Value>, Map<String, Value>) {
    let mut segments = token
        .split('.')
        .map(|s| serde_json::from_slice(&Base64UrlUnpadded::decode_vec(s).unwrap_or_default()));
    (
        segments.next().unwrap().unwrap(),
        segments.next().unwrap().unwrap(),
    )
}

pub(crate) fn segment(text: &str) -> String {
    Base64UrlUnpadded::encode_string(text.as_bytes())
}

/// An HS256 signature, whatever the header says.
pub(crate) fn sign(header: &str, claims: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", segment(header), segment(claims));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(message.as_bytes());
    format!(
        "{message}.{}",
        Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes())
    )
}

/// The token with one claim changed (`Null` removes it), signed with the right secret.
pub(crate) fn with_claim(token: &str, name: &str, value: Value) -> String {
    let (header, mut claims) = open(token);
    if value.is_null() {
        claims.remove(name);
    } else {
        claims.insert(name.to_owned(), value);
    }
    sign(
        &Value::Object(header).to_string(),
        &Value::Object(claims).to_string(),
        SECRET.as_bytes(),
    )
}

/// The token with one header member changed, signed with the right secret.
pub(crate) fn with_header(token: &str, name: &str, value: Value) -> String {
    let (mut header, claims) = open(token);
    header.insert(name.to_owned(), value);
    sign(
        &Value::Object(header).to_string(),
        &Value::Object(claims).to_string(),
        SECRET.as_bytes(),
    )
}
