//! Looks whether a backend has the contract of a preset. It only reads, and asks for nothing but what presets name.

use std::collections::BTreeMap;

use scenarios::exchange::{Answer, NoAnswer, Response};
use url::Url;

use crate::client::Client;
use crate::profile::{PRESETS, Preset, join};

use super::Stop;

/// The base URL as it was typed.
pub(super) fn base(text: &str) -> Result<Url, Stop> {
    let refuse = |why: String| {
        Stop::new(format!("`{text}` is no URL of a backend: {why}"))
            .advice("write it with its scheme, such as http://localhost:8000")
    };
    let url = Url::parse(text).map_err(|error| refuse(error.to_string()))?;
    match url.scheme() {
        "http" | "https" if url.username().is_empty() && url.password().is_none() => Ok(url),
        "http" | "https" => Err(refuse("it may not hold a user name or password".into())),
        scheme => Err(refuse(format!("`{scheme}` is not http or https"))),
    }
}

/// The preset whose signs the backend shows, all of them.
pub(crate) async fn recognise(
    base: &Url,
    client: &Client,
    has_profile: bool,
) -> Result<&'static Preset, Stop> {
    let shown = base.as_str().trim_end_matches('/');
    let mut answers: BTreeMap<&'static str, Answer> = BTreeMap::new();
    for preset in PRESETS {
        let path = preset.recognise.path;
        if !answers.contains_key(path) {
            let answer = client.get(&join(base, path)).await;
            if let Answer::Nothing(NoAnswer::Unreachable(why)) = &answer {
                return Err(Stop::new(format!("nothing answers at {shown}: {why}"))
                    .advice("start the backend, or correct the URL"));
            }
            answers.insert(path, answer);
        }
        let shows_all = answers
            .get(path)
            .is_some_and(|answer| missing(preset, answer).is_some_and(|signs| signs.is_empty()));
        if shows_all {
            return Ok(preset);
        }
    }
    Err(unrecognised(shown, &answers, has_profile))
}

/// The signs of a preset that an answer lacks; `None` where the answer says nothing at all.
fn missing(preset: &Preset, answer: &Answer) -> Option<Vec<String>> {
    let response = good(answer)?;
    let json = response.json()?;
    let pointers = preset.recognise.json_pointers.iter();
    let mut signs: Vec<String> = pointers
        .filter(|pointer| json.pointer(pointer).is_none())
        .map(|pointer| readable(pointer))
        .collect();
    let text = String::from_utf8_lossy(&response.body);
    signs.extend(
        preset
            .recognise
            .body_contains
            .filter(|sign| !text.contains(sign))
            .map(|sign| format!("the text `{sign}`")),
    );
    Some(signs)
}

fn good(answer: &Answer) -> Option<&Response> {
    match answer {
        Answer::Response(response) if (200..300).contains(&response.status) => Some(response),
        Answer::Response(_) | Answer::Nothing(_) => None,
    }
}

/// A JSON pointer as a reader knows it: `/paths/~1token/post` is `POST /token`.
fn readable(pointer: &str) -> String {
    let mut parts = pointer
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"));
    match (parts.next().as_deref(), parts.next(), parts.next()) {
        (Some("paths"), Some(path), Some(method)) => format!("{} {path}", method.to_uppercase()),
        (Some("paths"), Some(path), None) => path,
        _ => pointer.to_owned(),
    }
}

fn unrecognised(base: &str, answers: &BTreeMap<&str, Answer>, has_profile: bool) -> Stop {
    let mut found = format!("{base} shows the contract of no preset, so a profile is needed\n");
    for (path, answer) in answers {
        let outcome = match answer {
            Answer::Response(response) if good(answer).is_some() && response.json().is_some() => {
                format!("{}, JSON", response.status)
            }
            Answer::Response(response) if good(answer).is_some() => {
                format!("{}, no JSON", response.status)
            }
            Answer::Response(response) => response.status.to_string(),
            Answer::Nothing(NoAnswer::TimedOut) => "no answer in time".into(),
            Answer::Nothing(
                NoAnswer::Unreachable(why) | NoAnswer::Closed(why) | NoAnswer::Garbage(why),
            ) => {
                format!("no answer: {why}")
            }
        };
        found.push_str(&format!("  found    GET {path}: {outcome}\n"));
    }
    for preset in PRESETS {
        let answer = answers.get(preset.recognise.path);
        if let Some(signs) = answer.and_then(|answer| missing(preset, answer)) {
            found.push_str(&format!(
                "  missing  for `{}`: {}\n",
                preset.name,
                signs.join(", ")
            ));
        }
    }
    let hint = if has_profile {
        "there is an authspec.toml here: add `--profile authspec.toml` to use it\n"
    } else {
        ""
    };
    Stop::new(found.trim_end()).advice(format!("{hint}{}", how_to(base)))
}

/// How to write a profile, as a file that can be filled in.
pub(super) fn how_to(url: &str) -> String {
    format!(
        "write the backend's contract into authspec.toml, such as:\n\n{}\nor start from a preset: `extends = \"fastapi\"`. \
         docs/profile.md has every key",
        example(url)
            .lines()
            .map(|line| if line.is_empty() {
                "\n".to_owned()
            } else {
                format!("  {line}\n")
            })
            .collect::<String>()
    )
}

/// The smallest profile with everything that isolation needs.
fn example(url: &str) -> String {
    format!(
        r#"[target]
url = "{url}"

[routes]
register = "POST /api/auth/register"
login = "POST /api/auth/login"
me = "GET /api/auth/me"

[credential]
token = "/access_token"
user_id = {{ claim = "sub" }}

[[resource]]
name = "task"
create = "POST /api/{{user_id}}/tasks"
list = "GET /api/{{user_id}}/tasks"
read = "GET /api/{{user_id}}/tasks/{{id}}"
replace = "PUT /api/{{user_id}}/tasks/{{id}}"
delete = "DELETE /api/{{user_id}}/tasks/{{id}}"
json = {{ title = "{{marker}}" }}
"#
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::profile::{Overrides, Source, load};

    #[test]
    fn the_profile_that_is_proposed_is_one() {
        let text = example("http://localhost:8000");
        let source = Source::Text {
            name: "proposed",
            text: &text,
        };
        let read = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
        load(source, &Overrides::default(), &|_| None, &read).unwrap();
    }

    #[test]
    fn an_answer_lacks_what_it_does_not_show() {
        let preset = PRESETS
            .iter()
            .find(|preset| preset.name == "fastapi-oauth2-form")
            .unwrap();
        let answer = |body: &str| {
            Answer::Response(Response {
                status: 200,
                headers: vec![("content-type".into(), "application/json".into())],
                body: body.as_bytes().to_vec(),
                ..Response::default()
            })
        };
        let users = answer(r#"{"paths": {"/users": {"post": {}}, "/items": {"post": {}}}}"#);
        assert_eq!(
            missing(preset, &users),
            Some(vec!["POST /token".to_owned()])
        );
        assert_eq!(missing(preset, &answer("<html>")), None);
    }
}
