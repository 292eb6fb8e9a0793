//! A credential whose owner has signed out, in other spellings that a lenient reader takes for the same one.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::burst::only;
use super::jws::Jws;
use super::owners::{Sheet, step};
use super::volley::{accepted, clear, sign_in};
use super::{Attempt, Lab, Probe, Run};
use crate::model::{Carry, Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "revoked-spellings",
    run: |lab| -> Run<'_> { Box::pin(spelt(lab)) },
};

const SAVED: &str = "ended";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The order of P-256 (FIPS 186-4 D.1.2.3): with (r, s) the pair (r, order - s) is a signature too.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

async fn spelt(lab: &mut dyn Lab) -> Vec<Attempt> {
    let token = match signed_out(lab).await {
        Ok(Ok(token)) => token,
        Ok(Err(why)) => return only("after the logout", Verdict::Skipped(why)),
        Err(why) => return only("after the logout", Verdict::Inconclusive(why)),
    };
    let mut spellings: Vec<_> = texts(&token, lab.by_cookie())
        .into_iter()
        .map(|(name, text)| (name, sent_as(text)))
        .collect();
    // Where the profile has no scheme before its tokens, there is none to write otherwise.
    if lab.text("{scheme}").is_ok() {
        let carry = Some(Carry::Scheme("{scheme|swapcase}".into()));
        let step = Step {
            carry,
            ..sent_as(token)
        };
        spellings.push(("the scheme in other letters", step));
    }
    let mut sheet = Sheet::default();
    for (name, step) in spellings {
        let verdict = refused(lab, step)
            .await
            .unwrap_or_else(Verdict::Inconclusive);
        sheet.enter(lab, name.into(), verdict);
    }
    sheet.done()
}

/// The text of a credential that worked and is refused since its owner signed out; else why there is none to look at.
async fn signed_out(lab: &mut dyn Lab) -> Result<Result<String, String>, String> {
    sign_in(lab, SAVED).await?;
    let Some(token) = lab.access_token(SAVED) else {
        return Err("a login gives no credential".into());
    };
    if !accepted(lab, by("probe")).await? {
        return Err("the credential of a login was refused".into());
    }
    let logout = Step {
        using: Some(SAVED.into()),
        ..by("logout")
    };
    if !accepted(lab, logout).await? {
        return Err("a logout was refused".into());
    }
    let afterwards = Step {
        wait: Some("{cache}".into()),
        ..by("probe")
    };
    Ok(match accepted(lab, afterwards).await? {
        true => Err("a credential lives on after a logout (see session.logout-revokes)".into()),
        false => Ok(token),
    })
}

fn by(call: &str) -> Step {
    Step {
        token: Some(format!("saved.{SAVED}")),
        ..step("alice", call)
    }
}

fn sent_as(text: String) -> Step {
    Step {
        token: Some(format!("raw:{text}")),
        ..step("alice", "probe")
    }
}

async fn refused(lab: &mut dyn Lab, spelling: Step) -> Result<Verdict, String> {
    let sent = lab.send(spelling, false).await?;
    let outcome = sent.exchange.outcome();
    if !clear(&sent) {
        return Err(format!("it was answered {outcome}"));
    }
    if !sent.accepted {
        return match sent.disclosed.is_empty() {
            true => Ok(Verdict::PASS),
            false => Err(format!("{outcome} with {}", sent.disclosed.join(", "))),
        };
    }
    // What works again by itself was not brought back by how it was written.
    if accepted(lab, by("probe")).await? {
        return Err("the credential works again as it was given".into());
    }
    Ok(Verdict::Fail(Mismatch {
        consequence: "a credential that its owner has ended works again in another spelling".into(),
        expected: "a refusal, as for the credential as it was given".into(),
        actual: format!("{outcome} with the identity of its owner"),
        severity: Severity::Medium,
    }))
}

/// The credential in other spellings. Each holds it whole, or is masked as a token is, wherever it is reported.
fn texts(token: &str, by_cookie: bool) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("a blank before it", format!(" {token}")),
        ("a blank behind it", format!("{token} ")),
        ("a dot behind it", format!("{token}.")),
    ];
    match Jws::read(token) {
        Some(jws) => {
            for (which, name) in [
                "padding in the header",
                "padding in the payload",
                "padding in the signature",
            ]
            .into_iter()
            .enumerate()
            {
                all.push((name, with_part(token, which, padded)));
            }
            let ends = with_unused_bits(token);
            all.extend(ends.map(|text| ("unused bits in the signature", text)));
            let twin = twin(token).filter(|_| jws.named("alg") == Some("ES256"));
            all.extend(twin.map(|text| ("the other signature of the pair", text)));
        }
        None => all.push(("padding", padded(token))),
    }
    // What holds escapes already has another meaning when they are escaped.
    let escaped = escaped(token);
    if by_cookie && !token.contains('%') && escaped != token {
        all.push(("percent-encoding", escaped));
    }
    all
}

fn padded(text: &str) -> String {
    match text.len() % 4 {
        0 => format!("{text}===="),
        used => format!("{text}{}", "=".repeat(4 - used)),
    }
}

/// A token with one of its three parts written otherwise.
fn with_part(token: &str, which: usize, write: fn(&str) -> String) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    if let Some(part) = parts.get_mut(which) {
        *part = write(part);
    }
    parts.join(".")
}

/// The token with the bits of its last character set that no byte of the signature uses.
fn with_unused_bits(token: &str) -> Option<String> {
    let (_, signature) = token.rsplit_once('.')?;
    let unused = match signature.len() % 4 {
        2 => 0b1111,
        3 => 0b11,
        _ => return None,
    };
    let (last, rest) = token.as_bytes().split_last()?;
    let index = ALPHABET.iter().position(|letter| letter == last)?;
    let rest = std::str::from_utf8(rest).ok()?;
    Some(format!("{rest}{}", char::from(ALPHABET[index ^ unused])))
}

/// The token with the other signature that goes with a signature on P-256 (RFC 7518 3.4).
fn twin(token: &str) -> Option<String> {
    let (message, signature) = token.rsplit_once('.')?;
    let mut signature = Base64UrlUnpadded::decode_vec(signature).ok()?;
    let s: [u8; 32] = signature.get(32..)?.try_into().ok()?;
    signature.truncate(32);
    signature.extend(order_minus(&s));
    let signature = Base64UrlUnpadded::encode_string(&signature);
    Some(format!("{message}.{signature}"))
}

/// Big-endian; no part of a signature is above the order.
fn order_minus(s: &[u8; 32]) -> [u8; 32] {
    let mut difference = [0; 32];
    let mut borrowed = false;
    for at in (0..32).rev() {
        let (byte, first) = ORDER[at].overflowing_sub(s[at]);
        let (byte, second) = byte.overflowing_sub(u8::from(borrowed));
        difference[at] = byte;
        borrowed = first || second;
    }
    difference
}

/// A value of a cookie with all but letters and digits as escapes (RFC 3986 2.1).
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::jws::written;
    use crate::probes::scripted::{Said, Scripted, status, yes};
    use serde_json::json;

    const OPAQUE: &str = "Zm9v-YmFy";

    fn token(alg: &str, signature: &[u8]) -> String {
        let token = written(&json!({"alg": alg}), &json!({"sub": "7"}));
        let (message, _) = token.rsplit_once('.').unwrap();
        format!("{message}.{}", Base64UrlUnpadded::encode_string(signature))
    }

    /// What comes back for the text of a token that is not the one of the login.
    type Reads = fn(&str) -> Said;

    /// How a target goes on after the logout: what the credential as it was given gets, and what others get.
    fn verdicts(token: &str, logout: u16, given: u16, others: Reads) -> Vec<(String, Verdict)> {
        let (token, mut ended) = (token.to_owned(), false);
        let answer = |code| match code {
            200 => yes(),
            code => status(code),
        };
        let mut lab = Scripted::new(move |step| {
            let raw = step
                .token
                .as_deref()
                .and_then(|text| text.strip_prefix("raw:"));
            match (step.call.as_deref(), raw) {
                (Some("login"), _) => Said {
                    access: Some(token.clone()),
                    ..yes()
                },
                (Some("logout"), _) => {
                    ended = true;
                    answer(logout)
                }
                (_, Some(text)) if text != token => others(text),
                _ if ended => answer(given),
                _ => yes(),
            }
        });
        lab.run(&PROBE)
    }

    #[track_caller]
    fn check(others: Reads, want: &str) {
        let got = verdicts(&token("HS256", &[7; 32]), 200, 401, others);
        let worst = Verdict::worst(got.into_iter().map(|(_, verdict)| verdict)).unwrap();
        assert_eq!(worst.word(), want);
    }

    #[test]
    fn a_target_that_reads_strictly_or_ends_the_session_passes() {
        check(|_| status(401), "pass");
        check(|_| status(400), "pass");
    }

    #[test]
    fn each_spelling_that_works_again_fails() {
        let failed = |others: Reads| -> Vec<String> {
            let got = verdicts(&token("HS256", &[7; 32]), 200, 401, others);
            let failed = got
                .into_iter()
                .filter(|(_, verdict)| verdict.word() == "fail");
            failed.map(|(name, _)| name).collect()
        };
        let lenient: Reads = |text| match text.ends_with('=') {
            true => yes(),
            false => status(401),
        };
        assert_eq!(failed(lenient), ["padding in the signature"]);
        let trimmed: Reads = |text| match text.trim() == text {
            true => status(401),
            false => yes(),
        };
        assert_eq!(failed(trimmed), ["a blank before it", "a blank behind it"]);
        let any: Reads = |_| yes();
        assert_eq!(failed(any).len(), 7);
    }

    #[test]
    fn what_says_nothing_is_inconclusive() {
        check(|_| status(429), "inconclusive");
        check(|_| status(500), "inconclusive");
        let of_another: Reads = |_| Said {
            disclosed: vec!["the e-mail address of bob".into()],
            ..status(200)
        };
        check(of_another, "inconclusive");
    }

    #[test]
    fn only_after_a_logout_that_ends_a_credential_anything_is_judged() {
        let words = |logout, given| -> Vec<&'static str> {
            let got = verdicts(OPAQUE, logout, given, |_| yes());
            got.iter().map(|(_, verdict)| verdict.word()).collect()
        };
        assert_eq!(words(200, 200), ["skipped"]);
        assert_eq!(words(403, 401), ["inconclusive"]);
        assert_eq!(words(200, 500), ["inconclusive"]);
    }

    #[test]
    fn the_spellings_of_an_opaque_credential_are_these() {
        let names = |token: &str, by_cookie| -> Vec<&'static str> {
            let all = texts(token, by_cookie).into_iter();
            all.map(|(name, _)| name).skip(3).collect()
        };
        assert_eq!(names(OPAQUE, false), ["padding"]);
        assert_eq!(names(OPAQUE, true), ["padding", "percent-encoding"]);
        assert_eq!(names("a%2Fb", true), ["padding"]);
        assert_eq!(names("abcd", true), ["padding"]);
        assert_eq!(texts(OPAQUE, true)[4].1, "Zm9v%2DYmFy");
        assert_eq!(padded("abcd"), "abcd====");
        assert_eq!(padded("abcde"), "abcde===");
    }

    #[test]
    fn another_spelling_is_the_same_signature() {
        let first = token("HS256", &[7; 32]);
        let other = with_unused_bits(&first).unwrap();
        assert_eq!(first.len(), other.len());
        assert_eq!(first[..first.len() - 1], other[..other.len() - 1]);
        assert_ne!(first, other);
        assert_eq!(with_unused_bits(&token("HS384", &[7; 48])), None);
        assert_eq!(with_part("a.b.c", 1, padded), "a.b===.c");
    }

    #[test]
    fn the_pair_of_a_signature_adds_up_to_the_order() {
        let mut one = [0; 32];
        one[31] = 1;
        assert_eq!(order_minus(&order_minus(&one)), one);
        assert_eq!(order_minus(&one)[31], 0x50);
        let first = token("ES256", &[7; 64]);
        let other = twin(&first).unwrap();
        assert_ne!(first, other);
        assert_eq!(twin(&other).as_ref(), Some(&first));
        let named = |token: &str| {
            texts(token, false)
                .iter()
                .any(|(name, _)| name.contains("pair"))
        };
        assert!(named(&first) && !named(&token("HS512", &[7; 64])));
        assert!(!named(&token("ES256", &[7; 63])));
    }
}
