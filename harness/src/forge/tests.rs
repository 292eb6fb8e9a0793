//! Every recipe changes what it says and nothing else.

mod content;
mod crypto;
mod record;
mod spelling;

use std::collections::HashSet;

use base64ct::{Base64UrlUnpadded, Encoding};
use scenarios::model::Ability;

use super::{
    Forged, Material, Part, Recipe, Token, Unforgeable, describe, forge, recipes,
    testing::{Issuer, NOW},
};

/// One algorithm of each kind.
const KINDS: [&str; 5] = ["HS256", "RS256", "PS256", "ES256", "EdDSA"];

/// An issuer whose users have numbers, so that each recipe for a subject applies.
fn numbered(alg: &str) -> Issuer {
    Issuer::of(alg, ["17", "18"])
}

fn forged(issuer: &Issuer, name: &str) -> Vec<Forged> {
    forge(name, &mut issuer.material(&mut rand::rng()))
        .unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn is_three_parts(text: &str) -> bool {
    text.split('.').count() == 3
}

#[track_caller]
fn check_parts(recipe: &Recipe, source: &Token, one: &Forged) -> HashSet<&'static str> {
    let mut changed = HashSet::new();
    if recipe.changes.contains(&Part::Encoding) {
        assert_ne!(one.text, source.text(), "{}#{}", recipe.name, one.name);
        return changed;
    }
    let parts: Vec<_> = one.text.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("{}#{} is not in three parts", recipe.name, one.name);
    };
    for (name, part, text, was) in [
        ("header", Part::Header, header, source.header_text()),
        ("claims", Part::Claims, claims, source.claims_text()),
        (
            "signature",
            Part::Signature,
            signature,
            source.signature_text(),
        ),
    ] {
        if text != was {
            assert!(
                recipe.changes.contains(&part),
                "{}#{} changes the {name}",
                recipe.name,
                one.name
            );
            changed.insert(name);
        }
        assert!(
            Base64UrlUnpadded::decode_vec(text).is_ok(),
            "{}#{} {name}",
            recipe.name,
            one.name
        );
    }
    changed
}

#[test]
fn every_recipe_changes_the_parts_it_names_and_no_others() {
    for alg in KINDS {
        let issuer = numbered(alg);
        for recipe in recipes() {
            let mut rng = rand::rng();
            let made = match recipe.forge(&mut issuer.material(&mut rng)) {
                Ok(made) => made,
                Err(Unforgeable::OtherIssuer { .. } | Unforgeable::NothingToChange(_)) => continue,
                Err(why) => panic!("{alg} {}: {why}", recipe.name),
            };
            assert!(!made.is_empty(), "{alg} {}", recipe.name);
            let names: HashSet<_> = made.iter().map(|one| &one.name).collect();
            assert_eq!(
                names.len(),
                made.len(),
                "{alg} {}: names of forms are unique",
                recipe.name
            );
            let changed: HashSet<_> = made
                .iter()
                .flat_map(|one| check_parts(recipe, &issuer.own, one))
                .collect();
            // Signing again by HMAC, PKCS#1 or EdDSA gives the same bytes; a signature may then look unchanged.
            for (name, part) in [("header", Part::Header), ("claims", Part::Claims)] {
                let encoding = recipe.changes.contains(&Part::Encoding);
                assert!(
                    encoding
                        || changed.contains(name) == recipe.changes.contains(&part)
                        || (recipe.name == "ecdsa-zero" && alg.starts_with("ES")),
                    "{alg} {}: {name}",
                    recipe.name
                );
            }
        }
    }
}

#[test]
fn one_seed_forges_the_same_bytes() {
    let issuer = numbered("HS256");
    let made = |recipe: &Recipe, seed| {
        let mut rng = super::seeded(seed, "token.any", recipe.name);
        let made = recipe.forge(&mut issuer.material(&mut rng));
        let texts = made.unwrap_or_default().into_iter().map(|one| one.text);
        texts.collect::<Vec<_>>()
    };
    let unlike: Vec<_> = recipes()
        .filter(|recipe| made(recipe, 7) != made(recipe, 7))
        .map(|recipe| recipe.name)
        .collect();
    // Private keys and ECDSA signatures come from the library, which takes no seed.
    assert_eq!(unlike, ["hs-as-asymmetric", "embedded-jwk"]);
    let wrong = super::recipe("wrong-key").unwrap();
    assert_ne!(made(wrong, 7), made(wrong, 8));
}

#[test]
fn every_text_can_travel_in_a_header() {
    for alg in KINDS {
        let issuer = numbered(alg);
        for recipe in recipes() {
            let mut rng = rand::rng();
            for one in recipe
                .forge(&mut issuer.material(&mut rng))
                .unwrap_or_default()
            {
                let value = http::HeaderValue::from_bytes(one.text.as_bytes());
                assert!(value.is_ok(), "{alg} {}#{}", recipe.name, one.name);
            }
        }
    }
}

#[test]
fn every_recipe_is_makeable_for_some_issuer() {
    let issuers: Vec<_> = KINDS.map(numbered).into();
    for recipe in recipes() {
        let makeable = issuers
            .iter()
            .any(|issuer| recipe.forge(&mut issuer.material(&mut rand::rng())).is_ok());
        assert!(makeable, "{}", recipe.name);
    }
}

#[test]
fn names_are_unique_kebab_case() {
    let names: HashSet<_> = recipes().map(|recipe| recipe.name).collect();
    assert_eq!(names.len(), recipes().count());
    for name in names {
        assert!(
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{name}"
        );
    }
}

/// Without the key, recipes that need it say so, and the others make only what the target must refuse.
#[test]
fn without_the_key_no_new_token_verifies() {
    for alg in KINDS {
        let issuer = numbered(alg);
        for recipe in recipes() {
            let mut rng = rand::rng();
            let mut material = Material {
                key: None,
                ..issuer.material(&mut rng)
            };
            let made = recipe.forge(&mut material);
            if recipe.needs.contains(&Ability::Secret) {
                assert!(
                    matches!(
                        made,
                        Err(Unforgeable::NeedsKey | Unforgeable::OtherIssuer { .. })
                    ),
                    "{alg} {}",
                    recipe.name
                );
                continue;
            }
            for one in made.unwrap_or_default() {
                let verifies =
                    Token::parse(&one.text).is_ok_and(|token| issuer.key.verifies(&token));
                assert!(
                    !verifies || recipe.name == "ecdsa-twin",
                    "{alg} {}#{}",
                    recipe.name,
                    one.name
                );
            }
        }
    }
}

#[test]
fn with_the_key_signed_claims_verify() {
    for alg in KINDS {
        let issuer = numbered(alg);
        for recipe in recipes().filter(|recipe| recipe.changes == [Part::Claims, Part::Signature]) {
            for one in forged(&issuer, recipe.name) {
                let Ok(token) = Token::parse(&one.text) else {
                    continue;
                };
                let damaged = recipe.name == "oversize" && one.name != "long-sub";
                assert_eq!(
                    issuer.key.verifies(&token),
                    !damaged,
                    "{alg} {}#{}",
                    recipe.name,
                    one.name
                );
            }
        }
    }
}

#[track_caller]
fn check_refusal(alg: &str, name: &str, want: &str) {
    let issuer = numbered(alg);
    let why = forge(name, &mut issuer.material(&mut rand::rng())).unwrap_err();
    assert_eq!(why.to_string(), want);
}

#[test]
fn what_does_not_apply_says_why() {
    check_refusal(
        "RS256",
        "empty-key",
        "it applies to tokens of HMAC issuers only, and this one is signed with RS256",
    );
    check_refusal(
        "HS256",
        "ecdsa-twin",
        "it applies to tokens of ECDSA issuers only, and this one is signed with HS256",
    );
    check_refusal(
        "HS256",
        "hs-rs-confusion-pem",
        "it applies to tokens of asymmetric issuers only, and this one is signed with HS256",
    );
    check_refusal("HS256", "alg-nine", "no token recipe is named `alg-nine`");
    check_refusal(
        "HS256",
        "expired-leeway#7",
        "recipe `expired-leeway` has no form `7` here",
    );
}

#[test]
fn a_claim_that_is_not_there_cannot_be_changed() {
    let issuer = Issuer::saying("HS256", &serde_json::json!({ "sub": "17" }));
    let refused = |name: &str| {
        let why = forge(name, &mut issuer.material(&mut rand::rng()));
        matches!(why, Err(Unforgeable::NoClaim(_)))
    };
    for name in ["aud-wrong", "iss-wrong", "exp-missing", "resigned-fresh"] {
        assert!(refused(name), "{name}");
    }
    assert!(!refused("sub-missing"));
}

#[test]
fn without_a_token_only_garbage_is_made() {
    let mut rng = rand::rng();
    for recipe in recipes() {
        let made = recipe.forge(&mut Material::new(None, NOW, &mut rng));
        let is_garbage = ["garbage", "empty-bearer"].contains(&recipe.name);
        assert_eq!(made.is_ok(), is_garbage, "{}", recipe.name);
    }
}

#[test]
fn a_key_of_another_type_is_named() {
    let (issuer, other) = (Issuer::new("RS256"), Issuer::new("HS256"));
    let mut rng = rand::rng();
    let mut material = Material {
        key: Some(&other.key),
        ..issuer.material(&mut rng)
    };
    assert_eq!(
        forge("resigned", &mut material),
        Err(Unforgeable::KeyMismatch { algorithm: "RS256" })
    );
}

/// Evidence shows decoded header and claims of every forged token that has any.
#[test]
fn forged_tokens_can_be_described() {
    let issuer = Issuer::new("HS256");
    let opaque = [
        "garbage",
        "empty-bearer",
        "two-segments",
        "trailing-dot",
        "base64-padding",
        "json-serialization",
    ];
    for recipe in recipes().filter(|recipe| !opaque.contains(&recipe.name)) {
        for one in recipe
            .forge(&mut issuer.material(&mut rand::rng()))
            .unwrap_or_default()
        {
            let described = describe(&one.text);
            let deep = one.name.ends_with("000");
            assert!(
                described.is_some() || deep || !is_three_parts(&one.text),
                "{}#{}",
                recipe.name,
                one.name
            );
        }
    }
}

#[test]
fn debug_shows_no_token() {
    let issuer = Issuer::new("HS256");
    assert_eq!(
        format!("{:?}", forged(&issuer, "resigned")),
        "[Forged(resigned, [redacted])]"
    );
}
