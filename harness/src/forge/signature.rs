//! Tokens whose signature is missing, damaged, or left over from other content.

use scenarios::model::Ability;
use serde_json::{Value, json};

use super::recipe::{Forged, Made, Material, Part, Recipe, Unforgeable};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "signature-stripped",
        title: "the signature left empty, alg unchanged",
        changes: &[Part::Signature],
        needs: &[Ability::Jwt],
        make: stripped,
    },
    Recipe {
        name: "signature-bitflip",
        title: "one bit of the signature changed",
        changes: &[Part::Signature],
        needs: &[Ability::Jwt],
        make: bitflip,
    },
    Recipe {
        name: "signature-truncated",
        title: "bytes cut off the signature or added to it",
        changes: &[Part::Signature],
        needs: &[Ability::Jwt],
        make: truncated,
    },
    Recipe {
        name: "two-segments",
        title: "parts and dots left out",
        changes: &[Part::Encoding],
        needs: &[Ability::Jwt],
        make: two_segments,
    },
    Recipe {
        name: "trailing-dot",
        title: "dots and parts added to a valid token",
        changes: &[Part::Encoding],
        needs: &[Ability::Jwt],
        make: trailing_dot,
    },
    Recipe {
        name: "payload-tampered",
        title: "another subject, expiry or role under the old signature",
        changes: &[Part::Claims],
        needs: &[Ability::Jwt],
        make: payload_tampered,
    },
    Recipe {
        name: "header-tampered",
        title: "another header under the old signature",
        changes: &[Part::Header],
        needs: &[Ability::Jwt],
        make: header_tampered,
    },
];

const UNSIGNED: Unforgeable =
    Unforgeable::NothingToChange("the target's token has no signature to change");

const YEAR: i64 = 365 * 24 * 3600;

/// The signature of the token, not empty.
pub(super) fn signature<'a>(material: &Material<'a>) -> Result<&'a [u8], Unforgeable> {
    let signature = material.token()?.signature();
    if signature.is_empty() {
        Err(UNSIGNED)
    } else {
        Ok(signature)
    }
}

fn stripped(material: &mut Material<'_>) -> Made {
    signature(material)?;
    Ok(Forged::only(material.draft()?.with_signature(&[])))
}

fn bitflip(material: &mut Material<'_>) -> Made {
    let signature = signature(material)?;
    let draft = material.draft()?;
    let end = signature.len() - 1;
    let flipped = |name, at: usize| {
        let mut bytes = signature.to_vec();
        bytes[at] ^= 1;
        Forged::form(name, draft.with_signature(&bytes))
    };
    Ok(vec![
        flipped("first", 0),
        flipped("middle", end / 2),
        flipped("last", end),
    ])
}

fn truncated(material: &mut Material<'_>) -> Made {
    let signature = signature(material)?;
    let draft = material.draft()?;
    let random = material.random::<1>();
    let cut = |bytes: usize| signature[..signature.len().saturating_sub(bytes)].to_vec();
    Ok([
        ("without-last-1", cut(1)),
        ("without-last-4", cut(4)),
        ("without-last-16", cut(16)),
        ("first-byte", signature[..1].to_vec()),
        ("random-added", [signature, &random].concat()),
        ("zero-added", [signature, &[0]].concat()),
        ("zero-in-front", [&[0], signature].concat()),
    ]
    .into_iter()
    .map(|(name, bytes)| Forged::form(name, draft.with_signature(&bytes)))
    .collect())
}

fn two_segments(material: &mut Material<'_>) -> Made {
    let token = material.token()?;
    let (header, claims, signature) = (
        token.header_text(),
        token.claims_text(),
        token.signature_text(),
    );
    Ok(vec![
        Forged::form("no-signature", token.signing_input()),
        Forged::form("payload-alone", claims),
        Forged::form("empty-payload", format!("{header}..{signature}")),
        Forged::form("empty-header", format!(".{claims}.{signature}")),
        Forged::form("no-payload", format!("{header}.{signature}")),
    ])
}

fn trailing_dot(material: &mut Material<'_>) -> Made {
    let text = material.token()?.text();
    Ok(vec![
        Forged::form("dot-behind", format!("{text}.")),
        Forged::form("part-behind", format!("{text}.x")),
        Forged::form("dot-in-front", format!(".{text}")),
        Forged::form("two-parts-behind", format!("{text}.x.x")),
        Forged::form("twice", format!("{text}.{text}")),
    ])
}

fn payload_tampered(material: &mut Material<'_>) -> Made {
    let token = material.token()?;
    let signature = signature(material)?;
    let own = token.claims().get(material.subject);
    let one = if own.is_some_and(Value::is_number) {
        json!(1)
    } else {
        json!("1")
    };
    let later = token
        .claims()
        .get("exp")
        .and_then(Value::as_i64)
        .map(|exp| json!(exp.saturating_add(YEAR)));
    let changes = [
        (
            "foreign-sub",
            material.subject,
            material.foreign_subject().ok(),
        ),
        ("sub-1", material.subject, Some(one)),
        ("sub-admin", material.subject, Some(json!("admin"))),
        ("exp-later", "exp", later),
        ("role-admin", "role", Some(json!("admin"))),
    ];
    let different = changes.into_iter().filter_map(|(form, claim, value)| {
        value
            .filter(|value| token.claims().get(claim) != Some(value))
            .map(|value| (form, claim, value))
    });
    different
        .map(|(form, claim, value)| {
            let draft = material.draft()?.claims(|c| c.set(claim, value));
            Ok(Forged::form(form, draft.with_signature(signature)))
        })
        .collect()
}

fn header_tampered(material: &mut Material<'_>) -> Made {
    let token = material.token()?;
    let signature = signature(material)?;
    let typ = if token.header().get("typ") == Some(&json!("jwt")) {
        "JWT"
    } else {
        "jwt"
    };
    let mut drafts = vec![
        ("typ", material.draft()?.header(|h| h.set("typ", typ))),
        (
            "cty",
            material.draft()?.header(|h| h.set("cty", "authspec")),
        ),
        (
            "unknown-member",
            material.draft()?.header(|h| h.set("authspec", true)),
        ),
    ];
    if token.header().len() > 1 {
        drafts.push(("reordered", material.draft()?.header(|h| h.reverse())));
    }
    Ok(drafts
        .into_iter()
        .map(|(form, draft)| Forged::form(form, draft.with_signature(signature)))
        .collect())
}
