//! A credential is used while its owner signs out; afterwards it must be as dead as after any logout.

use super::owners::step;
use super::volley::{Volley, accepted, at_once, fail, race, sign_in};
use super::{Attempt, Lab, Probe, Run};
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "logout-race",
    run: |lab| -> Run<'_> { Box::pin(raced(lab)) },
};

/// Uses that leave before the logout, and as many behind it.
const USES: usize = 3;
const SAVED: &str = "raced";

async fn raced(lab: &mut dyn Lab) -> Vec<Attempt> {
    let by_design = by_design(lab).await;
    race(lab, "uses beside a logout", by_design, |lab| {
        Box::pin(round(lab))
    })
    .await
}

/// Why a credential that lives on is no race: it does so after a logout that nothing runs beside, too.
async fn by_design(lab: &mut dyn Lab) -> Result<Option<String>, String> {
    sign_in(lab, "alice", SAVED).await?;
    if !accepted(lab, by("logout")).await? {
        return Err("a logout was refused".into());
    }
    let lives = accepted(lab, afterwards()).await?;
    Ok(lives.then(|| {
        "a credential lives on after a logout that nothing runs beside (see session.logout-revokes)"
            .into()
    }))
}

async fn round(lab: &mut dyn Lab) -> Result<Verdict, String> {
    sign_in(lab, "alice", SAVED).await?;
    let uses = || (0..USES).map(|_| by("probe"));
    let steps = uses().chain([by("logout")]).chain(uses()).collect();
    let Volley { answers, unclear } = at_once(lab, steps).await;
    if !answers.get(USES).is_some_and(|logout| logout.accepted) {
        let none = "a logout at once with uses of the credential did not succeed";
        return Err(unclear.unwrap_or_else(|| none.into()));
    }
    if accepted(lab, afterwards()).await? {
        return Ok(fail(
            "a credential that is in use while its owner signs out goes on working",
            "a refusal after the logout",
            format!(
                "it still works after a logout that ran beside {} uses",
                2 * USES
            ),
        ));
    }
    match unclear {
        Some(why) => Err(why),
        None => Ok(Verdict::PASS),
    }
}

fn by(call: &str) -> Step {
    Step {
        token: Some(format!("saved.{SAVED}")),
        ..step("alice", call)
    }
}

/// A use after the time that the profile declares for caches of sessions.
fn afterwards() -> Step {
    Step {
        wait: Some("{cache}".into()),
        ..by("probe")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::scripted::{Scripted, status, yes};

    /// What a logout comes to.
    #[derive(Clone, Copy, PartialEq)]
    enum Logout {
        Ends,
        /// It ends nothing where a use follows at once.
        Raced,
        Nothing,
        Refused(u16),
    }

    fn judged(logout: Logout) -> Vec<&'static str> {
        let (mut alive, mut ended) = (false, false);
        let mut lab = Scripted::new(move |step| match step.call.as_deref() {
            Some("login") => {
                (alive, ended) = (true, false);
                yes()
            }
            Some("logout") => {
                if let Logout::Refused(code) = logout {
                    return status(code);
                }
                ended = true;
                alive = logout == Logout::Nothing;
                yes()
            }
            _ if alive => yes(),
            // A use that began before the logout stores the session once more.
            _ if ended && step.wait.is_none() && logout == Logout::Raced => {
                alive = true;
                yes()
            }
            _ => status(401),
        });
        lab.words(&PROBE)
    }

    #[test]
    fn a_logout_holds_whatever_runs_beside_it() {
        assert_eq!(judged(Logout::Ends), ["pass"]);
        assert_eq!(judged(Logout::Raced), ["fail"]);
    }

    #[test]
    fn a_logout_that_never_ends_anything_is_no_race() {
        assert_eq!(judged(Logout::Nothing), ["skipped"]);
        assert_eq!(judged(Logout::Refused(403)), ["inconclusive"]);
        assert_eq!(judged(Logout::Refused(503)), ["inconclusive"]);
    }
}
