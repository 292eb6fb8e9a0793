//! Wrong passwords until the target stops them: the start of every probe of a limit.

use std::time::Duration;

use super::{Attempt, Counted, DeclaredLimit, Lab, Sent};
use crate::exchange::Response;
use crate::judge::alike;
use crate::model::Step;
use crate::verdict::Verdict;

/// Attempts where the profile declares no limit, and the time that they may take.
pub(super) const UNDECLARED: u32 = 30;
const MINUTE: Duration = Duration::from_secs(60);

/// How a burst ended.
pub(super) enum Outcome {
    Throttled(Ceiling),
    /// Refused ever more slowly: first and last delay.
    Slowed(Duration, Duration),
    /// Every attempt was judged like the first.
    Unbounded(u32),
    Unclear(String),
}

/// A limit that was met.
#[derive(Debug, Clone)]
pub(super) struct Ceiling {
    /// The answer that said so.
    pub(super) answer: Response,
    /// The status of wrong passwords that were judged.
    pub(super) judged: u16,
    /// How many were.
    pub(super) after: u32,
}

impl Ceiling {
    /// Whether a wrong password was judged, as below the limit.
    pub(super) fn lets_through(&self, response: &Response) -> bool {
        response.status == self.judged && !response.is_throttled()
    }

    /// Whether an answer is that of the limit.
    pub(super) fn holds(&self, response: &Response) -> bool {
        response.is_throttled() || response.status == self.answer.status
    }
}

/// How many requests show whether a limit is kept, and how long they may take.
pub(super) fn size(limit: DeclaredLimit) -> (u32, Duration) {
    match limit {
        DeclaredLimit::Count { count, seconds } => (
            count.saturating_add(1),
            Duration::from_secs(seconds.max(1).into()),
        ),
        DeclaredLimit::Undeclared | DeclaredLimit::Edge => (UNDECLARED, MINUTE),
    }
}

/// Whether a burst stayed within the window in which a limit counts; otherwise nothing can be said.
pub(super) fn in_time(took: Duration, window: Duration, what: &str) -> Result<(), String> {
    if took <= window {
        return Ok(());
    }
    Err(format!(
        "{what} took {} s, longer than the {} s in which they are counted",
        took.as_secs(),
        window.as_secs()
    ))
}

/// Sends wrong passwords for an account up to one above the limit, or until one is throttled.
pub(super) async fn wrong_passwords(lab: &mut dyn Lab, actor: &str) -> Outcome {
    let (most, window) = size(lab.limit(Counted::FailedLogins));
    // Where the limit of the address were met, that of the account would not be seen.
    if let Err(why) = lab.room(Counted::Logins, most).await {
        return Outcome::Unclear(why);
    }
    let mut delays = Vec::new();
    let mut answers: Vec<Response> = Vec::new();
    let start = lab.now();
    for attempt in 0..most {
        let sent = lab.send(wrong_login(actor), attempt == 0).await;
        let response = match answer(sent) {
            Ok(response) => response,
            Err(why) => return Outcome::Unclear(format!("attempt {}: {why}", attempt + 1)),
        };
        let first = answers.first().unwrap_or(&response).status;
        if response.is_throttled() || response.status != first {
            return match attempt {
                0 => Outcome::Unclear("the very first wrong password was throttled".into()),
                _ => Outcome::Throttled(Ceiling {
                    answer: response,
                    judged: first,
                    after: attempt,
                }),
            };
        }
        delays.push(response.duration);
        answers.push(response);
    }
    let took = lab.now().saturating_sub(start);
    let edge = |slice: &[Duration]| {
        let mut sorted = slice.to_vec();
        sorted.sort();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    };
    let (first, last) = (
        edge(&delays[..delays.len().min(3)]),
        edge(&delays[delays.len().saturating_sub(3)..]),
    );
    if last > first * 4 && last > Duration::from_millis(500) {
        // Only a delay of this account counts; a target that is slow for everybody is not a limit.
        let other = lab.send(wrong_login("bob"), true).await;
        return match other {
            Ok(other) => match other.exchange.response() {
                Some(response) if response.duration < last / 2 => Outcome::Slowed(first, last),
                _ => Outcome::Unclear("the target became slow for every account".into()),
            },
            Err(why) => Outcome::Unclear(why),
        };
    }
    if let Err(why) = in_time(took, window, &format!("{most} wrong passwords")) {
        return Outcome::Unclear(why);
    }
    if let Some(how) = changed(&answers) {
        return Outcome::Unclear(how);
    }
    lab.found_no_login_limit();
    Outcome::Unbounded(most)
}

/// How the last of many answers differs from the first ones, which are alike: it may ask for more than a password.
pub(super) fn changed(answers: &[Response]) -> Option<String> {
    let [first, second, .., last] = answers else {
        return None;
    };
    (alike(first, second, "") && !alike(first, last, "")).then(|| {
        let text: String = last.text().chars().take(120).collect();
        format!("the last answers have the status of the first ones, and another text: `{text}`")
    })
}

/// The answer to a wrong password, whatever it is, unless it says nothing about limits.
pub(super) fn answer(sent: Result<Sent, String>) -> Result<Response, String> {
    let sent = sent?;
    match sent.exchange.response() {
        None => Err(sent.exchange.outcome()),
        Some(response) if response.is_throttled() => Ok(response.clone()),
        Some(response) if sent.credential || response.status >= 500 => {
            Err(format!("a wrong password was answered {}", response.status))
        }
        Some(response) => Ok(response.clone()),
    }
}

/// The limit of wrong passwords for an account, once it is met; a verdict where there is none to look at.
pub(super) async fn throttled(lab: &mut dyn Lab, actor: &str) -> Result<Ceiling, Verdict> {
    let none = || {
        let why = "no limit was met, so that there is none to look at (see rate.login-burst)";
        Verdict::Skipped(why.into())
    };
    if lab.limit(Counted::FailedLogins) == DeclaredLimit::Edge {
        return Err(at_the_edge());
    }
    if lab.has_no_login_limit() {
        return Err(none());
    }
    match wrong_passwords(lab, actor).await {
        Outcome::Throttled(ceiling) => Ok(ceiling),
        Outcome::Slowed(..) | Outcome::Unbounded(_) => Err(none()),
        Outcome::Unclear(why) => Err(Verdict::Inconclusive(why)),
    }
}

/// The limit as it is where nothing was counted before, with room for guesses at `next`: one wrong password was judged.
pub(super) async fn measured(lab: &mut dyn Lab, next: &str) -> Result<Ceiling, Verdict> {
    let ceiling = throttled(lab, "alice").await?;
    if judged(lab, &ceiling, next).await? {
        return Ok(ceiling);
    }
    // It counts for the address, and may have counted what others sent before.
    rest(lab, &ceiling).await?;
    let ceiling = throttled(lab, "alice").await?;
    rest(lab, &ceiling).await?;
    match judged(lab, &ceiling, next).await? {
        true => Ok(ceiling),
        false => Err(Verdict::Inconclusive(
            "the limit is still there when its window should be over".into(),
        )),
    }
}

async fn judged(lab: &mut dyn Lab, ceiling: &Ceiling, actor: &str) -> Result<bool, Verdict> {
    let sent = lab.send(wrong_login(actor), false).await;
    let response = answer(sent).map_err(Verdict::Inconclusive)?;
    Ok(ceiling.lets_through(&response))
}

/// Waits until nothing is counted any more.
async fn rest(lab: &mut dyn Lab, ceiling: &Ceiling) -> Result<(), Verdict> {
    let (_, window) = size(lab.limit(Counted::FailedLogins));
    let most = announced(&ceiling.answer).unwrap_or_default().max(window);
    wait(lab, most).await.map_err(Verdict::Inconclusive)
}

/// Waits so long and a second more, where the user has the patience.
pub(super) async fn wait(lab: &mut dyn Lab, duration: Duration) -> Result<(), String> {
    if duration > lab.patience() {
        let seconds = duration.as_secs();
        return Err(format!(
            "the limit lasts {seconds} s; give --patience {}s",
            seconds + 1
        ));
    }
    lab.wait(duration + Duration::from_secs(1)).await
}

pub(super) fn at_the_edge() -> Verdict {
    Verdict::Skipped("the profile declares that the edge limits logins".into())
}

/// A declared limit that is not looked for, since more than `most` requests would be needed.
pub(super) fn beyond(limit: DeclaredLimit, most: u32) -> Verdict {
    let (count, window) = size(limit);
    Verdict::Skipped(format!(
        "the profile declares a limit of {} in {} s, and no more than {most} are sent here",
        count - 1,
        window.as_secs()
    ))
}

/// One attempt that stands for the whole probe.
pub(super) fn only(name: &str, verdict: Verdict) -> Vec<Attempt> {
    vec![Attempt {
        name: name.to_owned(),
        verdict,
    }]
}

pub(super) fn wrong_login(actor: &str) -> Step {
    Step {
        fields: [("password".to_owned(), "not-the-{rand}-password".into())].into(),
        ..right_login(actor)
    }
}

pub(super) fn right_login(actor: &str) -> Step {
    Step {
        actor: Some(actor.to_owned()),
        call: Some("login".into()),
        token: Some("none".into()),
        ..Step::default()
    }
}

/// The time that `Retry-After` (RFC 9110 10.2.3), `X-Retry-After`, or `RateLimit-Reset` names.
pub(super) fn announced(response: &Response) -> Option<Duration> {
    let seconds = response.retry_after()?;
    if let Ok(number) = seconds.trim().parse::<u64>() {
        return Some(Duration::from_secs(number));
    }
    // The other form is a date, counted from the answer's own.
    let at = |text: &str| {
        jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(text)
            .ok()
    };
    let wait = at(seconds)?.as_second() - at(response.header("date")?)?.as_second();
    u64::try_from(wait).ok().map(Duration::from_secs)
}
