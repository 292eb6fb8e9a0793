//! Tokens that name another subject, no subject, or something that is none, signed with the real key.

use scenarios::model::Ability;
use serde_json::{Value, json};

use super::{
    claims::{CLAIMS, SECRET, claim_forms, without},
    recipe::{Forged, Made, Material, Recipe, Unforgeable},
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "sub-missing",
        title: "no subject",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| without(m, m.subject),
    },
    Recipe {
        name: "sub-empty",
        title: "a subject that names nobody",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| {
            claim_forms(
                m,
                m.subject,
                &[
                    ("empty", "\"\""),
                    ("blank", "\" \""),
                    ("null", "null"),
                    ("null-text", "\"null\""),
                    ("undefined-text", "\"undefined\""),
                    ("zero-text", "\"0\""),
                ],
            )
        },
    },
    Recipe {
        name: "sub-type",
        title: "a subject of the wrong type",
        changes: CLAIMS,
        needs: SECRET,
        make: sub_type,
    },
    Recipe {
        name: "sub-twin",
        title: "the own number as a text, or the other way round: may be accepted as oneself",
        changes: CLAIMS,
        needs: SECRET,
        make: sub_twin,
    },
    Recipe {
        name: "sub-unknown",
        title: "the subject of a user that does not exist, of the same shape",
        changes: CLAIMS,
        needs: SECRET,
        make: sub_unknown,
    },
    Recipe {
        name: "sub-other",
        title: "the subject of the second account: accepted as that account, so a control of what the key is worth",
        changes: CLAIMS,
        needs: &[Ability::Jwt, Ability::Secret, Ability::Accounts(2)],
        make: |m| {
            let foreign = m.foreign_subject()?;
            let draft = m.draft()?.claims(|c| c.set(m.subject, foreign));
            Ok(Forged::only(m.sign(&draft)?))
        },
    },
    Recipe {
        name: "sub-injection",
        title: "a subject with pieces of queries and paths",
        changes: CLAIMS,
        needs: SECRET,
        make: sub_injection,
    },
    Recipe {
        name: "sub-case-and-space",
        title: "a subject that nearly equals the own one",
        changes: CLAIMS,
        needs: SECRET,
        make: sub_case_and_space,
    },
];

/// [`claim_forms`] for the claim that names the user.
fn subject_forms(material: &Material<'_>, forms: Vec<(&str, Value)>) -> Made {
    let texts: Vec<_> = forms
        .into_iter()
        .map(|(form, value)| (form, value.to_string()))
        .collect();
    let forms: Vec<_> = texts
        .iter()
        .map(|(form, json)| (*form, json.as_str()))
        .collect();
    claim_forms(material, material.subject, &forms)
}

/// The own subject as text, whatever its type.
fn subject_text(material: &Material<'_>) -> Result<String, Unforgeable> {
    let own = material.own_subject()?;
    Ok(own.as_str().map_or_else(|| own.to_string(), str::to_owned))
}

fn sub_type(material: &mut Material<'_>) -> Made {
    let own = material.own_subject()?;
    let pair: Vec<Value> = [own.clone()]
        .into_iter()
        .chain(material.foreign_subject().ok())
        .collect();
    let mut forged = subject_forms(
        material,
        vec![
            ("array", pair.into()),
            ("object", json!({ "id": own })),
            ("not-equal-object", json!({"$ne": null})),
            ("true", json!(true)),
        ],
    )?;
    let numbers = [
        ("float", "1.0"),
        ("exponent", "1e0"),
        ("big-integer", "99999999999999999999"),
    ];
    // Where ids are numbers, 1.0 is a right way to write one.
    let numeric = own.is_number() || subject_text(material)?.parse::<i64>().is_ok();
    let numbers = if numeric { &numbers[2..] } else { &numbers[..] };
    forged.extend(claim_forms(material, material.subject, numbers)?);
    Ok(forged)
}

fn sub_twin(material: &mut Material<'_>) -> Made {
    let own = material.own_subject()?;
    let text = subject_text(material)?;
    let twin = match text.parse::<i64>() {
        _ if own.is_number() => json!(text),
        Ok(number) if number.to_string() == text => json!(number),
        _ => {
            return Err(Unforgeable::NothingToChange(
                "the subject is not a number, so it has no twin",
            ));
        }
    };
    subject_forms(material, vec![("", twin)])
}

fn sub_unknown(material: &mut Material<'_>) -> Made {
    let own = material.own_subject()?;
    let text = subject_text(material)?;
    let ghost = if text.parse::<i64>().is_ok() {
        // Fits a signed 32-bit column.
        let number = 1_900_000_000 + i64::from(u32::from_be_bytes(material.random()) % 200_000_000);
        if own.is_number() {
            json!(number)
        } else {
            json!(number.to_string())
        }
    } else if text.contains('@') {
        json!(format!("authspec-{}@example.com", material.random_word(16)))
    } else if is_uuid(&text) || text.len() < 16 {
        json!(random_uuid(material))
    } else {
        json!(material.random_word(text.chars().count()))
    };
    subject_forms(material, vec![("", ghost)])
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// A random UUID of version 4 (RFC 9562 5.4).
fn random_uuid(material: &mut Material<'_>) -> String {
    let mut bits = u128::from_be_bytes(material.random());
    bits = bits & !(0xf << 76) | 0x4 << 76;
    bits = bits & !(0x3 << 62) | 0x2 << 62;
    let hex = format!("{bits:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

fn sub_injection(material: &mut Material<'_>) -> Made {
    let own = subject_text(material)?;
    let foreign = material.foreign_subject().ok();
    let foreign = foreign.map(|value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    });
    let foreign = foreign.unwrap_or_else(|| own.clone());
    subject_forms(
        material,
        vec![
            ("quote", json!(format!("{own}'"))),
            ("or-true", json!(format!("{own}' OR '1'='1"))),
            ("or-true-number", json!(format!("{own} OR 1=1"))),
            ("percent", json!("%")),
            ("underscores", json!("_".repeat(own.chars().count().max(1)))),
            ("star", json!("*")),
            ("not-equal-object", json!({"$ne": ""})),
            ("path", json!(format!("{own}/../{foreign}"))),
        ],
    )
}

fn sub_case_and_space(material: &mut Material<'_>) -> Made {
    let own = subject_text(material)?;
    let swapped: String = own
        .chars()
        .map(|c| {
            if c.is_ascii_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    // U+FF01 to U+FF5E repeat the printable ASCII characters; compatibility normalisation makes them equal.
    let wide: String = own
        .chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect();
    subject_forms(
        material,
        vec![
            ("other-case", json!(swapped)),
            ("blank-before", json!(format!(" {own}"))),
            ("blank-after", json!(format!("{own} "))),
            ("full-width", json!(wide)),
            ("nul-after", json!(format!("{own}\0"))),
        ],
    )
    .map(|forged| {
        forged
            .into_iter()
            .filter(|one| one.name != "other-case" || swapped != own)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_uuid_is_one_of_version_4() {
        let mut rng = rand::rng();
        let uuid = random_uuid(&mut Material::new(None, 0, &mut rng));
        assert!(is_uuid(&uuid), "{uuid}");
        assert_eq!(&uuid[14..15], "4");
        assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"), "{uuid}");
        assert!(!is_uuid("user_2abc"));
    }
}
