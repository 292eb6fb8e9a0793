//! The clock port: every rule about time in this server reads it, and nothing else.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the server learns the time of day.
pub trait Clock: Send + Sync {
    fn now(&self) -> SystemTime;
}

/// The clock of the machine.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the port that everybody else reads"
    )]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// The clock of the machine plus an offset that its owner moves; share it through an `Arc`.
#[derive(Debug, Default)]
pub struct SharedClock {
    offset_ms: AtomicI64,
}

impl SharedClock {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the time forward for everybody who shares this clock.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.offset_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// How far this clock is ahead of the machine's.
    #[must_use]
    pub fn offset(&self) -> Duration {
        Duration::from_millis(self.offset_ms.load(Ordering::SeqCst).unsigned_abs())
    }
}

impl Clock for SharedClock {
    fn now(&self) -> SystemTime {
        SystemClock.now() + self.offset()
    }
}

/// Milliseconds since 1970, the unit of every stored time.
#[must_use]
pub fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A stored time as RFC 3339 text in UTC with milliseconds, `2026-11-24T03:42:02.000Z`.
#[must_use]
pub fn rfc3339(ms: i64) -> String {
    let (days, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    // Days to civil date: Howard Hinnant, "chrono-compatible low-level date algorithms".
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (hour, minute, second, ms) = (
        rest / 3_600_000,
        rest / 60_000 % 60,
        rest / 1_000 % 60,
        rest % 1_000,
    );
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ms: i64, want: &str) {
        assert_eq!(rfc3339(ms), want);
    }

    #[test]
    fn the_epoch_is_written_in_full() {
        check(0, "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn a_leap_day_is_written_as_such() {
        check(1_709_164_799_999, "2024-02-28T23:59:59.999Z");
        check(1_709_164_800_000, "2024-02-29T00:00:00.000Z");
    }

    #[test]
    fn an_advanced_clock_is_ahead_of_the_machine() {
        let clock = SharedClock::new();
        clock.advance(Duration::from_secs(3600));
        assert!(millis(clock.now()) - millis(SystemClock.now()) >= 3_599_000);
    }
}
