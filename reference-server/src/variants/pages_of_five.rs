//! Lists come by numbered pages of at most five, whatever is asked for.

use super::Variant;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Page, Query, Tasks};
use serde_json::json;
use std::sync::Arc;

pub(super) const VARIANT: Variant = Variant {
    id: "pages-of-five",
    title: "Lists by pages of five",
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
items = "/results"
paging = { limit = "per_page", page = "page", size = 5 }
"#,
    install: |parts| Parts {
        tasks: Arc::new(Paged(parts.tasks.clone())),
        ..parts
    },
    ..Variant::PLAIN
};

struct Paged(Arc<dyn Tasks>);

const LONGEST: u32 = 5;

impl Tasks for Paged {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn query(&self, parts: &Parts, pairs: &[(String, String)]) -> Result<Query, Problem> {
        let number = |name: &str, default: u32| match pairs.iter().find(|(key, _)| key == name) {
            None => Ok(default),
            Some((_, value)) => value
                .parse()
                .ok()
                .filter(|number| (1..=100_000).contains(number))
                .ok_or_else(|| Problem::invalid(format!("{name} must be a number above 0."))),
        };
        let (page, limit) = (
            number("page", 1)?,
            number("per_page", LONGEST)?.min(LONGEST),
        );
        let rest: Vec<_> = pairs
            .iter()
            .filter(|(key, _)| key != "limit" && key != "offset")
            .cloned()
            .collect();
        let query = self.0.query(parts, &rest)?;
        Ok(Query {
            limit,
            offset: (page - 1) * limit,
            ..query
        })
    }

    fn page(&self, _: &Parts, page: &Page) -> Result<String, Problem> {
        let number = page.offset / page.limit + 1;
        let next = page.next_offset.map(|_| number + 1);
        Ok(json!({ "results": page.items, "page": number, "next": next }).to_string())
    }
}
