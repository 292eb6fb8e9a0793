//! Counters in the text format of Prometheus, served on a listener of their own.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

/// The counters of one server.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    events: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
}

impl Metrics {
    /// `route` is the pattern that matched, never the path itself: its values would be without bound.
    pub(crate) fn count_request(&self, route: &str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route.to_owned(), status)).or_default() += 1;
    }

    pub(crate) fn count_event(&self, event: &'static str, result: &'static str) {
        *self
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry((event, result))
            .or_default() += 1;
    }

    /// The page.
    #[must_use]
    pub fn render(&self) -> String {
        let mut page = String::from("# TYPE http_requests_total counter\n");
        for ((route, status), count) in self
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            let _ = writeln!(
                page,
                "http_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
        page.push_str("# TYPE authentication_events_total counter\n");
        for ((event, result), count) in self
            .events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            let _ = writeln!(
                page,
                "authentication_events_total{{event=\"{event}\",result=\"{result}\"}} {count}"
            );
        }
        page
    }
}
