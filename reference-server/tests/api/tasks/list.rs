//! `GET /api/{user_id}/tasks`: pages, filters, order

use super::{list, titles};
use crate::support::Fresh;
use serde_json::json;

claims!["tasks":
    a_list_holds_own_tasks_only_on_every_page,
    a_list_is_filtered_searched_and_sorted,
    a_list_parameter_out_of_range_is_refused,
    wildcards_in_a_search_are_text,
];

async fn a_list_holds_own_tasks_only_on_every_page(db: Fresh) {
    let server = db.server().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    for n in 0..7 {
        server.task(&alice, &format!("alice {n}")).await;
        server.task(&bob, &format!("bob {n}")).await;
        server.advance(1);
    }
    let (mut seen, mut offset) = (Vec::new(), json!(0));
    while !offset.is_null() {
        let page = list(&server, &alice, &format!("limit=3&offset={offset}")).await;
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        offset = page["next_offset"].clone();
    }
    assert_eq!(
        seen,
        (0..7).map(|n| format!("alice {n}")).collect::<Vec<_>>()
    );
}

async fn a_list_is_filtered_searched_and_sorted(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for (title, completed) in [("Banana", true), ("apple", false), ("banana split", false)] {
        let body = json!({ "title": title, "completed": completed });
        server
            .post(&alice.tasks(), &body)
            .bearer(&alice.access)
            .send()
            .await
            .is(201);
        server.advance(1);
    }
    assert_eq!(
        titles(&list(&server, &alice, "completed=true").await),
        ["Banana"]
    );
    assert_eq!(
        titles(&list(&server, &alice, "q=BANANA").await),
        ["Banana", "banana split"]
    );
    assert_eq!(
        titles(&list(&server, &alice, "q=banana&completed=false").await),
        ["banana split"]
    );
    assert_eq!(
        titles(&list(&server, &alice, "sort=-created_at").await),
        ["banana split", "apple", "Banana"]
    );
    assert_eq!(
        titles(&list(&server, &alice, "sort=-completed&limit=1").await),
        ["Banana"]
    );
    for sort in ["title", "-title", "updated_at", "-updated_at", "completed"] {
        assert_eq!(
            titles(&list(&server, &alice, &format!("sort={sort}")).await).len(),
            3
        );
    }
    assert_eq!(list(&server, &alice, "limit=100000").await["limit"], 100);
}

async fn a_list_parameter_out_of_range_is_refused(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for query in [
        "limit=-1",
        "limit=0",
        "limit=x",
        "offset=-1",
        "offset=99999999",
        "completed=2",
        "sort=owner",
        "q=%00",
        "limit=1&limit=2",
    ] {
        server
            .get(&format!("{}?{query}", alice.tasks()))
            .bearer(&alice.access)
            .send()
            .await
            .refused(422, "invalid-input");
    }
}

async fn wildcards_in_a_search_are_text(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for title in ["100% sure", "1000 sure", "snake_case", "snakeXcase", "wow!"] {
        server.task(&alice, title).await;
    }
    assert_eq!(
        titles(&list(&server, &alice, "q=100%25").await),
        ["100% sure"]
    );
    assert_eq!(
        titles(&list(&server, &alice, "q=e_c").await),
        ["snake_case"]
    );
    assert_eq!(titles(&list(&server, &alice, "q=!").await), ["wow!"]);
    assert_eq!(
        titles(&list(&server, &alice, "q='%20OR%201=1%20--").await),
        Vec::<&str>::new()
    );
}
