//! Keeps to the declared limits from the first request: a request that would go over one waits for its turn.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use crate::run::lock;
use crate::target::{Limit, Limits};

/// What a request counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Login,
    Registration,
    Other,
}

/// Sliding windows over what was sent.
pub(crate) struct Budget {
    windows: Vec<(Limit, Kind, Mutex<VecDeque<i64>>)>,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Budget {
        let window = |limit, kind| (limit, kind, Mutex::default());
        Budget {
            windows: vec![
                window(limits.login_address, Kind::Login),
                window(limits.registration, Kind::Registration),
                window(limits.requests, Kind::Other),
            ],
        }
    }

    /// How long a request of this kind must wait at `now` (seconds); zero means that it was counted and may leave.
    pub(crate) fn delay(&self, kind: Kind, now: i64) -> Duration {
        let longest = self.room(kind, 1, now);
        if longest.is_zero() {
            self.count(kind, now);
        }
        longest
    }

    /// How long until so many requests of this kind can leave one after another; none of them is counted yet.
    pub(crate) fn room(&self, kind: Kind, count: u32, now: i64) -> Duration {
        let waits = self.touched(kind).map(|(limit, _, sent)| {
            let Limit::Count {
                count: most,
                seconds,
            } = limit
            else {
                return 0;
            };
            let mut sent = lock(sent);
            let window = i64::from(*seconds);
            while sent.front().is_some_and(|at| at + window < now) {
                sent.pop_front();
            }
            let over = (sent.len() + count as usize).saturating_sub(*most as usize);
            // More than the limit never have room; then all that was sent must be forgotten.
            let last = over.min(sent.len()).checked_sub(1);
            let last = last.and_then(|last| sent.get(last));
            last.map_or(0, |at| (at + window + 1 - now).max(1))
        });
        Duration::from_secs(waits.max().unwrap_or(0).unsigned_abs())
    }

    /// Counts a request that left without asking, as those of a burst do.
    pub(crate) fn count(&self, kind: Kind, now: i64) {
        let touched = self.touched(kind);
        touched.for_each(|(_, _, sent)| lock(sent).push_back(now));
    }

    fn touched(&self, kind: Kind) -> impl Iterator<Item = &(Limit, Kind, Mutex<VecDeque<i64>>)> {
        let counts = move |of: Kind| of == kind || of == Kind::Other;
        self.windows.iter().filter(move |(_, of, _)| counts(*of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_burst_waits_until_it_has_passed() {
        let limits = Limits {
            registration: Limit::Count {
                count: 2,
                seconds: 10,
            },
            ..Limits::default()
        };
        let budget = Budget::new(&limits);
        for _ in 0..4 {
            budget.count(Kind::Registration, 100);
        }
        let delay = budget.delay(Kind::Registration, 100);
        assert_eq!(delay, Duration::from_secs(11));
        assert_eq!(budget.delay(Kind::Registration, 111), Duration::ZERO);
    }

    #[test]
    fn many_requests_wait_until_there_is_room_for_all() {
        let limits = Limits {
            login_address: Limit::Count {
                count: 3,
                seconds: 10,
            },
            ..Limits::default()
        };
        let budget = Budget::new(&limits);
        budget.count(Kind::Login, 100);
        budget.count(Kind::Login, 104);
        assert_eq!(budget.room(Kind::Login, 1, 105), Duration::ZERO);
        assert_eq!(budget.room(Kind::Login, 2, 105), Duration::from_secs(6));
        assert_eq!(budget.room(Kind::Login, 3, 105), Duration::from_secs(10));
        assert_eq!(budget.room(Kind::Login, 9, 105), Duration::from_secs(10));
        assert_eq!(budget.room(Kind::Login, 9, 115), Duration::ZERO);
    }

    #[test]
    fn the_request_above_the_limit_waits_until_the_window_has_passed() {
        let limits = Limits {
            login_address: Limit::Count {
                count: 2,
                seconds: 10,
            },
            ..Limits::default()
        };
        let budget = Budget::new(&limits);
        assert_eq!(budget.delay(Kind::Login, 100), Duration::ZERO);
        assert_eq!(budget.delay(Kind::Login, 101), Duration::ZERO);
        assert_eq!(budget.delay(Kind::Login, 102), Duration::from_secs(9));
        assert_eq!(budget.delay(Kind::Other, 102), Duration::ZERO);
        assert_eq!(budget.delay(Kind::Login, 111), Duration::ZERO);
    }
}
