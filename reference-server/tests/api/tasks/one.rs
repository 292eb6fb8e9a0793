//! The life of a task: `POST /api/{user_id}/tasks`, `GET|PUT|PATCH|DELETE /api/{user_id}/tasks/{task_id}`

use super::{list, path};
use crate::support::Fresh;
use serde_json::json;

claims!["tasks":
    a_task_is_created_read_replaced_patched_and_deleted,
    every_route_needs_a_token_whatever_the_body,
    ids_in_other_spellings_are_not_found,
    bad_members_are_refused_and_change_nothing,
    text_comes_back_as_it_was_sent,
];

async fn a_task_is_created_read_replaced_patched_and_deleted(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let body = json!({ "title": "one", "description": "text", "completed": true });
    let task = server
        .post(&alice.tasks(), &body)
        .bearer(&alice.access)
        .send()
        .await
        .is(201)
        .json();
    assert_eq!(
        (&task["title"], &task["description"], &task["completed"]),
        (&json!("one"), &json!("text"), &json!(true))
    );
    assert_eq!(task["user_id"], json!(alice.id));
    let path = path(&alice, &task);
    assert_eq!(
        server
            .get(&path)
            .bearer(&alice.access)
            .send()
            .await
            .is(200)
            .json(),
        task
    );
    server.advance(5);
    let patched = server
        .call("PATCH", &path)
        .json(&json!({ "completed": false }))
        .bearer(&alice.access)
        .send()
        .await
        .is(200)
        .json();
    assert_eq!(
        (
            &patched["title"],
            &patched["description"],
            &patched["completed"]
        ),
        (&json!("one"), &json!("text"), &json!(false))
    );
    assert_eq!(patched["created_at"], task["created_at"]);
    assert_ne!(patched["updated_at"], task["updated_at"]);
    let replaced = server
        .call("PUT", &path)
        .json(&json!({ "title": "two" }))
        .bearer(&alice.access)
        .send()
        .await
        .is(200)
        .json();
    assert_eq!(
        (&replaced["title"], &replaced["description"]),
        (&json!("two"), &json!(""))
    );
    server
        .call("DELETE", &path)
        .bearer(&alice.access)
        .send()
        .await
        .is(204);
    server
        .get(&path)
        .bearer(&alice.access)
        .send()
        .await
        .refused(404, "not-found");
    server
        .call("DELETE", &path)
        .bearer(&alice.access)
        .send()
        .await
        .refused(404, "not-found");
}

async fn every_route_needs_a_token_whatever_the_body(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let task = server.task(&alice, "marker").await;
    let one = path(&alice, &task);
    for (method, path) in [
        ("GET", alice.tasks()),
        ("POST", alice.tasks()),
        ("GET", one.clone()),
        ("PUT", one.clone()),
        ("PATCH", one.clone()),
        ("DELETE", one),
    ] {
        for body in [r#"{"title":"t"}"#, "{", ""] {
            let reply = server
                .call(method, &path)
                .text("application/json", body)
                .send()
                .await
                .refused(401, "unauthenticated");
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
    }
}

async fn ids_in_other_spellings_are_not_found(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let task = server.task(&alice, "t").await;
    let id = task["id"].as_str().unwrap();
    for id in [
        &id.to_uppercase(),
        &format!("%7B{id}%7D"),
        &format!("urn:uuid:{id}"),
        &id.replace('-', ""),
        "1",
        "%00",
        "..%2f..%2fetc%2fpasswd",
        "'",
    ] {
        server
            .get(&format!("{}/{id}", alice.tasks()))
            .bearer(&alice.access)
            .send()
            .await
            .refused(404, "not-found");
    }
}

async fn bad_members_are_refused_and_change_nothing(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    let task = server.task(&alice, "t").await;
    let long = "x".repeat(201);
    for body in [
        json!({ "title": "" }),
        json!({ "title": "  " }),
        json!({ "title": null }),
        json!({ "title": 1 }),
        json!({ "title": long }),
        json!({ "title": "a\0b" }),
        json!({ "title": "t", "completed": "true" }),
        json!({ "title": "t", "completed": null }),
        json!({ "title": "t", "description": 5 }),
        json!([]),
        json!("t"),
    ] {
        server
            .post(&alice.tasks(), &body)
            .bearer(&alice.access)
            .send()
            .await
            .refused(422, "invalid-input");
        server
            .call("PUT", &path(&alice, &task))
            .json(&body)
            .bearer(&alice.access)
            .send()
            .await
            .refused(422, "invalid-input");
        server
            .call("PATCH", &path(&alice, &task))
            .json(&body)
            .bearer(&alice.access)
            .send()
            .await
            .refused(422, "invalid-input");
    }
    server
        .post(&alice.tasks(), &json!({}))
        .bearer(&alice.access)
        .send()
        .await
        .refused(422, "invalid-input");
    assert_eq!(list(&server, &alice, "").await["items"], json!([task]));
}

async fn text_comes_back_as_it_was_sent(db: Fresh) {
    let server = db.server().await;
    let alice = server.register("alice").await;
    for text in [
        "it's \"quoted\" \\ back",
        "<script>alert(1)</script>",
        "emoji 🔑 עברית e\u{301}",
        "'; DROP TABLE tasks; --",
        " blanks ",
    ] {
        let task = server.task(&alice, text).await;
        assert_eq!(
            server
                .get(&path(&alice, &task))
                .bearer(&alice.access)
                .send()
                .await
                .is(200)
                .json()["title"],
            text
        );
    }
}
