//! Tokens whose claims say what a verifier must not believe, signed with the real key.

use scenarios::model::Ability;
use serde_json::{Value, json};

use super::recipe::{Forged, Made, Material, Part, Recipe, Unforgeable};
use super::times::HOUR;

/// What every recipe for a claim changes.
pub(super) const CLAIMS: &[Part] = &[Part::Claims, Part::Signature];
/// What every recipe for a claim needs.
pub(super) const SECRET: &[Ability] = &[Ability::Jwt, Ability::Secret];

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "aud-wrong",
        title: "another audience, or none, where issued tokens have one",
        changes: CLAIMS,
        needs: SECRET,
        make: |m| {
            present(m, "aud")?;
            let other = "\"https://other.example.com\"";
            let array = "[\"https://other.example.com\"]";
            let forms = [
                ("other", other),
                ("array", array),
                ("empty", "\"\""),
                ("empty-array", "[]"),
            ];
            let mut forged = claim_forms(m, "aud", &forms)?;
            forged.extend(named("missing", without(m, "aud")?));
            Ok(forged)
        },
    },
    Recipe {
        name: "iss-wrong",
        title: "another issuer, a near one, or none, where issued tokens have one",
        changes: CLAIMS,
        needs: SECRET,
        make: iss_wrong,
    },
    Recipe {
        name: "duplicate-claims",
        title: "subject and expiry given twice, in both orders",
        changes: CLAIMS,
        needs: SECRET,
        make: duplicate_claims,
    },
    Recipe {
        name: "payload-not-object",
        title: "a payload that is not a JSON object",
        changes: CLAIMS,
        needs: SECRET,
        make: payload_not_object,
    },
];

fn present(material: &Material<'_>, claim: &str) -> Result<(), Unforgeable> {
    match material.token()?.claims().contains_key(claim) {
        true => Ok(()),
        false => Err(Unforgeable::NoClaim(claim.to_owned())),
    }
}

/// The token without a claim.
pub(super) fn without(material: &Material<'_>, claim: &str) -> Made {
    present(material, claim)?;
    Ok(Forged::only(
        material.sign(&material.draft()?.claims(|c| c.remove(claim)))?,
    ))
}

fn named(form: &str, forged: Vec<Forged>) -> Vec<Forged> {
    forged
        .into_iter()
        .map(|one| Forged {
            name: form.to_owned(),
            ..one
        })
        .collect()
}

/// The token with each of these JSON texts for a claim; a text that it has already is passed over.
pub(super) fn claim_forms(material: &Material<'_>, claim: &str, forms: &[(&str, &str)]) -> Made {
    let own = material.token()?.claims().get(claim).map(Value::to_string);
    forms
        .iter()
        .filter(|(_, json)| own.as_deref() != Some(json))
        .map(|(form, json)| {
            let draft = material.draft()?.claims(|c| c.set_raw(claim, json));
            Ok(Forged::form(*form, material.sign(&draft)?))
        })
        .collect()
}

fn iss_wrong(material: &mut Material<'_>) -> Made {
    present(material, "iss")?;
    let iss = material.token()?.claims().get("iss");
    let mut forms = vec![("other", json!("https://other.example.com").to_string())];
    if let Some(text) = iss.and_then(Value::as_str) {
        let near = text
            .strip_suffix('/')
            .map_or_else(|| format!("{text}/"), str::to_owned);
        forms.push(("slash", json!(near).to_string()));
        forms.push(("array", json!([text]).to_string()));
    }
    let forms: Vec<_> = forms
        .iter()
        .map(|(form, json)| (*form, json.as_str()))
        .collect();
    let mut forged = claim_forms(material, "iss", &forms)?;
    forged.extend(named("missing", without(material, "iss")?));
    Ok(forged)
}

fn duplicate_claims(material: &mut Material<'_>) -> Made {
    let mut pairs = Vec::new();
    if let Ok(foreign) = material.foreign_subject() {
        let (own, foreign) = (material.own_subject()?.to_string(), foreign.to_string());
        pairs.push((
            "sub-own-foreign",
            material.subject,
            own.clone(),
            foreign.clone(),
        ));
        pairs.push(("sub-foreign-own", material.subject, foreign, own));
    }
    let (future, past) = (
        (material.now + HOUR).to_string(),
        (material.now - HOUR).to_string(),
    );
    pairs.push(("exp-future-past", "exp", future.clone(), past.clone()));
    pairs.push(("exp-past-future", "exp", past, future));
    pairs
        .into_iter()
        .map(|(form, claim, first, last)| {
            let draft = material.draft()?.claims(|c| {
                c.set_raw(claim, &first);
                c.push(claim, &last);
            });
            Ok(Forged::form(form, material.sign(&draft)?))
        })
        .collect()
}

fn payload_not_object(material: &mut Material<'_>) -> Made {
    let claims = material.draft()?.claims_json();
    let subject = material
        .own_subject()
        .map_or_else(|_| json!("user"), Value::clone)
        .to_string();
    let payloads = [
        ("array", format!("[{claims}]")),
        ("text", subject.clone()),
        ("number", "1".to_owned()),
        ("null", "null".to_owned()),
        ("empty", String::new()),
        ("plain-text", "hello".to_owned()),
        ("trailing-data", format!("{claims}{{}}")),
    ];
    payloads
        .into_iter()
        .map(|(form, payload)| {
            let draft = material.draft()?.payload(payload.as_bytes());
            Ok(Forged::form(form, material.sign(&draft)?))
        })
        .collect()
}
