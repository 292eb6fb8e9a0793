//! After the limit of wrong passwords is met: does another spelling of the request get one judged all the same?

use super::burst::{Ceiling, answer, only, right_login, throttled, wrong_login};
use super::{Attempt, Front, Lab, Probe, Run};
use crate::exchange::Response;
use crate::model::{Severity, Step};
use crate::verdict::{Mismatch, Verdict};

pub(super) const FORWARDED: Probe = Probe {
    name: "forwarded-address",
    run: |lab| -> Run<'_> { Box::pin(by_header(lab)) },
};

pub(super) const SPELT: Probe = Probe {
    name: "login-spelling",
    run: |lab| -> Run<'_> { Box::pin(by_spelling(lab)) },
};

/// Headers in which a proxy tells the address of the client; `{ip}` is a new address each time.
const HEADERS: [(&str, &str, &str); 7] = [
    ("X-Forwarded-For", "X-Forwarded-For", "{ip}"),
    (
        "X-Forwarded-For: this machine",
        "X-Forwarded-For",
        "127.0.0.1",
    ),
    ("X-Real-IP", "X-Real-IP", "{ip}"),
    ("Forwarded", "Forwarded", "for={ip}"),
    ("CF-Connecting-IP", "CF-Connecting-IP", "{ip}"),
    ("True-Client-IP", "True-Client-IP", "{ip}"),
    ("X-Client-IP", "X-Client-IP", "{ip}"),
];

/// One other way to send the same login.
struct Way {
    name: &'static str,
    change: Box<dyn Fn(u64) -> Step + Send + Sync>,
}

impl Way {
    /// A login by this way; `nth` makes each request another.
    fn step(&self, login: Step, nth: u64) -> Step {
        let change = (self.change)(nth);
        Step {
            headers: change.headers,
            query: change.query,
            at: change.at,
            fields: login.fields.into_iter().chain(change.fields).collect(),
            ..login
        }
    }
}

async fn by_header(lab: &mut dyn Lab) -> Vec<Attempt> {
    let front = lab.front();
    if front == Front::Overwrites {
        let why = "the profile declares that a proxy overwrites these headers";
        return only("headers", Verdict::Skipped(why.into()));
    }
    let (severity, condition) = match front {
        Front::Loopback | Front::Overwrites => (
            Severity::Low,
            "; it holds only if a proxy overwrites this header",
        ),
        Front::Unknown => (
            Severity::Medium,
            "; it holds only if a proxy overwrites this header",
        ),
        Front::Nothing => (Severity::High, ""),
    };
    // No two runs use the same addresses, for a limit may outlast a run.
    let start = lab.text("{rand}").map_or(0, |text| {
        text.bytes().fold(7u64, |sum, byte| {
            sum.wrapping_mul(131).wrapping_add(byte.into())
        })
    });
    let ways = HEADERS.map(|(name, header, value)| Way {
        name,
        change: Box::new(move |nth| Step {
            headers: [(
                header.to_owned(),
                value.replace("{ip}", &address(start.wrapping_add(nth))),
            )]
            .into(),
            ..Step::default()
        }),
    });
    let told = |through: &str| Mismatch {
        consequence: "whoever makes up an address for each guess has no limit".into(),
        expected: "an answer of the limit, whatever a header says".into(),
        actual: format!("{through}{condition}"),
        severity,
    };
    past(lab, ways.into(), &told, Refused::Unclear).await
}

async fn by_spelling(lab: &mut dyn Lab) -> Vec<Attempt> {
    let ways = match spellings(lab) {
        Ok(ways) => ways,
        Err(why) => return only("spellings", Verdict::Skipped(why)),
    };
    let told = |through: &str| Mismatch {
        consequence: "whoever spells the request anew for each guess has a limit for each spelling"
            .into(),
        expected: "an answer of the limit, however the request is spelt".into(),
        actual: through.to_owned(),
        severity: Severity::Medium,
    };
    past(lab, ways, &told, Refused::Another).await
}

fn spellings(lab: &dyn Lab) -> Result<Vec<Way>, String> {
    let email = lab.text("{alice.email}")?;
    let username = lab.text("{alice.username}").unwrap_or_default();
    let path = lab.path(&right_login("alice"))?;
    let mut ways = Vec::new();
    for (name, spell) in SPELLINGS {
        let (email, username) = (spell(&email), spell(&username));
        ways.push(Way {
            name,
            change: Box::new(move |_| Step {
                fields: [
                    ("email".to_owned(), email.clone().into()),
                    ("username".to_owned(), username.clone().into()),
                ]
                .into(),
                ..Step::default()
            }),
        });
    }
    let bare = path.split('?').next().unwrap_or(&path).to_owned();
    let (front, last) = bare.rsplit_once('/').unwrap_or(("", &bare));
    for (name, at) in [
        ("slash at the end of the path", format!("{bare}/")),
        ("two slashes in the path", format!("{front}//{last}")),
        (
            "path in capitals",
            format!("{front}/{}", last.to_uppercase()),
        ),
    ] {
        ways.push(Way {
            name,
            change: Box::new(move |_| Step {
                at: Some(at.clone()),
                ..Step::default()
            }),
        });
    }
    ways.push(Way {
        name: "query string",
        change: Box::new(|nth| Step {
            query: [("authspec".to_owned(), nth.to_string())].into(),
            ..Step::default()
        }),
    });
    Ok(ways)
}

type Spell = fn(&str) -> String;

const SPELLINGS: [(&str, Spell); 5] = [
    ("address in capitals", |text| text.to_uppercase()),
    ("blank before the address", |text| format!(" {text}")),
    ("blank after the address", |text| format!("{text} ")),
    ("full-width letter in the address", |text| {
        let wide = |c: char| char::from_u32(c as u32 + 0xfee0).unwrap_or(c);
        let mut chars = text.chars();
        chars
            .next()
            .map_or(String::new(), |first| wide(first).to_string())
            + chars.as_str()
    }),
    ("tag in the address", |text| {
        text.replacen('@', "+authspec@", 1)
    }),
];

/// An address of the range for benchmarks (RFC 2544), which nobody has.
fn address(nth: u64) -> String {
    let [.., b, c, d] = nth.to_be_bytes();
    format!("198.{}.{c}.{d}", 18 + (b & 1))
}

/// What it means that the right password does not get in by a way that lets wrong ones through.
#[derive(Clone, Copy)]
enum Refused {
    /// The spelling names somebody else, so that no guess at this account was judged.
    Another,
    /// Nothing can be said.
    Unclear,
}

async fn past(
    lab: &mut dyn Lab,
    ways: Vec<Way>,
    told: &(dyn Fn(&str) -> Mismatch + Sync),
    refused: Refused,
) -> Vec<Attempt> {
    let ceiling = match throttled(lab, "alice").await {
        Ok(ceiling) => ceiling,
        Err(verdict) => return only("up to the limit", verdict),
    };
    lab.cut("up to the limit");
    let mut nth = 0;
    let mut tried = Vec::new();
    for way in &ways {
        tried.push(guessed(lab, &ceiling, way, &mut nth).await);
        lab.cut(way.name);
    }
    // A right password may reset what was counted, so that it is tried after all guesses.
    let mut attempts = Vec::new();
    for (way, tried) in ways.iter().zip(tried) {
        let verdict = match tried {
            Ok(true) => entered(lab, &ceiling, way, &mut nth, told, refused).await,
            Ok(false) => Verdict::PASS,
            Err(why) => Verdict::Inconclusive(why),
        };
        lab.cut(way.name);
        attempts.push(Attempt {
            name: way.name.to_owned(),
            verdict,
        });
    }
    attempts
}

/// Whether wrong passwords are judged by this way, twice, while without it they are not.
async fn guessed(
    lab: &mut dyn Lab,
    ceiling: &Ceiling,
    way: &Way,
    nth: &mut u64,
) -> Result<bool, String> {
    for _ in 0..2 {
        *nth += 1;
        let step = way.step(wrong_login("alice"), *nth);
        if !ceiling.lets_through(&answered(lab, step).await?) {
            return Ok(false);
        }
        let plain = answered(lab, wrong_login("alice")).await?;
        if !ceiling.holds(&plain) {
            return Err("the limit ended while this was tried".into());
        }
    }
    Ok(true)
}

async fn answered(lab: &mut dyn Lab, step: Step) -> Result<Response, String> {
    let sent = lab.send(step, false).await?;
    match sent.exchange.response() {
        // A way that leads nowhere, or to a crash, is no way past the limit.
        Some(response) => Ok(response.clone()),
        None => answer(Ok(sent)),
    }
}

/// Whether the right password gets in by this way: then the wrong ones were judged for this account.
async fn entered(
    lab: &mut dyn Lab,
    ceiling: &Ceiling,
    way: &Way,
    nth: &mut u64,
    told: &(dyn Fn(&str) -> Mismatch + Sync),
    refused: Refused,
) -> Verdict {
    *nth += 1;
    let sent = match lab.send(way.step(right_login("alice"), *nth), false).await {
        Ok(sent) => sent,
        Err(why) => return Verdict::Inconclusive(why),
    };
    let outcome = sent.exchange.outcome();
    if sent.credential {
        return Verdict::Fail(told(&format!(
            "after {} wrong passwords and {} for the next, two more were answered {}, and the right one got in",
            ceiling.after, ceiling.answer.status, ceiling.judged
        )));
    }
    match (sent.exchange.response(), refused) {
        (None, _) => Verdict::Inconclusive(outcome),
        (Some(_), Refused::Another) => Verdict::PASS,
        (Some(response), Refused::Unclear) if ceiling.holds(response) => Verdict::PASS,
        (Some(_), Refused::Unclear) => Verdict::Inconclusive(format!(
            "wrong passwords are judged by it, yet the right one was answered {outcome}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Limiter, run};
    use super::*;

    fn verdicts(attempts: &[Attempt]) -> Vec<(&str, &str)> {
        let failed = attempts.iter().filter(|a| a.verdict != Verdict::PASS);
        failed
            .map(|a| (a.name.as_str(), a.verdict.word()))
            .collect()
    }

    #[test]
    fn a_limit_that_heeds_no_header_and_no_spelling_passes() {
        let mut lab = Limiter::default();
        assert_eq!(verdicts(&run(&FORWARDED, &mut lab)), []);
        assert_eq!(verdicts(&run(&SPELT, &mut lab)), []);
    }

    #[test]
    fn a_header_that_is_believed_fails_and_no_other() {
        let mut lab = Limiter {
            believes: Some("True-Client-IP"),
            ..Limiter::default()
        };
        let attempts = run(&FORWARDED, &mut lab);
        assert_eq!(verdicts(&attempts), [("True-Client-IP", "fail")]);
    }

    #[test]
    fn a_spelling_counts_only_where_it_names_the_same_account() {
        let mut lab = Limiter {
            counts_raw: true,
            ..Limiter::default()
        };
        assert_eq!(verdicts(&run(&SPELT, &mut lab)), []);
        lab.folds_case = true;
        let attempts = run(&SPELT, &mut lab);
        assert_eq!(verdicts(&attempts), [("address in capitals", "fail")]);
    }

    #[test]
    fn where_no_limit_is_met_there_is_nothing_to_get_past() {
        let mut lab = Limiter {
            most: 1000,
            ..Limiter::default()
        };
        for probe in [&FORWARDED, &SPELT] {
            let attempts = run(probe, &mut lab);
            assert_eq!(verdicts(&attempts), [("up to the limit", "skipped")]);
        }
    }

    #[test]
    fn behind_a_proxy_that_overwrites_them_headers_do_not_matter() {
        let mut lab = Limiter {
            believes: Some("Forwarded"),
            front: Some(Front::Overwrites),
            ..Limiter::default()
        };
        assert_eq!(
            verdicts(&run(&FORWARDED, &mut lab)),
            [("headers", "skipped")]
        );
    }

    #[test]
    fn addresses_are_of_the_range_for_benchmarks() {
        for nth in [0, 1, 70_000, u64::MAX] {
            let text = address(nth);
            assert!(text.parse::<std::net::Ipv4Addr>().is_ok(), "{text}");
            assert!(text.starts_with("198.18.") || text.starts_with("198.19."));
        }
    }
}
