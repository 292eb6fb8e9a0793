//! Texts with placeholders: each is known where it stands, and those of the environment get their values.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Compiled, Compiler};
use crate::{
    profile::{
        error::{Complaint, Key},
        template::{Piece, Scope, pieces},
    },
    secret::Secret,
};

impl Compiler<'_> {
    /// A text that may hold nothing but the environment, and is no secret.
    pub(super) fn fact(&self, key: &Key, text: &str) -> Compiled<String> {
        self.resolved(key, text, Scope::Fact).map(|(text, _)| text)
    }

    /// A text with the placeholders of its place; those of the environment have their values and are secrets.
    pub(super) fn text(&mut self, key: &Key, text: &str, scope: Scope<'_>) -> Compiled<String> {
        let (text, secrets) = self.resolved(key, text, scope)?;
        self.secrets.extend(secrets);
        Ok(text)
    }

    fn resolved(&self, key: &Key, text: &str, scope: Scope<'_>) -> Compiled<(String, Vec<Secret>)> {
        let (mut resolved, mut secrets) = (String::new(), Vec::new());
        let pieces = pieces(text);
        for piece in &pieces {
            match *piece {
                Piece::Text(text) => resolved.push_str(text),
                Piece::Placeholder {
                    name: "env",
                    kind: Some(variable),
                } => {
                    let value = self.variable(key, variable)?;
                    resolved.push_str(&value);
                    secrets.push(Secret::new(value));
                }
                Piece::Placeholder { name, kind } => {
                    let names = scope.names();
                    if !names.contains(&name) {
                        let known: Vec<_> =
                            names.iter().map(|name| format!("{{{name}}}")).collect();
                        let message = format!(
                            "`{key}` holds `{{{name}}}`, which is not known here; there are {}",
                            known.join(" ")
                        );
                        return Err(Complaint::new(key, message));
                    }
                    if kind.is_some_and(|kind| {
                        !["number", "float"].contains(&kind) || pieces.len() > 1
                    }) {
                        let message = format!(
                            "`{key}`: a placeholder may end in `:number` or `:float` where it is the whole text of a JSON value"
                        );
                        return Err(Complaint::new(key, message));
                    }
                    let kind = kind.map(|kind| format!(":{kind}")).unwrap_or_default();
                    resolved.push_str(&format!("{{{name}{kind}}}"));
                }
            }
        }
        Ok((resolved, secrets))
    }

    /// The value of an environment variable.
    pub(super) fn variable(&self, key: &Key, variable: &str) -> Compiled<String> {
        let value = (self.env)(variable)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                Complaint::new(
                    key,
                    format!("`{key}` needs the environment variable {variable}, which is not set"),
                )
            })?;
        if pieces(&value)
            .iter()
            .any(|piece| matches!(piece, Piece::Placeholder { .. }))
        {
            let message = format!(
                "`{key}`: the environment variable {variable} holds a text in braces, which would be taken for a placeholder"
            );
            return Err(Complaint::new(key, message));
        }
        Ok(value)
    }

    /// All texts of a body.
    pub(super) fn json(&mut self, key: &Key, value: &Value, scope: Scope<'_>) -> Compiled<Value> {
        Ok(match value {
            Value::String(text) => Value::String(self.text(key, text, scope)?),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                Value::Array(
                    items
                        .map(|(index, item)| self.json(&key.then(index), item, scope))
                        .collect::<Compiled<_>>()?,
                )
            }
            Value::Object(members) => {
                let members = members.iter();
                let resolved = members.map(|(name, member)| {
                    Ok((name.clone(), self.json(&key.then(name), member, scope)?))
                });
                Value::Object(resolved.collect::<Compiled<_>>()?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        })
    }

    /// All texts of a form or of headers.
    pub(super) fn pairs(
        &mut self,
        key: &Key,
        pairs: &BTreeMap<String, String>,
        scope: Scope<'_>,
    ) -> Compiled<Vec<(String, String)>> {
        pairs
            .iter()
            .map(|(name, text)| Ok((name.clone(), self.text(&key.then(name), text, scope)?)))
            .collect()
    }
}
