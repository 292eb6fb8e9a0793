//! Limits that are not kept, and failed logins that are counted by hand.

use crate::parts::Parts;
use crate::problem::Problem;
use crate::throttle::{Attempt, Rule, Throttle};
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Events of this rule are not counted.
pub(in crate::defects) fn without(parts: Parts, rule: Rule) -> Parts {
    Parts {
        throttle: Arc::new(Without(parts.throttle.clone(), rule)),
        ..parts
    }
}

struct Without(Arc<dyn Throttle>, Rule);

#[async_trait]
impl Throttle for Without {
    fn inner(&self) -> &dyn Throttle {
        &*self.0
    }

    fn take(&self, parts: &Parts, rule: Rule, key: &str) -> Result<(), Duration> {
        match rule == self.1 {
            true => Ok(()),
            false => self.0.take(parts, rule, key),
        }
    }

    async fn attempt(&self, parts: &Parts, rule: Rule, key: &str) -> Result<Attempt, Duration> {
        match rule == self.1 {
            true => Ok(Attempt::uncounted()),
            false => self.0.attempt(parts, rule, key).await,
        }
    }
}

/// When logins for an account failed, in milliseconds since 1970.
#[derive(Default)]
pub(in crate::defects) struct Failures(Mutex<HashMap<String, Vec<i64>>>);

impl Failures {
    /// Refuses where an account has as many failures as are allowed; otherwise counts one more, where `counts`.
    pub(in crate::defects) fn enter(
        &self,
        parts: &Parts,
        account: &str,
        counts: bool,
    ) -> Result<(), Problem> {
        let limit = parts.throttle.limit(parts, Rule::FailedLogin);
        let (now, window) = (parts.now_ms(), limit.window.as_millis() as i64);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = all.entry(account.to_owned()).or_default();
        failures.retain(|at| at + window > now);
        match failures.first() {
            Some(first) if failures.len() >= limit.max => {
                let wait = (first + window - now).unsigned_abs();
                Err(Problem::too_many(Duration::from_millis(wait)))
            }
            Some(_) | None => {
                failures.extend(counts.then_some(now));
                Ok(())
            }
        }
    }

    pub(in crate::defects) fn clear(&self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.clear();
    }
}
