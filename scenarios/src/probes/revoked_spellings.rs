//! A credential whose owner has signed out, in other spellings that a lenient reader takes for the same one.

use super::burst::only;
use super::jws::Jws;
use super::owners::{Sheet, step};
use super::volley::{accepted, clear, sign_in};
use super::{Attempt, Lab, Probe, Run};
use crate::model::{Carry, Severity, Step};
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "revoked-spellings",
    run: |lab| -> Run<'_> { Box::pin(spelt(lab)) },
};

const SAVED: &str = "ended";
async fn spelt(lab: &mut dyn Lab) -> Vec<Attempt> {
    let token = match signed_out(lab).await {
        Ok(Ok(token)) => token,
        Ok(Err(why)) => return only("after the logout", Verdict::Skipped(why)),
        Err(why) => return only("after the logout", Verdict::Inconclusive(why)),
    };
    let mut spellings: Vec<(&str, Step)> = texts(&token, lab.by_cookie())
        .into_iter()
        .map(|(name, text)| (name, sent_as(text)))
        .collect();
    spellings.extend(forged(&token).map(|(name, recipe)| (name, through(recipe))));
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
    sign_in(lab, "alice", SAVED).await?;
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

/// The ended credential as a recipe of the forge writes it.
fn through(recipe: &str) -> Step {
    Step {
        token: Some(format!("saved.{SAVED}.{recipe}")),
        ..step("alice", "probe")
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
    Ok(Verdict::fail(
        Severity::Medium,
        "a credential that its owner has ended works again in another spelling",
        "a refusal, as for the credential as it was given",
        format!("{outcome} with the identity of its owner"),
    ))
}

/// The credential in other spellings. Each holds it whole, so that it is masked wherever it is reported.
fn texts(token: &str, by_cookie: bool) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("a blank before it", format!(" {token}")),
        ("a blank behind it", format!("{token} ")),
        ("a dot behind it", format!("{token}.")),
    ];
    if Jws::read(token).is_none() {
        let missing = match token.len() % 4 {
            0 => 4,
            used => 4 - used,
        };
        all.push(("padding", format!("{token}{}", "=".repeat(missing))));
    }
    // What holds escapes already has another meaning when they are escaped.
    let escaped = escaped(token);
    if by_cookie && !token.contains('%') && escaped != token {
        all.push(("percent-encoding", escaped));
    }
    all
}

/// The recipes that write a JSON web token otherwise, as far as they find something to write otherwise in it.
fn forged(token: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let jws = Jws::read(token);
    let signature = token.rsplit('.').next().unwrap_or_default();
    let unused = matches!(signature.len() % 4, 2 | 3);
    let twin = jws.as_ref().and_then(|jws| jws.named("alg")) == Some("ES256");
    let recipes = [
        (
            "padding in the header",
            "base64-padding#padded-header",
            true,
        ),
        (
            "padding in the payload",
            "base64-padding#padded-payload",
            true,
        ),
        (
            "padding in the signature",
            "base64-padding#padded-signature",
            true,
        ),
        ("unused bits in the signature", "base64-unused-bits", unused),
        ("the other signature of the pair", "ecdsa-twin", twin),
    ];
    recipes
        .into_iter()
        .filter(move |(_, _, fits)| jws.is_some() && *fits)
        .map(|(name, recipe, _)| (name, recipe))
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
    use base64ct::{Base64UrlUnpadded, Encoding};

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
            let sent = step.token.as_deref().unwrap_or_default();
            // What the harness would make by a recipe is known by its name here.
            let own = format!("saved.{SAVED}");
            let other = sent
                .strip_prefix("raw:")
                .or(sent.strip_prefix(&format!("{own}.")));
            match (step.call.as_deref(), other) {
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
        let lenient: Reads = |text| match text.ends_with("padded-signature") {
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
        assert_eq!(texts("abcd", false)[3].1, "abcd====");
        assert_eq!(texts("abcde", false)[3].1, "abcde===");
    }

    #[test]
    fn a_token_is_written_otherwise_where_it_can_be() {
        let names =
            |token: &str| -> Vec<&'static str> { forged(token).map(|(name, _)| name).collect() };
        let bits = "unused bits in the signature";
        let pair = "the other signature of the pair";
        assert!(names(&token("HS256", &[7; 32])).contains(&bits));
        assert!(!names(&token("HS384", &[7; 48])).contains(&bits));
        assert!(names(&token("ES256", &[7; 64])).contains(&pair));
        assert!(!names(&token("HS512", &[7; 64])).contains(&pair));
        assert_eq!(names(OPAQUE), [""; 0]);
    }
}
