//! The time of a failed login for addresses that have an account and for such that have none, in rounds of random order.

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;

use super::burst::only;
use super::{Attempt, Counted, DeclaredLimit, Lab, Probe, Run};
use crate::exchange::Response;
use crate::model::{Severity, Step};
use crate::timing::{Finding, Gap, Round, look};
use crate::verdict::{Mismatch, Verdict};

pub(super) const PROBE: Probe = Probe {
    name: "login-timing",
    run: |lab| -> Run<'_> { Box::pin(timing(lab)) },
};

const NAME: &str = "known and unknown addresses";
/// Wrong passwords for one address, known or not: fewer than any limit that lets its owner mistype.
const TRIES: u32 = 4;
/// Rounds that may come to nothing.
const LOST: usize = 4;

async fn timing(lab: &mut dyn Lab) -> Vec<Attempt> {
    lab.impatient();
    let verdict = timed(lab).await.unwrap_or_else(Verdict::Inconclusive);
    lab.cut(NAME);
    only(NAME, verdict)
}

async fn timed(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let tries = match lab.limit(Counted::FailedLogins) {
        DeclaredLimit::Count { count, .. } => count.saturating_sub(1).clamp(1, TRIES),
        DeclaredLimit::Undeclared | DeclaredLimit::Edge => TRIES,
    };
    let mut rng = StdRng::seed_from_u64(lab.seed());
    let (mut rounds, mut lost) = (Vec::new(), 0);
    // The first round opens connections and fills caches.
    let mut warm = false;
    loop {
        lab.cut("the rounds before");
        let addresses = addresses(lab).await?;
        for _ in 0..tries {
            // Tight limits for an address have room for one round at least.
            lab.room(Counted::Logins, 3).await?;
            let round = round(lab, &addresses, &mut rng).await?;
            if !std::mem::replace(&mut warm, true) {
                continue;
            }
            match round {
                Ok(round) => rounds.push(round),
                Err(why) if lost == LOST => return Err(why),
                Err(_) => lost += 1,
            }
            if let Some(finding) = look(&rounds) {
                return Ok(told(finding));
            }
        }
    }
}

fn told(finding: Finding) -> Verdict {
    let words = |gap: Gap| {
        let sooner = if gap.shift < 0.0 { "sooner" } else { "later" };
        format!(
            "known ones {:.1} ms {sooner} in {} rounds, at a median of {:.1} ms; unknown ones among themselves within {:.1} ms",
            gap.shift.abs(),
            gap.rounds,
            gap.median,
            gap.noise
        )
    };
    match finding {
        Finding::Alike => Verdict::PASS,
        Finding::Apart(gap) => Verdict::Fail(Mismatch {
            consequence: "the time of a failed login tells whether an address has an account"
                .into(),
            expected: "the same time for known and unknown addresses".into(),
            actual: words(gap),
            severity: Severity::Medium,
        }),
        Finding::Unclear(gap) => {
            Verdict::Inconclusive(format!("the line is too noisy to tell: {}", words(gap)))
        }
    }
}

/// What a login names its user by.
#[derive(Debug, Clone)]
struct Address {
    email: String,
    username: String,
}

/// An address that was registered just now, and two of the same form and length that were not.
async fn addresses(lab: &mut dyn Lab) -> Result<[Address; 3], String> {
    let register = Step {
        actor: Some("{fresh}".into()),
        call: Some("register".into()),
        ..Step::default()
    };
    let sent = lab.send(register, true).await?;
    if !sent.accepted {
        let outcome = sent.exchange.outcome();
        return Err(format!("a registration was answered {outcome}"));
    }
    let known = Address {
        email: lab.text("{fresh.email}")?,
        username: lab.text("{fresh.username}").unwrap_or_default(),
    };
    let (one, other) = (
        unlike(&known, &lab.text("{rand}")?),
        unlike(&known, &lab.text("{rand}")?),
    );
    Ok([known, one, other])
}

/// Another address of the same form, whose name ends with these letters.
fn unlike(known: &Address, letters: &str) -> Address {
    let renamed = |text: &str| {
        let (name, rest) = text.split_at(text.find('@').unwrap_or(text.len()));
        let mut letters = letters.chars();
        let name: Vec<_> = name
            .chars()
            .rev()
            .map(|c| match c.is_alphanumeric() {
                true => letters.next().unwrap_or(c),
                false => c,
            })
            .collect();
        name.into_iter().rev().chain(rest.chars()).collect()
    };
    Address {
        email: renamed(&known.email),
        username: renamed(&known.username),
    }
}

/// One wrong password for each address, in random order. The outer error ends the measurement, the inner one the round.
async fn round(
    lab: &mut dyn Lab,
    addresses: &[Address; 3],
    rng: &mut StdRng,
) -> Result<Result<Round, String>, String> {
    let mut order = [0, 1, 2];
    order.shuffle(rng);
    let mut answers: [Option<Response>; 3] = [const { None }; 3];
    for arm in order {
        let sent = lab.send(wrong_login(&addresses[arm]), false).await?;
        if sent.credential {
            return Err("a wrong password got in".into());
        }
        let Some(response) = sent.exchange.response() else {
            return Err(sent.exchange.outcome());
        };
        if response.is_throttled() {
            return Err(format!(
                "a limit was met ({}), so that times say nothing",
                response.status
            ));
        }
        answers[arm] = Some(response.clone());
    }
    let [Some(known), Some(unknown), Some(other)] = answers else {
        return Err("an answer is missing".into());
    };
    let of = [known.status, unknown.status, other.status];
    if of.iter().any(|status| *status != of[0] || *status >= 500) {
        return Ok(Err(format!(
            "a known address was answered {}, unknown ones {} and {} (see login.enumeration-status)",
            of[0], of[1], of[2]
        )));
    }
    let ms = |response: &Response| response.duration.as_secs_f64() * 1000.0;
    Ok(Ok(Round {
        known: ms(&known),
        unknown: ms(&unknown),
        other: ms(&other),
    }))
}

fn wrong_login(address: &Address) -> Step {
    let field = |name: &str, text: &str| (name.to_owned(), text.into());
    Step {
        actor: Some("anonymous".into()),
        call: Some("login".into()),
        fields: [
            field("email", &address.email),
            field("username", &address.username),
            field("password", "Wrong-{rand}-9aA"),
        ]
        .into(),
        ..Step::default()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::{BTreeMap, BTreeSet};
    use std::time::Duration;

    use async_trait::async_trait;
    use serde_json::Value;

    use rand::RngExt as _;

    use super::super::Sent;
    use super::super::testing::{finish, verdict};
    use super::*;
    use crate::exchange::{Answer, Exchange};
    use crate::timing::LOOKS;

    /// A target that takes its time for known addresses, and another for unknown ones.
    struct Clocked {
        known: BTreeSet<String>,
        /// What an answer takes in milliseconds, and how much that varies.
        takes: (f64, f64),
        varies: f64,
        statuses: (u16, u16),
        throttles_after: u32,
        logins: u32,
        most_for_one: u32,
        counts: BTreeMap<String, u32>,
        texts: Cell<u32>,
        rng: StdRng,
    }

    fn clocked(known: f64, unknown: f64) -> Clocked {
        Clocked {
            known: BTreeSet::new(),
            takes: (known, unknown),
            varies: 1.0,
            statuses: (401, 401),
            throttles_after: u32::MAX,
            logins: 0,
            most_for_one: 0,
            counts: BTreeMap::new(),
            texts: Cell::new(0),
            rng: StdRng::seed_from_u64(5),
        }
    }

    #[async_trait]
    impl Lab for Clocked {
        async fn send(&mut self, step: Step, control: bool) -> Result<Sent, String> {
            let call = step.call.clone().unwrap_or_default();
            let (status, ms) = if call == "register" {
                let email = format!("user{:012}@example.com", self.known.len());
                self.known.insert(email);
                (201, 1.0)
            } else {
                self.logins += 1;
                let email = step.fields["email"].as_str().unwrap_or_default().to_owned();
                let known = self.known.contains(&email);
                let count = self.counts.entry(email).or_default();
                *count += 1;
                self.most_for_one = self.most_for_one.max(*count);
                match (self.logins > self.throttles_after, known) {
                    (true, _) => (429, 1.0),
                    (false, true) => (self.statuses.0, self.takes.0),
                    (false, false) => (self.statuses.1, self.takes.1),
                }
            };
            let ms = ms + self.varies * self.rng.random::<f64>();
            Ok(Sent {
                exchange: Exchange {
                    actor: String::new(),
                    call,
                    control,
                    request: Default::default(),
                    answer: Answer::Response(Response {
                        status,
                        duration: Duration::from_secs_f64(ms / 1000.0),
                        ..Response::default()
                    }),
                    recipe: None,
                },
                accepted: status == 201,
                credential: false,
                disclosed: Vec::new(),
                marker: None,
            })
        }
        fn text(&self, template: &str) -> Result<String, String> {
            self.texts.set(self.texts.get() + 1);
            Ok(match template {
                "{fresh.email}" => self.known.last().cloned().unwrap_or_default(),
                "{rand}" => format!("x{:011}", self.texts.get()),
                other => other.to_owned(),
            })
        }
        fn seed(&self) -> u64 {
            7
        }
        fn forget_last(&mut self) {}
        async fn wait(&mut self, _: Duration) -> Result<(), String> {
            Ok(())
        }
        async fn fresh_token(&mut self, _: &str) -> Result<String, String> {
            Err(String::new())
        }
        fn limit(&self, _: Counted) -> DeclaredLimit {
            DeclaredLimit::Count {
                count: 4,
                seconds: 60,
            }
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
    fn check(mut lab: Clocked, want: &str) -> Clocked {
        let verdict = verdict(&finish((PROBE.run)(&mut lab)));
        assert_eq!(verdict.word(), want, "{verdict:?}");
        lab
    }

    #[test]
    fn addresses_that_take_the_same_time_pass_at_the_first_look() {
        let lab = check(clocked(20.0, 20.0), "pass");
        assert_eq!(lab.logins as usize, 3 * (LOOKS[0] + 1));
    }

    #[test]
    fn a_hash_that_is_computed_for_known_addresses_alone_is_found() {
        let lab = check(clocked(20.0, 1.0), "fail");
        assert_eq!(lab.logins as usize, 3 * (LOOKS[0] + 1));
        check(clocked(1.0, 20.0), "fail");
    }

    #[test]
    fn no_address_gets_as_many_wrong_passwords_as_the_limit_allows() {
        let lab = check(clocked(20.0, 20.0), "pass");
        assert_eq!(lab.most_for_one, 3);
    }

    #[test]
    fn noise_ends_after_the_last_look() {
        let mut lab = clocked(20.0, 20.0);
        lab.varies = 500.0;
        let lab = check(lab, "inconclusive");
        assert_eq!(lab.logins as usize, 3 * (LOOKS[2] + 1));
    }

    #[test]
    fn a_limit_or_another_status_says_nothing_about_time() {
        let mut throttled = clocked(20.0, 1.0);
        throttled.throttles_after = 30;
        check(throttled, "inconclusive");
        let mut told = clocked(20.0, 1.0);
        told.statuses = (401, 404);
        check(told, "inconclusive");
        let mut crashing = clocked(20.0, 1.0);
        crashing.statuses = (500, 500);
        check(crashing, "inconclusive");
    }

    #[test]
    fn unknown_addresses_have_the_form_and_length_of_known_ones() {
        let known = Address {
            email: "authspec+k3v9AbCdEfGh@example.com".into(),
            username: "joe_1".into(),
        };
        let other = unlike(&known, "QWERTYUIOPAS");
        assert_eq!(other.email, "authspec+SAPOIUYTREWQ@example.com");
        assert_eq!(other.username, "REW_Q");
    }
}
