//! One exchange: within the declared limits, retried when the target asks to wait, and remembered.

use std::time::Duration;

use scenarios::exchange::{Answer, Exchange, Request, Response};

use crate::budget::Kind;
use crate::options::Progress;
use crate::run::Run;

/// Who sends what, for the record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Label<'a> {
    pub(crate) actor: &'a str,
    pub(crate) call: &'a str,
    pub(crate) control: bool,
    pub(crate) recipe: Option<&'a str>,
    /// On a connection of its own.
    pub(crate) fresh: bool,
    /// Waits and tries again where the target asks for it; bursts do not.
    pub(crate) patient: bool,
}

/// Why a request did not leave.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsent {
    /// It cannot be written; another target would not get it either.
    #[error("{0}")]
    Unsendable(String),
    /// It was not sent, or its answer not awaited, for want of time.
    #[error("{0}")]
    NoTime(String),
}

/// How often a throttled request is tried again.
const TRIES: usize = 3;
/// Waited beyond what a target asks for.
const MARGIN: Duration = Duration::from_millis(500);

/// Sends a request and gives the exchange; an error says why it could not leave.
pub(crate) async fn transmit(
    run: &Run,
    request: Request,
    label: Label<'_>,
) -> Result<Exchange, Unsent> {
    let kind = match label.call {
        "login" => Kind::Login,
        "register" => Kind::Registration,
        _ => Kind::Other,
    };
    let mut tries = 0;
    loop {
        if label.patient {
            keep_to_limits(run, kind).await.map_err(Unsent::NoTime)?;
        } else {
            run.budget.count(kind, run.options.time.unix());
        }
        if run.is_over() {
            return Err(Unsent::NoTime(run.ended()));
        }
        // A target that drips its answer may not hold the run beyond its deadline.
        let left = std::time::Instant::now();
        let sent = tokio::time::timeout(run.time_left(), run.client.send(&request, label.fresh));
        let mut answer = sent
            .await
            .map_err(|_| Unsent::NoTime(run.ended()))?
            .map_err(|error| Unsent::Unsendable(error.to_string()))?;
        run.timeline.exchanged(match &answer {
            Answer::Response(response) => response.duration,
            Answer::Nothing(_) => left.elapsed(),
        });
        tries += 1;
        if let Answer::Response(response) = &mut answer {
            let denial = run.target.policy.denial.as_ref();
            response.denied =
                response.is_success() && denial.is_some_and(|denial| denial.told_by(response));
            run.learn_clock(response);
            if label.patient && response.is_throttled() && tries < TRIES {
                let delay = retry_after(response);
                // On a shared clock a wait takes none of the run's time.
                let in_time = run.options.time.is_shared() || delay < run.time_left();
                if delay <= run.options.patience + MARGIN && in_time {
                    wait(run, "the target asked to", delay)
                        .await
                        .map_err(Unsent::NoTime)?;
                    continue;
                }
            }
        }
        return Ok(Exchange {
            actor: label.actor.to_owned(),
            call: label.call.to_owned(),
            control: label.control,
            request,
            answer,
            recipe: label.recipe.map(str::to_owned),
        });
    }
}

async fn keep_to_limits(run: &Run, kind: Kind) -> Result<(), String> {
    until_free(run, |now| run.budget.delay(kind, now)).await
}

/// Waits until so many requests have room in the declared limits.
pub(crate) async fn room(run: &Run, kind: Kind, count: u32) -> Result<(), String> {
    until_free(run, |now| run.budget.room(kind, count, now)).await
}

async fn until_free(run: &Run, delay: impl Fn(i64) -> Duration) -> Result<(), String> {
    loop {
        let delay = delay(run.options.time.unix());
        if delay.is_zero() {
            return Ok(());
        }
        if delay > run.options.patience.max(Duration::from_secs(61)) {
            return Err(format!(
                "a declared limit asks to wait {} s; give --patience",
                delay.as_secs()
            ));
        }
        wait(run, "to keep to a declared limit", delay).await?;
    }
}

/// Lets time pass, unless the run ends before.
pub(crate) async fn wait(run: &Run, why: &str, duration: Duration) -> Result<(), String> {
    if run.options.time.is_shared() {
        run.options.time.wait(duration).await;
        return Ok(());
    }
    if duration > run.time_left() {
        return Err(format!(
            "waiting {} s would go beyond the deadline; give --deadline",
            duration.as_secs()
        ));
    }
    if let Some(progress) = &run.options.progress {
        progress(Progress::Waiting { why, duration });
    }
    tokio::select! {
        () = run.options.time.wait(duration) => Ok(()),
        () = run.options.cancel.cancelled() => Err("the run was interrupted".to_owned()),
    }
}

/// The seconds that a throttled answer asks to wait; ten where it names none.
fn retry_after(response: &Response) -> Duration {
    let seconds = response
        .retry_after()
        .and_then(|text| text.trim().parse::<f64>().ok())
        .filter(|s| (0.0..86_400.0).contains(s));
    Duration::from_secs_f64(seconds.unwrap_or(10.0)) + MARGIN
}
