//! What stands in the cookies of a login for everybody who can decode: passwords, hashes, and who the user is.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

use super::burst::only;
use super::cookie_in_body::decoded;
use super::session_cookie::signed_in;
use super::set_cookie::SetCookie;
use super::{Attempt, Lab, Probe, Run};
use crate::model::Severity;
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "readable-cookies",
    run: |lab| -> Run<'_> { Box::pin(cookies(lab)) },
};

/// A shorter password stands in a text by chance.
const SHORTEST: usize = 8;

async fn cookies(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = looked_at(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only("the cookies of a login", verdict)
}

async fn looked_at(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let signed = signed_in(lab).await?;
    let user = User {
        password: lab.text("{alice.password}")?,
        // What is not known of a supplied account is looked for in no cookie.
        email: lab.text("{alice.email}").unwrap_or_default(),
    };
    let set = signed.login.response().into_iter();
    let verdicts = set
        .flat_map(SetCookie::all)
        .map(|cookie| judged(&cookie, &user));
    Ok(Verdict::worst(verdicts).unwrap_or(Verdict::PASS))
}

/// Whose the cookies are.
struct User {
    password: String,
    email: String,
}

fn judged(cookie: &SetCookie, user: &User) -> Verdict {
    let texts = readings(&cookie.value);
    let any = |test: &dyn Fn(&str) -> bool| texts.iter().any(|text| test(text));
    let password = user.password.len() >= SHORTEST && any(&|text| text.contains(&user.password));
    let hash = any(&|text| {
        let pattern = crate::judge::HASH.as_ref();
        pattern.is_some_and(|pattern| pattern.is_match(text))
    });
    let found = match (password, hash) {
        (true, _) => "the password",
        (false, true) => "a password hash",
        (false, false) => {
            let email = user.email.to_lowercase();
            let told = !email.is_empty() && any(&|text| text.to_lowercase().contains(&email));
            let note = told.then(|| {
                let name = &cookie.name;
                format!("whoever reads the cookie {name} reads the e-mail address of its user")
            });
            return Verdict::Pass { note };
        }
    };
    Verdict::Fail(Mismatch {
        consequence: "whoever gets at a cookie, in the browser or on the way, reads the password or what it can be \
                      guessed from"
            .into(),
        expected: "cookies without password or hash".into(),
        actual: format!("{found} in the cookie {}", cookie.name),
        severity: Severity::Medium,
    })
}

/// A value in all the ways in which it can be read without a key: as it is, without percent-encoding, its parts out of
/// base64, and the texts of what is JSON.
fn readings(value: &str) -> Vec<String> {
    let plain = decoded(value);
    let parts = plain.split(['.', ':', '|', '&', ' ', '"']);
    let whole = [plain.as_str()].into_iter();
    let unpacked: Vec<String> = whole.chain(parts).filter_map(out_of_base64).collect();
    let mut all = vec![value.to_owned(), plain];
    all.extend(unpacked);
    let mut strings = Vec::new();
    for text in &all {
        if let Ok(json) = serde_json::from_str::<Value>(text) {
            texts_of(&json, &mut strings);
        }
    }
    all.extend(strings);
    all
}

/// The text behind base64 of either alphabet; bytes that are no text are a signature, or encrypted.
fn out_of_base64(part: &str) -> Option<String> {
    let part = part.trim_end_matches('=');
    let part = part.replace('+', "-").replace('/', "_");
    String::from_utf8(Base64UrlUnpadded::decode_vec(&part).ok()?).ok()
}

fn texts_of(json: &Value, all: &mut Vec<String>) {
    match json {
        Value::String(text) => all.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, all)),
        Value::Object(members) => members.values().for_each(|item| texts_of(item, all)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Response;
    use crate::probes::scripted::{Said, Scripted, yes};
    use base64ct::Base64;

    const PASSWORD: &str = "Correct-horse-7";
    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

    /// What the probe says of a login that sets this cookie beside that of the session.
    #[track_caller]
    fn check(value: &str, want: &str) {
        let lines = [
            "sid=q8Xw2TzP7nK4vB6m; HttpOnly".to_owned(),
            format!("seen={value}; Path=/"),
        ];
        let mut lab = Scripted::new(move |_| Said {
            response: Response {
                status: 200,
                headers: lines
                    .iter()
                    .map(|line| ("set-cookie".into(), line.clone()))
                    .collect(),
                ..Response::default()
            },
            ..yes()
        });
        lab.texts = [
            ("{cookie}", "sid"),
            ("{alice.password}", PASSWORD),
            ("{alice.email}", "alice@example.com"),
        ]
        .into();
        let verdict = match lab.run(&PROBE).pop() {
            Some((_, Verdict::Pass { note: Some(_) })) => "noted",
            Some((_, verdict)) => verdict.word(),
            None => "nothing",
        };
        assert_eq!(verdict, want, "{value}");
    }

    fn jwt(claims: &str) -> String {
        let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
        format!(
            "{}.{}.c2lnbmF0dXJl",
            part(r#"{"alg":"HS256"}"#),
            part(claims)
        )
    }

    #[test]
    fn a_password_is_found_however_it_is_written() {
        check(PASSWORD, "fail");
        check("Correct%2dhorse%2D7", "fail");
        let pair = format!("alice@example.com:{PASSWORD}");
        check(&Base64::encode_string(pair.as_bytes()), "fail");
        check(&jwt(&format!(r#"{{"pw":"{PASSWORD}"}}"#)), "fail");
        // As cookie-parser of Express writes an object.
        check("j%3A%7B%22password%22%3A%22Correct-horse-7%22%7D", "fail");
        check(&jwt(r#"{"pw":"Correct\u002dhorse-7"}"#), "fail");
    }

    #[test]
    fn a_hash_is_found_however_it_is_written() {
        check(&jwt(&format!(r#"{{"user":{{"hash":"{HASH}"}}}}"#)), "fail");
        check(&HASH.replace('$', "%24").replace(',', "%2C"), "fail");
    }

    #[test]
    fn an_address_is_noted_and_what_cannot_be_read_passes() {
        check(&jwt(r#"{"email":"Alice@Example.com"}"#), "noted");
        check("alice%40example.com", "noted");
        check(&jwt(r#"{"sub":"7"}"#), "pass");
        check("s%3Aq8Xw2TzP7nK4vB6m.c2lnbmF0dXJl%2Fx", "pass");
        check(&Base64::encode_string(&[0xff; 40]), "pass");
        check("", "pass");
    }

    #[test]
    fn a_login_without_a_cookie_says_nothing() {
        let mut lab = Scripted::new(|_| yes());
        assert_eq!(lab.words(&PROBE), ["inconclusive"]);
    }
}
