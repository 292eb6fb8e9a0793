//! The clock of a run: the machine's, or one that is shared with the target and moves when it is waited on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where a run learns the time, and how it lets time pass.
#[derive(Clone)]
pub struct Time {
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    advance: Option<Arc<dyn Fn(Duration) + Send + Sync>>,
    waited_ms: Arc<AtomicU64>,
}

impl Time {
    /// A clock that runs by itself: waiting takes as long as it takes.
    pub fn real(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Time {
        Time {
            now: Arc::new(now),
            advance: None,
            waited_ms: Arc::default(),
        }
    }

    /// A clock that the target reads too: waiting moves it and takes no time.
    pub fn shared(
        now: impl Fn() -> SystemTime + Send + Sync + 'static,
        advance: impl Fn(Duration) + Send + Sync + 'static,
    ) -> Time {
        Time {
            now: Arc::new(now),
            advance: Some(Arc::new(advance)),
            waited_ms: Arc::default(),
        }
    }

    /// Seconds since 1970.
    pub fn unix(&self) -> i64 {
        let since = (self.now)().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// The time as a moment.
    pub fn now(&self) -> SystemTime {
        (self.now)()
    }

    /// Whether waiting costs nothing.
    pub fn is_shared(&self) -> bool {
        self.advance.is_some()
    }

    /// Lets time pass.
    pub async fn wait(&self, duration: Duration) {
        match &self.advance {
            Some(advance) => advance(duration),
            None => {
                let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
                self.waited_ms.fetch_add(ms, Ordering::Relaxed);
                tokio::time::sleep(duration).await;
            }
        }
    }

    /// Milliseconds that were really waited.
    pub fn waited_ms(&self) -> u64 {
        self.waited_ms.load(Ordering::Relaxed)
    }
}
