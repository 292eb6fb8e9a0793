use std::process::Command;

use proptest::prelude::*;

use super::*;

fn request(method: &str, headers: &[(&str, &str)], body: &str) -> EvidenceRequest {
    EvidenceRequest {
        method: method.to_owned(),
        url: "http://t/a".to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
        variables: vec!["ALICE_TOKEN".to_owned(), "ALICE".to_owned()],
        truncated: false,
    }
}

#[track_caller]
fn check(request: &EvidenceRequest, want: &str) {
    assert_eq!(curl(request), want);
}

/// The bytes that a shell makes of a command.
fn sh(script: &str) -> Vec<u8> {
    let output = Command::new("sh")
        .args(["-c", script])
        .env("ALICE_TOKEN", "a b'\"$c")
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}");
    output.stdout
}

#[test]
fn the_method_is_named_only_where_curl_would_take_another() {
    let json = &[("Content-Type", "application/json")];
    check(
        &request("GET", &[], ""),
        "curl -i --path-as-is 'http://t/a'",
    );
    check(
        &request("POST", json, "{}"),
        "curl -i --path-as-is -H 'Content-Type: application/json' --data-raw '{}' 'http://t/a'",
    );
    check(
        &request("POST", &[], ""),
        "curl -i --path-as-is -X POST 'http://t/a'",
    );
    check(
        &request("HEAD", &[], ""),
        "curl -i --path-as-is --head 'http://t/a'",
    );
    check(
        &request("GET", json, "{}"),
        "curl -i --path-as-is -X GET -H 'Content-Type: application/json' --data-raw '{}' 'http://t/a'",
    );
    check(
        &request("A;b", &[], ""),
        "curl -i --path-as-is -X 'A;b' 'http://t/a'",
    );
}

#[test]
fn credentials_are_filled_in_by_the_shell_and_nothing_else_is() {
    check(
        &request("GET", &[("Authorization", "Bearer $ALICE_TOKEN")], ""),
        r#"curl -i --path-as-is -H 'Authorization: Bearer '"$ALICE_TOKEN" 'http://t/a'"#,
    );
    check(
        &request(
            "GET",
            &[("X", "$ALICE_TOKENS $HOME `id` $(id) $ALICE!")],
            "",
        ),
        r#"curl -i --path-as-is -H 'X: $ALICE_TOKENS $HOME `id` $(id) '"$ALICE"'!' 'http://t/a'"#,
    );
}

#[test]
fn headers_that_curl_makes_itself_are_left_to_it() {
    check(
        &request(
            "GET",
            &[("Host", "t"), ("Content-Length", "2"), ("X", "")],
            "",
        ),
        "curl -i --path-as-is -H 'X;' 'http://t/a'",
    );
    check(
        &request("GET", &[("Host", "evil")], ""),
        "curl -i --path-as-is -H 'Host: evil' 'http://t/a'",
    );
    check(
        &request("POST", &[], "{}"),
        "curl -i --path-as-is -H 'Content-Type:' --data-raw '{}' 'http://t/a'",
    );
}

#[test]
fn a_body_with_control_characters_comes_through_a_pipe() {
    let mut with_nul = request(
        "POST",
        &[("Content-Type", "x")],
        "a\0'\\n'\n$ALICE_TOKEN\u{202e}",
    );
    with_nul.truncated = true;
    check(
        &with_nul,
        concat!(
            r#"printf '%b%s%b' 'a\0000'\''\\n'\''\0012' "$ALICE_TOKEN" '\0342\0200\0256' | "#,
            "curl -i --path-as-is -H 'Content-Type: x' --data-binary @- 'http://t/a' # the body was longer",
        ),
    );
}

#[test]
fn brackets_in_a_url_are_no_pattern() {
    let mut v6 = request("GET", &[], "");
    v6.url = "http://[::1]/a".to_owned();
    check(&v6, "curl -i --path-as-is --globoff 'http://[::1]/a'");
}

#[test]
fn the_shell_fills_a_variable_in_unsplit() {
    let quoted = quote("x $ALICE_TOKEN y", &["ALICE_TOKEN".to_owned()]);
    assert_eq!(sh(&format!("printf %s {quoted}")), b"x a b'\"$c y");
}

/// Text in which what a shell or a terminal minds is frequent.
fn text() -> impl Strategy<Value = String> {
    let mean = prop::sample::select(
        "'\"\\$`!*?~#&|;<>(){}[]=%@-\n\t\r\u{1b}\u{9b}\u{202e} 日a0"
            .chars()
            .collect::<Vec<_>>(),
    );
    prop::collection::vec(prop_oneof![3 => mean, 1 => any::<char>()], 0..40)
        .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_quoted_text_comes_back_unchanged(text in text()) {
        let text = text.replace('\0', "");
        let quoted = quote(&text, &["ALICE_TOKEN".to_owned()]);
        prop_assert!(!quoted.contains(|c| c != '\n' && is_hidden(c)));
        prop_assert_eq!(sh(&format!("printf %s {quoted}")), text.as_bytes());
    }

    #[test]
    fn a_piped_text_comes_back_unchanged(text in text()) {
        let command = printf(&text, &[]);
        prop_assert!(!command.contains(is_hidden));
        prop_assert_eq!(sh(&command), text.as_bytes());
    }
}
