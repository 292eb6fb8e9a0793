//! What is only spelled otherwise can be read back to the source.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::forged;
use crate::forge::{Token, testing::Issuer};

#[track_caller]
fn check(name: &str, read_back: impl Fn(&Token, &str) -> bool) {
    for alg in ["HS256", "HS512", "EdDSA"] {
        let issuer = Issuer::new(alg);
        for one in forged(&issuer, name) {
            assert!(
                read_back(&issuer.own, &one.text),
                "{alg} {name}#{}",
                one.name
            );
        }
    }
}

#[test]
fn parts_and_dots_are_left_out_or_added() {
    let parts = |token: &Token| {
        [
            token.header_text(),
            token.claims_text(),
            token.signature_text(),
        ]
        .map(str::to_owned)
    };
    check("two-segments#no-signature", |token, text| {
        text == token.signing_input()
    });
    check("two-segments#payload-alone", |token, text| {
        text == parts(token)[1]
    });
    check("two-segments#empty-payload", |token, text| {
        text.split('.').eq([&parts(token)[0], "", &parts(token)[2]])
    });
    check("two-segments#empty-header", |token, text| {
        text.split('.').eq(["", &parts(token)[1], &parts(token)[2]])
    });
    check("two-segments#no-payload", |token, text| {
        text.split('.').eq([&parts(token)[0], &parts(token)[2]])
    });
    check("trailing-dot", |token, text| {
        text.contains(token.text()) && text.matches('.').count() > 2
    });
    check("alg-none-no-dot", |token, text| {
        text.split_once('.')
            .is_some_and(|(_, claims)| claims == parts(token)[1])
    });
}

#[test]
fn without_what_was_put_in_the_token_is_the_source() {
    check("base64-padding", |token, text| {
        let plain = text.replace("%20", "").replace("\\n", "");
        plain.replace(['=', ' ', '\t', '!', '"'], "") == token.text()
    });
    check("base64-standard-alphabet", |token, text| {
        text.replace('+', "-").replace('/', "_") == token.text()
    });
    check("unicode#raw-non-ascii", |token, text| {
        text.strip_suffix('é') == Some(token.text())
    });
}

#[test]
fn padded_parts_are_whole_groups_of_four() {
    check("base64-padding#padded-payload", |_, text| {
        text.split('.')
            .nth(1)
            .is_some_and(|part| part.len() % 4 == 0)
    });
}

#[test]
fn the_json_forms_hold_the_parts_of_the_source() {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let good = |token: &Token| json!({"protected": token.header_text(), "signature": token.signature_text()});
    check("json-serialization", |token, text| {
        json(text)["payload"] == token.claims_text()
    });
    check("json-serialization#flattened", |token, text| {
        json(text)["protected"] == token.header_text()
            && json(text)["signature"] == token.signature_text()
    });
    check("json-serialization#general", |token, text| {
        json(text)["signatures"] == json!([good(token)])
    });
    check("json-serialization#bad-and-good", |token, text| {
        json(text)["signatures"][1] == good(token)
    });
    check("json-serialization#good-and-bad", |token, text| {
        json(text)["signatures"][0] == good(token)
    });
}

#[test]
fn five_parts_are_a_jwe_whose_header_says_how() {
    for name in ["jwe-shape", "pbes2-count", "zip-header#jwe-large"] {
        check(name, |_, text| {
            let parts: Vec<_> = text.split('.').collect();
            let header = Base64UrlUnpadded::decode_vec(parts[0]).unwrap();
            parts.len() == 5
                && serde_json::from_slice::<Value>(&header).is_ok_and(|h| h["enc"].is_string())
        });
    }
}

/// The payloads of `unicode` are not what a careful reader takes for the claims.
#[test]
fn odd_encodings_are_no_plain_json() {
    for form in [
        "invalid-utf8",
        "over-long",
        "lone-surrogate",
        "byte-order-mark",
        "utf-16",
    ] {
        check(&format!("unicode#{form}"), |_, text| {
            let payload = Base64UrlUnpadded::decode_vec(text.split('.').nth(1).unwrap()).unwrap();
            serde_json::from_slice::<Value>(&payload).is_err()
        });
    }
}
