//! A login writes the user into the session whose cookie came along (CWE-384).

use super::Defect;
use crate::flows::Flows;
use crate::identify::{ACCESS_COOKIE, Identify};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::header;
use axum::response::Response;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "login-keeps-the-session",
    title: "A login goes on with the session whose cookie came along",
    cwe: 384,
    caught_by: &["login.session-fixation"],
    implies: &[],
    install: |parts| {
        let store = Arc::new(Store::default());
        Parts {
            identify: Arc::new(FromTheStore(parts.identify.clone(), store.clone())),
            flows: Arc::new(IntoTheStore(parts.flows.clone(), store)),
            ..parts
        }
    },
};

/// Who is signed in under a value of the cookie.
#[derive(Default)]
struct Store(Mutex<HashMap<String, String>>);

struct FromTheStore(Arc<dyn Identify>, Arc<Store>);

#[async_trait]
impl Identify for FromTheStore {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    fn credential(&self, parts: &Parts, head: &Head) -> Result<Option<String>, Problem> {
        let came = self.0.credential(parts, head)?;
        let store = self.1.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(came.map(|value| store.get(&value).cloned().unwrap_or(value)))
    }
}

struct IntoTheStore(Arc<dyn Flows>, Arc<Store>);

#[async_trait]
impl Flows for IntoTheStore {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn login(
        &self,
        parts: &Parts,
        head: &Head,
        body: &Map<String, Value>,
    ) -> Result<Response, Problem> {
        let response = self.0.login(parts, head, body).await?;
        let came = sent(head);
        if let (Some(value), Some(token)) = (came, issued(&response)) {
            let mut store = self.1.0.lock().unwrap_or_else(PoisonError::into_inner);
            store.insert(value, token);
        }
        Ok(response)
    }
}

/// The value of the cookie that came along.
fn sent(head: &Head) -> Option<String> {
    let line = head.headers.get(header::COOKIE)?.to_str().ok()?;
    line.split("; ").find_map(of_the_session)
}

/// The value of the cookie that an answer sets.
fn issued(response: &Response) -> Option<String> {
    let set = response.headers().get_all(header::SET_COOKIE).iter();
    set.filter_map(|line| line.to_str().ok()?.split(';').next())
        .find_map(of_the_session)
}

fn of_the_session(pair: &str) -> Option<String> {
    let (name, value) = pair.split_once('=')?;
    (name == ACCESS_COOKIE).then(|| value.to_owned())
}
