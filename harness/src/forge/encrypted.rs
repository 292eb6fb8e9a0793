//! Tokens in the shape of a JWE (RFC 7516 3.1), and compressed payloads.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PublicEncryptingKey},
};
use scenarios::model::Ability;
use serde_json::{Value, json};

use super::{
    keys::spki,
    recipe::{Forged, Made, Material, Part, Recipe, Unforgeable},
    token::part,
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "jwe-shape",
        title: "five parts: encrypted with a random key or to the issuer's public key, an unsigned token inside",
        changes: &[Part::Encoding],
        needs: &[Ability::Jwt],
        make: jwe_shape,
    },
    Recipe {
        name: "zip-header",
        title: "a compressed payload, small and one that grows to 1 MiB",
        changes: &[Part::Header, Part::Claims, Part::Signature, Part::Encoding],
        needs: &[Ability::Jwt],
        make: zip_header,
    },
    Recipe {
        name: "pbes2-count",
        title: "password-based encryption with ever more iterations; the first is the control of the time",
        changes: &[Part::Encoding],
        needs: &[Ability::Jwt],
        make: pbes2_count,
    },
];

const REFUSED: Unforgeable = Unforgeable::Crypto("a text cannot be encrypted");

fn jwe_shape(material: &mut Material<'_>) -> Made {
    let claims = material.draft()?.claims_json();
    let unsigned = material
        .draft()?
        .header(|h| h.set("alg", "none"))
        .with_signature(&[]);
    let direct = json!({"alg": "dir", "enc": "A256GCM"});
    let nested = json!({"alg": "dir", "enc": "A256GCM", "cty": "JWT"});
    let random: [u8; 32] = material.random();
    let iv: [u8; 12] = material.random();
    let tag: [u8; 16] = material.random();
    let none = part(br#"{"alg":"none","enc":"none"}"#);
    let mut forged = vec![
        Forged::form(
            "dir",
            encrypted(&direct, &[], &random, iv, claims.as_bytes())?,
        ),
        Forged::form(
            "dir-inner-none",
            encrypted(&nested, &[], &random, iv, unsigned.as_bytes())?,
        ),
        Forged::form(
            "zero-key",
            encrypted(&direct, &[], &[0; 32], iv, claims.as_bytes())?,
        ),
        Forged::form(
            "alg-none",
            format!(
                "{none}..{}.{}.{}",
                part(&iv),
                part(claims.as_bytes()),
                part(&tag)
            ),
        ),
    ];
    let to_rsa = json!({"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT"});
    let keys = material.public_keys().unwrap_or_default();
    if let Some(wrapped) = keys.iter().find_map(|jwk| wrapped(jwk, &random)) {
        let text = encrypted(&to_rsa, &wrapped, &random, iv, unsigned.as_bytes())?;
        forged.push(Forged::form("rsa-oaep-inner-none", text));
    }
    Ok(forged)
}

/// A key encrypted to the public key of a JWK, if that is one of RSA (RFC 7518 4.3).
fn wrapped(jwk: &Value, key: &[u8]) -> Option<Vec<u8>> {
    jwk.get("n")?;
    let public =
        OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(&spki(jwk)?).ok()?).ok()?;
    let mut output = vec![0; public.ciphertext_size()];
    let written = public
        .encrypt(&OAEP_SHA1_MGF1SHA1, key, &mut output, None)
        .ok()?;
    Some(written.to_vec())
}

/// A compact JWE by AES-256-GCM (RFC 7516 5.1, RFC 7518 5.3).
fn encrypted(
    header: &Value,
    encrypted_key: &[u8],
    key: &[u8; 32],
    iv: [u8; 12],
    plain: &[u8],
) -> Result<String, Unforgeable> {
    let header = part(header.to_string().as_bytes());
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| REFUSED)?);
    let mut text = plain.to_vec();
    let tag = key
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(iv),
            Aad::from(header.as_bytes()),
            &mut text,
        )
        .map_err(|_| REFUSED)?;
    Ok(format!(
        "{header}.{}.{}.{}.{}",
        part(encrypted_key),
        part(&iv),
        part(&text),
        part(tag.as_ref())
    ))
}

fn zip_header(material: &mut Material<'_>) -> Made {
    let claims = material.draft()?.claims_json();
    let bomb = run_of_zeros(1024 * 1024);
    let zipped = |payload: &[u8]| {
        let draft = material
            .draft()?
            .header(|h| h.set("zip", "DEF"))
            .payload(payload);
        material.sign_or_keep(&draft)
    };
    let (small, large) = (zipped(&stored(claims.as_bytes()))?, zipped(&bomb)?);
    let header = json!({"alg": "dir", "enc": "A256GCM", "zip": "DEF"});
    let (random, iv) = (material.random(), material.random());
    Ok(vec![
        Forged::form("deflated-claims", small),
        Forged::form("large", large),
        Forged::form("jwe-large", encrypted(&header, &[], &random, iv, &bomb)?),
    ])
}

/// DEFLATE without compression (RFC 1951 3.2.4).
fn stored(bytes: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 0xffff;
    let blocks: Vec<_> = bytes.chunks(BLOCK).collect();
    let mut deflated = Vec::with_capacity(bytes.len() + 5 * blocks.len());
    for (index, block) in blocks.iter().enumerate() {
        let length = block.len() as u16;
        deflated.push(u8::from(index + 1 == blocks.len()));
        deflated.extend_from_slice(&length.to_le_bytes());
        deflated.extend_from_slice(&(!length).to_le_bytes());
        deflated.extend_from_slice(block);
    }
    deflated
}

/// DEFLATE of at least `length` characters `0`: one literal, then copies of 258 from a distance of 1, in a block with the
/// fixed codes (RFC 1951 3.2.6).
fn run_of_zeros(length: usize) -> Vec<u8> {
    let mut bits = vec![true, true, false];
    // Huffman codes go in from their highest bit; `0` is literal 48, coded as 0x30 + 48 in 8 bits.
    let mut code =
        |value: u16, width: u32| bits.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
    code(0x60, 8);
    for _ in 0..length.div_ceil(258) {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    code(0, 7);
    bits.chunks(8)
        .map(|byte| {
            byte.iter()
                .rev()
                .fold(0, |sum, bit| sum << 1 | u8::from(*bit))
        })
        .collect()
}

fn pbes2_count(material: &mut Material<'_>) -> Made {
    material.token()?;
    let salt: [u8; 16] = material.random();
    let key: [u8; 40] = material.random();
    let iv: [u8; 16] = material.random();
    let text: [u8; 32] = material.random();
    let tag: [u8; 16] = material.random();
    let counts = [
        ("1000", 1_000),
        ("1000000", 1_000_000),
        ("2^31-1", i32::MAX),
    ];
    Ok(counts
        .into_iter()
        .map(|(form, count)| {
            let header = json!({
                "alg": "PBES2-HS256+A128KW", "enc": "A128CBC-HS256", "p2s": part(&salt), "p2c": count,
            });
            let header = part(header.to_string().as_bytes());
            let parts = [part(&key), part(&iv), part(&text), part(&tag)].join(".");
            Forged::form(form, format!("{header}.{parts}"))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_blocks_hold_the_bytes() {
        let one = stored(b"{}");
        assert_eq!(one, [1, 2, 0, 0xfd, 0xff, b'{', b'}']);
        let two = stored(&[7; 0x10000]);
        assert_eq!((two[0], two[5 + 0xffff], two.len()), (0, 1, 0x10000 + 10));
    }

    #[test]
    fn a_run_is_short_when_compressed() {
        // zlib reads 259 zeros from these bytes.
        assert_eq!(run_of_zeros(258), [0x33, 0x18, 0x05, 0x00]);
        assert!(run_of_zeros(1024 * 1024).len() < 8 * 1024);
    }
}
