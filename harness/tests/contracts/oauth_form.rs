//! The contract of FastAPI's tutorial: JSON registration, the OAuth2 password form, UUIDs, a bare array as list.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{FromRequestParts, Path, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::accounts::{Accounts, NotSignedIn, Refused, User, uuid};
use super::clock::Clock;
use super::edge::{surrounded, token_of};
use super::tokens::Tokens;

pub(crate) struct Backend {
    accounts: Accounts,
    tokens: Tokens,
    clock: Clock,
    items: Mutex<BTreeMap<String, Item>>,
}

#[derive(Clone, Serialize)]
struct Item {
    id: String,
    title: String,
    description: Option<String>,
    owner_id: String,
}

#[derive(Deserialize)]
struct NewUser {
    email: String,
    password: String,
    full_name: Option<String>,
}

#[derive(Deserialize)]
struct ItemIn {
    title: String,
    description: Option<String>,
}

impl Backend {
    pub(crate) fn new(secret: &str, clock: Clock) -> Arc<Backend> {
        let (accounts, tokens) = (Accounts::default(), Tokens::new(secret));
        Arc::new(Backend {
            accounts,
            tokens,
            clock,
            items: Mutex::default(),
        })
    }

    /// How many items are left.
    pub(crate) fn items(&self) -> usize {
        self.items.lock().unwrap().len()
    }
}

pub(crate) fn app(backend: Arc<Backend>) -> Router {
    let routes = Router::new()
        .route("/users", post(register))
        .route("/token", post(token))
        .route("/users/me", get(me))
        .route("/items", get(list).post(create))
        .route("/items/{id}", get(read).put(replace).delete(delete));
    surrounded(routes.with_state(backend))
}

fn detail(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({ "detail": text }))).into_response()
}

fn not_found() -> Response {
    detail(StatusCode::NOT_FOUND, "Item not found")
}

/// Whoever sent the request, by the token and a look at the table of users.
struct Caller(User);

impl FromRequestParts<Arc<Backend>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        backend: &Arc<Backend>,
    ) -> Result<Caller, Response> {
        let user = token_of(&parts.headers, "Bearer")
            .and_then(|token| backend.tokens.verify(token, backend.clock.unix()))
            .and_then(|id| backend.accounts.by_id(&id));
        user.map(Caller).ok_or_else(|| {
            let answer = detail(StatusCode::UNAUTHORIZED, "Could not validate credentials");
            ([(header::WWW_AUTHENTICATE, "Bearer")], answer).into_response()
        })
    }
}

fn public(user: &User) -> Json<serde_json::Value> {
    Json(json!({ "id": user.id, "email": user.email, "full_name": user.name, "is_active": true }))
}

async fn register(State(backend): State<Arc<Backend>>, Json(new): Json<NewUser>) -> Response {
    let name = new.full_name.unwrap_or_default();
    match backend
        .accounts
        .register(&uuid(), &new.email, &new.password, &name, false)
    {
        Ok(user) => (StatusCode::CREATED, public(&user)).into_response(),
        Err(Refused::Taken) => detail(StatusCode::CONFLICT, "Email already registered"),
        Err(Refused::Email) => detail(StatusCode::UNPROCESSABLE_ENTITY, "email: not an address"),
        Err(Refused::Password) => detail(
            StatusCode::UNPROCESSABLE_ENTITY,
            "password: 8 to 128 characters",
        ),
    }
}

async fn token(State(backend): State<Arc<Backend>>, body: String) -> Response {
    let form: BTreeMap<_, _> = url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    let (Some(email), Some(password)) = (form.get("username"), form.get("password")) else {
        return detail(
            StatusCode::UNPROCESSABLE_ENTITY,
            "username and password are required",
        );
    };
    let now = backend.clock.unix();
    match backend.accounts.sign_in(email, password, now) {
        Ok(user) => {
            let token = backend.tokens.issue(&user.id, now);
            Json(json!({ "access_token": token, "token_type": "bearer" })).into_response()
        }
        Err(NotSignedIn::Wrong) => detail(StatusCode::BAD_REQUEST, "Incorrect email or password"),
        Err(NotSignedIn::Wait(seconds)) => {
            let answer = detail(StatusCode::TOO_MANY_REQUESTS, "Too many attempts");
            ([(header::RETRY_AFTER, seconds.to_string())], answer).into_response()
        }
    }
}

async fn me(Caller(user): Caller) -> Json<serde_json::Value> {
    public(&user)
}

async fn list(State(backend): State<Arc<Backend>>, Caller(user): Caller) -> Json<Vec<Item>> {
    let items = backend.items.lock().unwrap();
    Json(
        items
            .values()
            .filter(|item| item.owner_id == user.id)
            .cloned()
            .collect(),
    )
}

async fn create(
    State(backend): State<Arc<Backend>>,
    Caller(user): Caller,
    Json(new): Json<ItemIn>,
) -> Response {
    let item = Item {
        id: uuid(),
        title: new.title,
        description: new.description,
        owner_id: user.id,
    };
    backend
        .items
        .lock()
        .unwrap()
        .insert(item.id.clone(), item.clone());
    (StatusCode::CREATED, Json(item)).into_response()
}

async fn read(
    State(backend): State<Arc<Backend>>,
    Caller(user): Caller,
    Path(id): Path<String>,
) -> Response {
    match backend
        .items
        .lock()
        .unwrap()
        .get(&id)
        .filter(|item| item.owner_id == user.id)
    {
        Some(item) => Json(item.clone()).into_response(),
        None => not_found(),
    }
}

async fn replace(
    State(backend): State<Arc<Backend>>,
    Caller(user): Caller,
    Path(id): Path<String>,
    Json(new): Json<ItemIn>,
) -> Response {
    match backend
        .items
        .lock()
        .unwrap()
        .get_mut(&id)
        .filter(|item| item.owner_id == user.id)
    {
        Some(item) => {
            (item.title, item.description) = (new.title, new.description);
            Json(item.clone()).into_response()
        }
        None => not_found(),
    }
}

async fn delete(
    State(backend): State<Arc<Backend>>,
    Caller(user): Caller,
    Path(id): Path<String>,
) -> Response {
    let mut items = backend.items.lock().unwrap();
    match items.get(&id).is_some_and(|item| item.owner_id == user.id) {
        true => {
            items.remove(&id);
            StatusCode::NO_CONTENT.into_response()
        }
        false => not_found(),
    }
}
