//! The same token spelled otherwise: padding, alphabets, character sets, JSON forms, depth and size.

use scenarios::model::Ability;
use serde_json::{Value, json};

use super::{
    key::Key,
    recipe::{Forged, Made, Material, Part, Recipe, Unforgeable},
    token::{Token, part},
};

const ENCODING: &[Part] = &[Part::Encoding];

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "base64-padding",
        title: "padding, white space and foreign characters in the parts of a valid token",
        changes: ENCODING,
        needs: &[Ability::Jwt],
        make: base64_padding,
    },
    Recipe {
        name: "base64-standard-alphabet",
        title: "- and _ of a valid token written as + and /",
        changes: ENCODING,
        needs: &[Ability::Jwt],
        make: base64_standard_alphabet,
    },
    Recipe {
        name: "base64-unused-bits",
        title: "the bits that no byte uses set in the last character of the signature",
        changes: ENCODING,
        needs: &[Ability::Jwt],
        make: base64_unused_bits,
    },
    Recipe {
        name: "json-serialization",
        title: "a valid token in the JSON serialisations (RFC 7515 7.2)",
        changes: ENCODING,
        needs: &[Ability::Jwt],
        make: json_serialization,
    },
    Recipe {
        name: "nested-cty",
        title: "a token inside a token: unsigned in a signed one, valid in one signed with a foreign key",
        changes: &[Part::Header, Part::Claims, Part::Signature],
        needs: &[Ability::Jwt],
        make: nested_cty,
    },
    Recipe {
        name: "json-nesting",
        title: "deep and wide JSON in header and payload under the old signature",
        changes: &[Part::Header, Part::Claims],
        needs: &[Ability::Jwt],
        make: json_nesting,
    },
    Recipe {
        name: "oversize",
        title: "tokens of 8 KiB to 1 MiB under the old signature; with the key also a long subject, signed",
        changes: &[Part::Claims, Part::Signature],
        needs: &[Ability::Jwt],
        make: oversize,
    },
    Recipe {
        name: "unicode",
        title: "invalid and unusual text encodings, signed where the key is known",
        changes: &[Part::Claims, Part::Signature, Part::Encoding],
        needs: &[Ability::Jwt],
        make: unicode,
    },
];

fn parts(token: &Token) -> [&str; 3] {
    [
        token.header_text(),
        token.claims_text(),
        token.signature_text(),
    ]
}

/// The token with one part spelled otherwise.
fn respelled(token: &Token, which: usize, spell: impl Fn(&str) -> String) -> String {
    let mut spelled = parts(token).map(str::to_owned);
    spelled[which] = spell(&spelled[which]);
    spelled.join(".")
}

fn base64_padding(material: &mut Material<'_>) -> Made {
    let token = material.token()?;
    let padded = |text: &str| match text.len() % 4 {
        0 => format!("{text}===="),
        used => format!("{text}{}", "=".repeat(4 - used)),
    };
    let mut forged = Vec::new();
    for (which, name) in ["header", "payload", "signature"].into_iter().enumerate() {
        forged.push(Forged::form(
            format!("padded-{name}"),
            respelled(token, which, padded),
        ));
        for (form, inserted) in [
            ("blank", " "),
            ("tab", "\t"),
            ("percent-blank", "%20"),
            ("newline-escape", "\\n"),
            ("foreign", "!"),
        ] {
            let spell = |text: &str| {
                let (front, back) = text.split_at(text.len() / 2);
                format!("{front}{inserted}{back}")
            };
            forged.push(Forged::form(
                format!("{form}-in-{name}"),
                respelled(token, which, spell),
            ));
        }
    }
    forged.push(Forged::form("quoted", format!("\"{}\"", token.text())));
    Ok(forged)
}

fn base64_standard_alphabet(material: &mut Material<'_>) -> Made {
    let token = material.token()?;
    let names = ["header", "payload", "signature"].into_iter().enumerate();
    let forged: Vec<_> = names
        .filter(|(which, _)| parts(token)[*which].contains(['-', '_']))
        .map(|(which, name)| {
            Forged::form(
                name,
                respelled(token, which, |text| {
                    text.replace('-', "+").replace('_', "/")
                }),
            )
        })
        .collect();
    match forged.is_empty() {
        true => Err(Unforgeable::NothingToChange(
            "this token holds no - or _; a later one will",
        )),
        false => Ok(forged),
    }
}

fn base64_unused_bits(material: &mut Material<'_>) -> Made {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const NONE: Unforgeable = Unforgeable::NothingToChange(
        "the length of the signature leaves no bits of its last character unused",
    );
    let token = material.token()?;
    let unused = match token.signature_text().len() % 4 {
        2 => 0b1111,
        3 => 0b11,
        _ => return Err(NONE),
    };
    let last =
        without_last(token.text()).and_then(|(rest, last)| Some((rest, ALPHABET.find(last)?)));
    let (rest, index) = last.ok_or(NONE)?;
    let changed = char::from(ALPHABET.as_bytes()[index ^ unused]);
    Ok(Forged::only(format!("{rest}{changed}")))
}

fn without_last(text: &str) -> Option<(&str, char)> {
    let last = text.chars().next_back()?;
    Some((&text[..text.len() - last.len_utf8()], last))
}

fn json_serialization(material: &mut Material<'_>) -> Made {
    let [header, claims, signature] = parts(material.token()?);
    let good = json!({"protected": header, "signature": signature});
    let bad = json!({"protected": part(br#"{"alg":"none"}"#), "signature": ""});
    Ok(vec![
        Forged::form(
            "flattened",
            json!({"payload": claims, "protected": header, "signature": signature}).to_string(),
        ),
        Forged::form(
            "general",
            json!({"payload": claims, "signatures": [&good]}).to_string(),
        ),
        Forged::form(
            "bad-and-good",
            json!({"payload": claims, "signatures": [&bad, &good]}).to_string(),
        ),
        Forged::form(
            "good-and-bad",
            json!({"payload": claims, "signatures": [&good, &bad]}).to_string(),
        ),
    ])
}

fn nested_cty(material: &mut Material<'_>) -> Made {
    let token = material.token()?;
    let algorithm = material.algorithm()?;
    let outer = |inner: &str| {
        Ok(material
            .draft()?
            .header(|h| h.set("cty", "JWT"))
            .payload(inner.as_bytes()))
    };
    let unsigned = material
        .draft()?
        .header(|h| h.set("alg", "none"))
        .with_signature(&[]);
    let (with_unsigned, with_valid) = (outer(&unsigned)?, outer(token.text())?);
    let foreign = Key::foreign(algorithm, material.rng)?;
    let mut forged = vec![Forged::form(
        "valid-in-foreign",
        with_valid.signed(algorithm, &foreign)?,
    )];
    if material.key.is_some() {
        forged.push(Forged::form(
            "unsigned-in-signed",
            material.sign(&with_unsigned)?,
        ));
    }
    Ok(forged)
}

fn json_nesting(material: &mut Material<'_>) -> Made {
    let signature = material.token()?.signature();
    let mut values: Vec<(String, String)> = [1_000, 10_000, 100_000]
        .into_iter()
        .map(|depth| {
            (
                depth.to_string(),
                format!("{}{}", "[".repeat(depth), "]".repeat(depth)),
            )
        })
        .collect();
    let members: Vec<_> = (0..10_000).map(|index| format!("\"m{index}\":0")).collect();
    values.push(("members".to_owned(), format!("{{{}}}", members.join(","))));
    let mut forged = Vec::new();
    for (form, json) in values {
        let header = material.draft()?.header(|h| h.set_raw("authspec", &json));
        let claims = material.draft()?.claims(|c| c.set_raw("authspec", &json));
        forged.push(Forged::form(
            format!("header-{form}"),
            header.with_signature(signature),
        ));
        forged.push(Forged::form(
            format!("payload-{form}"),
            claims.with_signature(signature),
        ));
    }
    Ok(forged)
}

fn oversize(material: &mut Material<'_>) -> Made {
    let token = material.token()?;
    let mut forged = Vec::new();
    for (form, kib) in [("8k", 8), ("16k", 16), ("64k", 64), ("1m", 1024)] {
        // Base64 makes four characters of three bytes.
        let filler = (kib * 1024usize).saturating_sub(token.text().len()) * 3 / 4;
        let draft = material
            .draft()?
            .claims(|c| c.set("authspec", "a".repeat(filler)));
        forged.push(Forged::form(form, draft.with_signature(token.signature())));
    }
    if material.key.is_some() {
        let draft = material
            .draft()?
            .claims(|c| c.set(material.subject, "a".repeat(5 * 1024)));
        forged.push(Forged::form("long-sub", material.sign(&draft)?));
    }
    Ok(forged)
}

fn unicode(material: &mut Material<'_>) -> Made {
    let claims = material.draft()?.claims_json();
    let own = material.own_subject()?;
    let own = own.as_str().map_or_else(|| own.to_string(), str::to_owned);
    // A text for the subject as raw bytes between its quotes; what is special in JSON is escaped already.
    let with_subject = |edit: &dyn Fn(&str) -> Vec<u8>| -> Result<Vec<u8>, Unforgeable> {
        const MARK: &str = "authspec-subject-here";
        let marked = material
            .draft()?
            .claims(|c| c.set(material.subject, MARK))
            .claims_json();
        let (front, back) = marked.split_once(MARK).unwrap_or((&marked, ""));
        let inner = Value::from(own.as_str()).to_string();
        Ok([
            front.as_bytes(),
            &edit(inner.trim_matches('"')),
            back.as_bytes(),
        ]
        .concat())
    };
    // The first character in two bytes where one is enough (RFC 3629 10).
    let over_long = |text: &str| match text.as_bytes() {
        [first, rest @ ..] if first.is_ascii() => {
            [&[0xc0 | first >> 6, 0x80 | first & 0x3f], rest].concat()
        }
        other => [other, &[0xc0, 0x80]].concat(),
    };
    let utf16: Vec<u8> = claims.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let payloads = [
        (
            "invalid-utf8",
            with_subject(&|text| [text.as_bytes(), &[0xff]].concat())?,
        ),
        ("over-long", with_subject(&over_long)?),
        (
            "lone-surrogate",
            with_subject(&|text| format!("{text}\\ud800").into_bytes())?,
        ),
        (
            "byte-order-mark",
            [&[0xef, 0xbb, 0xbf], claims.as_bytes()].concat(),
        ),
        ("utf-16", [&[0xff, 0xfe], &utf16[..]].concat()),
    ];
    let mut forged = Vec::new();
    for (form, payload) in payloads {
        forged.push(Forged::form(
            form,
            material.sign_or_keep(&material.draft()?.payload(&payload))?,
        ));
    }
    let text = material.token()?.text();
    forged.push(Forged::form("raw-non-ascii", format!("{text}\u{e9}")));
    Ok(forged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::{forge, testing};

    #[test]
    fn sizes_are_what_the_forms_say() {
        let token = testing::hmac_token();
        let mut rng = rand::rng();
        let forged = forge(
            "oversize",
            &mut Material::new(Some(&token), testing::NOW, &mut rng),
        )
        .unwrap();
        let sizes: Vec<_> = forged
            .iter()
            .map(|one| (one.text.len() + 40) / 1024)
            .collect();
        assert_eq!(sizes, [8, 16, 64, 1024]);
    }

    #[test]
    fn unused_bits_keep_the_bytes_for_a_lenient_reader() {
        let token = testing::hmac_token();
        let mut rng = rand::rng();
        let mut material = Material::new(Some(&token), testing::NOW, &mut rng);
        let forged = forge("base64-unused-bits", &mut material).unwrap();
        let (rest, last) = without_last(&forged[0].text).unwrap();
        assert!(token.text().starts_with(rest) && !token.text().ends_with(last));
        assert!(
            Token::parse(&forged[0].text).is_err(),
            "a strict reader refuses it"
        );
    }
}
