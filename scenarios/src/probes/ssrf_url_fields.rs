//! Members of an object that look like addresses, each with one of the harness's own listener: who calls it follows them.

use super::burst::only;
use super::owners::{on, step};
use super::volley::clear;
use super::{Attempt, Lab, Lure, Probe, Run, Sent};
use crate::exchange::Response;
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "ssrf-url-fields",
    run: |lab| -> Run<'_> { Box::pin(offered(lab)) },
};

const MEMBERS: [&str; 6] = [
    "url",
    "image_url",
    "avatar_url",
    "webhook_url",
    "callback_url",
    "link",
];

/// How an address gets into an object, and the name that the object is saved under.
#[derive(Debug, Clone, Copy)]
enum Way {
    Create,
    Update,
}

impl Way {
    fn object(self) -> &'static str {
        match self {
            Way::Create => "made",
            Way::Update => "own",
        }
    }

    fn step(self) -> Step {
        match self {
            Way::Create => Step {
                save: Some(self.object().to_owned()),
                ..step("alice", "object.create")
            },
            Way::Update => on("alice", "object.update", self.object()),
        }
    }
}

async fn offered(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = called(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only("addresses of our own", verdict)
}

async fn called(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let own = Step {
        save: Some(Way::Update.object().to_owned()),
        ..step("alice", "object.create")
    };
    let own = lab.send(own, true).await?;
    if !own.accepted {
        let outcome = own.exchange.outcome();
        return Err(format!("alice could not make an object: {outcome}"));
    }
    let lure = lab.lure().await?;
    let mut kept = written(lab, &lure.url, Way::Create).await?;
    // Not every profile has a way to change objects.
    if lab.path(&step("alice", "object.update")).is_ok() {
        kept.extend(written(lab, &lure.url, Way::Update).await?);
    }
    kept.sort_unstable();
    kept.dedup();
    let contact = lab.lured(&lure).await;
    Ok(judged(contact.as_deref(), &kept, &lure))
}

/// The members that are kept; one by one where all at once are refused.
async fn written(lab: &mut dyn Lab, base: &str, way: Way) -> Result<Vec<&'static str>, String> {
    if let Some(kept) = tried(lab, base, way, &MEMBERS).await? {
        return Ok(kept);
    }
    let mut kept = Vec::new();
    for member in MEMBERS {
        let alone = tried(lab, base, way, &[member]).await?;
        kept.extend(alone.unwrap_or_default());
    }
    Ok(kept)
}

/// Which of these members are kept; nothing where they are refused.
async fn tried(
    lab: &mut dyn Lab,
    base: &str,
    way: Way,
    members: &[&'static str],
) -> Result<Option<Vec<&'static str>>, String> {
    let address = |member: &str| format!("{base}/{member}");
    let extra = members
        .iter()
        .map(|member| ((*member).to_owned(), address(member).into()));
    let write = Step {
        extra: extra.collect(),
        ..way.step()
    };
    let sent = lab.send(write, false).await?;
    if !clear(&sent) {
        let outcome = sent.exchange.outcome();
        return Err(format!("an object with addresses was answered {outcome}"));
    }
    if !succeeded(&sent) {
        return Ok(None);
    }
    // What its owner reads is kept; where nothing can be read, the answer to the write is all there is.
    let read = lab.send(on("alice", "object.read", way.object()), true);
    let read = read.await.ok().filter(succeeded).unwrap_or(sent);
    let text = text_of(&read);
    let kept = members.iter().copied();
    Ok(Some(
        kept.filter(|member| text.contains(&address(member)))
            .collect(),
    ))
}

fn succeeded(sent: &Sent) -> bool {
    sent.exchange.response().is_some_and(Response::is_success)
}

/// The body, with slashes as they are where the target writes them as `\/`.
fn text_of(sent: &Sent) -> String {
    let response = sent.exchange.response();
    response.map_or_else(String::new, |response| response.text().replace("\\/", "/"))
}

/// `contact` is the first line of the request that came to the listener.
fn judged(contact: Option<&str>, kept: &[&str], lure: &Lure) -> Verdict {
    let Some(line) = contact else {
        return match kept {
            [] => Verdict::Skipped(format!(
                "the target has no field for an address, as far as can be seen: it shows none of {} back",
                MEMBERS.join(", ")
            )),
            kept if !lure.reached => Verdict::Inconclusive(format!(
                "{} kept and no call came, and nothing showed that the target can reach the listener",
                kept.join(", ")
            )),
            kept => Verdict::noted(format!("{} kept, and no call came", kept.join(", "))),
        };
    };
    let place = line.split(' ').nth(1).unwrap_or_default();
    let place = place.split('?').next().unwrap_or_default();
    let last = place.rsplit('/').next().unwrap_or_default();
    let named = MEMBERS.into_iter().find(|member| *member == last);
    let named = named.unwrap_or("one of the members");
    if lure.public {
        return Verdict::Pass {
            note: Some(format!(
                "the target called the address in {named}; whether it calls addresses inside its network too does not \
                 show at a listener that everybody can reach: give --listen-address one inside"
            )),
        };
    }
    Verdict::Fail(Mismatch {
        consequence: "users make the server call addresses inside its own network".into(),
        expected: "no call to an address that stands in the data of a user".into(),
        actual: format!("a call to the address in {named}, at our listener"),
        severity: Severity::High,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::scripted::{Said, Scripted, status, yes};

    fn lure(public: bool, reached: bool) -> Lure {
        Lure {
            url: "http://127.0.0.1:9/once".into(),
            public,
            reached,
        }
    }

    #[test]
    fn a_listener_that_may_be_out_of_reach_shows_nothing() {
        assert_eq!(judged(None, &["link"], &lure(false, true)).word(), "pass");
        let unreached = judged(None, &["link"], &lure(false, false));
        assert_eq!(unreached.word(), "inconclusive");
        assert_eq!(judged(None, &[], &lure(false, false)).word(), "skipped");
    }

    /// A target that keeps these members, and refuses a body with any other where it is strict.
    fn target(
        keeps: &'static [&'static str],
        strict: bool,
    ) -> Scripted<impl FnMut(&Step) -> Said + Send> {
        let mut stored = String::new();
        Scripted::new(move |step: &Step| match step.call.as_deref() {
            Some("object.create") => {
                let known = |name: &&String| keeps.contains(&name.as_str());
                if strict && !step.extra.keys().all(|name| known(&name)) {
                    return status(422);
                }
                let kept = step.extra.iter().filter(|(name, _)| known(name));
                let kept: Vec<_> = kept.map(|(_, value)| value.to_string()).collect();
                stored = kept.join(",").replace('/', "\\/");
                yes()
            }
            Some("object.read") => {
                let mut said = yes();
                said.response.body = stored.clone().into_bytes();
                said
            }
            _ => yes(),
        })
    }

    #[track_caller]
    fn check(
        keeps: &'static [&'static str],
        strict: bool,
        called: Option<&'static str>,
        want: &str,
    ) {
        let mut lab = target(keeps, strict);
        lab.called = called;
        assert_eq!(lab.words(&PROBE), [want]);
    }

    #[test]
    fn an_address_that_is_kept_and_not_called_passes() {
        check(&["image_url"], false, None, "pass");
        check(&["link"], true, None, "pass");
    }

    #[test]
    fn without_a_field_for_addresses_nothing_is_said() {
        check(&[], false, None, "skipped");
        check(&[], true, None, "skipped");
    }

    #[test]
    fn an_address_that_is_called_fails_whether_it_is_kept_or_not() {
        check(&["link"], false, Some("GET /once/link HTTP/1.1"), "fail");
        check(&[], false, Some("HEAD /once/link?x=1 HTTP/1.1"), "fail");
    }

    #[test]
    fn a_listener_that_everybody_reaches_shows_nothing_of_the_inside() {
        let verdict = judged(
            Some("GET /once/webhook_url HTTP/1.1"),
            &[],
            &lure(true, true),
        );
        let Verdict::Pass { note: Some(note) } = verdict else {
            panic!("{verdict:?}");
        };
        assert!(note.contains("the address in webhook_url"), "{note}");
    }

    #[test]
    fn a_target_that_makes_no_object_says_nothing() {
        let mut lab = Scripted::new(|_: &Step| status(403));
        assert_eq!(lab.words(&PROBE), ["inconclusive"]);
        let mut lab = Scripted::new(|step: &Step| match step.extra.is_empty() {
            true => yes(),
            false => status(500),
        });
        assert_eq!(lab.words(&PROBE), ["inconclusive"]);
    }
}
