//! `/api/{user_id}/tasks` and below

pub(crate) mod isolation;
pub(crate) mod list;
pub(crate) mod one;

use crate::support::{Actor, Server};
use serde_json::Value;

pub(super) fn path(owner: &Actor, task: &Value) -> String {
    format!("{}/{}", owner.tasks(), task["id"].as_str().unwrap())
}

pub(super) async fn list(server: &Server, owner: &Actor, query: &str) -> Value {
    server
        .get(&format!("{}?{query}", owner.tasks()))
        .bearer(&owner.access)
        .send()
        .await
        .is(200)
        .json()
}

pub(super) fn titles(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["title"].as_str().unwrap())
        .collect()
}
