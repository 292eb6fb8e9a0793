//! One structured log line for each authentication attempt (ASVS 16.3.1), without secrets or personal data.

use crate::parts::{Head, Parts};
use crate::tokens::keys::derive;
use base64ct::{Base64UrlUnpadded, Encoding};

/// What was attempted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Registration,
    Login,
    Refresh,
    Logout,
    PasswordChange,
    Deletion,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Granted,
    /// With the code of the problem.
    Refused(&'static str),
}

impl Event {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Login => "login",
            Self::Refresh => "refresh",
            Self::Logout => "logout",
            Self::PasswordChange => "password-change",
            Self::Deletion => "deletion",
        }
    }
}

/// Writes the line. The account appears as a keyed digest: lines about one account can be put together, but nobody's
/// address is in the log, and nothing that a client sent can break out of its line.
pub(crate) fn record(parts: &Parts, head: &Head, event: Event, account: &str, outcome: Outcome) {
    let result = match outcome {
        Outcome::Granted => "granted",
        Outcome::Refused(code) => code,
    };
    parts.metrics.count_event(event.name(), result);
    let client = parts.throttle.client(parts, head);
    let account = pseudonym(parts, account);
    tracing::info!(target: "authentication", event = event.name(), result, %client, %account);
}

fn pseudonym(parts: &Parts, account: &str) -> String {
    let key = derive(
        parts.config.secret.expose().as_bytes(),
        b"reference-server log pseudonyms 1",
    );
    let digest = derive(&key, account.as_bytes());
    Base64UrlUnpadded::encode_string(&digest[..9])
}

#[cfg(test)]
mod tests {
    use crate::{Config, Parts, Secret, SystemClock, app};
    use axum::body::Body;
    use axum::http::Request;
    use std::io;
    use std::sync::{Arc, Mutex};
    use tower::ServiceExt;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn an_attempt_is_one_line_without_secrets_or_what_the_client_sent() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let secret = "q0vU1lqk8v0m3Wc0Zr5H2mJm3cX0sKc4";
        let config = Config::new("sqlite::memory:", Secret::new(secret));
        let parts = Parts::secure(&config, Arc::new(SystemClock)).await.unwrap();
        let body = r#"{"email":"marker@example.com\nINFO forged=1","password":"hunter2 hunter2"}"#;
        let request = Request::post("/api/auth/login").header("content-type", "application/json");
        let request = request
            .header("x-forwarded-for", "marker\tforged")
            .body(Body::from(body));
        let answer = app(parts).oneshot(request.unwrap()).await.unwrap();
        assert_eq!(answer.status(), 401);
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let attempts: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("authentication:"))
            .collect();
        assert_eq!(attempts.len(), 1, "{text}");
        assert!(
            attempts[0].contains(r#"event="login" result="wrong-credentials""#),
            "{text}"
        );
        for hidden in ["hunter2", "marker", "forged", secret] {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
    }
}
