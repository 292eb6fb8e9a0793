//! What people do in a minute meets no limit: a few requests, a mistyped password.

use std::time::Duration;

use super::burst::{announced, only, right_login, size, wait, wrong_login};
use super::owners::step;
use super::{Attempt, Counted, DeclaredLimit, Lab, Probe, Run};
use crate::exchange::Response;
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "ordinary-use",
    run: |lab| -> Run<'_> { Box::pin(used(lab)) },
};

const READS: usize = 10;
/// Wrong passwords before the right one, and the time that somebody takes to type one.
const MISTYPED: u32 = 3;
const TYPING: Duration = Duration::from_secs(5);

async fn used(lab: &mut dyn Lab) -> Vec<Attempt> {
    let reads = vec![step("alice", "probe"); READS];
    let reads = attempt(lab, "ten requests in a row", &reads).await;
    const LOGINS: &str = "the right password after mistyped ones";
    if !lab.disposable("alice") {
        let why = "a supplied account is not put at the risk of a lock: give a registration route";
        return [reads, only(LOGINS, Verdict::Skipped(why.into()))].concat();
    }
    // A declared limit is kept to.
    let declared = [Counted::FailedLogins, Counted::Logins].map(|of| lab.limit(of));
    let most = declared.into_iter().filter_map(|limit| match limit {
        DeclaredLimit::Count { count, .. } => Some(count.saturating_sub(1)),
        DeclaredLimit::Undeclared | DeclaredLimit::Edge => None,
    });
    let wrong = most.fold(MISTYPED, u32::min);
    if let Err(why) = lab.room(Counted::Logins, wrong + 1).await {
        return [reads, only(LOGINS, Verdict::Inconclusive(why))].concat();
    }
    let mut logins = vec![wrong_login("alice"); wrong as usize];
    logins.push(right_login("alice"));
    let logins = attempt(lab, LOGINS, &logins).await;
    [reads, logins].concat()
}

async fn attempt(lab: &mut dyn Lab, name: &str, steps: &[Step]) -> Vec<Attempt> {
    let verdict = judged(lab, steps).await;
    lab.cut(name);
    only(name, verdict.unwrap_or_else(Verdict::Inconclusive))
}

async fn judged(lab: &mut dyn Lab, steps: &[Step]) -> Result<Verdict, String> {
    let Some(first) = throttled(lab, steps, Duration::ZERO).await? else {
        return Ok(Verdict::PASS);
    };
    // Others may have used the limit up before, and a program is faster than people: once more, alone and slowly.
    let (_, window) = size(lab.limit(Counted::FailedLogins));
    wait(lab, announced(&first).unwrap_or_default().max(window)).await?;
    lab.cut("in a hurry");
    let Some(again) = throttled(lab, steps, TYPING).await? else {
        let note = format!(
            "a program that does it at once is answered {}",
            first.status
        );
        return Ok(Verdict::Pass { note: Some(note) });
    };
    Ok(Verdict::fail(
        Severity::Medium,
        "people who do nothing unusual are shut out",
        "no limit for a few requests, and for three mistyped passwords",
        format!("{} after a rest, at the pace of a hand", again.status),
    ))
}

/// The answer that asks to come back later, if one does; the last step has to be answered well otherwise.
async fn throttled(
    lab: &mut dyn Lab,
    steps: &[Step],
    pause: Duration,
) -> Result<Option<Response>, String> {
    let mut accepted = false;
    for (place, step) in steps.iter().enumerate() {
        if place > 0 && !pause.is_zero() {
            lab.wait(pause).await?;
        }
        let sent = lab.send(step.clone(), false).await?;
        match sent.exchange.response() {
            Some(response) if response.is_throttled() => return Ok(Some(response.clone())),
            Some(response) if response.status < 500 => accepted = sent.accepted,
            Some(_) | None => return Err(sent.exchange.outcome()),
        }
    }
    match accepted {
        true => Ok(None),
        false => Err("the last of them, a good one, was refused".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{Scripted, status, yes};
    use super::*;

    /// A target that throttles from the `nth` login on, as long as its count is not older than `lasts` logins.
    #[track_caller]
    fn check(throttles: fn(usize) -> bool, want: [&str; 2]) {
        let mut logins = 0;
        let mut lab = Scripted::new(move |step| {
            if step.call.as_deref() == Some("probe") {
                return yes();
            }
            logins += 1;
            match (throttles(logins), step.fields.contains_key("password")) {
                (true, _) => status(429),
                (false, true) => status(401),
                (false, false) => yes(),
            }
        });
        assert_eq!(lab.words(&PROBE), want);
    }

    #[test]
    fn a_limit_that_ordinary_use_meets_twice_is_found() {
        check(|_| false, ["pass", "pass"]);
        // The third login of each try.
        check(|login| login % 3 == 0, ["pass", "fail"]);
    }

    #[test]
    fn one_that_only_haste_meets_passes() {
        check(|login| login == 4, ["pass", "pass"]);
    }

    #[test]
    fn a_right_password_that_is_refused_says_nothing() {
        let mut lab = Scripted::new(|step| match step.call.as_deref() {
            Some("probe") => status(500),
            _ => status(401),
        });
        assert_eq!(lab.words(&PROBE), ["inconclusive", "inconclusive"]);
    }
}
