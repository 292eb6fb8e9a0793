//! Objects are replaced as a whole; PATCH is no method of theirs.

use super::Variant;
use super::shared::without;
use axum::http::Method;

pub(super) const VARIANT: Variant = Variant {
    id: "replaces-only",
    title: "PUT and no PATCH",
    profile: r#"
[[resource]]
name = "task"
create = "POST /api/{user_id}/tasks"
list = "GET /api/{user_id}/tasks"
read = "GET /api/{user_id}/tasks/{id}"
replace = "PUT /api/{user_id}/tasks/{id}"
delete = "DELETE /api/{user_id}/tasks/{id}"
json = { title = "{marker}", description = "made by authspec", completed = false }
owner = "/user_id"
items = "/items"
paging = { limit = "limit", offset = "offset", size = 100 }
"#,
    install: |parts| without(parts, Method::PATCH),
    ..Variant::PLAIN
};
