//! One fresh e-mail address is registered several times at once; one account may come of it.

use super::owners::step;
use super::volley::{Volley, accepted, at_once, fail, race};
use super::{Attempt, Counted, Lab, Probe, Run, Sent};
use crate::model::Step;
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "registration-race",
    run: |lab| -> Run<'_> { Box::pin(raced(lab)) },
};

const AT_ONCE: usize = 3;
const EXPECTED: &str = "one account for one address";

async fn raced(lab: &mut dyn Lab) -> Vec<Attempt> {
    race(lab, "registrations at once", Ok(None), |lab| {
        Box::pin(round(lab))
    })
    .await
}

async fn round(lab: &mut dyn Lab) -> Result<Verdict, String> {
    let email = lab.text("{alice.email|sibling}")?;
    let mut passwords = Vec::new();
    for _ in 0..=AT_ONCE {
        passwords.push(lab.text("Other-{rand}-9aA")?);
    }
    let register = |index: usize| Step {
        save: Some(format!("raced-{index}")),
        ..with(step("anonymous", "register"), &email, &passwords[index])
    };
    lab.room(Counted::Registrations, AT_ONCE as u32).await?;
    let Volley { answers, unclear } = at_once(lab, (0..AT_ONCE).map(register).collect()).await;
    if answers.first().is_some_and(|sent| !tells(sent, &email)) {
        return Ok(Verdict::Skipped(
            "a registration has no e-mail address".into(),
        ));
    }
    let made: Vec<usize> = (0..answers.len())
        .filter(|index| answers[*index].accepted)
        .collect();
    if made.is_empty() {
        let none = "no registration of a fresh address at once with others succeeded";
        return Err(unclear.unwrap_or_else(|| none.into()));
    }
    let mut open = 0;
    for index in &made {
        let login = with(step("{fresh}", "login"), &email, &passwords[*index]);
        let login = Step {
            token: Some("none".into()),
            ..login
        };
        open += usize::from(accepted(lab, login).await?);
    }
    if open > 1 {
        let consequence = "an address that is registered twice at once has two passwords";
        let actual = format!("{open} of {AT_ONCE} passwords open it");
        return Ok(fail(consequence, EXPECTED, actual));
    }
    if made.len() > 1
        && let Some(actual) = several(lab, &made, register(AT_ONCE)).await?
    {
        let consequence =
            "an address that is registered several times at once is given out several times";
        return Ok(fail(consequence, EXPECTED, actual));
    }
    match (open, unclear) {
        (1, None) => Ok(Verdict::PASS),
        (_, Some(why)) => Err(why),
        (_, None) => Err("the password of a registration that succeeded does not log in".into()),
    }
}

/// How it shows that several good answers are several accounts. Who has an account is not told by a backend that answers
/// well to everybody, so that its good answers alone show nothing.
async fn several(lab: &mut dyn Lab, made: &[usize], again: Step) -> Result<Option<String>, String> {
    let mut signed_in = 0;
    for index in made {
        let probe = Step {
            token: Some(format!("saved.raced-{index}")),
            ..step("{fresh}", "probe")
        };
        // Without a credential in the answer there is nothing to try.
        signed_in += usize::from(accepted(lab, probe).await.unwrap_or(false));
    }
    if signed_in > 1 {
        return Ok(Some(format!("{signed_in} of {AT_ONCE} were signed in")));
    }
    let refused = !accepted(lab, again).await?;
    Ok(refused.then(|| {
        format!(
            "{} of {AT_ONCE} succeeded, and the next one was refused",
            made.len()
        )
    }))
}

fn with(step: Step, email: &str, password: &str) -> Step {
    Step {
        fields: [
            ("email".to_owned(), email.into()),
            ("password".to_owned(), password.into()),
        ]
        .into(),
        ..step
    }
}

/// Whether a request held the address, as JSON or as a form.
fn tells(sent: &Sent, email: &str) -> bool {
    let body = String::from_utf8_lossy(&sent.exchange.request.body);
    let local = email.split('@').next().unwrap_or(email);
    let word = local.rsplit(|c: char| !c.is_ascii_alphanumeric()).next();
    word.is_some_and(|word| body.contains(word))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::probes::scripted::{Said, Scripted, status, yes};

    /// A target by what it does with the passwords that an address was registered with before.
    struct Target {
        /// How many registrations at once find the address free.
        race: usize,
        /// What a taken address is answered.
        taken: u16,
        /// Whether every password of an address opens it, or the first alone.
        each_opens: bool,
        /// Whether the credential of each registration works.
        signs_in: bool,
    }

    const RIGHT: Target = Target {
        race: 1,
        taken: 409,
        each_opens: false,
        signs_in: true,
    };

    fn judged(target: &Target, apart: u64) -> &'static str {
        let (mut address, mut passwords) = (0, Vec::<String>::new());
        let mut lab =
            Scripted::new(move |step| answered(target, step, &mut address, &mut passwords));
        lab.apart = Duration::from_secs(apart);
        lab.words(&PROBE)[0]
    }

    fn answered(
        target: &Target,
        step: &Step,
        seen: &mut usize,
        passwords: &mut Vec<String>,
    ) -> Said {
        let field = |name: &str| step.fields.get(name).map(ToString::to_string);
        match step.call.as_deref() {
            Some("register") => {
                if step.save.as_deref() == Some("raced-0") {
                    (*seen, *passwords) = (0, Vec::new());
                }
                *seen += 1;
                if *seen > target.race {
                    return match target.taken {
                        200 => yes(),
                        other => status(other),
                    };
                }
                passwords.extend(field("password"));
                yes()
            }
            Some("login") => {
                let at = passwords
                    .iter()
                    .position(|known| Some(known) == field("password").as_ref());
                match at {
                    Some(0) => yes(),
                    Some(_) if target.each_opens => yes(),
                    _ => status(401),
                }
            }
            _ => {
                let index = step.token.as_deref().and_then(|token| token.chars().last());
                let index = index.and_then(|last| last.to_digit(10)).unwrap_or(9) as usize;
                match target.signs_in && index < passwords.len() {
                    true => yes(),
                    false => status(401),
                }
            }
        }
    }

    #[test]
    fn one_account_passes_however_the_others_are_answered() {
        for taken in [409, 400, 422, 200] {
            assert_eq!(judged(&Target { taken, ..RIGHT }, 0), "pass", "{taken}");
        }
        let quiet = Target {
            taken: 200,
            signs_in: false,
            ..RIGHT
        };
        assert_eq!(judged(&quiet, 0), "pass");
    }

    #[test]
    fn two_accounts_fail_by_their_passwords_their_credentials_or_the_next_refusal() {
        let twice = Target { race: 2, ..RIGHT };
        assert_eq!(judged(&twice, 0), "fail");
        let silent = Target {
            signs_in: false,
            ..twice
        };
        assert_eq!(judged(&silent, 0), "fail");
        let each = Target {
            race: 3,
            taken: 200,
            each_opens: true,
            signs_in: false,
        };
        assert_eq!(judged(&each, 0), "fail");
        assert_eq!(judged(&each, 1), "fail", "what is there is there");
    }

    #[test]
    fn what_was_kept_apart_throttled_or_refused_altogether_is_inconclusive() {
        assert_eq!(judged(&RIGHT, 1), "inconclusive");
        assert_eq!(judged(&Target { race: 0, ..RIGHT }, 0), "inconclusive");
        for taken in [429, 500] {
            assert_eq!(judged(&Target { taken, ..RIGHT }, 0), "inconclusive");
        }
    }

    #[test]
    fn an_address_is_found_in_a_form_too() {
        let mut lab = Scripted::new(|_| yes());
        lab.texts = [("{alice.email|sibling}", "a+b7@example.com")].into();
        let sent = |body: &str| Sent {
            exchange: crate::exchange::Exchange {
                actor: String::new(),
                call: String::new(),
                control: false,
                request: crate::exchange::Request {
                    body: body.as_bytes().to_vec(),
                    ..Default::default()
                },
                answer: crate::exchange::Answer::Response(Default::default()),
                recipe: None,
            },
            accepted: true,
            credential: false,
            disclosed: Vec::new(),
            marker: None,
        };
        assert!(tells(
            &sent("mail=a%2Bb7%40example.com"),
            "a+b7@example.com"
        ));
        assert!(!tells(&sent("user=carol"), "a+b7@example.com"));
    }
}
