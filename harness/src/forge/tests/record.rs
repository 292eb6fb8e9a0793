//! Every form of every recipe on record: a token that comes out otherwise than yesterday shows as a line of the difference.

use std::{fmt::Write as _, sync::LazyLock};

use aws_lc_rs::digest;
use base64ct::{Base64UrlUnpadded, Encoding};
use regex::Regex;

use super::{Forged, Issuer};
use crate::forge::{self, Key, Recipe, Token, Unforgeable};

/// More of a text is its length and a digest.
const SHOWN: usize = 200;

fn digest_of(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref()[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The text without what differs from run to run: key pairs of RSA and EC come from the library, which takes no seed.
fn steady(text: &str) -> String {
    static PAIRS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"("(?:n|y|x5c|x5t|x5t#S256|crv":"P-\d+","x)":)(?:"[^"]*"|\[[^\]]*\])"#)
            .unwrap()
    });
    PAIRS.replace_all(text, "$1…").into_owned()
}

fn shown(text: &str) -> String {
    let text = steady(text);
    let start: String = text.chars().take(40).collect();
    let (start, rest) = match text.len() > SHOWN {
        true => {
            let digest = digest_of(text.as_bytes());
            (start, format!("… {} bytes {digest}", text.len()))
        }
        false => (text, String::new()),
    };
    // What no terminal shows is escaped; quotes need not be.
    let start = start.escape_debug().to_string();
    format!("{}{rest}", start.replace("\\\"", "\"").replace("\\'", "'"))
}

/// A part of a token: as in the source, or decoded.
fn part_shown(text: &str, source: &str) -> Option<String> {
    if text == source {
        return Some("=".to_owned());
    }
    let bytes = Base64UrlUnpadded::decode_vec(text).ok()?;
    Some(shown(&String::from_utf8(bytes).ok()?))
}

/// The bytes of a signature only where no key pair of the library's choice made them.
fn signature_shown(text: &str, source: &Token, is_chosen: bool) -> Option<String> {
    if text == source.signature_text() {
        return Some("=".to_owned());
    }
    let bytes = Base64UrlUnpadded::decode_vec(text).ok()?;
    Some(match is_chosen {
        true => format!("{} bytes {}", bytes.len(), digest_of(&bytes)),
        false => format!("{} bytes", bytes.len()),
    })
}

fn is_chosen(recipe: &Recipe, source: &Token, header: &str) -> bool {
    let seeded = |alg: &str| alg.contains("HS") || alg.contains("EdDSA");
    source.alg().is_some_and(seeded)
        && (header == "=" || seeded(header) || recipe.name == "ecdsa-zero")
}

fn decoded(recipe: &Recipe, one: &Forged, source: &Token) -> Option<String> {
    let parts: Vec<_> = one.text.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return None;
    };
    let header = part_shown(header, source.header_text())?;
    let claims = part_shown(claims, source.claims_text())?;
    let is_chosen = is_chosen(recipe, source, &header);
    let signature = match recipe.name {
        // Its length is that of two random numbers without their leading zeros.
        "ecdsa-der" => "ASN.1".to_owned(),
        _ => signature_shown(signature, source, is_chosen)?,
    };
    Some(format!("{header} . {claims} . {signature}"))
}

fn line(recipe: &Recipe, one: &Forged, source: &Token) -> String {
    let as_text = || {
        let text = one
            .text
            .replace(source.header_text(), "{header}")
            .replace(source.claims_text(), "{claims}")
            .replace(source.signature_text(), "{signature}");
        format!("text {}", shown(&text))
    };
    let decoded = decoded(recipe, one, source).unwrap_or_else(as_text);
    let served = one.serve.as_ref().map(|served| {
        let start = steady(served.body.lines().next().unwrap_or_default());
        format!(" serves {} {} {start}", served.path, served.content_type)
    });
    format!("{}: {decoded}{}", one.name, served.unwrap_or_default())
}

fn record(issuer: &Issuer, recipes: impl Iterator<Item = &'static Recipe>) -> String {
    let mut record = String::new();
    for recipe in recipes {
        let mut rng = forge::seeded(7, "token.record", recipe.name);
        let _ = writeln!(record, "{}", recipe.name);
        match recipe.forge(&mut issuer.material(&mut rng)) {
            Ok(made) => made.iter().for_each(|one| {
                let _ = writeln!(record, "  {}", line(recipe, one, &issuer.own));
            }),
            Err(why @ (Unforgeable::OtherIssuer { .. } | Unforgeable::NothingToChange(_))) => {
                let _ = writeln!(record, "  not made: {why}");
            }
            Err(why) => panic!("{}: {why}", recipe.name),
        }
    }
    record
}

/// An issuer whose key is the same in each run.
fn fixed(alg: &str, subjects: [&str; 2]) -> Issuer {
    let algorithm = forge::Algorithm::parse(alg).unwrap();
    let key = Key::foreign(algorithm, &mut forge::seeded(7, "token.record", alg)).unwrap();
    Issuer::with(alg, key, subjects)
}

#[test]
fn every_form_for_an_hmac_issuer_is_on_record() {
    let issuer = fixed("HS256", ["17", "18"]);
    insta::assert_snapshot!("hs256", record(&issuer, forge::recipes()));
}

#[test]
fn every_form_for_an_issuer_with_a_key_pair_is_on_record() {
    let issuer = fixed("EdDSA", ["user-alice", "user-bob"]);
    insta::assert_snapshot!("eddsa", record(&issuer, forge::recipes()));
}

#[test]
fn what_depends_on_the_kind_of_key_pair_is_on_record() {
    let of_keys = [
        forge::degenerate::RECIPES,
        forge::keys::RECIPES,
        forge::embedded::RECIPES,
    ];
    for alg in ["RS256", "PS256", "ES256"] {
        let issuer = Issuer::new(alg);
        insta::assert_snapshot!(
            alg.to_lowercase(),
            record(&issuer, of_keys.into_iter().flatten())
        );
    }
}
