//! Tokens may come in a JSON form, and one good signature of several is enough (CWE-347).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "any-signature-of-several",
    title: "A token in a JSON form needs one good signature of several",
    cwe: 347,
    caught_by: &["token.json-serialization"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(AnySignatureOfSeveral(parts.tokens.clone())),
        ..parts
    },
};

struct AnySignatureOfSeveral(Arc<dyn Tokens>);

impl Tokens for AnySignatureOfSeveral {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        let Ok(json @ Value::Object(_)) = serde_json::from_str::<Value>(token) else {
            return self.0.decode(parts, token);
        };
        let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let payload = text(&json, "payload");
        let all = json["signatures"].as_array().cloned();
        let all = all.unwrap_or_else(|| vec![json.clone()]);
        let compact = all.iter().map(|one| {
            let (header, signature) = (text(one, "protected"), text(one, "signature"));
            (format!("{header}.{payload}"), signature)
        });
        let good = compact
            .into_iter()
            .find(|(message, signature)| parts.keys.verify(message.as_bytes(), signature));
        let (message, signature) = good.ok_or(Reject("no signature is right"))?;
        self.0.decode(parts, &format!("{message}.{signature}"))
    }
}
