//! Two sign-ins give different credentials.

use std::time::Duration;

use super::burst::only;
use super::{Attempt, Lab, Probe, Run};
use crate::model::Severity;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "token-unique",
    run: |lab| -> Run<'_> { Box::pin(compared(lab)) },
};

/// Tokens that tell their time in whole seconds differ after it.
const APART: Duration = Duration::from_secs(2);

async fn compared(lab: &mut dyn Lab) -> Vec<Attempt> {
    let verdict = of_sign_ins(lab).await.unwrap_or_else(Verdict::Inconclusive);
    only("two sign-ins", verdict)
}

async fn of_sign_ins(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let first = lab.fresh_token("alice").await?;
    if lab.fresh_token("alice").await? != first {
        return Ok(Verdict::PASS);
    }
    lab.wait(APART).await?;
    if lab.fresh_token("alice").await? != first {
        let note = "two sign-ins within one second give the same token: it holds nothing random";
        return Ok(Verdict::Pass {
            note: Some(note.into()),
        });
    }
    Ok(Verdict::fail(
        Severity::Low,
        "every sign-in of a user gives the same token: a copy of it outlives new ones, \
                      and a logout on one device is one on all or on none",
        "another token at each sign-in",
        "the same one at three sign-ins, 2 s apart",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::scripted::{Scripted, yes};

    #[track_caller]
    fn check(tokens: &'static [&'static str], want: &str) {
        let mut lab = Scripted::new(|_| yes());
        let mut left = tokens.iter();
        lab.sign_in = Some(Box::new(move |_| (*left.next().unwrap()).to_owned()));
        let verdict = lab.run(&PROBE).remove(0).1;
        let got = match verdict {
            Verdict::Pass { note: Some(_) } => "noted",
            ref other => other.word(),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn tokens_that_differ_pass_and_one_that_stays_fails() {
        check(&["a", "b"], "pass");
        check(&["a", "a", "b"], "noted");
        check(&["a", "a", "a"], "fail");
    }

    #[test]
    fn without_a_sign_in_nothing_is_said() {
        let mut lab = Scripted::new(|_| yes());
        assert_eq!(lab.words(&PROBE), ["inconclusive"]);
    }
}
