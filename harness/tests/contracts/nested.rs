//! The contract of RealWorld (Conduit): nested bodies, the scheme word `Token`, slugs, articles that everybody may read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{Accounts, NotSignedIn, Refused, User, random_hex};
use super::clock::Clock;
use super::edge::{surrounded, token_of};
use super::tokens::Tokens;

pub(crate) struct Backend {
    accounts: Accounts,
    tokens: Tokens,
    clock: Clock,
    articles: Mutex<BTreeMap<String, Article>>,
}

#[derive(Clone)]
struct Article {
    slug: String,
    title: String,
    description: String,
    body: String,
    tags: Vec<String>,
    author: String,
}

#[derive(Deserialize)]
struct UserBody<T> {
    user: T,
}

#[derive(Deserialize)]
struct NewUser {
    username: String,
    email: String,
    password: String,
}

#[derive(Deserialize)]
struct Login {
    email: String,
    password: String,
}

#[derive(Deserialize)]
struct ArticleBody<T> {
    article: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewArticle {
    title: String,
    description: String,
    body: String,
    #[serde(default)]
    tag_list: Vec<String>,
}

#[derive(Deserialize)]
struct Change {
    title: Option<String>,
    description: Option<String>,
    body: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    author: Option<String>,
    limit: Option<usize>,
    offset: Option<usize>,
}

impl Backend {
    pub(crate) fn new(secret: &str, clock: Clock) -> Arc<Backend> {
        let (accounts, tokens) = (Accounts::default(), Tokens::new(secret));
        Arc::new(Backend {
            accounts,
            tokens,
            clock,
            articles: Mutex::default(),
        })
    }

    /// How many articles are left.
    pub(crate) fn articles(&self) -> usize {
        self.articles.lock().unwrap().len()
    }

    fn shown(&self, user: &User) -> Json<Value> {
        let token = self.tokens.issue(&user.id, self.clock.unix());
        let (email, username) = (&user.email, &user.name);
        Json(
            json!({ "user": { "email": email, "token": token, "username": username, "bio": null, "image": null } }),
        )
    }
}

pub(crate) fn app(backend: Arc<Backend>) -> Router {
    let routes = Router::new()
        .route("/api/users", post(register))
        .route("/api/users/login", post(login))
        .route("/api/user", get(me))
        .route("/api/articles", get(list).post(create))
        .route("/api/articles/{slug}", get(read).put(update).delete(delete));
    surrounded(routes.with_state(backend))
}

fn errors(status: StatusCode, field: &str, text: &str) -> Response {
    (status, Json(json!({ "errors": { field: [text] } }))).into_response()
}

fn invalid(field: &str, text: &str) -> Response {
    errors(StatusCode::UNPROCESSABLE_ENTITY, field, text)
}

fn not_found() -> Response {
    errors(StatusCode::NOT_FOUND, "article", "not found")
}

/// Whoever sent the request, by the token and a look at the table of users.
struct Caller(User);

impl FromRequestParts<Arc<Backend>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        backend: &Arc<Backend>,
    ) -> Result<Caller, Response> {
        let user = token_of(&parts.headers, "Token")
            .and_then(|token| backend.tokens.verify(token, backend.clock.unix()))
            .and_then(|id| backend.accounts.by_id(&id));
        user.map(Caller).ok_or_else(|| {
            let answer = errors(StatusCode::UNAUTHORIZED, "token", "is missing or invalid");
            ([(header::WWW_AUTHENTICATE, "Token")], answer).into_response()
        })
    }
}

async fn register(
    State(backend): State<Arc<Backend>>,
    Json(new): Json<UserBody<NewUser>>,
) -> Response {
    let new = new.user;
    if new.username.is_empty() {
        return invalid("username", "can't be blank");
    }
    match backend.accounts.register(
        &random_hex(24),
        &new.email,
        &new.password,
        &new.username,
        true,
    ) {
        Ok(user) => (StatusCode::CREATED, backend.shown(&user)).into_response(),
        Err(Refused::Taken) => invalid("email or username", "has already been taken"),
        Err(Refused::Email) => invalid("email", "is invalid"),
        Err(Refused::Password) => invalid("password", "must have 8 to 128 characters"),
    }
}

async fn login(
    State(backend): State<Arc<Backend>>,
    Json(given): Json<UserBody<Login>>,
) -> Response {
    match backend.accounts.sign_in(
        &given.user.email,
        &given.user.password,
        backend.clock.unix(),
    ) {
        Ok(user) => backend.shown(&user).into_response(),
        Err(NotSignedIn::Wrong) => {
            errors(StatusCode::UNAUTHORIZED, "email or password", "is invalid")
        }
        Err(NotSignedIn::Wait(seconds)) => {
            let answer = errors(StatusCode::TOO_MANY_REQUESTS, "login", "too many attempts");
            ([(header::RETRY_AFTER, seconds.to_string())], answer).into_response()
        }
    }
}

async fn me(State(backend): State<Arc<Backend>>, Caller(user): Caller) -> Json<Value> {
    backend.shown(&user)
}

fn article(article: &Article) -> Value {
    json!({
        "slug": article.slug,
        "title": article.title,
        "description": article.description,
        "body": article.body,
        "tagList": article.tags,
        "author": { "username": article.author, "bio": null, "image": null, "following": false },
    })
}

async fn list(State(backend): State<Arc<Backend>>, Query(page): Query<Page>) -> Json<Value> {
    let articles = backend.articles.lock().unwrap();
    let of = |one: &&Article| {
        page.author
            .as_ref()
            .is_none_or(|author| *author == one.author)
    };
    let all: Vec<_> = articles.values().filter(of).map(article).collect();
    let (offset, limit) = (page.offset.unwrap_or(0), page.limit.unwrap_or(20).min(100));
    let count = all.len();
    let shown: Vec<_> = all.into_iter().skip(offset).take(limit).collect();
    Json(json!({ "articles": shown, "articlesCount": count }))
}

async fn read(State(backend): State<Arc<Backend>>, Path(slug): Path<String>) -> Response {
    match backend.articles.lock().unwrap().get(&slug) {
        Some(found) => Json(json!({ "article": article(found) })).into_response(),
        None => not_found(),
    }
}

async fn create(
    State(backend): State<Arc<Backend>>,
    Caller(user): Caller,
    Json(new): Json<ArticleBody<NewArticle>>,
) -> Response {
    let new = new.article;
    if new.title.is_empty() {
        return invalid("title", "can't be blank");
    }
    let words: Vec<_> = new
        .title
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    let made = Article {
        slug: format!("{}-{}", words.join("-"), random_hex(8)),
        title: new.title,
        description: new.description,
        body: new.body,
        tags: new.tag_list,
        author: user.name,
    };
    let shown = Json(json!({ "article": article(&made) }));
    backend
        .articles
        .lock()
        .unwrap()
        .insert(made.slug.clone(), made);
    (StatusCode::CREATED, shown).into_response()
}

/// The article of a slug, for its author alone.
fn own<'a>(
    articles: &'a mut BTreeMap<String, Article>,
    slug: &str,
    user: &User,
) -> Result<&'a mut Article, Box<Response>> {
    let found = articles
        .get_mut(slug)
        .ok_or_else(|| Box::new(not_found()))?;
    match found.author == user.name {
        true => Ok(found),
        false => Err(Box::new(errors(
            StatusCode::FORBIDDEN,
            "article",
            "is not yours",
        ))),
    }
}

async fn update(
    State(backend): State<Arc<Backend>>,
    Caller(user): Caller,
    Path(slug): Path<String>,
    Json(change): Json<ArticleBody<Change>>,
) -> Response {
    let mut articles = backend.articles.lock().unwrap();
    let found = match own(&mut articles, &slug, &user) {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    let change = change.article;
    found.title = change.title.unwrap_or_else(|| found.title.clone());
    found.description = change
        .description
        .unwrap_or_else(|| found.description.clone());
    found.body = change.body.unwrap_or_else(|| found.body.clone());
    Json(json!({ "article": article(found) })).into_response()
}

async fn delete(
    State(backend): State<Arc<Backend>>,
    Caller(user): Caller,
    Path(slug): Path<String>,
) -> Response {
    let mut articles = backend.articles.lock().unwrap();
    if let Err(answer) = own(&mut articles, &slug, &user) {
        return *answer;
    }
    articles.remove(&slug);
    StatusCode::NO_CONTENT.into_response()
}
