//! Good answers stand under `data`, beside `meta`.

use super::Variant;
use super::shared::{Answer, answers};
use crate::parts::Head;
use serde_json::json;

pub(super) const VARIANT: Variant = Variant {
    id: "enveloped-data",
    title: "Every good answer in an envelope",
    profile: r#"
[routes]
me = { send = "GET /api/auth/me", id = "/data/id" }

[credential]
token = "/data/access_token"
refresh = "/data/refresh_token"
user_id = "/data/user/id"

[[resource]]
name = "task"
create = "POST /api/{user_id}/tasks"
list = "GET /api/{user_id}/tasks"
read = "GET /api/{user_id}/tasks/{id}"
replace = "PUT /api/{user_id}/tasks/{id}"
patch = { send = "PATCH /api/{user_id}/tasks/{id}", json = { title = "{marker}" } }
delete = "DELETE /api/{user_id}/tasks/{id}"
json = { title = "{marker}", description = "made by authspec", completed = false }
id = "/data/id"
owner = "/data/user_id"
items = "/data/items"
paging = { limit = "limit", offset = "offset", size = 100 }
"#,
    install: |parts| answers(parts, enveloped),
    ..Variant::PLAIN
};

fn enveloped(head: &Head, answer: &mut Answer) {
    // Key sets and descriptions have forms that others prescribe.
    if answer.is_problem() || !head.uri.path().starts_with("/api/") {
        return;
    }
    if let Some(data) = answer.json() {
        answer.set_json(&json!({ "data": data, "meta": { "version": 2 } }));
    }
}
