//! Where the time of a run goes: for each phase its wall time and the floor under it.

use std::future::Future;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reports::model::PhaseTiming;

use crate::run::lock;

tokio::task_local! {
    /// Microseconds of exchanges in the chain that is running: one scenario's, each step after the one before.
    static CHAIN: AtomicU64;
}

/// The phases so far and the one that is open.
#[derive(Default)]
pub(crate) struct Timeline {
    closed: Mutex<Vec<PhaseTiming>>,
    open: Mutex<Option<Open>>,
}

struct Open {
    name: &'static str,
    jobs: usize,
    started: Instant,
    waited_before: u64,
    exchanges: u64,
    busy: Duration,
    longest: Duration,
}

impl Timeline {
    /// Ends the phase before and begins one in which `jobs` chains may run at once; `waited` is the run's milliseconds.
    pub(crate) fn begin(&self, name: &'static str, jobs: usize, waited: u64) {
        self.end(waited);
        *lock(&self.open) = Some(Open {
            name,
            jobs,
            started: Instant::now(),
            waited_before: waited,
            exchanges: 0,
            busy: Duration::ZERO,
            longest: Duration::ZERO,
        });
    }

    /// Ends the open phase; one that sent nothing is not told.
    pub(crate) fn end(&self, waited: u64) {
        let Some(open) = lock(&self.open).take().filter(|open| open.exchanges > 0) else {
            return;
        };
        let jobs = u32::try_from(open.jobs.max(1)).unwrap_or(u32::MAX);
        lock(&self.closed).push(PhaseTiming {
            phase: open.name.to_owned(),
            wall_ms: millis(open.started.elapsed()),
            waited_ms: waited - open.waited_before,
            exchanges: open.exchanges,
            exchanges_ms: millis(open.busy),
            longest_chain_ms: millis(open.longest),
            floor_ms: millis(open.longest.max(open.busy / jobs)),
        });
    }

    /// Counts an exchange to the open phase and to the chain that sent it.
    pub(crate) fn exchanged(&self, took: Duration) {
        if let Some(open) = &mut *lock(&self.open) {
            open.exchanges += 1;
            open.busy += took;
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        // Outside of a chain nothing depends on it.
        let _ = CHAIN.try_with(|chain| chain.fetch_add(micros, Ordering::Relaxed));
    }

    /// Runs steps that wait for one another.
    pub(crate) async fn chain<T>(&self, steps: impl Future<Output = T>) -> T {
        let steps = async {
            let result = steps.await;
            let micros = CHAIN.with(|chain| chain.load(Ordering::Relaxed));
            (result, Duration::from_micros(micros))
        };
        let (result, took) = CHAIN.scope(AtomicU64::new(0), steps).await;
        if let Some(open) = &mut *lock(&self.open) {
            open.longest = open.longest.max(took);
        }
        result
    }

    pub(crate) fn told(&self) -> Vec<PhaseTiming> {
        lock(&self.closed).clone()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Duration = Duration::from_millis(10);

    #[tokio::test]
    async fn the_floor_is_the_longest_chain_or_the_work_shared_by_all_jobs() {
        let timeline = &Timeline::default();
        timeline.begin("parallel", 2, 0);
        let chain = |exchanges: usize| {
            timeline.chain(async move {
                for _ in 0..exchanges {
                    tokio::task::yield_now().await;
                    timeline.exchanged(TEN);
                }
            })
        };
        futures_util::future::join(chain(5), chain(1)).await;
        timeline.begin("quiet", 1, 7);
        timeline.exchanged(TEN);
        timeline.exchanged(TEN);
        timeline.begin("exclusive", 1, 9);
        timeline.end(9);
        let told = timeline.told();
        let [parallel, quiet] = told.as_slice() else {
            panic!("two phases sent something: {told:?}");
        };
        assert_eq!(
            (
                parallel.exchanges,
                parallel.exchanges_ms,
                parallel.longest_chain_ms,
                parallel.floor_ms
            ),
            (6, 60, 50, 50)
        );
        assert_eq!(parallel.waited_ms, 7);
        assert_eq!((quiet.floor_ms, quiet.waited_ms), (20, 2));
    }
}
