//! The throttle port: how often, by whom, in a sliding minute of the clock port.

use crate::parts::{Head, Parts};
use async_trait::async_trait;
use axum::extract::ConnectInfo;
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use unicode_normalization::UnicodeNormalization;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Wrong passwords for one account at login.
    FailedLogin,
    /// Wrong current passwords of one signed-in account.
    FailedPasswordChange,
    /// Login attempts from one address.
    Login,
    /// Registrations from one address.
    Registration,
}

/// A limit: `max` in each sliding `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub max: usize,
    pub window: Duration,
}

/// Counts and refuses.
#[async_trait]
pub trait Throttle: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Throttle;

    /// The address that a request counts for.
    fn client(&self, parts: &Parts, head: &Head) -> IpAddr {
        self.inner().client(parts, head)
    }
    /// The key that login attempts for this address count for; spelling variants share it, known or not.
    fn account(&self, parts: &Parts, raw_email: &str) -> String {
        self.inner().account(parts, raw_email)
    }
    fn limit(&self, parts: &Parts, rule: Rule) -> Limit {
        self.inner().limit(parts, rule)
    }
    /// Counts one event, or says after which time the next is free.
    fn take(&self, parts: &Parts, rule: Rule, key: &str) -> Result<(), Duration> {
        self.inner().take(parts, rule, key)
    }
    /// Begins an attempt that counts only if it fails; waits while others in flight could use up the limit.
    async fn attempt(&self, parts: &Parts, rule: Rule, key: &str) -> Result<Attempt, Duration> {
        self.inner().attempt(parts, rule, key).await
    }
}

/// An attempt in flight. Dropped, it counts as failed: hanging up does not make a guess free.
#[must_use]
pub struct Attempt {
    counted: Option<(Arc<Book>, (Rule, String), i64)>,
}

impl Attempt {
    /// An attempt that nobody counts.
    pub fn uncounted() -> Self {
        Self { counted: None }
    }

    /// The attempt was no failure. Earlier failures stay counted.
    pub fn succeeded(mut self) {
        if let Some((book, key, _)) = self.counted.take() {
            book.finish(&key, None);
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if let Some((book, key, at)) = self.counted.take() {
            book.finish(&key, Some(at));
        }
    }
}

/// The events of the last window by rule and key, in memory.
#[derive(Default)]
pub struct Book {
    pages: Mutex<HashMap<(Rule, String), Page>>,
    changed: Notify,
}

#[derive(Default)]
struct Page {
    /// Milliseconds since 1970, oldest first.
    events: VecDeque<i64>,
    in_flight: usize,
}

impl Book {
    /// Pages that are kept before the empty ones are swept out.
    const SWEEP_AT: usize = 10_000;

    fn pages(&self) -> MutexGuard<'_, HashMap<(Rule, String), Page>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts `now`, or reserves a place for an attempt; `Err(None)` means wait for those in flight.
    fn enter(
        &self,
        key: &(Rule, String),
        limit: Limit,
        now: i64,
        reserve: bool,
    ) -> Result<(), Option<Duration>> {
        let mut pages = self.pages();
        let window = i64::try_from(limit.window.as_millis()).unwrap_or(i64::MAX);
        if pages.len() > Self::SWEEP_AT {
            pages.retain(|_, page| {
                page.in_flight > 0 || page.events.back().is_some_and(|at| at + window > now)
            });
        }
        let page = pages.entry(key.clone()).or_default();
        while page.events.front().is_some_and(|at| at + window <= now) {
            page.events.pop_front();
        }
        if page.events.len() >= limit.max {
            let free_at = page.events.front().map_or(now, |at| at + window);
            return Err(Some(Duration::from_millis((free_at - now).unsigned_abs())));
        }
        if page.events.len() + page.in_flight >= limit.max {
            return Err(None);
        }
        if reserve {
            page.in_flight += 1
        } else {
            page.events.push_back(now)
        }
        Ok(())
    }

    fn finish(&self, key: &(Rule, String), failed_at: Option<i64>) {
        if let Some(page) = self.pages().get_mut(key) {
            page.in_flight = page.in_flight.saturating_sub(1);
            page.events.extend(failed_at);
        }
        self.changed.notify_waiters();
    }
}

/// The secure throttle; its book is shared by all requests of this process.
#[derive(Default)]
pub(crate) struct SlidingMinute {
    book: Arc<Book>,
}

#[async_trait]
impl Throttle for SlidingMinute {
    fn inner(&self) -> &dyn Throttle {
        self
    }

    fn client(&self, parts: &Parts, head: &Head) -> IpAddr {
        let peer = head
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let peer = peer
            .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
            .to_canonical();
        let trusted = &parts.config.trusted_proxies;
        if !trusted.contains(&peer) {
            return bucket(peer);
        }
        // From the right: the last address that no trusted proxy of ours added.
        let lines = head
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|line| line.to_str().ok());
        let hops: Vec<&str> = lines
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .collect();
        for hop in hops.iter().rev() {
            match hop.parse::<IpAddr>() {
                Ok(address) if trusted.contains(&address.to_canonical()) => {}
                Ok(address) => return bucket(address.to_canonical()),
                Err(_) => break,
            }
        }
        bucket(peer)
    }

    fn account(&self, _: &Parts, raw_email: &str) -> String {
        let spelled: String = raw_email
            .nfkc()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .take(320)
            .collect();
        spelled.to_lowercase()
    }

    fn limit(&self, parts: &Parts, rule: Rule) -> Limit {
        let limits = parts.config.limits;
        let max = match rule {
            Rule::FailedLogin | Rule::FailedPasswordChange => limits.failed_logins,
            Rule::Login => limits.logins,
            Rule::Registration => limits.registrations,
        };
        Limit {
            max: max as usize,
            window: Duration::from_secs(60),
        }
    }

    fn take(&self, parts: &Parts, rule: Rule, key: &str) -> Result<(), Duration> {
        let limit = parts.throttle.limit(parts, rule);
        let entered = self
            .book
            .enter(&(rule, key.to_owned()), limit, parts.now_ms(), false);
        entered.map_err(|wait| wait.unwrap_or(limit.window))
    }

    async fn attempt(&self, parts: &Parts, rule: Rule, key: &str) -> Result<Attempt, Duration> {
        let limit = parts.throttle.limit(parts, rule);
        let key = (rule, key.to_owned());
        loop {
            let changed = self.book.changed.notified();
            let now = parts.now_ms();
            match self.book.enter(&key, limit, now, true) {
                Ok(()) => {
                    return Ok(Attempt {
                        counted: Some((self.book.clone(), key, now)),
                    });
                }
                Err(Some(wait)) => return Err(wait),
                Err(None) => changed.await,
            }
        }
    }
}

/// One IPv6 customer holds a whole /64: it counts as one address.
fn bucket(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit {
        max: 2,
        window: Duration::from_secs(60),
    };

    fn key() -> (Rule, String) {
        (Rule::Login, "k".into())
    }

    #[test]
    fn the_wait_that_is_named_is_enough_and_not_too_long() {
        let book = Book::default();
        assert_eq!(book.enter(&key(), LIMIT, 0, false), Ok(()));
        assert_eq!(book.enter(&key(), LIMIT, 10_000, false), Ok(()));
        assert_eq!(
            book.enter(&key(), LIMIT, 20_000, false),
            Err(Some(Duration::from_secs(40)))
        );
        assert_eq!(
            book.enter(&key(), LIMIT, 59_999, false),
            Err(Some(Duration::from_millis(1)))
        );
        assert_eq!(book.enter(&key(), LIMIT, 60_000, false), Ok(()));
    }

    #[test]
    fn attempts_in_flight_hold_places_and_failures_keep_them() {
        let book = Book::default();
        assert_eq!(book.enter(&key(), LIMIT, 0, true), Ok(()));
        assert_eq!(book.enter(&key(), LIMIT, 0, true), Ok(()));
        assert_eq!(book.enter(&key(), LIMIT, 0, true), Err(None));
        book.finish(&key(), None);
        assert_eq!(book.enter(&key(), LIMIT, 0, true), Ok(()));
        book.finish(&key(), Some(0));
        book.finish(&key(), Some(0));
        assert_eq!(
            book.enter(&key(), LIMIT, 1, true),
            Err(Some(Duration::from_millis(59_999)))
        );
    }

    #[test]
    fn neighbours_in_an_ipv6_network_share_a_bucket() {
        let of = |text: &str| bucket(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
    }
}
