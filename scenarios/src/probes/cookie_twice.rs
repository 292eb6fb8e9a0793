//! The session cookies of two users under one name in one request.

use super::burst::only;
use super::owners::step;
use super::winner;
use super::{Attempt, Lab, Probe, Run};
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "cookie-twice",
    run: |lab| -> Run<'_> { Box::pin(twice(lab)) },
};

/// A session cookie of each of the two, by their names.
type Cookies = [(&'static str, String); 2];

const NAME: &str = "one user's cookie before another's";
const FAULT: (Severity, &str) = (
    Severity::Low,
    "of two session cookies of one name, one route takes the first and another the second",
);

async fn twice(lab: &mut dyn Lab) -> Vec<Attempt> {
    let (line, cookies) = match both(lab).await {
        Ok(both) => both,
        Err(why) => return only(NAME, Verdict::Inconclusive(why)),
    };
    // Everybody sends requests for what is his own, so that the first is once the sender's and once the other's.
    let double = move |_: &str, step: Step| {
        let mut headers = step.headers.clone();
        headers.insert("Cookie".to_owned(), line.clone());
        Step {
            token: Some("saved.alice".into()),
            headers,
            ..step
        }
    };
    let mut attempt = winner::attempt(lab, NAME, &double, FAULT).await;
    // Two cookies that ended meanwhile are refused whatever the order.
    if matches!(attempt.verdict, Verdict::Pass { .. })
        && let Err(why) = still_good(lab, &cookies).await
    {
        attempt.verdict = Verdict::Inconclusive(why);
    }
    vec![attempt]
}

/// The text of the header with both cookies, and each of them by its user.
async fn both(lab: &mut dyn Lab) -> Result<(String, Cookies), String> {
    let name = lab.text("{cookie}")?;
    let cookies = [
        ("alice", lab.fresh_token("alice").await?),
        ("bob", lab.fresh_token("bob").await?),
    ];
    let [(_, first), (_, second)] = &cookies;
    let line = format!("{name}={first}; {name}={second}");
    Ok((line, cookies))
}

async fn still_good(lab: &mut dyn Lab, cookies: &Cookies) -> Result<(), String> {
    for (user, cookie) in cookies {
        let alone = Step {
            token: Some(format!("raw:{cookie}")),
            ..step(user, "probe")
        };
        let sent = lab.send(alone, true).await?;
        if !sent.accepted {
            let outcome = sent.exchange.outcome();
            return Err(format!(
                "the cookie of {user} alone was answered {outcome} afterwards"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::scripted::{Scripted, status, yes};

    #[test]
    fn without_a_second_account_nothing_is_said() {
        let mut lab = Scripted::new(|_| yes());
        lab.texts = [("{cookie}", "sid")].into();
        assert_eq!(lab.words(&PROBE), ["inconclusive"]);
    }

    #[test]
    fn users_who_cannot_sign_in_say_nothing() {
        let mut lab = Scripted::new(|_| status(401));
        lab.texts = [("{cookie}", "sid")].into();
        lab.sign_in = Some(Box::new(|actor: &str| format!("cookie-of-{actor}")));
        assert_eq!(lab.words(&PROBE), ["inconclusive"]);
    }

    #[test]
    fn both_cookies_go_in_one_header() {
        let mut lab = Scripted::new(|_| yes());
        lab.texts = [("{cookie}", "sid")].into();
        lab.sign_in = Some(Box::new(|actor: &str| format!("cookie-of-{actor}")));
        let (line, _) = crate::probes::testing::finish(both(&mut lab)).unwrap();
        assert_eq!(line, "sid=cookie-of-alice; sid=cookie-of-bob");
        // Nobody's data stands in these answers, so that there is nothing to compare.
        assert_eq!(lab.words(&PROBE), ["skipped"]);
    }
}
