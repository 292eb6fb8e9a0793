//! No file makes the reader panic, and no key that it does not know gets past it.

use proptest::prelude::*;
use scenarios::catalogue::{Catalogue, parse};

const LEAST: &str = r#"
requirement = "It answers."
severity = "low"
refs = { cwe = [1] }
why = "It must."
fix = "Start it."
control = "PC-NONE"

[[case]]
name = "health"
call = "health"
expect = "accepted"
"#;

/// Lines of a real file, cut, repeated and mixed with noise.
fn nearly() -> impl Strategy<Value = String> {
    let lines: Vec<&'static str> = LEAST.lines().collect();
    let line = prop_oneof![
        6 => proptest::sample::select(lines.clone()).prop_map(str::to_owned),
        2 => (proptest::sample::select(lines), any::<proptest::sample::Index>())
            .prop_map(|(line, at)| line.chars().take(at.index(line.chars().count() + 1)).collect()),
        1 => "\\PC{0,30}",
        1 => "[a-z_]{1,10} = [0-9\\[\\]{}\"a-z:é😀/ -]{0,20}",
    ];
    proptest::collection::vec(line, 0..30).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn any_bytes_are_a_scenario_or_a_mistake_with_its_place(
        text in prop_oneof![
            nearly(),
            any::<String>(),
            proptest::collection::vec(any::<u8>(), 0..200)
                .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        ],
        path in "[a-z/.\\\\é]{0,20}",
    ) {
        if let Err(error) = Catalogue::with(vec![(path.clone(), text.clone())]) {
            prop_assert_eq!(&error.path, &path);
            prop_assert!(error.line >= 1 && error.line <= text.matches('\n').count() + 1);
            prop_assert!(error.column >= 1 && !error.message.is_empty());
            let report = format!("{:?}", miette::Report::new(error));
            prop_assert!(!report.is_empty());
        }
    }

    #[test]
    fn an_unknown_key_is_refused_wherever_it_stands(key in "x_[a-z]{1,12}", at in 0usize..2) {
        let line = format!("{key} = 1\n");
        let text = match at {
            0 => format!("{line}{LEAST}"),
            _ => format!("{LEAST}{line}"),
        };
        let error = parse("own/it.toml", &text).unwrap_err();
        prop_assert!(error.message.contains(&key), "{}", error.message);
    }
}

#[test]
fn scenarios_that_hold_answers_against_each_other_are_known() {
    let catalogue = Catalogue::embedded().unwrap();
    let compares = |id: &str| {
        let found = catalogue.all().iter().find(|scenario| scenario.id == id);
        found.unwrap().compares()
    };
    // By the whole answer, and within a choice.
    assert!(compares("login.enumeration-status"));
    assert!(compares("token.sub-missing"));
    assert!(!compares("token.alg-none"));
}
