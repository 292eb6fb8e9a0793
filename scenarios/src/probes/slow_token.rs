//! Tokens that make a careless verifier work or wait: its time is compared with that for a token that does not, in pairs.

use std::time::Duration;

use super::owners::{answered, step};
use super::{Attempt, Lab, Probe, Run};
use crate::exchange::Answer;
use crate::exchange::NoAnswer;
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const COMMAND: Probe = Probe {
    name: "kid-command",
    run: |lab| -> Run<'_> { Box::pin(commands(lab)) },
};

pub(super) const COUNT: Probe = Probe {
    name: "pbes2-count",
    run: |lab| -> Run<'_> { Box::pin(counts(lab)) },
};

/// A delay counts where each of so many pairs shows it.
const PAIRS: usize = 3;

/// Two tokens that differ in one thing, and what it means where the second takes longer.
struct Pair<'a> {
    control: &'a str,
    attack: &'a str,
    least: Duration,
    severity: Severity,
    consequence: &'a str,
}

/// The recipe sleeps for three seconds.
const SLEEP: Duration = Duration::from_millis(2_400);

async fn commands(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for form in [
        "pipe",
        "leading-pipe",
        "semicolon",
        "backtick",
        "substitution",
    ] {
        let pair = Pair {
            control: "kid-command#control",
            attack: &format!("kid-command#{form}"),
            least: SLEEP,
            severity: Severity::Critical,
            consequence: "the key id of a token is run as a command: anybody runs programs on the server",
        };
        let verdict = compared(lab, &pair).await;
        lab.cut(form);
        let found = matches!(verdict, Verdict::Fail(_));
        attempts.push(Attempt {
            name: form.to_owned(),
            verdict,
        });
        // One is enough, and each costs the sleep in every pair.
        if found {
            break;
        }
    }
    attempts
}

async fn counts(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    // A million iterations take some tenths of a second anywhere; the rest is for verifiers that think in parts of it.
    for (form, least) in [("1000000", 150), ("2^31-1", 1_000)] {
        let pair = Pair {
            control: "pbes2-count#1000",
            attack: &format!("pbes2-count#{form}"),
            least: Duration::from_millis(least),
            severity: Severity::Medium,
            consequence: "a token says how much work its refusal is: anybody keeps the server busy",
        };
        let verdict = compared(lab, &pair).await;
        lab.cut(form);
        let found = matches!(verdict, Verdict::Fail(_));
        attempts.push(Attempt {
            name: form.to_owned(),
            verdict,
        });
        if found {
            break;
        }
    }
    attempts
}

/// Refused as fast as the control, or slower in every pair.
async fn compared(lab: &mut dyn Lab, pair: &Pair<'_>) -> Verdict {
    let mut gaps = Vec::new();
    for _ in 0..PAIRS {
        let quick = match timed(lab, pair.control, pair).await {
            Ok(Some(duration)) => duration,
            Ok(None) => {
                return Verdict::Inconclusive("the control was not answered in time".into());
            }
            Err(verdict) => return verdict,
        };
        let slow = match timed(lab, pair.attack, pair).await {
            Ok(duration) => duration,
            Err(verdict) => return verdict,
        };
        match slow.map(|slow| slow.saturating_sub(quick)) {
            Some(gap) if gap < pair.least && gaps.is_empty() => return Verdict::PASS,
            Some(gap) if gap < pair.least => {
                let note = "one answer was slow, and the next was not".to_owned();
                return Verdict::Pass { note: Some(note) };
            }
            gap => gaps.push(gap),
        }
    }
    gaps.sort_unstable();
    let actual = match gaps[PAIRS / 2] {
        Some(gap) => format!(
            "it took {} ms longer, in {PAIRS} pairs of {PAIRS}",
            gap.as_millis()
        ),
        None => "no answer in time, while the control was answered".to_owned(),
    };
    Verdict::Fail(Mismatch {
        consequence: pair.consequence.to_owned(),
        expected: "a refusal as fast as that of the control".into(),
        actual,
        severity: pair.severity,
    })
}

/// How long the answer took; nothing where none came in time. An answer that is no refusal, or none, ends it.
async fn timed(
    lab: &mut dyn Lab,
    token: &str,
    pair: &Pair<'_>,
) -> Result<Option<Duration>, Verdict> {
    let sent = lab.send(
        Step {
            token: Some(token.to_owned()),
            ..step("alice", "probe")
        },
        false,
    );
    let sent = sent.await.map_err(Verdict::Skipped)?;
    if let Answer::Nothing(NoAnswer::TimedOut) = sent.exchange.answer {
        return Ok(None);
    }
    let duration = sent.exchange.response().map(|response| response.duration);
    match (
        answered(Ok(sent), "a token that nobody signed is accepted"),
        duration,
    ) {
        (Verdict::Pass { .. }, Some(duration)) => Ok(Some(duration)),
        (Verdict::Fail(mismatch), _) => Err(Verdict::Fail(Mismatch {
            severity: pair.severity.max(Severity::High),
            ..mismatch
        })),
        (other, _) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use serde_json::Value;

    use super::super::{Counted, DeclaredLimit, Sent};
    use super::*;
    use crate::exchange::{Exchange, Response};

    /// Answers each token after so many milliseconds, or not at all.
    struct Clockwork {
        times: fn(token: &str, nth: usize) -> Option<u64>,
        status: u16,
        asked: usize,
    }

    #[async_trait]
    impl Lab for Clockwork {
        async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String> {
            let token = step.token.unwrap_or_default();
            let answer = match (self.times)(&token, self.asked) {
                Some(millis) => Answer::Response(Response {
                    status: self.status,
                    duration: Duration::from_millis(millis),
                    ..Response::default()
                }),
                None => Answer::Nothing(NoAnswer::TimedOut),
            };
            self.asked += 1;
            Ok(Sent {
                exchange: Exchange {
                    actor: step.actor.unwrap_or_default(),
                    call: step.call.unwrap_or_default(),
                    control,
                    request: Default::default(),
                    answer,
                    recipe: None,
                },
                accepted: false,
                credential: false,
                disclosed: match self.status {
                    200 => vec!["the e-mail address of alice in the body".into()],
                    _ => Vec::new(),
                },
                marker: None,
            })
        }
        fn forget_last(&mut self) {}
        async fn wait(&mut self, _: Duration) -> Result<(), String> {
            Ok(())
        }
        async fn fresh_token(&mut self, _: &str) -> Result<String, String> {
            Err(super::super::ABSENT.into())
        }
        fn limit(&self, _: Counted) -> DeclaredLimit {
            DeclaredLimit::Undeclared
        }
        fn wordlist(&self) -> &[u8] {
            &[]
        }
        fn key_set(&self) -> &[Value] {
            &[]
        }
        fn use_secret(&mut self, _: &[u8]) {}
        fn patience(&self) -> Duration {
            Duration::ZERO
        }
    }

    #[track_caller]
    fn check(
        probe: &Probe,
        status: u16,
        times: fn(&str, usize) -> Option<u64>,
        want: &[fn(&Verdict) -> bool],
    ) {
        let mut lab = Clockwork {
            times,
            status,
            asked: 0,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let attempts = runtime.unwrap().block_on((probe.run)(&mut lab));
        assert_eq!(attempts.len(), want.len(), "{attempts:?}");
        for (attempt, want) in attempts.iter().zip(want) {
            assert!(want(&attempt.verdict), "{attempt:?}");
        }
    }

    const PASS: fn(&Verdict) -> bool = |verdict| *verdict == Verdict::PASS;
    const NOTED: fn(&Verdict) -> bool =
        |verdict| matches!(verdict, Verdict::Pass { note: Some(_) });
    const FAIL: fn(&Verdict) -> bool = |verdict| matches!(verdict, Verdict::Fail(_));
    const UNCLEAR: fn(&Verdict) -> bool = |verdict| matches!(verdict, Verdict::Inconclusive(_));

    #[test]
    fn a_sleep_in_every_pair_is_found_once() {
        let sleeps = |token: &str, _| {
            Some(if token.ends_with("semicolon") {
                3_004
            } else {
                5
            })
        };
        check(&COMMAND, 401, sleeps, &[PASS, PASS, FAIL]);
    }

    #[test]
    fn one_slow_answer_is_no_sleep() {
        check(
            &COMMAND,
            401,
            |_, nth| Some(if nth == 1 { 3_000 } else { 5 }),
            &[NOTED, PASS, PASS, PASS, PASS],
        );
        check(&COMMAND, 401, |_, _| Some(2_900), &[PASS; 5]);
    }

    #[test]
    fn work_that_grows_with_the_count_is_found() {
        check(
            &COUNT,
            401,
            |token, _| Some(if token.ends_with("1000000") { 400 } else { 5 }),
            &[FAIL],
        );
        check(
            &COUNT,
            401,
            |token, _| (!token.ends_with("2^31-1")).then_some(5),
            &[PASS, FAIL],
        );
        check(&COUNT, 401, |_, _| Some(5), &[PASS, PASS]);
    }

    #[test]
    fn an_answer_that_tells_nothing_is_none() {
        check(&COUNT, 401, |_, _| None, &[UNCLEAR, UNCLEAR]);
        check(&COUNT, 200, |_, _| Some(5), &[FAIL]);
    }
}
