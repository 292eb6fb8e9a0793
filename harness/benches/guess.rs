//! The rate of the offline guesser beside a bare loop over `hmac` and `sha2`, on one core; the ratio should be 0.8 or more.
//!
//! `cargo bench -p authspec --bench guess`

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use scenarios::probes::guess;
use sha2::Sha256;

const ROUNDS: usize = 30;
/// Passes over the list in one round.
const PASSES: usize = 5;

fn main() -> io::Result<()> {
    let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
    let claims =
        r#"{"sub":"user_1","iss":"https://id.example.com","iat":1795000000,"exp":1795000900}"#;
    let message = format!(
        "{}.{}",
        part(r#"{"alg":"HS256","typ":"JWT"}"#),
        part(claims)
    );
    // No secret makes this signature, so that the guesser goes through the whole list.
    let token = format!("{message}.{}", Base64UrlUnpadded::encode_string(&[0; 32]));

    let mut candidates: Vec<Vec<u8>> = Vec::new();
    let mut scratch = Vec::new();
    for word in guess::words() {
        guess::readings(word, &mut scratch, |secret, _| {
            candidates.push(secret.to_vec());
            false
        });
    }

    let guesser = || {
        assert!(guess::guess(black_box(&token), guess::words()).is_none());
    };
    let bare = || {
        for secret in &candidates {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
            mac.update(message.as_bytes());
            black_box(mac.finalize().into_bytes()[..] == [0; 32]);
        }
    };

    // In turns, and the best of each, so that what else runs on the machine hits both alike.
    let (mut best_guesser, mut best_bare) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        best_guesser = best_guesser.min(timed(guesser));
        best_bare = best_bare.min(timed(bare));
    }
    let rate = |time: Duration| (candidates.len() * PASSES) as f64 / time.as_secs_f64() / 1e6;
    let (guesser, bare) = (rate(best_guesser), rate(best_bare));
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} words, {} candidates",
        guess::words().count(),
        candidates.len()
    )?;
    writeln!(out, "guesser    {guesser:5.2} M candidates/s")?;
    writeln!(out, "bare loop  {bare:5.2} M candidates/s")?;
    writeln!(out, "ratio      {:5.2}", guesser / bare)
}

fn timed(work: impl Fn()) -> Duration {
    let start = Instant::now();
    for _ in 0..PASSES {
        work();
    }
    start.elapsed()
}
