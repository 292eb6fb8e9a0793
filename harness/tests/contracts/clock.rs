//! The clock that a backend and the harness share: waiting moves it and takes no time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use authspec::time::Time;

#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn now(&self) -> SystemTime {
        crate::support::now() + Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    /// Seconds since 1970.
    pub(crate) fn unix(&self) -> u64 {
        self.now().duration_since(UNIX_EPOCH).unwrap().as_secs()
    }

    /// The same clock as the harness sees it.
    pub(crate) fn time(&self) -> Time {
        let (reads, moves) = (self.clone(), self.clone());
        let advance = move |duration: Duration| {
            moves
                .0
                .fetch_add(duration.as_millis().try_into().unwrap(), Ordering::SeqCst);
        };
        Time::shared(move || reads.now(), advance)
    }
}
