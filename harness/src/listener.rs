//! A listener of our own for what a token or an object says to fetch: a request for it is contact by whoever read that.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scenarios::judge::Contact;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::forge::Document;
use crate::run::lock;

/// More of a request is not read.
const MAX_HEAD: usize = 16 * 1024;
/// How long after its answer a target may still come.
const LATE: Duration = Duration::from_millis(200);
/// How long a caller may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// It serves what is offered, and nothing else, until it is dropped.
pub(crate) struct Listener {
    base: String,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    offers: BTreeMap<String, Document>,
    /// Paths that were asked for, with the line of the request.
    contacts: Vec<(String, String)>,
}

impl Listener {
    /// Listens on an address by which the target reaches us.
    pub(crate) async fn start(address: &str) -> io::Result<Listener> {
        let listener = TcpListener::bind(address).await?;
        let port = listener.local_addr()?.port();
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                tokio::spawn(async move {
                    // Who hangs up or is too slow has made contact all the same, if the line was read.
                    let _ = tokio::time::timeout(PATIENCE, answer(stream, &shared)).await;
                });
            }
        });
        Ok(Listener {
            base: format!("http://{host}:{port}"),
            state,
            accepting,
        })
    }

    /// Its URL, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Serves a document from now on.
    pub(crate) fn offer(&self, document: &Document) {
        lock(&self.state)
            .offers
            .insert(document.path.clone(), document.clone());
    }

    /// Whether a document was fetched, by those too who fetch it after they answered.
    pub(crate) async fn contacted(&self, path: &str) -> Contact {
        if self.contact(path).is_none() {
            tokio::time::sleep(LATE).await;
        }
        self.contact(path).map_or(Contact::None, Contact::Made)
    }

    /// The first request for a document, as its first line.
    fn contact(&self, path: &str) -> Option<String> {
        let state = lock(&self.state);
        let found = state.contacts.iter().find(|(asked, _)| asked == path);
        found.map(|(_, line)| line.clone())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    state: &Mutex<State>,
) -> io::Result<()> {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") && head.len() < MAX_HEAD {
        match stream.read(&mut buffer).await? {
            0 => break,
            read => head.extend_from_slice(&buffer[..read]),
        }
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or_default();
    let target = line.split(' ').nth(1).unwrap_or_default();
    // Some clients send the whole URL, with its fragment; the path is unguessable wherever it stands.
    let document = {
        let mut state = lock(state);
        let asked = |document: &&Document| target.contains(document.path.as_str());
        let document = state.offers.values().find(asked).cloned();
        if let Some(document) = &document {
            let contact = (document.path.clone(), line.to_owned());
            state.contacts.push(contact);
        }
        document
    };
    let (status, kind, body) = match &document {
        Some(document) => ("200 OK", document.content_type, document.body.as_str()),
        None => ("404 Not Found", "text/plain", ""),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpStream;

    async fn get(base: &str, target: &str) -> String {
        let address = base.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn what_is_offered_is_served_and_its_fetching_remembered() {
        let listener = Listener::start("127.0.0.1:0").await.unwrap();
        let document = Document {
            path: "/unguessable/jwks.json".into(),
            content_type: "application/json",
            body: r#"{"keys":[]}"#.into(),
        };
        listener.offer(&document);
        assert_eq!(listener.contact(&document.path), None);
        let other = get(listener.base(), "/other").await;
        assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
        assert_eq!(listener.contact(&document.path), None);
        let served = get(listener.base(), &document.path).await;
        assert!(served.ends_with(&document.body), "{served}");
        assert_eq!(
            listener.contact(&document.path).as_deref(),
            Some("GET /unguessable/jwks.json HTTP/1.1")
        );
    }
}
