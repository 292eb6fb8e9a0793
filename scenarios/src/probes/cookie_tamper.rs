//! The session cookie with its value or its signature changed, and one user's value under the signature of another.

use super::owners::{Sheet, step};
use super::volley::clear;
use super::{Attempt, Lab, Probe, Run};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "cookie-tamper",
    run: |lab| -> Run<'_> { Box::pin(tampered(lab)) },
};

/// What parts a value from its signature, the likeliest first: Express, Better Auth, Flask and JSON web tokens; Rails;
/// Tornado; Django.
const JOINTS: &[&str] = &[".", "--", "|", ":"];
/// The shortest signature: 128 bits in base64. What is shorter is the name of a server, or a version.
const SIGNATURE: usize = 22;
/// The shortest opaque value of which one character cannot be beside the point.
const OPAQUE: usize = 16;

/// A cookie taken apart.
#[derive(Clone, Copy)]
struct Signed<'v> {
    value: &'v str,
    joint: &'static str,
    signature: &'v str,
}

async fn tampered(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    let mut cookies = Vec::new();
    for actor in ["alice", "bob", "alice"] {
        match lab.fresh_token(actor).await {
            Ok(cookie) => cookies.push(cookie),
            Err(why) => return sheet.stopped(lab, "a changed value".into(), why),
        }
    }
    let (bobs, alices) = (&cookies[1], &cookies[2]);
    // Seen once as it is, so that a verification that is remembered is remembered.
    match lab.send(step("alice", "probe"), true).await {
        Ok(sent) if sent.accepted => {}
        Ok(sent) => {
            let why = format!(
                "the cookie as it is was answered {}",
                sent.exchange.outcome()
            );
            return sheet.stopped(lab, "a changed value".into(), why);
        }
        Err(why) => return sheet.stopped(lab, "a changed value".into(), why),
    }
    let all: Vec<_> = cookies.iter().filter_map(|cookie| signed(cookie)).collect();
    let signed = match all[..] {
        // Where two users or two sessions have the same last part, it signs nothing.
        [first, other, own]
            if other.signature != own.signature
                && (first.signature != own.signature || first.value == own.value) =>
        {
            Some((other, own))
        }
        _ => None,
    };
    let Some((other, own)) = signed else {
        let verdict = match is_opaque(alices) && alices != bobs {
            true => refused(lab, flipped(alices), Severity::Critical).await,
            false => Verdict::Skipped("the session cookie has no part that is a signature".into()),
        };
        sheet.enter(lab, "a changed value".into(), verdict);
        return sheet.done();
    };
    let joined = |value: &str, signature: &str| format!("{value}{}{signature}", own.joint);
    let attempts = [
        (
            "a changed value",
            flipped(own.value).map(|value| joined(&value, own.signature)),
            Severity::Critical,
        ),
        (
            "a changed signature",
            flipped(own.signature).map(|signature| joined(own.value, &signature)),
            Severity::High,
        ),
        ("no signature", Some(own.value.to_owned()), Severity::High),
        (
            "an empty signature",
            Some(joined(own.value, "")),
            Severity::High,
        ),
        (
            "another user's value under the own signature",
            Some(joined(other.value, own.signature)),
            Severity::Critical,
        ),
    ];
    for (name, cookie, severity) in attempts {
        let verdict = refused(lab, cookie, severity).await;
        sheet.enter(lab, name.into(), verdict);
    }
    sheet.done()
}

async fn refused(lab: &mut dyn Lab, cookie: Option<String>, severity: Severity) -> Verdict {
    let Some(cookie) = cookie else {
        return Verdict::Skipped("there is nothing in it to change".into());
    };
    let attack = Step {
        token: Some(format!("raw:{cookie}")),
        ..step("alice", "probe")
    };
    let sent = match lab.send(attack, false).await {
        Ok(sent) => sent,
        Err(why) => return Verdict::Inconclusive(why),
    };
    let outcome = sent.exchange.outcome();
    if !clear(&sent) {
        return Verdict::Inconclusive(format!("it was answered {outcome}"));
    }
    if !sent.accepted && sent.disclosed.is_empty() {
        return Verdict::PASS;
    }
    Verdict::Fail(Mismatch {
        consequence: "a session cookie that the server did not write opens a session".into(),
        expected: "a refusal".into(),
        actual: match sent.disclosed.is_empty() {
            true => outcome,
            false => format!("{outcome} with {}", sent.disclosed.join(", ")),
        },
        severity,
    })
}

fn signed(cookie: &str) -> Option<Signed<'_>> {
    let cut = |joint: &'static str| {
        let (value, signature) = cookie.rsplit_once(joint)?;
        (!value.is_empty() && signature.len() >= SIGNATURE).then_some(Signed {
            value,
            joint,
            signature,
        })
    };
    JOINTS.iter().find_map(|joint| cut(joint))
}

fn is_opaque(cookie: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    cookie.len() >= OPAQUE && cookie.chars().all(plain)
}

/// A text with the letter or digit in its middle made another of its kind. The last one of base64 may hold bits that
/// nobody reads.
fn flipped(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let middle = bytes.len() / 2;
    let mut at: Vec<usize> = (0..bytes.len().saturating_sub(1)).collect();
    at.sort_by_key(|index| index.abs_diff(middle));
    // The digits of `%2F` are left alone.
    let escaped = |index: usize| (1..=2).any(|back| index >= back && bytes[index - back] == b'%');
    let at = at
        .into_iter()
        .find(|index| bytes[*index].is_ascii_alphanumeric() && !escaped(*index))?;
    bytes[at] = match bytes[at] {
        last @ (b'9' | b'f' | b'F' | b'z' | b'Z') => last - 1,
        other => other + 1,
    };
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::scripted::{Said, Scripted, status, yes};

    const A: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const B: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";

    /// Cookies of alice and bob, and which others are taken for alice's.
    fn judged(alice: String, bob: String, taken: fn(&str) -> bool) -> Vec<(String, &'static str)> {
        let (alice, bob): (&'static str, &'static str) = (alice.leak(), bob.leak());
        let mut again = false;
        let mut lab = Scripted::new(move |step| {
            let token = step.token.as_deref();
            let cookie = token.and_then(|token| token.strip_prefix("raw:"));
            match cookie {
                None => yes(),
                Some(cookie) if taken(cookie) => Said {
                    disclosed: vec!["the e-mail address of bob".into()],
                    ..yes()
                },
                Some(_) => status(401),
            }
        });
        lab.sign_in = Some(Box::new(move |actor| {
            if actor == "bob" {
                return bob.to_owned();
            }
            again = !again;
            // A session of the same user has another signature each time.
            match again {
                true => alice.replace('A', "C"),
                false => alice.to_owned(),
            }
        }));
        let attempts = lab.run(&PROBE);
        attempts
            .into_iter()
            .map(|(name, verdict)| (name, verdict.word()))
            .collect()
    }

    #[track_caller]
    fn check(joint: &str, taken: fn(&str) -> bool, want: &[&str]) {
        let cookie = |value: &str, signature: &str| format!("{value}{joint}{signature}");
        let got = judged(cookie("alices-value", A), cookie("bobs-value", B), taken);
        let got: Vec<_> = got.iter().map(|(_, word)| *word).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn a_signature_that_is_checked_passes_whatever_joins_it() {
        for joint in JOINTS {
            check(joint, |_| false, &["pass"; 5]);
        }
    }

    #[test]
    fn each_way_around_the_signature_fails() {
        check(".", |_| true, &["fail"; 5]);
        let by_signature: fn(&str) -> bool = |cookie| cookie.ends_with(A);
        check(".", by_signature, &["fail", "pass", "pass", "pass", "fail"]);
        let optional: fn(&str) -> bool = |cookie| cookie == "alices-value";
        check(".", optional, &["pass", "pass", "fail", "pass", "pass"]);
    }

    #[test]
    fn what_is_no_signature_is_left_alone() {
        // The name of a server after an id, and an id with a version before it.
        let words = |alice: &str, bob: &str| judged(alice.into(), bob.into(), |_| true);
        let skipped = [("a changed value".to_owned(), "skipped")];
        assert_eq!(
            words(&format!("{A}.node-1"), &format!("{B}.node-1")),
            skipped
        );
        let server = "web-7d9f8b6c5d-x2x4q-zone1";
        assert_eq!(
            words(&format!("1{A}.{server}"), &format!("1{B}.{server}")),
            skipped
        );
    }

    #[test]
    fn one_character_of_an_opaque_cookie_counts() {
        let words = |taken| judged(A.into(), B.into(), taken);
        assert_eq!(words(|_| false), [("a changed value".to_owned(), "pass")]);
        assert_eq!(words(|_| true), [("a changed value".to_owned(), "fail")]);
    }

    #[test]
    fn a_change_stays_in_its_kind_and_out_of_escapes() {
        assert_eq!(flipped("0123f567").as_deref(), Some("0123e567"));
        assert_eq!(flipped("ab%2Fcd").as_deref(), Some("ac%2Fcd"));
        assert_eq!(flipped("--"), None);
    }
}
