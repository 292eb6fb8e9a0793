use crate::profile::schema;

#[test]
fn the_committed_schema_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/profile.schema.json");
    let fresh = format!("{:#}\n", schema());
    if std::env::var_os("AUTHSPEC_ACCEPT").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == fresh,
        "harness/profile.schema.json is out of date: run `just accept`"
    );
}

#[test]
fn nothing_is_null() {
    assert!(!schema().to_string().contains("null\""), "TOML has no null");
}

#[test]
fn every_key_is_described() {
    fn undescribed(place: &str, schema: &serde_json::Value, found: &mut Vec<String>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if property["description"].as_str().is_none_or(str::is_empty) {
                found.push(format!("{place}.{name}"));
            }
        }
    }
    let schema = schema();
    let mut found = Vec::new();
    undescribed("profile", &schema, &mut found);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        undescribed(name, definition, &mut found);
    }
    assert_eq!(found, Vec::<String>::new());
}
