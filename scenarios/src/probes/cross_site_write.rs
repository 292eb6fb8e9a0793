//! Whether a page of another site can make a browser write with the cookies of its user.

use super::burst::right_login;
use super::owners::{Sheet, has, step};
use super::set_cookie::SetCookie;
use super::volley::clear;
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "cross-site-write",
    run: |lab| -> Run<'_> { Box::pin(forged(lab)) },
};

/// What a page can send anywhere without asking first (Fetch, CORS-safelisted request-header): the names of the attempts,
/// and the media type where it is not that of the profile.
const FORMS: [(&str, Option<&str>); 2] = [
    ("as text of another site", None),
    (
        "as a form of another site",
        Some("application/x-www-form-urlencoded"),
    ),
];

async fn forged(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut sheet = Sheet::default();
    let held_back = match held_back(lab).await {
        Ok(held_back) => held_back,
        Err(why) => return sheet.stopped(lab, "login".into(), why),
    };
    for (name, media_type) in FORMS {
        let verdict = written(lab, media_type, held_back.as_deref()).await;
        let verdict = verdict.unwrap_or_else(Verdict::Inconclusive);
        sheet.enter(lab, name.into(), verdict);
    }
    sheet.done()
}

/// The `SameSite` by which browsers keep the session cookie from requests of other sites.
async fn held_back(lab: &mut dyn Lab) -> Result<Option<String>, String> {
    let name = lab.text("{cookie}")?;
    let login = lab.send(right_login("alice"), true).await?;
    let Some(response) = login.exchange.response().filter(|_| clear(&login)) else {
        let outcome = login.exchange.outcome();
        return Err(format!("the login was answered {outcome}"));
    };
    let cookie = SetCookie::all(response).find(|cookie| cookie.name == name);
    let cookie = cookie.ok_or_else(|| format!("the login set no cookie `{name}`"))?;
    let same_site = cookie.attribute("samesite").map(str::to_ascii_lowercase);
    Ok(same_site.filter(|value| ["lax", "strict"].contains(&value.as_str())))
}

async fn written(
    lab: &mut dyn Lab,
    media_type: Option<&str>,
    held_back: Option<&str>,
) -> Result<Verdict, String> {
    let own = lab.send(step("alice", "object.create"), true).await?;
    if !own.accepted {
        let outcome = own.exchange.outcome();
        return Err(format!("alice's own object was answered {outcome}"));
    }
    let headers = [
        ("Origin", Some("https://evil.example")),
        ("Sec-Fetch-Site", Some("cross-site")),
        ("Sec-Fetch-Mode", Some("no-cors")),
        ("Content-Type", media_type),
    ];
    let headers = headers
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name.to_owned(), value.to_owned())));
    let attack = Step {
        simple: true,
        headers: headers.collect(),
        ..step("alice", "object.create")
    };
    let sent = lab.send(attack, false).await?;
    if !sent.accepted && !stands(lab, &sent).await? {
        return match clear(&sent) {
            true => Ok(Verdict::PASS),
            false => Err(format!("it was answered {}", sent.exchange.outcome())),
        };
    }
    Ok(match held_back {
        Some(value) => Verdict::Pass {
            note: Some(format!(
                "the API writes for pages of other sites; only SameSite={value} of its cookie keeps them from it"
            )),
        },
        None => Verdict::Fail(Mismatch {
            consequence: "any page that a user visits can write as that user".into(),
            expected: "a refusal, and no new object".into(),
            actual: format!("{}, and the object is there", sent.exchange.outcome()),
            severity: Severity::High,
        }),
    })
}

/// Whether what was sent stands in the list, whatever the answer said.
async fn stands(lab: &mut dyn Lab, sent: &Sent) -> Result<bool, String> {
    let Some(marker) = sent.marker.as_deref().filter(|_| has(lab, "object.list")) else {
        return Ok(false);
    };
    let list = lab.send(step("alice", "object.list"), true).await?;
    let response = list.exchange.response().filter(|_| clear(&list));
    let response = response.ok_or_else(|| {
        let outcome = list.exchange.outcome();
        format!("alice's list was answered {outcome}")
    })?;
    Ok(response.text().contains(marker))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Response;
    use crate::probes::scripted::{Said, Scripted, status, yes};

    #[track_caller]
    fn check(cookie: &'static str, forged: fn(&Step) -> Said, want: [&str; 2]) {
        let mut lab = Scripted::new(move |step| match step.call.as_deref() {
            Some("login") => Said {
                response: Response {
                    status: 200,
                    headers: vec![("set-cookie".into(), cookie.into())],
                    ..Response::default()
                },
                ..yes()
            },
            Some("object.create") if step.simple => forged(step),
            _ => yes(),
        });
        lab.texts = [("{cookie}", "sid")].into();
        assert_eq!(lab.words(&PROBE), want);
    }

    #[test]
    fn what_other_sites_can_send_must_write_nothing() {
        let none = "sid=x; SameSite=None; Secure";
        check(none, |_| status(403), ["pass", "pass"]);
        check(none, |_| yes(), ["fail", "fail"]);
        check("sid=x; Path=/", |_| yes(), ["fail", "fail"]);
        let forms_alone: fn(&Step) -> Said = |step| match step.headers.contains_key("Content-Type")
        {
            true => yes(),
            false => status(415),
        };
        check(none, forms_alone, ["pass", "fail"]);
    }

    #[test]
    fn a_cookie_that_stays_at_home_is_noted() {
        check("sid=x; samesite=LAX", |_| yes(), ["pass", "pass"]);
        check("sid=x; SameSite=Strict", |_| yes(), ["pass", "pass"]);
    }

    #[test]
    fn without_an_answer_nothing_is_said() {
        let none = "sid=x; SameSite=None";
        check(none, |_| status(503), ["inconclusive", "inconclusive"]);
        check(none, |_| status(429), ["inconclusive", "inconclusive"]);
    }
}
