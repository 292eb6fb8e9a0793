//! Signatures are right where they should be, and wrong where they should not.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rsa::PublicEncryptingKey,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use jsonwebtoken::{DecodingKey, Validation, jwk::Jwk};
use serde_json::{Value, json};

use super::forged;
use crate::forge::{
    Algorithm, Forged, Key, Token, der, jwk_verifies,
    keys::spki,
    testing::{ALGORITHMS, Issuer, NOW},
};

/// A second implementation agrees with our signatures; it has no ES512.
#[test]
fn resigned_tokens_verify_with_jsonwebtoken() {
    for alg in ALGORITHMS.into_iter().filter(|alg| *alg != "ES512") {
        let issuer = Issuer::new(alg);
        let key = match issuer.public_keys.first() {
            Some(jwk) => {
                let jwk: Jwk = serde_json::from_value(jwk.clone()).unwrap();
                DecodingKey::from_jwk(&jwk).unwrap()
            }
            None => DecodingKey::from_secret(issuer.key.secret_bytes().unwrap()),
        };
        let mut validation = Validation::new(alg.parse().unwrap());
        validation.set_audience(&["api"]);
        validation.validate_exp = false;
        let accepted = |one: &Forged| {
            jsonwebtoken::decode::<Value>(&one.text, &key, &validation).map(|d| d.claims)
        };
        let resigned = accepted(&forged(&issuer, "resigned")[0]).unwrap();
        assert_eq!(resigned, Value::from(issuer.own.claims().clone()), "{alg}");
        let fresh = accepted(&forged(&issuer, "resigned-fresh")[0]).unwrap();
        assert_eq!(
            (&fresh["iat"], &fresh["exp"]),
            (&json!(NOW), &json!(NOW + 900)),
            "{alg}"
        );
        for name in [
            "alg-none",
            "alg-none-case",
            "signature-stripped",
            "signature-bitflip",
            "wrong-key",
            "embedded-jwk",
        ] {
            for one in forged(&issuer, name) {
                assert!(accepted(&one).is_err(), "{alg} {name}#{}", one.name);
            }
        }
    }
}

#[test]
fn the_twin_of_an_ecdsa_signature_verifies() {
    for alg in ["ES256", "ES384", "ES512"] {
        let issuer = Issuer::new(alg);
        let twin = Token::parse(&forged(&issuer, "ecdsa-twin")[0].text).unwrap();
        assert!(issuer.key.verifies(&twin) && twin != issuer.own, "{alg}");
        for one in forged(&issuer, "ecdsa-zero") {
            let token = Token::parse(&one.text).unwrap();
            assert!(!issuer.key.verifies(&token), "{alg} {}", one.name);
        }
    }
}

/// A token without `iat` is taken to live as long as most do.
#[test]
fn a_fresh_token_begins_now() {
    for (claims, want) in [
        (json!({"exp": NOW + 100}), json!({"exp": NOW + 900})),
        (
            json!({"iat": NOW - 50, "exp": NOW + 100}),
            json!({"iat": NOW, "exp": NOW + 150}),
        ),
        (
            json!({"iat": NOW - 50, "nbf": NOW - 40}),
            json!({"iat": NOW, "nbf": NOW + 10}),
        ),
    ] {
        let issuer = Issuer::saying("HS256", &claims);
        let fresh = Token::parse(&forged(&issuer, "resigned-fresh")[0].text).unwrap();
        assert_eq!(&Value::from(fresh.claims().clone()), &want, "{claims}");
    }
}

#[test]
fn degenerate_signatures_have_the_length_of_real_ones() {
    for (alg, coordinate) in [("ES256", 32), ("ES384", 48), ("ES512", 66)] {
        let issuer = Issuer::new(alg);
        for one in forged(&issuer, "ecdsa-zero") {
            let (_, signature) = one.text.rsplit_once('.').unwrap();
            let bytes = Base64UrlUnpadded::decode_vec(signature).unwrap();
            let want = match one.name.as_str() {
                "short" => coordinate,
                "long" => 2 * coordinate + 1,
                "der-zero" => 8,
                _ => 2 * coordinate,
            };
            assert_eq!(bytes.len(), want, "{alg} {}", one.name);
            match one.name.as_str() {
                "one" => assert_eq!((bytes[coordinate - 1], bytes[want - 1]), (1, 1), "{alg}"),
                "der-zero" => assert_eq!(bytes, [0x30, 6, 2, 1, 0, 2, 1, 0], "{alg}"),
                _ => {}
            }
        }
    }
}

/// A verifier that reads ASN.1 takes the same signature.
#[test]
fn the_der_form_of_a_signature_verifies_as_asn1() {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
    let issuer = Issuer::new("ES256");
    let jwk = &issuer.public_keys[0];
    let coordinate = |name: &str| {
        let text = jwk[name].as_str().unwrap();
        Base64UrlUnpadded::decode_vec(text).unwrap()
    };
    // An uncompressed point (SEC 1 2.3.3).
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let one = &forged(&issuer, "ecdsa-der")[0];
    let (message, signature) = one.text.rsplit_once('.').unwrap();
    let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
    assert!(key.verify(message.as_bytes(), &signature).is_ok());
}

/// The keys that come with tokens verify them, so that a verifier that trusts them would accept.
#[test]
fn embedded_keys_verify_their_tokens() {
    let issuer = Issuer::new("RS256");
    for one in forged(&issuer, "embedded-jwk") {
        let token = Token::parse(&one.text).unwrap();
        let jwk = &token.header()["jwk"];
        assert!(
            jwk_verifies(jwk, &token) || one.name == "oct",
            "{}",
            one.name
        );
    }
    for one in forged(&issuer, "jku-attacker") {
        let token = Token::parse(&one.text).unwrap();
        let served = one.serve.unwrap();
        let set: Value = serde_json::from_str(&served.body).unwrap();
        assert!(jwk_verifies(&set["keys"][0], &token), "{}", one.name);
        assert_eq!(set["keys"][0]["kid"], token.header()["kid"]);
        let url = token.header()["jku"].as_str().unwrap();
        assert!(
            url.contains(&served.path) || one.name == "open-redirect",
            "{url}"
        );
    }
}

#[test]
fn a_confused_verifier_accepts_the_public_key() {
    let issuer = Issuer::new("RS256");
    let forms = forged(&issuer, "hs-rs-confusion-pem");
    let names: Vec<_> = forms
        .iter()
        .map(|one| one.name.as_str())
        .filter(|name| name.starts_with("HS256"))
        .collect();
    assert_eq!(
        names,
        [
            "HS256-spki-no-final-newline",
            "HS256-spki-crlf",
            "HS256-spki",
            "HS256-pkcs1-no-final-newline",
            "HS256-pkcs1-crlf",
            "HS256-pkcs1"
        ]
    );
    let one = forms.iter().find(|one| one.name == "HS256-spki").unwrap();
    let der = spki(&issuer.public_keys[0]).unwrap();
    let pem = der::pem("PUBLIC KEY", &der, "\n");
    assert!(Key::hmac(pem).verifies(&Token::parse(&one.text).unwrap()));
    // The library reads the same text as a public key, so it is the text that a server would hold.
    let read = PublicEncryptingKey::from_der(&der).unwrap();
    let again: PublicKeyX509Der<'_> = read.as_der().unwrap();
    assert_eq!(again.as_ref(), der);
}

#[test]
fn the_raw_payload_option_signs_the_raw_payload() {
    let issuer = Issuer::new("HS256");
    let one = forged(&issuer, "b64-false#encoded-payload").remove(0);
    let parts: Vec<_> = one.text.split('.').collect();
    let payload = Base64UrlUnpadded::decode_vec(parts[1]).unwrap();
    let input = [parts[0].as_bytes(), b".", &payload].concat();
    let signature = issuer
        .key
        .sign(Algorithm::parse("HS256").unwrap(), &input)
        .unwrap();
    assert_eq!(Base64UrlUnpadded::encode_string(&signature), parts[2]);
}

#[test]
fn a_raw_payload_travels_as_it_was_signed() {
    let issuer = Issuer::saying("HS256", &serde_json::json!({"sub": "user.alice"}));
    let one = forged(&issuer, "b64-false#raw-payload").remove(0);
    let parts: Vec<_> = one.text.split('.').collect();
    assert_eq!(parts[1], r#"{"sub":"user\u002ealice"}"#);
    let input = format!("{}.{}", parts[0], parts[1]);
    let signature = issuer
        .key
        .sign(Algorithm::parse("HS256").unwrap(), input.as_bytes())
        .unwrap();
    assert_eq!(Base64UrlUnpadded::encode_string(&signature), parts[2]);
}

#[test]
fn only_a_public_key_of_rsa_encrypts_a_key() {
    let forms = |alg: &str| {
        let made = forged(&Issuer::new(alg), "jwe-shape");
        made.iter().any(|one| one.name == "rsa-oaep-inner-none")
    };
    assert!(forms("RS256") && !forms("ES256"));
}
