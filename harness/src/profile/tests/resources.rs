use super::*;
use crate::target::Resource;

/// What `see` shows of a resource `task`; what `lines` does not say is usual.
#[track_caller]
fn task_says(lines: &str, see: impl Fn(&Resource) -> String, want: &str) {
    let usual = [
        ("create", "\"POST /tasks\""),
        ("read", "\"GET /tasks/{id}\""),
        ("json", "{ title = \"{marker}\" }"),
    ];
    let usual: String = usual
        .iter()
        .filter(|(key, _)| {
            !lines
                .lines()
                .any(|line| line.starts_with(&format!("{key} =")))
        })
        .map(|(key, value)| format!("{key} = {value}\n"))
        .collect();
    let text =
        format!("credential.user_id = \"/user/id\"\n[[resource]]\nname = \"task\"\n{usual}{lines}");
    says(&text, |target| see(&target.resources[0]), want);
}

#[test]
fn the_user_id_may_stand_in_the_path_and_in_the_body_of_a_resource() {
    let create = |task: &Resource| format!("{} {}", task.create.path, body(&task.create));
    task_says(
        "create = \"POST /api/{user_id}/tasks\"",
        create,
        r#"/api/{user_id}/tasks {"title":"{marker}"}"#,
    );
    task_says(
        "json = { owner = \"{user_id:number}\", title = \"{marker}\" }",
        create,
        r#"/tasks {"owner":"{user_id:number}","title":"{marker}"}"#,
    );
}

#[test]
fn an_id_stands_anywhere_or_is_chosen_by_the_client() {
    let id = |task: &Resource| format!("{:?}", task.id);
    task_says("", id, r#"Some("/id")"#);
    task_says("id = \"/article/slug\"", id, r#"Some("/article/slug")"#);
    task_says("create = \"PUT /tasks/{id}\"", id, "None");
    task_says(
        "json = { key = \"{id}\", value = \"{marker}\" }",
        id,
        "None",
    );
}

#[test]
fn lists_have_any_shape_and_are_paged_in_two_ways() {
    task_says("", |task| task.items.clone(), "");
    task_says(
        "items = \"/data/tasks\"",
        |task| task.items.clone(),
        "/data/tasks",
    );
    let paging = |task: &Resource| format!("{:?}", task.paging.as_ref().unwrap());
    task_says(
        "paging = { limit = \"limit\", offset = \"offset\", size = 100 }",
        paging,
        r#"Paging { limit: "limit", offset: Items("offset"), size: 100, most: 100 }"#,
    );
    task_says(
        "paging = { limit = \"per_page\", page = \"page\" }",
        paging,
        r#"Paging { limit: "per_page", offset: Pages("page"), size: 50, most: 100 }"#,
    );
}

#[test]
fn updates_are_by_put_patch_or_action_and_they_and_delete_may_be_absent() {
    let verbs = |task: &Resource| {
        let shown = |route: &Option<Route>| {
            route
                .as_ref()
                .map_or("-".into(), |r| format!("{} {}", r.method, body(r)))
        };
        format!(
            "{} | {} | {}",
            shown(&task.replace),
            shown(&task.patch),
            shown(&task.delete)
        )
    };
    task_says("", verbs, "- | - | -");
    task_says(
        "replace = \"PUT /tasks/{id}\"",
        verbs,
        r#"PUT {"title":"{marker}"} | - | -"#,
    );
    task_says(
        "patch = { send = \"PATCH /tasks/{id}\", json = { note = \"{marker}\" } }",
        verbs,
        r#"- | PATCH {"note":"{marker}"} | -"#,
    );
    task_says(
        "replace = \"POST /tasks/{id}/edit\"\ndelete = \"DELETE /tasks/{id}\"",
        verbs,
        r#"POST {"title":"{marker}"} | - | DELETE none"#,
    );
    task_says(
        "create = { send = \"POST /tasks\", form = { title = \"{marker}\" } }",
        |task| body(&task.create),
        "title={marker}",
    );
}

#[test]
fn resources_may_be_public_with_private_fields() {
    let public = |task: &Resource| {
        format!(
            "{} {:?} {}",
            task.public,
            task.private,
            task.read.as_ref().unwrap().protected
        )
    };
    task_says("", public, "false [] true");
    task_says(
        "public = true\nprivate = [\"/article/draft\"]",
        public,
        r#"true ["/article/draft"] false"#,
    );
}

#[test]
fn a_parent_may_have_to_exist_first() {
    let parent = |task: &Resource| {
        let parent = task.parent.as_ref().unwrap();
        format!(
            "{} {} {:?} -> {}",
            parent.name,
            body(parent),
            parent.id,
            body(&task.create)
        )
    };
    task_says(
        "parent = { send = \"POST /menu\", json = { name = \"soup\", price = 5 }, id = \"/item/id\" }\njson = { item = \"{parent_id:number}\", note = \"{marker}\" }",
        parent,
        r#"task.parent {"name":"soup","price":5} Some("/item/id") -> {"item":"{parent_id:number}","note":"{marker}"}"#,
    );
}

#[test]
fn a_trailing_slash_is_kept() {
    task_says(
        "create = \"POST /tasks/\"",
        |task| task.create.path.clone(),
        "/tasks/",
    );
}
