//! Tokens signed anew: with the right key as the positive control, and with keys that anybody has.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use scenarios::model::Ability;
use serde_json::{Value, json};

use super::{
    algorithm::{Algorithm, HASHES, Hash},
    der::{self, oid},
    key::Key,
    recipe::{Forged, Made, Material, Part, Recipe, Unforgeable},
    times::shift_times,
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "resigned",
        title: "header and claims unchanged, signed anew with the real key: must be accepted",
        changes: &[Part::Signature],
        needs: &[Ability::Jwt, Ability::Secret],
        make: resigned,
    },
    Recipe {
        name: "resigned-fresh",
        title: "the same as if issued now: must be accepted",
        changes: &[Part::Claims, Part::Signature],
        needs: &[Ability::Jwt, Ability::Secret],
        make: resigned_fresh,
    },
    Recipe {
        name: "wrong-key",
        title: "signed with a fresh key of the same type",
        changes: &[Part::Signature],
        needs: &[Ability::Jwt],
        make: wrong_key,
    },
    Recipe {
        name: "empty-key",
        title: "signed with an empty secret, and with the words that programs write for nothing",
        changes: &[Part::Signature],
        needs: &[Ability::Jwt, Ability::Hmac],
        make: empty_key,
    },
    Recipe {
        name: "alg-other-hmac",
        title: "signed with the real secret under the HMAC sizes not in use",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt, Ability::Hmac, Ability::Secret],
        make: alg_other_hmac,
    },
    Recipe {
        name: "alg-other-rsa",
        title: "signed with the real RSA key under the paddings and sizes not in use",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt, Ability::Secret],
        make: alg_other_rsa,
    },
    Recipe {
        name: "hs-rs-confusion-pem",
        title: "HMAC keyed by the issuer's public key as PEM text (RFC 8725 2.1)",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt, Ability::PublicKey],
        make: confusion_pem,
    },
    Recipe {
        name: "hs-rs-confusion-jwk",
        title: "HMAC keyed by the issuer's public key as JWK text, DER or bare numbers (RFC 8725 2.1)",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt, Ability::PublicKey],
        make: confusion_jwk,
    },
    Recipe {
        name: "hs-as-asymmetric",
        title: "for an HMAC issuer: signed with a fresh private key, without and with its public half in the header",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt, Ability::Hmac],
        make: hs_as_asymmetric,
    },
];

/// Seconds that a token made without a lifetime to copy lives.
const LIFETIME: i64 = 900;

fn resigned(material: &mut Material<'_>) -> Made {
    Ok(Forged::only(material.sign(&material.draft()?)?))
}

fn resigned_fresh(material: &mut Material<'_>) -> Made {
    let claims = material.token()?.claims();
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64).map(|at| at as i64);
    let by = match (seconds("iat"), seconds("exp")) {
        (Some(iat), _) => material.now - iat,
        (None, Some(exp)) => material.now + LIFETIME - exp,
        (None, None) => return Err(Unforgeable::NoClaim("iat or exp".to_owned())),
    };
    let draft = material.draft()?.claims(|c| shift_times(c, claims, by));
    Ok(Forged::only(material.sign(&draft)?))
}

fn wrong_key(material: &mut Material<'_>) -> Made {
    let algorithm = material.algorithm()?;
    let key = Key::foreign(algorithm, material.rng)?;
    Ok(Forged::only(material.draft()?.signed(algorithm, &key)?))
}

/// HMAC pads a short key with zero bytes (RFC 2104 2), so NUL bytes are the same key as none.
const NOTHINGS: [(&str, &str); 5] = [
    ("empty", ""),
    ("null", "null"),
    ("undefined", "undefined"),
    ("None", "None"),
    ("false", "false"),
];

fn empty_key(material: &mut Material<'_>) -> Made {
    let algorithm = material.hmac_algorithm()?;
    let draft = material.draft()?;
    let signed = |(form, secret)| {
        Ok(Forged::form(
            form,
            draft.signed(algorithm, &Key::hmac(secret))?,
        ))
    };
    NOTHINGS.into_iter().map(signed).collect()
}

fn alg_other_hmac(material: &mut Material<'_>) -> Made {
    let own = material.hmac_algorithm()?;
    under(
        material,
        HASHES
            .into_iter()
            .map(Algorithm::Hs)
            .filter(|other| *other != own),
    )
}

fn alg_other_rsa(material: &mut Material<'_>) -> Made {
    let own = material.algorithm()?;
    if !matches!(own, Algorithm::Rs(_) | Algorithm::Ps(_)) {
        return Err(Unforgeable::OtherIssuer {
            applies: "RSA issuers",
            algorithm: own.name(),
        });
    }
    let all = HASHES
        .into_iter()
        .flat_map(|hash| [Algorithm::Rs(hash), Algorithm::Ps(hash)]);
    under(material, all.filter(|other| *other != own))
}

/// The token signed with the real key under each of the algorithms.
fn under(material: &Material<'_>, algorithms: impl Iterator<Item = Algorithm>) -> Made {
    let key = material.key()?;
    algorithms
        .map(|algorithm| {
            let draft = material.draft()?.header(|h| h.set("alg", algorithm.name()));
            Ok(Forged::form(
                algorithm.name(),
                draft.signed(algorithm, key)?,
            ))
        })
        .collect()
}

fn confusion_pem(material: &mut Material<'_>) -> Made {
    confused(material, |jwk| {
        let mut blocks: Vec<_> = spki(jwk)
            .map(|der| ("spki", "PUBLIC KEY", der))
            .into_iter()
            .collect();
        blocks.extend(pkcs1(jwk).map(|der| ("pkcs1", "RSA PUBLIC KEY", der)));
        blocks
            .into_iter()
            .flat_map(|(form, label, block)| {
                let text = der::pem(label, &block, "\n");
                [
                    (
                        format!("{form}-no-final-newline"),
                        text.trim_end().to_owned(),
                    ),
                    (format!("{form}-crlf"), der::pem(label, &block, "\r\n")),
                    (form.to_owned(), text),
                ]
            })
            .map(|(form, text)| (form, text.into_bytes()))
            .collect()
    })
}

fn confusion_jwk(material: &mut Material<'_>) -> Made {
    confused(material, |jwk| {
        let set = json!({ "keys": [jwk] });
        let pretty = serde_json::to_string_pretty(jwk).unwrap_or_default();
        let mut forms = vec![
            ("jwk", jwk.to_string().into_bytes()),
            ("jwk-pretty", pretty.into_bytes()),
            ("jwks", set.to_string().into_bytes()),
        ];
        for (name, text_form, bytes_form) in
            [("n", "modulus-text", "modulus"), ("x", "x-text", "x")]
        {
            if let Some(text) = jwk.get(name).and_then(Value::as_str) {
                forms.push((text_form, text.as_bytes().to_vec()));
                forms.extend(member(jwk, name).map(|bytes| (bytes_form, bytes)));
            }
        }
        if let Some(der) = spki(jwk) {
            forms.push(("spki-base64", Base64::encode_string(&der).into_bytes()));
            forms.push(("spki-der", der));
        }
        forms
            .into_iter()
            .map(|(form, secret)| (form.to_owned(), secret))
            .collect()
    })
}

/// The token under each HMAC, keyed by each form of each public key.
fn confused(material: &Material<'_>, forms: impl Fn(&Value) -> Vec<(String, Vec<u8>)>) -> Made {
    material.asymmetric_algorithm()?;
    let mut forged = Vec::new();
    for (index, jwk) in material.public_keys()?.iter().enumerate() {
        for (form, secret) in forms(jwk) {
            let key = Key::hmac(secret);
            for hash in HASHES {
                let algorithm = Algorithm::Hs(hash);
                let draft = material.draft()?.header(|h| h.set("alg", algorithm.name()));
                let which = if index == 0 {
                    String::new()
                } else {
                    format!("-key{}", index + 1)
                };
                let name = format!("{}-{form}{which}", algorithm.name());
                forged.push(Forged::form(name, draft.signed(algorithm, &key)?));
            }
        }
    }
    if forged.is_empty() {
        Err(Unforgeable::NeedsPublicKey)
    } else {
        Ok(forged)
    }
}

fn hs_as_asymmetric(material: &mut Material<'_>) -> Made {
    material.hmac_algorithm()?;
    let mut forged = Vec::new();
    let hash = Hash::Sha256;
    for algorithm in [
        Algorithm::Rs(hash),
        Algorithm::Ps(hash),
        Algorithm::Es(hash),
        Algorithm::EdDsa,
    ] {
        let key = Key::foreign(algorithm, material.rng)?;
        let bare = material.draft()?.header(|h| h.set("alg", algorithm.name()));
        forged.push(Forged::form(
            algorithm.name(),
            bare.signed(algorithm, &key)?,
        ));
        let with_key = bare.header(|h| h.set("jwk", key.public_jwk()));
        forged.push(Forged::form(
            format!("{}-jwk", algorithm.name()),
            with_key.signed(algorithm, &key)?,
        ));
    }
    Ok(forged)
}

fn member(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(jwk.get(name)?.as_str()?).ok()
}

/// A JWK of RSA as RSAPublicKey (RFC 8017 A.1.1).
fn pkcs1(jwk: &Value) -> Option<Vec<u8>> {
    let (n, e) = (member(jwk, "n")?, member(jwk, "e")?);
    Some(der::sequence(&[&der::integer(&n), &der::integer(&e)]))
}

/// A JWK as SubjectPublicKeyInfo (RFC 5280 4.1.2.7, RFC 5480 2, RFC 8410 4).
pub(super) fn spki(jwk: &Value) -> Option<Vec<u8>> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let (algorithm, key) = match (text("kty")?, text("crv")) {
        ("RSA", _) => (der::sequence(&[oid::RSA, der::NULL]), pkcs1(jwk)?),
        ("EC", Some(curve)) => {
            let curve = match curve {
                "P-256" => oid::P256,
                "P-384" => oid::P384,
                "P-521" => oid::P521,
                _ => return None,
            };
            let point = [&[4][..], &member(jwk, "x")?, &member(jwk, "y")?].concat();
            (der::sequence(&[oid::EC, curve]), point)
        }
        ("OKP", Some("Ed25519")) => (der::sequence(&[oid::ED25519]), member(jwk, "x")?),
        _ => return None,
    };
    Some(der::sequence(&[&algorithm, &der::bit_string(&key)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_names_its_curve() {
        for (hash, curve) in HASHES.into_iter().zip([oid::P256, oid::P384, oid::P521]) {
            let key = Key::foreign(Algorithm::Es(hash), &mut rand::rng()).unwrap();
            let der = spki(&key.public_jwk().unwrap()).unwrap();
            let named = der.windows(curve.len()).any(|bytes| bytes == curve);
            assert!(named, "{hash:?}");
        }
        assert_eq!(
            spki(&json!({"kty": "EC", "crv": "secp256k1", "x": "", "y": ""})),
            None
        );
    }
}
