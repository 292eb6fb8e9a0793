//! A complete, secure backend for accounts, sessions and per-user tasks: what right looks like.
//!
//! `app(Parts::secure(&config, clock).await?)` is the server; `Running::start` puts it on a listener.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod accounts;
pub mod bodies;
pub mod clock;
pub mod config;
pub mod cors;
mod db;
#[cfg(feature = "defects")]
pub mod defects;
mod edge;
pub mod events;
pub mod flows;
pub mod identify;
pub mod ids;
mod metrics;
mod openapi;
pub mod parts;
pub mod passwords;
pub mod problem;
pub mod replies;
mod routes;
mod running;
mod secret;
pub mod sessions;
pub mod tasks;
pub mod throttle;
pub mod tokens;
#[cfg(feature = "defects")]
pub mod variants;

pub use clock::{Clock, SharedClock, SystemClock};
pub use config::{AuthMode, Config, ConfigError, Limits, Signing};
pub use db::{Db, DbError};
pub use metrics::Metrics;
pub use parts::{Parts, StartError};
pub use running::Running;
pub use secret::Secret;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use routes::{auth, tasks as task};
use std::sync::Arc;

/// What handlers are given.
pub(crate) type App = Arc<Parts>;

/// The server of these parts. Callers on a listener provide `ConnectInfo<SocketAddr>`.
pub fn app(parts: Parts) -> Router {
    let layers = parts.edge.clone();
    let app = Arc::new(parts);
    let router = Router::new()
        .route("/api/auth/register", post(auth::register))
        .route("/api/auth/login", post(auth::login))
        .route("/api/auth/refresh", post(auth::refresh))
        .route("/api/auth/logout", post(auth::logout))
        .route("/api/auth/me", get(auth::me).delete(auth::delete_me))
        .route("/api/auth/password", post(auth::change_password))
        .route("/api/auth/sessions", get(auth::sessions))
        .route("/api/auth/sessions/{id}", delete(auth::end_session))
        .route("/.well-known/jwks.json", get(auth::jwks))
        .route("/api/{user_id}/tasks", get(task::list).post(task::create))
        .route(
            "/api/{user_id}/tasks/{task_id}",
            get(task::read)
                .put(task::replace)
                .patch(task::patch)
                .delete(task::delete),
        )
        .route("/health/live", get(routes::live))
        .route("/health/ready", get(routes::ready))
        .route("/openapi.json", get(routes::openapi))
        .fallback(routes::nothing)
        .layer(from_fn_with_state(app.clone(), edge::around))
        .with_state(app);
    layers.iter().fold(router, |router, layer| layer(router))
}
