//! The path of a static file is joined to the folder once it is decoded, and the result is not looked at (CWE-22).

use super::Defect;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use std::path::{Component, Path, PathBuf};

pub(super) const DEFECT: Defect = Defect {
    id: "static-path-joined",
    title: "The decoded path of a static file leads out of its folder",
    cwe: 22,
    caught_by: &["input.path-traversal"],
    implies: &[],
    install: |parts| parts.around(|router| router.layer(from_fn(from_the_folder))),
};

/// Where the static files would be.
const FOLDER: &str = "/srv/app/static";

/// Files of a machine, made up: whoever tries this out shows nothing of the own one.
const FILES: &[(&str, &str)] = &[
    (
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n",
    ),
    ("/srv/app/static/robots.txt", "User-agent: *\nDisallow: /\n"),
];

async fn from_the_folder(request: Request, next: Next) -> Response {
    let name = request.uri().path().strip_prefix("/static/").map(decoded);
    let Some(name) = name.filter(|_| request.method() == Method::GET) else {
        return next.run(request).await;
    };
    let path = resolved(&Path::new(FOLDER).join(name));
    let file = FILES.iter().find(|(file, _)| path == Path::new(file));
    let headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
    ];
    match file {
        Some((_, text)) => (headers, *text).into_response(),
        None => (StatusCode::NOT_FOUND, headers, "no such file").into_response(),
    }
}

/// The text with its percent-encoded characters as they are.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let hex = |digit: &u8| char::from(*digit).to_digit(16);
        match (first, tail) {
            (b'%', [high, low, behind @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                let value = hex(high).unwrap_or_default() * 16 + hex(low).unwrap_or_default();
                bytes.push(value as u8);
                rest = behind;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What the system makes of a path: `..` leads to the folder above.
fn resolved(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => whole.push(part),
        }
    }
    whole
}
