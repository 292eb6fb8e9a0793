//! A plain GET of whatever address is given, as a verifier makes it that follows addresses in tokens.

use axum::http::Uri;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(2);

/// The body behind an http URL, whatever the status.
pub(in crate::defects) fn fetch(url: &str) -> Option<String> {
    tokio::task::block_in_place(|| get(&url.parse().ok()?))
}

fn get(url: &Uri) -> Option<String> {
    let (host, port) = (url.host()?, url.port_u16().unwrap_or(80));
    let address = (host, port).to_socket_addrs().ok()?.next()?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let path = url.path_and_query()?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned())
}
