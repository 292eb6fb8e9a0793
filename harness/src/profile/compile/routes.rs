//! Routes: which side, which body, which success, where the profile does not say.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Compiled, Compiler};
use crate::{
    profile::{
        error::{Complaint, Key},
        file,
        template::Scope,
    },
    target::{Body, CredentialRule, Place, Route, Side},
};

/// What a route is where its table does not say.
pub(super) struct Usual {
    pub(super) side: Side,
    pub(super) protected: bool,
    pub(super) body: Option<Value>,
}

impl Compiler<'_> {
    pub(super) fn routes(
        &mut self,
        profile: &file::Profile,
        credential: &CredentialRule,
    ) -> Compiled<BTreeMap<String, Route>> {
        let mut routes = BTreeMap::new();
        for (name, written) in &profile.routes {
            let key = Key::new("routes").then(name);
            if !name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
                || name.is_empty()
            {
                let message =
                    format!("`{name}` is no name of a route: use small letters, digits and `-`");
                return Err(Complaint::new(&key, message));
            }
            if let Some(mut route) =
                self.route(&key, name, written, usual(name, credential), &[])?
            {
                if name == "me"
                    && let Some(file::UserId::Me(pointer)) = &profile.credential.user_id
                {
                    route.id.get_or_insert_with(|| pointer.0.clone());
                }
                routes.insert(name.clone(), route);
            }
        }
        Ok(routes)
    }

    /// The steps after login, each knowing what those before it saved.
    pub(super) fn login_then(&mut self, profile: &file::Profile) -> Compiled<Vec<Route>> {
        let mut saved = match profile.routes.get("login") {
            Some(file::Route::Is(table)) => saved_names(table),
            Some(file::Route::Absent) | None => Vec::new(),
        };
        let key = Key::new("login").then("then");
        let mut steps = Vec::new();
        for (index, written) in profile.login.then.iter().flatten().enumerate() {
            let (key, name) = (key.then(index), format!("login.then.{}", index + 1));
            let usual = Usual {
                side: Side::Auth,
                protected: false,
                body: None,
            };
            steps.extend(self.route(&key, &name, written, usual, &saved)?);
            if let file::Route::Is(table) = written {
                saved.extend(saved_names(table));
            }
        }
        Ok(steps)
    }

    /// One route; `None` where the profile says that there is none.
    pub(super) fn route(
        &mut self,
        key: &Key,
        name: &str,
        written: &file::Route,
        usual: Usual,
        saved: &[String],
    ) -> Compiled<Option<Route>> {
        let table = match written {
            file::Route::Absent => return Ok(None),
            file::Route::Is(table) => table,
        };
        let Some(file::Call { method, path }) = &table.send else {
            return Err(Complaint::new(
                key,
                format!("`{key}` has no `send`: give a method and a path, like `POST /login`"),
            ));
        };
        let scope = Scope::Request(saved);
        let sends_body = matches!(method.as_str(), "POST" | "PUT" | "PATCH");
        let body = match (&table.json, &table.form, usual.body) {
            (Some(_), Some(_), _) => {
                return Err(Complaint::new(
                    &key.then("form"),
                    format!("`{key}` has both `json` and `form`: keep one of them"),
                ));
            }
            (Some(json), None, _) => Body::Json(self.json(&key.then("json"), json, scope)?),
            (None, Some(form), _) => Body::Form(self.pairs(&key.then("form"), form, scope)?),
            (None, None, Some(body)) if sends_body => Body::Json(body),
            (None, None, Some(_) | None) => Body::None,
        };
        Ok(Some(Route {
            name: name.to_owned(),
            method: method.clone(),
            path: self.text(&key.then("send"), path, scope)?,
            side: match table.at {
                Some(file::Side::Auth) => Side::Auth,
                Some(file::Side::Api) => Side::Api,
                None => usual.side,
            },
            body,
            headers: self.headers(&key.then("headers"), table, scope)?,
            protected: table.protected.unwrap_or(usual.protected),
            ok: table
                .ok
                .as_ref()
                .map(|statuses| statuses.0.clone())
                .unwrap_or_default(),
            success: table.success.as_ref().map(super::told),
            id: table.id.as_ref().map(|pointer| pointer.0.clone()),
            save: table
                .save
                .iter()
                .flatten()
                .map(|(name, place)| (name.clone(), self::place(place)))
                .collect(),
        }))
    }

    fn headers(
        &mut self,
        key: &Key,
        table: &file::RouteTable,
        scope: Scope<'_>,
    ) -> Compiled<Vec<(String, String)>> {
        let headers = self.pairs(key, &table.headers.clone().unwrap_or_default(), scope)?;
        for (name, value) in &headers {
            if http::HeaderName::try_from(name).is_err() {
                return Err(Complaint::new(
                    &key.then(name),
                    format!("`{name}` is no name of a header"),
                ));
            }
            if value.chars().any(char::is_control) {
                return Err(Complaint::new(
                    &key.then(name),
                    format!("the value of `{name}` holds a control character"),
                ));
            }
        }
        Ok(headers)
    }
}

/// A place in an answer.
pub(super) fn place(written: &file::Place) -> Place {
    match written {
        file::Place::Pointer(pointer) => Place::Pointer(pointer.0.clone()),
        file::Place::Header(name) => Place::Header(name.clone()),
        file::Place::Cookie(name) => Place::Cookie(name.clone()),
    }
}

fn saved_names(table: &file::RouteTable) -> Vec<String> {
    table
        .save
        .iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

fn usual(name: &str, credential: &CredentialRule) -> Usual {
    let auth = [
        "register",
        "login",
        "refresh",
        "logout",
        "password",
        "delete-account",
        "sessions",
        "revoke-session",
    ];
    let open = ["register", "login", "refresh", "health"];
    let body = match name {
        "register" => {
            Some(json!({ "email": "{email}", "password": "{password}", "name": "{name}" }))
        }
        "login" => Some(json!({ "email": "{email}", "password": "{password}" })),
        "refresh" if credential.refresh_cookie.is_none() => {
            Some(json!({ "refresh_token": "{refresh_token}" }))
        }
        "password" => {
            Some(json!({ "current_password": "{password}", "new_password": "{new_password}" }))
        }
        _ => None,
    };
    let side = if auth.contains(&name) {
        Side::Auth
    } else {
        Side::Api
    };
    Usual {
        side,
        protected: !open.contains(&name),
        body,
    }
}
