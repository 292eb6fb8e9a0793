use proptest::prelude::*;

use super::*;

/// Texts that are nearly profiles: lines of real ones, cut, repeated and mixed with noise.
fn nearly() -> impl Strategy<Value = String> {
    let lines: Vec<&'static str> = PRESETS
        .iter()
        .flat_map(|preset| preset.text.lines())
        .chain(LEAST.lines())
        .collect();
    let line = prop_oneof![
        6 => proptest::sample::select(lines.clone()).prop_map(str::to_owned),
        2 => (proptest::sample::select(lines), any::<proptest::sample::Index>()).prop_map(|(line, at)| {
            line.chars().take(at.index(line.chars().count() + 1)).collect()
        }),
        1 => "\\PC{0,30}",
        1 => "[a-z_]{1,10} = [0-9\\[\\]{}\"a-z:é😀/ -]{0,20}",
    ];
    proptest::collection::vec(line, 0..40).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in prop_oneof![nearly(), any::<String>()]) {
        if let Err(error) = loaded(&text) {
            prop_assert!(!error.message.is_empty());
            let report = format!("{:?}", miette::Report::new(error));
            prop_assert!(!report.is_empty());
        }
    }

    #[test]
    fn no_url_makes_it_panic(url in any::<String>(), origin in any::<String>()) {
        let overrides = Overrides { url: Some(url), origins: vec![origin], ..Overrides::default() };
        let _ = load_with(LEAST, &overrides, &[]);
    }
}
