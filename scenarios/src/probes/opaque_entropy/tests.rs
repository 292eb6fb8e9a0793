use super::*;
use crate::probes::scripted::{Said, Scripted, status, yes};
use base64ct::{Base64UrlUnpadded, Encoding};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use serde_json::json;

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const NANO: &[u8] = b"useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";

fn of(letters: &[u8], length: usize, rng: &mut StdRng) -> String {
    let letter = |_| char::from(letters[rng.random_range(0..letters.len())]);
    (0..length).map(letter).collect()
}

fn base64(bytes: usize, rng: &mut StdRng) -> String {
    let bytes: Vec<u8> = (0..bytes).map(|_| rng.random_range(0..=u8::MAX)).collect();
    Base64UrlUnpadded::encode_string(&bytes)
}

fn hex(length: usize, rng: &mut StdRng) -> String {
    of(b"0123456789abcdef", length, rng)
}

/// A UUID with this digit for a version.
fn uuid(version: char, rng: &mut StdRng) -> String {
    format!(
        "{}-{}-{version}{}-{}{}-{}",
        hex(8, rng),
        hex(4, rng),
        hex(3, rng),
        of(b"89ab", 1, rng),
        hex(3, rng),
        hex(12, rng)
    )
}

type Shape = fn(&mut StdRng) -> String;

/// Sets of tokens of one shape.
fn sets(shape: Shape, count: u64, tokens: usize) -> impl Iterator<Item = Vec<String>> {
    (0..count).map(move |seed| {
        let mut rng = StdRng::seed_from_u64(seed);
        (0..tokens).map(|_| shape(&mut rng)).collect::<Vec<_>>()
    })
}

fn words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fail(mismatch) => mismatch.severity.word().into(),
        Verdict::Pass { note: Some(_) } => "noted".into(),
        other => other.word().into(),
    }
}

#[track_caller]
fn check(tokens: &[String], want: &str) {
    let verdict = judged(tokens);
    assert_eq!(words(&verdict), want, "{verdict:?}");
}

#[test]
fn no_set_of_random_tokens_fails() {
    let strong: [Shape; 8] = [
        |rng| base64(16, rng),
        |rng| base64(24, rng),
        |rng| base64(32, rng),
        |rng| hex(32, rng),
        |rng| of(b"0123456789ABCDEF", 64, rng),
        |rng| of(BASE62, 32, rng),
        |rng| of(b"abcdefghijklmnopqrstuvwxyz012345", 26, rng),
        |rng| format!("rt_{}", of(BASE62, 40, rng)),
    ];
    for shape in strong {
        for tokens in sets(shape, 1000, TOKENS) {
            check(&tokens, "pass");
        }
    }
    // What stands at the edge is a note.
    let edge: [Shape; 3] = [
        |rng| uuid('4', rng),
        |rng| of(NANO, 21, rng),
        |rng| base64(15, rng),
    ];
    for shape in edge {
        for tokens in sets(shape, 1000, TOKENS) {
            check(&tokens, "noted");
        }
    }
}

#[test]
fn fewer_tokens_are_enough() {
    let shapes: [Shape; 4] = [
        |rng| base64(16, rng),
        |rng| uuid('4', rng),
        |rng| hex(40, rng),
        |rng| format!("{}|{}", rng.random_range(1..2000), of(BASE62, 40, rng)),
    ];
    for shape in shapes {
        for tokens in sets(shape, 1000, FEWEST) {
            assert!(matches!(judged(&tokens), Verdict::Pass { .. }));
        }
    }
}

#[test]
fn short_ones_fail() {
    let shapes: [(Shape, &str); 6] = [
        (|rng| of(b"0123456789", 6, rng), "high"),
        (|rng| of(b"0123456789", 16, rng), "high"),
        (|rng| hex(15, rng), "high"),
        (
            |rng| format!("session-of-a-user-{}", of(BASE62, 8, rng)),
            "high",
        ),
        (|rng| base64(8, rng), "medium"),
        (|rng| hex(24, rng), "medium"),
    ];
    for (shape, want) in shapes {
        for tokens in sets(shape, 100, TOKENS) {
            check(&tokens, want);
        }
    }
}

#[test]
fn counters_and_times_fail() {
    let written =
        |n: u64| Base64UrlUnpadded::encode_string(format!(r#"{{"user":7,"n":{n}}}"#).as_bytes());
    let ways: [fn(u64) -> String; 5] = [
        |n| n.to_string(),
        |n| (1000 + n).to_string(),
        |n| format!("{}-{n:06}", 1_800_000_000_000 + 7 * n),
        |n| format!("{:08x}-5f3a-11ee-8c99-0242ac120002", 0x7a1b_0000 + 911 * n),
        written,
    ];
    for way in ways {
        check(&(0..20).map(way).collect::<Vec<_>>(), "high");
    }
    // With random bits for the machine it is still made of the time.
    for tokens in sets(|rng| uuid('1', rng), 10, TOKENS) {
        check(&tokens, "high");
    }
    // Version 7 has 74 random bits behind the time.
    let mut rng = StdRng::seed_from_u64(7);
    let version_7 = |n: u64| {
        let time = format!("{:012x}", 1_800_000_000_000_u64 + 31 * n);
        let rest = uuid('7', &mut rng);
        format!("{}-{}{}", &time[..8], &time[8..], &rest[13..])
    };
    let tokens: Vec<_> = (0..20).map(version_7).collect();
    check(&tokens, "medium");
}

#[test]
fn what_is_signed_or_stays_is_not_judged() {
    check(&(0..20).map(signed).collect::<Vec<_>>(), "skipped");
    check(&(0..20).map(|_| weak(1)).collect::<Vec<_>>(), "skipped");
}

/// The words for access and refresh tokens of a target that writes them so.
fn run(
    renews: bool,
    access: fn(usize) -> String,
    refresh: fn(usize) -> Option<String>,
) -> Vec<&'static str> {
    let mut count = 0;
    let mut lab = Scripted::new(move |_| {
        count += 1;
        Said {
            access: Some(access(count)),
            refresh: refresh(count),
            ..yes()
        }
    });
    lab.calls = if renews { &["refresh"] } else { &[] };
    let mut later = 1000;
    lab.sign_in = Some(Box::new(move |_| {
        later += 1;
        access(later)
    }));
    lab.words(&PROBE)
}

fn strong(n: usize) -> String {
    base64(32, &mut StdRng::seed_from_u64(n as u64))
}

fn weak(n: usize) -> String {
    format!("token-{n}")
}

fn signed(n: usize) -> String {
    jws::written(&json!({"alg": "HS256"}), &json!({"n": n}))
}

#[test]
fn tokens_come_from_refreshes_else_from_sign_ins() {
    assert_eq!(run(true, signed, |n| Some(strong(n))), ["skipped", "pass"]);
    assert_eq!(run(true, signed, |n| Some(weak(n))), ["skipped", "fail"]);
    assert_eq!(run(true, strong, |n| Some(strong(n))), ["pass", "pass"]);
    assert_eq!(run(true, weak, |n| Some(strong(n))), ["fail", "pass"]);
    assert_eq!(run(false, strong, |_| None), ["pass", "skipped"]);
    assert_eq!(run(false, weak, |_| None), ["fail", "skipped"]);
    assert_eq!(
        run(false, signed, |n| Some(strong(n))),
        ["skipped", "skipped"]
    );
    // One that is not replaced is judged by refresh.rotation.
    assert_eq!(
        run(true, signed, |_| Some(strong(1))),
        ["skipped", "skipped"]
    );
}

#[test]
fn a_series_that_breaks_off_is_enough_or_says_nothing() {
    let broken_at = |last: usize| {
        let mut count = 0;
        let mut lab = Scripted::new(move |_| {
            count += 1;
            if count > last {
                return status(429);
            }
            Said {
                access: Some(signed(count)),
                refresh: Some(strong(count)),
                ..yes()
            }
        });
        lab.calls = &["refresh"];
        lab.words(&PROBE)
    };
    assert_eq!(broken_at(12), ["skipped", "pass"]);
    assert_eq!(broken_at(FEWEST), ["skipped", "pass"]);
    assert_eq!(broken_at(3), ["inconclusive", "inconclusive"]);
    assert_eq!(broken_at(0), ["inconclusive", "inconclusive"]);
}
