//! One password for many addresses, as it is tried where each account has a limit of its own.

use super::burst::{answer, at_the_edge, beyond, changed, in_time, only, size};
use super::{Attempt, Counted, DeclaredLimit, Lab, Probe, Run};
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "login-spray",
    run: |lab| -> Run<'_> { Box::pin(spray(lab)) },
};

/// Logins in a minute where the profile declares no limit: many more than those of a person. No more are sent.
const MOST: u32 = 100;
const NAME: &str = "one password for many addresses";

async fn spray(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = sprayed(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only(NAME, verdict)
}

async fn sprayed(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let limit = lab.limit(Counted::Logins);
    if [limit, lab.limit(Counted::FailedLogins)].contains(&DeclaredLimit::Edge) {
        return Ok(at_the_edge());
    }
    let (most, window) = match (limit, size(limit)) {
        (DeclaredLimit::Undeclared, (_, window)) => (MOST, window),
        (DeclaredLimit::Count { .. } | DeclaredLimit::Edge, declared) => declared,
    };
    if most > MOST {
        return Ok(beyond(limit, MOST));
    }
    lab.room(Counted::Logins, most).await?;
    let password = lab.text("Spray-{rand}-9aA")?;
    let start = lab.now();
    let mut answers = Vec::new();
    for nth in 0..most {
        let sent = lab.send(login(&password), false).await;
        let response = answer(sent).map_err(|why| format!("login {}: {why}", nth + 1))?;
        let first = answers.first().unwrap_or(&response);
        if response.is_throttled() || response.status != first.status {
            return match nth {
                0 => Err("the very first login was throttled".into()),
                _ => Ok(Verdict::PASS),
            };
        }
        answers.push(response);
    }
    let took = lab.now().saturating_sub(start);
    in_time(took, window, &format!("{most} logins"))?;
    if let Some(how) = changed(&answers) {
        return Err(how);
    }
    Ok(Verdict::Fail(Mismatch {
        consequence: "one common password can be tried on every account from one address".into(),
        expected: "429 or a challenge".into(),
        actual: format!("{most} logins for as many unknown addresses were all judged alike"),
        severity: match limit {
            DeclaredLimit::Count { .. } => Severity::High,
            DeclaredLimit::Undeclared | DeclaredLimit::Edge => Severity::Medium,
        },
    }))
}

/// A login for an address that nobody has.
fn login(password: &str) -> Step {
    let field = |name: &str, text: &str| (name.to_owned(), text.into());
    Step {
        actor: Some("anonymous".into()),
        call: Some("login".into()),
        fields: [
            field("email", "authspec+{rand}@example.com"),
            field("username", "authspec{rand}"),
            field("password", password),
        ]
        .into(),
        ..Step::default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::testing::{Limiter, check};
    use super::*;

    #[test]
    fn a_limit_of_the_address_passes() {
        let lab = Limiter {
            most: 50,
            by_address: true,
            ..Limiter::default()
        };
        check(&PROBE, lab, "pass");
    }

    #[test]
    fn a_limit_of_each_account_alone_is_found() {
        check(&PROBE, Limiter::default(), "fail");
    }

    #[test]
    fn what_is_declared_is_looked_for() {
        let of = |most| Limiter {
            most,
            by_address: true,
            declared: DeclaredLimit::Count {
                count: 10,
                seconds: 60,
            },
            ..Limiter::default()
        };
        check(&PROBE, of(10), "pass");
        check(&PROBE, of(11), "fail");
        let high = Limiter {
            declared: DeclaredLimit::Count {
                count: 300,
                seconds: 60,
            },
            ..Limiter::default()
        };
        check(&PROBE, high, "skipped");
    }

    #[test]
    fn a_limit_at_the_edge_is_not_looked_for() {
        let lab = Limiter {
            declared: DeclaredLimit::Edge,
            ..Limiter::default()
        };
        check(&PROBE, lab, "skipped");
    }

    #[test]
    fn slow_answers_and_those_that_change_say_nothing() {
        let slow = Limiter {
            pace: Duration::from_secs(1),
            ..Limiter::default()
        };
        check(&PROBE, slow, "inconclusive");
        let asks = Limiter {
            asks_for_a_picture_after: Some(20),
            ..Limiter::default()
        };
        check(&PROBE, asks, "inconclusive");
    }
}
