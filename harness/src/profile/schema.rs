//! The JSON Schema of the profile, which editors read.

use serde_json::Value;

use super::file::Profile;

/// The JSON Schema of `authspec.toml`; a copy is committed as `profile.schema.json`.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Profile).to_value();
    without_null(&mut schema);
    schema
}

/// TOML has no null: what may be absent is simply not required.
fn without_null(schema: &mut Value) {
    if let Value::Array(items) = schema {
        items.iter_mut().for_each(without_null);
    }
    let Value::Object(members) = schema else {
        return;
    };
    members.retain(|name, member| {
        name != "default" || !(member.is_null() || *member == serde_json::json!({}))
    });
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            members.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(any)) = members.get_mut("anyOf") {
        any.retain(|one| one["type"] != "null");
        if let [Value::Object(only)] = &any[..] {
            let only = only.clone();
            members.remove("anyOf");
            members.extend(only);
        }
    }
    if let Some(Value::String(text)) = members.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    members.values_mut().for_each(without_null);
}
