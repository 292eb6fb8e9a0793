//! Targets that fight back: the run ends in time with a report, and nothing passes or fails by accident.

use std::time::{Duration, Instant};

use authspec::options::Options;
use authspec::profile::Source;
use reports::RenderOptions;
use reports::gate::{EXIT_NOT_JUDGED, Gate, exit_code};
use reports::model::{Report, Verdict};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use support::{check, ids, options, real_time, shown, target};

mod hostile {
    pub(crate) mod around;
    mod binary;
    mod certificate;
}
mod support;

/// What is written when a request has come.
#[derive(Clone)]
enum Reply {
    /// These bytes; then the connection is closed.
    Bytes(Vec<u8>),
    /// The first once, the second until the client goes.
    Endless(Vec<u8>, Vec<u8>),
    /// One byte a second, for ever from the start.
    Drip(Vec<u8>),
}

/// Answers every request with the same reply.
async fn answering(reply: Reply) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(socket, reply.clone()));
        }
    });
    url
}

async fn answer(mut socket: TcpStream, reply: Reply) -> std::io::Result<()> {
    let mut request = [0; 16 << 10];
    let _ = socket.read(&mut request).await?;
    match reply {
        Reply::Bytes(bytes) => socket.write_all(&bytes).await,
        Reply::Endless(head, more) => {
            socket.write_all(&head).await?;
            loop {
                socket.write_all(&more).await?;
            }
        }
        Reply::Drip(bytes) => {
            for byte in bytes.iter().cycle() {
                socket.write_all(&[*byte]).await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Ok(())
        }
    }
}

const LIMIT: Duration = Duration::from_secs(4);

fn hurried() -> Options {
    Options {
        timeout: Duration::from_secs(1),
        deadline: LIMIT,
        patience: Duration::from_secs(1),
        ..options(real_time())
    }
}

async fn run(url: &str) -> Report {
    let start = Instant::now();
    let report = check(target(Source::Preset("fastapi"), url, &[]), hurried()).await;
    let took = start.elapsed();
    // The last look and the clean-up have a second of their own.
    assert!(took < LIMIT + Duration::from_secs(4), "{took:?}");
    report
}

/// One base control is named with what the target did, everything else is open, and nothing raw gets out.
async fn is_told(reply: Reply, base: &str, why: &str) {
    let url = answering(reply).await;
    let report = run(&url).await;
    let all = shown(&report);
    assert_eq!(ids(&report, Verdict::Pass), [""; 0], "{all}");
    assert_eq!(ids(&report, Verdict::Error), [""; 0], "{all}");
    assert_eq!(ids(&report, Verdict::Fail), [base], "{all}");
    let told = report.results.iter().find(|result| result.id == base);
    let reason = told.and_then(|result| result.reason.as_deref()).unwrap();
    assert!(reason.contains(why), "`{why}` is not in: {reason}");
    assert_eq!(report.summary.gate, Gate::NotJudged);
    assert_eq!(exit_code(report.summary.gate), EXIT_NOT_JUDGED);
    for format in reports::FORMATS {
        let text = (format.render)(&report, &RenderOptions::default());
        assert!(
            !text.contains(['\u{1b}', '\u{9b}', '\u{7}']),
            "{}",
            format.name
        );
        if format.name != "console" && format.name != "json" {
            assert!(!text.contains("<script"), "{}", format.name);
        }
    }
}

const REGISTRATION: &str = "registration.happy-path";

fn head(status: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n").into_bytes()
}

fn whole(status: &str, headers: &str, body: &[u8]) -> Reply {
    let length = format!("content-length: {}\r\n{headers}", body.len());
    Reply::Bytes([head(status, &length), body.to_vec()].concat())
}

macro_rules! told {
    ($($name:ident: $reply:expr, $base:expr, $why:expr;)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            is_told($reply, $base, $why).await;
        })*
    };
}

told! {
    an_endless_body_is_cut:
        Reply::Endless(head("200 OK", ""), vec![b'a'; 64 << 10]),
        "login.happy-path", "the profile `fastapi` does not fit this target";
    an_endless_header_is_no_answer:
        Reply::Endless(head("200 OK", "")[..17].to_vec(), b"x-more: a\r\n".repeat(64)),
        REGISTRATION, "registration got no answer";
    a_header_of_a_megabyte_is_no_answer:
        whole("200 OK", &format!("x-long: {}\r\n", "a".repeat(1 << 20)), b"{}"),
        REGISTRATION, "registration got no answer";
    a_head_that_drips_is_a_time_out:
        Reply::Drip(b"HTTP/1.1 200 OK\r\nx-slow: a\r\n".to_vec()),
        REGISTRATION, "registration got no answer";
    a_head_that_breaks_off_is_no_answer:
        Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec()),
        REGISTRATION, "registration got no answer";
    a_body_that_breaks_off_is_no_answer:
        Reply::Bytes([head("201 Created", "content-length: 900\r\n"), b"{\"id\":".to_vec()].concat()),
        REGISTRATION, "registration got no answer";
    a_connection_without_a_byte_is_no_answer:
        Reply::Bytes(Vec::new()),
        REGISTRATION, "registration got no answer";
    garbage_is_no_answer:
        Reply::Bytes(b"\x00\xff\x1b[31mSSH-2.0-nothing\r\n\r\n".to_vec()),
        REGISTRATION, "registration got no answer";
    a_redirect_is_not_followed:
        whole("307 Temporary Redirect", "location: /api/auth/register\r\n", b""),
        REGISTRATION, "redirects are not followed";
    a_limit_without_an_end_is_told:
        whole("429 Too Many Requests", "retry-after: 0\r\n", b""),
        REGISTRATION, "its rate limit is used up";
    invalid_text_is_shown_as_such:
        whole("400 Bad Request", "x-raw: \u{e9}\u{9b}31m\r\n", b"\xff\xfe<script>\x1b[31m\x07"),
        REGISTRATION, "refused a well-formed account with 400";
    a_bomb_stays_packed:
        whole("200 OK", "content-encoding: gzip\r\ncontent-type: application/json\r\n", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
        "login.happy-path", "the profile `fastapi` does not fit this target";
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_to_another_host_takes_no_credential_along() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("location: http://{}/\r\n", elsewhere.local_addr().unwrap());
    is_told(
        whole("307 Temporary Redirect", &location, b""),
        REGISTRATION,
        "redirects are not followed",
    )
    .await;
    let reached = tokio::time::timeout(Duration::ZERO, elsewhere.accept()).await;
    assert!(reached.is_err(), "the redirect was followed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_drips_ends_with_the_deadline() {
    let drip = [head("200 OK", ""), vec![b'a'; 1 << 10]].concat();
    let url = answering(Reply::Drip(drip)).await;
    let report = run(&url).await;
    assert_eq!(ids(&report, Verdict::Pass), [""; 0], "{}", shown(&report));
    assert_eq!(report.summary.gate, Gate::NotJudged);
}
