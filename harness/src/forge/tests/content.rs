//! Headers and claims say what the recipe's title says.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value, json};

use super::forged;
use crate::forge::{Algorithm, Material, Token, Unforgeable, forge, testing::Issuer, token::Draft};

/// Header and claims of each form, as JSON texts.
fn decoded(alg: &str, name: &str) -> Vec<(String, String, String)> {
    let text =
        |part: &str| String::from_utf8(Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap();
    forged(&Issuer::new(alg), name)
        .into_iter()
        .map(|one| {
            let parts: Vec<_> = one.text.split('.').collect();
            (one.name, text(parts[0]), text(parts[1]))
        })
        .collect()
}

#[track_caller]
fn check_header(name: &str, want: &str) {
    let (_, header, _) = decoded("HS256", name).remove(0);
    assert_eq!(header, want);
}

#[test]
fn headers_say_what_the_recipe_says() {
    check_header("alg-none", r#"{"alg":"none","typ":"JWT","kid":"k1"}"#);
    check_header(
        "alg-none-case#nOnE",
        r#"{"alg":"nOnE","typ":"JWT","kid":"k1"}"#,
    );
    check_header(
        "alg-none-case#none-blank",
        r#"{"alg":"none ","typ":"JWT","kid":"k1"}"#,
    );
    check_header(
        "alg-none-case#none-nul",
        r#"{"alg":"none\u0000","typ":"JWT","kid":"k1"}"#,
    );
    check_header("alg-missing#absent-kept", r#"{"typ":"JWT","kid":"k1"}"#);
    check_header(
        "alg-missing#object-unsigned",
        r#"{"alg":{},"typ":"JWT","kid":"k1"}"#,
    );
    check_header(
        "alg-unknown#lower-case",
        r#"{"alg":"hs256","typ":"JWT","kid":"k1"}"#,
    );
    check_header(
        "alg-unknown#list",
        r#"{"alg":"HS256,none","typ":"JWT","kid":"k1"}"#,
    );
    check_header(
        "duplicate-header#none-last-unsigned",
        r#"{"alg":"HS256","typ":"JWT","kid":"k1","alg":"none"}"#,
    );
    check_header(
        "duplicate-header#none-first-unsigned",
        r#"{"alg":"none","typ":"JWT","kid":"k1","alg":"HS256"}"#,
    );
    check_header(
        "header-tampered#reordered",
        r#"{"kid":"k1","typ":"JWT","alg":"HS256"}"#,
    );
    check_header(
        "header-tampered#typ",
        r#"{"alg":"HS256","typ":"jwt","kid":"k1"}"#,
    );
    check_header(
        "kid-types#array",
        r#"{"alg":"HS256","typ":"JWT","kid":["1"]}"#,
    );
    check_header(
        "kid-path-traversal#public-file",
        r#"{"alg":"HS256","typ":"JWT","kid":"app.js"}"#,
    );
    check_header(
        "crit-unknown#empty-list",
        r#"{"alg":"HS256","typ":"JWT","kid":"k1","crit":[]}"#,
    );
    check_header(
        "b64-false#encoded-payload",
        r#"{"alg":"HS256","typ":"JWT","kid":"k1","b64":false,"crit":["b64"]}"#,
    );
    check_header("typ-header#number", r#"{"alg":"HS256","typ":1,"kid":"k1"}"#);
    check_header(
        "alg-other-hmac#HS512",
        r#"{"alg":"HS512","typ":"JWT","kid":"k1"}"#,
    );
}

/// The members of the payload that a recipe replaced, each as `name:old -> new`, read from the last of its name.
fn difference(source: &Map<String, Value>, text: &str) -> String {
    let claims: Map<String, Value> = serde_json::from_str(text).unwrap();
    let mut changes: Vec<_> = source
        .iter()
        .filter(|(name, value)| claims.get(*name) != Some(value))
        .map(|(name, _)| match claims.get(name) {
            Some(value) => format!("{name}={value}"),
            None => format!("-{name}"),
        })
        .collect();
    let added = claims
        .iter()
        .filter(|(name, _)| !source.contains_key(*name));
    changes.extend(added.map(|(name, value)| format!("{name}={value}")));
    changes.join(" ")
}

#[track_caller]
fn check_claims(name: &str, want: &str) {
    check_claims_by(&Issuer::new("HS256"), name, want);
}

#[track_caller]
fn check_claims_by(issuer: &Issuer, name: &str, want: &str) {
    let one = forged(issuer, name).remove(0);
    let payload = Base64UrlUnpadded::decode_vec(one.text.split('.').nth(1).unwrap()).unwrap();
    let text = std::str::from_utf8(&payload).unwrap();
    assert_eq!(difference(issuer.own.claims(), text), want);
}

#[test]
fn claims_say_what_the_recipe_says() {
    check_claims("payload-tampered#foreign-sub", r#"sub="user-bob""#);
    check_claims("payload-tampered#sub-1", r#"sub="1""#);
    check_claims("payload-tampered#sub-admin", r#"sub="admin""#);
    check_claims("payload-tampered#exp-later", "exp=1826536840");
    check_claims("payload-tampered#role-admin", r#"role="admin""#);
    check_claims("expired", "iat=1794995500 nbf=1794995500 exp=1794996400");
    check_claims(
        "expired-leeway#600",
        "iat=1794998500 nbf=1794998500 exp=1794999400",
    );
    check_claims("exp-missing", "-exp");
    check_claims("exp-type#number-text", r#"exp="9999999999""#);
    check_claims("exp-type#null", "exp=null");
    check_claims("exp-range#negative", "exp=-1");
    check_claims("exp-far#2^64", "exp=1.8446744073709552e+19");
    check_claims("exp-range#float-past", "exp=1794996400.5");
    check_claims("exp-far#milliseconds", "exp=1795003600000");
    check_claims("nbf-future#in-a-day", "nbf=1795086400");
    check_claims("iat-future#text", r#"iat="today""#);
    check_claims("sub-missing", "-sub");
    check_claims("sub-empty#blank", r#"sub=" ""#);
    check_claims("sub-type#array", r#"sub=["user-alice","user-bob"]"#);
    check_claims("sub-type#float", "sub=1.0");
    check_claims("sub-other", r#"sub="user-bob""#);
    check_claims("sub-injection#quote", r#"sub="user-alice'""#);
    check_claims("sub-case-and-space#other-case", r#"sub="USER-ALICE""#);
    check_claims("sub-case-and-space#nul-after", r#"sub="user-alice\u0000""#);
    check_claims("aud-wrong#missing", "-aud");
    check_claims("aud-wrong#empty-array", "aud=[]");
    check_claims("iss-wrong#slash", r#"iss="https://id.example.com/""#);
    check_claims("iss-wrong#array", r#"iss=["https://id.example.com"]"#);
    check_claims("duplicate-claims#sub-own-foreign", r#"sub="user-bob""#);
    check_claims("duplicate-claims#sub-foreign-own", "");
}

/// What a recipe changes in a token of these claims, which has no other header than its algorithm.
#[track_caller]
fn check_claims_of(claims: Value, name: &str, want: &str) {
    check_claims_by(&Issuer::saying("HS256", &claims), name, want);
}

#[test]
fn times_with_fractions_keep_them() {
    let claims = json!({"sub": "a", "iat": 1794999940.5, "exp": 1795000840.5});
    let want = "iat=1795000000.5 exp=1795000900.5";
    check_claims_of(claims, "resigned-fresh", want);
}

#[test]
fn the_twin_of_a_number_is_its_text() {
    check_claims_of(json!({"sub": 17}), "sub-twin", r#"sub="17""#);
    check_claims_of(json!({"sub": "17"}), "sub-twin", "sub=17");
    let issuer = Issuer::saying("HS256", &json!({"sub": "017"}));
    let made = forge("sub-twin", &mut issuer.material(&mut rand::rng()));
    assert!(matches!(made, Err(Unforgeable::NothingToChange(_))));
}

#[test]
fn what_a_header_lacks_is_not_altered() {
    let issuer = Issuer::saying("RS256", &json!({"sub": "17"}));
    let header = |name: &str| {
        let one = forged(&issuer, name).remove(0);
        Token::parse(&one.text).unwrap().header().clone()
    };
    assert_eq!(header("jku-attacker")["kid"], "authspec");
    assert!(!header("x5u-attacker").contains_key("kid"));
    let forms: Vec<_> = forged(&issuer, "header-tampered")
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(
        forms,
        ["typ", "cty", "unknown-member"],
        "one member has no order"
    );
}

#[test]
fn the_key_that_the_token_names_is_taken() {
    let keys = [json!({"kid": "k1"}), json!({"kid": "k2"}), json!({})];
    let count = |issuer: &Issuer| {
        let mut rng = rand::rng();
        let material = Material {
            public_keys: &keys,
            ..issuer.material(&mut rng)
        };
        material.public_keys().unwrap().len()
    };
    assert_eq!(count(&Issuer::new("RS256")), 1);
    assert_eq!(count(&Issuer::saying("RS256", &json!({"sub": "17"}))), 3);
}

#[test]
fn a_character_of_several_bytes_is_not_made_longer() {
    let issuer = Issuer::of("HS256", ["élise", "bob"]);
    let one = forged(&issuer, "unicode#over-long").remove(0);
    let payload = Base64UrlUnpadded::decode_vec(one.text.split('.').nth(1).unwrap()).unwrap();
    let want = ["élise".as_bytes(), &[0xc0, 0x80]].concat();
    assert!(payload.windows(want.len()).any(|bytes| bytes == want));
}

#[test]
fn numbers_that_no_type_holds_are_written_as_they_are() {
    for (form, text) in [
        ("exp-far#1e308", "1e308"),
        ("exp-range#1e400", "1e400"),
        ("exp-far#2^64", "18446744073709551616"),
    ] {
        let claims = &decoded("HS256", form)[0].2;
        assert!(claims.contains(&format!(r#""exp":{text},"#)), "{claims}");
    }
    let claims = &decoded("HS256", "duplicate-claims#exp-past-future")[0].2;
    assert!(
        claims.contains(r#""exp":1794996400"#) && claims.ends_with(r#""exp":1795003600}"#),
        "{claims}"
    );
    let claims = &decoded("HS256", "sub-type#big-integer")[0].2;
    assert!(
        claims.contains(r#""sub":99999999999999999999,"#),
        "{claims}"
    );
}

#[test]
fn an_unknown_subject_has_the_shape_of_a_known_one() {
    for (own, is_like) in [
        (json!(7), (|v: &Value| v.is_i64()) as fn(&Value) -> bool),
        (json!("7"), |v| {
            v.as_str().is_some_and(|t| t.parse::<i32>().is_ok())
        }),
        (json!("0b8f2c0e-6d3a-4c57-9b0e-1f2d3c4b5a69"), |v| {
            v.as_str().is_some_and(|t| t.len() == 36)
        }),
        (json!("hB9dK2mQ7xT4vW1zR8nP5cJ3fG6sL0aY"), |v| {
            v.as_str().is_some_and(|t| t.len() == 32)
        }),
        (json!("hB9dK2mQ7xT4vW1z"), |v| {
            v.as_str().is_some_and(|t| t.len() == 16)
        }),
        (json!("zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"), |v| {
            v.as_str()
                .is_some_and(|t| t.len() == 36 && !t.contains('-'))
        }),
        (json!("alice@example.com"), |v| {
            v.as_str().is_some_and(|t| t.contains('@'))
        }),
    ] {
        let issuer = Issuer::new("HS256");
        let draft = Draft::of(&issuer.own).claims(|c| c.set("sub", own.clone()));
        let text = draft
            .signed(Algorithm::parse("HS256").unwrap(), &issuer.key)
            .unwrap();
        let source = Token::parse(&text).unwrap();
        let mut rng = rand::rng();
        let mut material = Material {
            token: Some(&source),
            ..issuer.material(&mut rng)
        };
        let one = forge("sub-unknown", &mut material).unwrap().remove(0);
        let ghost = Token::parse(&one.text).unwrap().claims()["sub"].clone();
        assert!(is_like(&ghost) && ghost != own, "{own} -> {ghost}");
    }
}
