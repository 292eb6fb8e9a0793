use serde_json::json;

use crate::profile::template::{Unfilled, fill, fill_json, fill_path};

fn value(name: &str) -> Option<String> {
    match name {
        "email" => Some("a+b@example.com".into()),
        "id" => Some("7".into()),
        "slug" => Some("../x?y".into()),
        "exp" => Some("12".into()),
        _ => None,
    }
}

#[track_caller]
fn fills(text: &str, want: &str) {
    assert_eq!(fill(text, &value).unwrap(), want);
}

#[test]
fn placeholders_are_filled_and_other_braces_kept() {
    fills("mail {email}!", "mail a+b@example.com!");
    fills("{id}{id}", "77");
    fills("{ \"a\": {id} }", "{ \"a\": 7 }");
    fills("{}{ {é}{id", "{}{ {é}{id");
    fills("{{id}}", "{7}");
}

#[test]
fn what_is_not_known_is_named() {
    assert_eq!(fill("{token}", &value), Err(Unfilled("token".into())));
    assert_eq!(
        Unfilled("token".into()).to_string(),
        "nothing is known for `{token}`"
    );
}

#[test]
fn a_value_cannot_leave_its_segment() {
    assert_eq!(
        fill_path("/a/{slug}?q={email}", &value).unwrap(),
        "/a/..%2Fx%3Fy?q=a%2Bb@example.com"
    );
}

#[test]
fn whole_texts_become_numbers_where_the_profile_says_so() {
    let body = json!({ "id": "{id:number}", "text": "{id}", "exp": "{exp:float}", "email": "{email:number}", "n": [1, null, "{id:number}"] });
    let want =
        json!({ "id": 7, "text": "7", "exp": 12.0, "email": "a+b@example.com", "n": [1, null, 7] });
    assert_eq!(fill_json(&body, &value).unwrap(), want);
}
