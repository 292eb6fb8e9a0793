//! The JSON Schema of scenario files, which editors read.

use serde_json::Value;

use crate::model::Scenario;

/// The JSON Schema of a scenario file; a copy is committed as `schema.json`.
pub fn schema() -> Value {
    schemars::schema_for!(Scenario).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "the test writes the file anew where it is asked to"
    )]
    fn the_committed_schema_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
        let fresh = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        if std::env::var("AUTHSPEC_ACCEPT").is_ok() {
            std::fs::write(path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == fresh,
            "scenarios/schema.json is not fresh: run `just accept`"
        );
    }
}
