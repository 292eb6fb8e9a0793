//! Tokens that say they need no signature, or do not say how they are signed.

use scenarios::model::Ability;
use serde_json::{Value, json};

use super::{
    key::Key,
    recipe::{Forged, Made, Material, Part, Recipe},
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "alg-none",
        title: "header alg none, empty signature",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: alg_none,
    },
    Recipe {
        name: "alg-none-case",
        title: "other spellings of alg none, empty signature",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: alg_none_case,
    },
    Recipe {
        name: "alg-none-kept-signature",
        title: "header alg none with the old or a random signature",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: alg_none_kept_signature,
    },
    Recipe {
        name: "alg-none-no-dot",
        title: "header alg none, two parts only",
        changes: &[Part::Header, Part::Signature, Part::Encoding],
        needs: &[Ability::Jwt],
        make: alg_none_no_dot,
    },
    Recipe {
        name: "alg-missing",
        title: "no alg, or one of the wrong type, with the old and without a signature",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: alg_missing,
    },
    Recipe {
        name: "alg-unknown",
        title: "an alg that no verifier should know",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: alg_unknown,
    },
    Recipe {
        name: "duplicate-header",
        title: "alg twice, once none; unsigned and with a foreign key",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: duplicate_header,
    },
];

fn alg_none(material: &mut Material<'_>) -> Made {
    let draft = material.draft()?.header(|h| h.set("alg", "none"));
    Ok(Forged::only(draft.with_signature(&[])))
}

fn alg_none_case(material: &mut Material<'_>) -> Made {
    let spellings = [
        ("None", "None"),
        ("NONE", "NONE"),
        ("nOnE", "nOnE"),
        ("noNe", "noNe"),
        ("NoNe", "NoNe"),
        ("none-blank", "none "),
        ("none-nul", "none\0"),
    ];
    let draft = |alg| {
        Ok(material
            .draft()?
            .header(|h| h.set("alg", alg))
            .with_signature(&[]))
    };
    spellings
        .into_iter()
        .map(|(name, alg)| Ok(Forged::form(name, draft(alg)?)))
        .collect()
}

fn alg_none_kept_signature(material: &mut Material<'_>) -> Made {
    let draft = material.draft()?.header(|h| h.set("alg", "none"));
    let random: [u8; 32] = material.random();
    Ok(vec![
        Forged::form("kept", draft.with_signature(material.token()?.signature())),
        Forged::form("random", draft.with_signature(&random)),
    ])
}

fn alg_none_no_dot(material: &mut Material<'_>) -> Made {
    Ok(Forged::only(
        material
            .draft()?
            .header(|h| h.set("alg", "none"))
            .signing_input(),
    ))
}

fn alg_missing(material: &mut Material<'_>) -> Made {
    let values = [
        ("absent", None),
        ("null", Some(Value::Null)),
        ("empty", Some(json!(""))),
        ("array", Some(json!([]))),
        ("number", Some(json!(0))),
        ("object", Some(json!({}))),
    ];
    let token = material.token()?;
    let mut forged = Vec::new();
    for (name, value) in values {
        let draft = material.draft()?.header(|h| match value {
            Some(value) => h.set("alg", value),
            None => h.remove("alg"),
        });
        forged.push(Forged::form(
            format!("{name}-kept"),
            draft.with_signature(token.signature()),
        ));
        forged.push(Forged::form(
            format!("{name}-unsigned"),
            draft.with_signature(&[]),
        ));
    }
    Ok(forged)
}

fn alg_unknown(material: &mut Material<'_>) -> Made {
    let own = material.algorithm()?;
    let kept = material.token()?.signature().to_vec();
    let mut algs = vec![
        ("HS1", "HS1".to_owned(), kept.clone()),
        ("XX256", "XX256".to_owned(), kept.clone()),
        ("lower-case", own.name().to_ascii_lowercase(), kept.clone()),
        ("list", format!("{},none", own.name()), kept),
    ];
    if own.is_hmac() {
        algs.push((
            "RS256",
            "RS256".to_owned(),
            material.random::<256>().to_vec(),
        ));
    }
    algs.into_iter()
        .map(|(name, alg, signature)| {
            let draft = material.draft()?.header(|h| h.set("alg", alg));
            Ok(Forged::form(name, draft.with_signature(&signature)))
        })
        .collect()
}

fn duplicate_header(material: &mut Material<'_>) -> Made {
    let own = material.algorithm()?;
    let key = Key::foreign(own, material.rng)?;
    let named = Value::from(own.name()).to_string();
    let mut forged = Vec::new();
    for (name, first, last) in [
        ("none-last", &*named, "\"none\""),
        ("none-first", "\"none\"", &*named),
    ] {
        let draft = material.draft()?.header(|h| {
            h.set_raw("alg", first);
            h.push("alg", last);
        });
        forged.push(Forged::form(
            format!("{name}-unsigned"),
            draft.with_signature(&[]),
        ));
        forged.push(Forged::form(
            format!("{name}-foreign-key"),
            draft.signed(own, &key)?,
        ));
    }
    Ok(forged)
}
