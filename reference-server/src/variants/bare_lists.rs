//! A list is an array, and all of it comes at once.

use super::Variant;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Page, Tasks};
use std::sync::Arc;

pub(super) const VARIANT: Variant = Variant {
    id: "bare-lists",
    title: "Lists without an envelope",
    profile: r#"
[[resource]]
name = "task"
create = "POST /api/{user_id}/tasks"
list = "GET /api/{user_id}/tasks"
read = "GET /api/{user_id}/tasks/{id}"
replace = "PUT /api/{user_id}/tasks/{id}"
patch = { send = "PATCH /api/{user_id}/tasks/{id}", json = { title = "{marker}" } }
delete = "DELETE /api/{user_id}/tasks/{id}"
json = { title = "{marker}", description = "made by authspec", completed = false }
owner = "/user_id"
items = ""
paging = { limit = "limit", offset = "offset", size = 100 }
"#,
    install: |parts| Parts {
        tasks: Arc::new(Bare(parts.tasks.clone())),
        ..parts
    },
    ..Variant::PLAIN
};

struct Bare(Arc<dyn Tasks>);

impl Tasks for Bare {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn page(&self, _: &Parts, page: &Page) -> Result<String, Problem> {
        serde_json::to_string(&page.items).map_err(Problem::internal)
    }
}
