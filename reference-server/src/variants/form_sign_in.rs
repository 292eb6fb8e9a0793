//! Login takes the form of an OAuth 2 password grant.

use super::Variant;
use crate::bodies::Bodies;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::extract::Query;
use axum::http::{StatusCode, Uri, header};
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const VARIANT: Variant = Variant {
    id: "form-sign-in",
    title: "Login by a form",
    profile: r#"
[routes.login]
send = "POST /api/auth/login"
form = { grant_type = "password", username = "{email}", password = "{password}" }
"#,
    install: |parts| Parts {
        bodies: Arc::new(FormSignIn(parts.bodies.clone())),
        ..parts
    },
    ..Variant::PLAIN
};

struct FormSignIn(Arc<dyn Bodies>);

#[async_trait]
impl Bodies for FormSignIn {
    fn inner(&self) -> &dyn Bodies {
        &*self.0
    }

    async fn read(
        &self,
        parts: &Parts,
        head: &Head,
        body: Body,
    ) -> Result<Map<String, Value>, Problem> {
        if head.uri.path() != "/api/auth/login" {
            return self.0.read(parts, head, body).await;
        }
        let sent = head.headers.get(header::CONTENT_TYPE);
        if sent.is_none_or(|kind| kind != "application/x-www-form-urlencoded") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-a-form",
                "Send a form.",
            ));
        }
        let bytes = to_bytes(body, parts.config.body_limit).await;
        let bytes = bytes.map_err(|_| Problem::invalid("The form is too long."))?;
        let query = Uri::builder()
            .path_and_query([b"/?", bytes.as_ref()].concat())
            .build()
            .map_err(|_| Problem::invalid("The form is malformed."))?;
        let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(&query) else {
            return Err(Problem::invalid("The form is malformed."));
        };
        let mut members = Map::new();
        for (name, value) in pairs {
            let name = if name == "username" {
                "email".into()
            } else {
                name
            };
            if members.insert(name, value.into()).is_some() {
                return Err(Problem::invalid("A field comes twice."));
            }
        }
        Ok(members)
    }
}
