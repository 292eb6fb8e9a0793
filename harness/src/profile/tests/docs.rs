use super::*;
use crate::profile::{PLACEHOLDERS, schema};

const DOCS: &str = include_str!("../../../../docs/profile.md");

#[test]
fn every_example_can_be_used() {
    for block in DOCS.split("```toml\n").skip(1) {
        let (example, _) = block.split_once("```").unwrap();
        let extends = if example.contains("extends =") {
            ""
        } else {
            "extends = \"policy.toml\"\n"
        };
        let text = format!("{extends}{example}");
        if let Err(error) = load_with(&text, &Overrides::default(), &[("policy.toml", LEAST)]) {
            panic!("{error} in\n{text}");
        }
    }
}

#[test]
fn every_key_preset_and_placeholder_is_documented() {
    fn keys<'a>(schema: &'a serde_json::Value, found: &mut Vec<&'a str>) {
        found.extend(
            schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str()),
        );
    }
    let schema = schema();
    let mut names = Vec::new();
    keys(&schema, &mut names);
    schema["$defs"]
        .as_object()
        .unwrap()
        .values()
        .for_each(|definition| keys(definition, &mut names));
    names.extend(PRESETS.iter().map(|preset| preset.name));
    names.extend(PLACEHOLDERS.iter().map(|(name, _)| *name));
    let words: Vec<&str> = DOCS
        .split(|c: char| !(c.is_alphanumeric() || "_-:".contains(c)))
        .collect();
    names.retain(|name| !words.contains(name));
    assert_eq!(names, Vec::<&str>::new());
}
