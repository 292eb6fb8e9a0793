//! Tokens that are not valid now, or whose times are no times, signed with the real key.

use serde_json::{Map, Value};

use super::{
    claims::{CLAIMS, SECRET, claim_forms, without},
    object::Object,
    recipe::{Forged, Material, Recipe, Unforgeable},
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "expired",
        title: "expired an hour ago, with iat and nbf moved along",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| Ok(Forged::only(ended(m, HOUR)?)),
    },
    Recipe {
        name: "expired-leeway",
        title: "expired some seconds ago; the form is their number",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| {
            let seconds = [1, 10, 30, 60, 120, 300, 600];
            seconds
                .into_iter()
                .map(|s| Ok(Forged::form(s.to_string(), ended(m, s)?)))
                .collect()
        },
    },
    Recipe {
        name: "exp-missing",
        title: "no exp",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| without(m, "exp"),
    },
    Recipe {
        name: "exp-type",
        title: "exp of the wrong type",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| {
            claim_forms(
                m,
                "exp",
                &[
                    ("number-text", "\"9999999999\""),
                    ("text", "\"never\""),
                    ("array", "[9999999999]"),
                    ("object", "{\"exp\":9999999999}"),
                    ("null", "null"),
                    ("true", "true"),
                    ("false", "false"),
                    ("empty-text", "\"\""),
                ],
            )
        },
    },
    Recipe {
        name: "exp-range",
        title: "exp before now in unusual spellings, and beyond all numbers",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| {
            // Beyond the leeway that verifiers grant.
            let past = format!("{}.5", m.now - HOUR);
            let forms = [
                ("negative", "-1"),
                ("zero", "0"),
                ("float-past", &past),
                ("1e400", "1e400"),
            ];
            claim_forms(m, "exp", &forms)
        },
    },
    Recipe {
        name: "exp-far",
        title: "exp in the future in unusual spellings: may be accepted, must not crash",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| {
            let future = format!("{}.5", m.now + 60);
            let milliseconds = ((m.now + HOUR) * 1000).to_string();
            claim_forms(
                m,
                "exp",
                &[
                    ("float", &future),
                    ("milliseconds", &milliseconds),
                    ("2^31", "2147483648"),
                    ("2^53", "9007199254740992"),
                    ("2^63", "9223372036854775808"),
                    ("2^64", "18446744073709551616"),
                    ("1e308", "1e308"),
                ],
            )
        },
    },
    Recipe {
        name: "nbf-future",
        title: "not valid before some time in the future, or before a text",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| {
            // Beyond what the clocks of two machines may differ by.
            let day = (m.now + 24 * HOUR).to_string();
            let forms = [
                ("in-a-day", &*day),
                ("text", "\"tomorrow\""),
                ("huge", "9223372036854775807"),
            ];
            claim_forms(m, "nbf", &forms)
        },
    },
    Recipe {
        name: "iat-future",
        title: "issued tomorrow, at a text, or before 1970",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| {
            let tomorrow = (m.now + 24 * HOUR).to_string();
            claim_forms(
                m,
                "iat",
                &[
                    ("tomorrow", &tomorrow),
                    ("text", "\"today\""),
                    ("negative", "-1"),
                ],
            )
        },
    },
];

/// In seconds.
pub(super) const HOUR: i64 = 3600;

/// Moves every time that a token carries, so that its lifetime stays what it was.
pub(super) fn shift_times(object: &mut Object, claims: &Map<String, Value>, by: i64) {
    for name in ["iat", "nbf", "exp"] {
        let Some(value) = claims.get(name) else {
            continue;
        };
        if let Some(seconds) = value.as_i64() {
            object.set(name, seconds.saturating_add(by));
        } else if let Some(seconds) = value.as_f64() {
            object.set(name, seconds + by as f64);
        }
    }
}

/// The token as one that ended some seconds ago.
fn ended(material: &Material<'_>, seconds_ago: i64) -> Result<String, Unforgeable> {
    let claims = material.token()?.claims();
    let end = material.now - seconds_ago;
    let draft = material.draft()?.claims(|c| {
        if let Some(exp) = claims.get("exp").and_then(Value::as_f64) {
            shift_times(c, claims, end.saturating_sub(exp as i64));
        }
        c.set("exp", end);
    });
    material.sign(&draft)
}
