//! `just bench-server`: reads of the task list beside a bare handler with the same query, and how long
//! `GET /health/live` takes while 64 people log in. Exits with 1 when a bound is missed.

use axum::extract::State;
use axum::http::{Request, header};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::future::join_all;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use reference_server::tasks::Task;
use reference_server::{Config, Db, Parts, Running, Secret, SharedClock};
use serde_json::{Value, json};
use sqlx::SqlitePool;
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};

/// The statement of the list as the server sends it, with its values in place of a sign-in.
const QUERY: &str = "SELECT id, owner, title, description, completed, created_at, updated_at FROM tasks \
    WHERE owner = $1 ORDER BY created_at ASC, id ASC LIMIT $2 OFFSET $3";
const TASKS: usize = 50;
const CONNECTIONS: usize = 8;
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 3;
const LOGINS: usize = 64;
const PASSWORD: &str = "Tangerine lamp 7";

#[tokio::main]
async fn main() -> ExitCode {
    let dir = std::env::temp_dir().join(format!("bench-server-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder for the database");
    let url = format!("sqlite://{}/bench.db", dir.display());
    let config = Config::new(
        url,
        Secret::new("q0vU1lqk8v0m3Wc0Zr5H2mJm3cX0sKc4yq5u9fT1b7E"),
    );
    let clock = Arc::new(SharedClock::new());
    let parts = Parts::secure(&config, clock.clone())
        .await
        .expect("a server");
    let Db::Sqlite(pool) = parts.db.clone() else {
        unreachable!("the URL says sqlite")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let server = Running::start(parts, listener).expect("a server");

    let (reads, bare) = reads(server.addr, pool).await;
    let ratio = reads / bare;
    let (p99, count) = live_during_logins(server.addr, &clock).await;
    let mut out = std::io::stdout();
    let _ = writeln!(
        out,
        "task list: {reads:.0} reads/s; bare axum and sqlx: {bare:.0} reads/s; ratio {ratio:.2} (at least 0.60)"
    );
    let _ = writeln!(
        out,
        "GET /health/live during {LOGINS} parallel logins: p99 {:.1} ms of {count} (under 50 ms)",
        p99.as_secs_f64() * 1e3
    );
    server.stop().await;
    let _ = std::fs::remove_dir_all(&dir);
    if ratio >= 0.6 && p99 < Duration::from_millis(50) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Reads a second of the server and of the bare handler, in turns; the median of the rounds.
async fn reads(addr: SocketAddr, pool: SqlitePool) -> (f64, f64) {
    let (owner, token) = register(addr, "reader").await;
    let path = format!("/api/{owner}/tasks");
    let mut client = Client::open(addr).await;
    for n in 0..TASKS {
        let body = json!({ "title": format!("task {n}"), "description": "Something to do before the week is over." });
        assert_eq!(
            client
                .send("POST", &path, &token, &body.to_string())
                .await
                .0,
            201
        );
    }
    let bare = Router::new()
        .route("/tasks", get(bare_list))
        .with_state((pool, Arc::from(owner.as_str())));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let bare_addr = listener.local_addr().expect("an address");
    let bare_server = tokio::spawn(async move { axum::serve(listener, bare).await });
    let (mut full, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.push(rate(bare_addr, "/tasks", "").await);
        full.push(rate(addr, &path, &token).await);
    }
    bare_server.abort();
    (median(full), median(plain))
}

async fn bare_list(State((pool, owner)): State<(SqlitePool, Arc<str>)>) -> Json<Vec<Task>> {
    let rows = sqlx::query_as(QUERY)
        .bind(&*owner)
        .bind(TASKS as i64 + 1)
        .bind(0_i64)
        .fetch_all(&pool)
        .await;
    Json(rows.expect("rows"))
}

async fn rate(addr: SocketAddr, path: &str, token: &str) -> f64 {
    let started = Instant::now();
    let counts = join_all((0..CONNECTIONS).map(|_| async {
        let mut client = Client::open(addr).await;
        let mut count = 0;
        while started.elapsed() < ROUND {
            assert_eq!(client.send("GET", path, token, "").await.0, 200);
            count += 1;
        }
        count
    }))
    .await;
    f64::from(counts.iter().sum::<u32>()) / started.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

async fn live_during_logins(addr: SocketAddr, clock: &SharedClock) -> (Duration, usize) {
    let names: Vec<String> = (0..LOGINS).map(|n| format!("user{n}")).collect();
    for name in &names {
        register(addr, name).await;
    }
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        clock.advance(Duration::from_secs(61));
        let logins = tokio::spawn(join_all(names.clone().into_iter().map(|name| async move {
            let body = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
            assert_eq!(
                Client::open(addr)
                    .await
                    .send("POST", "/api/auth/login", "", &body.to_string())
                    .await
                    .0,
                200
            );
        })));
        let mut client = Client::open(addr).await;
        while !logins.is_finished() {
            let started = Instant::now();
            assert_eq!(client.send("GET", "/health/live", "", "").await.0, 200);
            times.push(started.elapsed());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        logins.await.expect("logins");
    }
    times.sort_unstable();
    (times[times.len() * 99 / 100], times.len())
}

async fn register(addr: SocketAddr, name: &str) -> (String, String) {
    let body =
        json!({ "email": format!("{name}@example.com"), "password": PASSWORD, "name": name });
    let (status, text) = Client::open(addr)
        .await
        .send("POST", "/api/auth/register", "", &body.to_string())
        .await;
    assert_eq!(status, 201);
    let grant: Value = serde_json::from_slice(&text).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&grant["user"]["id"]), text(&grant["access_token"]))
}

struct Client(SendRequest<Full<Bytes>>);

impl Client {
    async fn open(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP");
        tokio::spawn(connection);
        Self(sender)
    }

    async fn send(&mut self, method: &str, path: &str, token: &str, body: &str) -> (u16, Bytes) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost");
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request
            .body(Full::new(Bytes::from(body.to_owned())))
            .expect("a request");
        self.0.ready().await.expect("an open connection");
        let response = self.0.send_request(request).await.expect("an answer");
        let status = response.status().as_u16();
        (
            status,
            response
                .into_body()
                .collect()
                .await
                .expect("a body")
                .to_bytes(),
        )
    }
}
