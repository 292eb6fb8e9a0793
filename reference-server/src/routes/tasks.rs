//! Handlers of `/api/{user_id}/tasks`: who asks, whose tasks, which one, and only then the body.

use crate::App;
use crate::ids::TaskId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tasks::{Scope, Write};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

type Answer = Result<Response, Problem>;
/// An error when a segment is not UTF-8 once decoded: nothing has such a name.
type Owner = Result<Path<String>, PathRejection>;
type One = Result<Path<(String, String)>, PathRejection>;

pub(crate) async fn list(State(parts): State<App>, path: Owner, request: Request) -> Answer {
    let (head, _) = request.into_parts();
    let scope = scope(&parts, &head, path.ok().map(|Path(owner)| owner)).await?;
    let pairs = match head.uri.query() {
        None => Vec::new(),
        Some(_) => {
            Query::<Vec<(String, String)>>::try_from_uri(&head.uri)
                .map_err(|_| Problem::invalid("The query string is malformed."))?
                .0
        }
    };
    let page = parts.tasks.list(&parts, &scope, &pairs).await?;
    let body = parts.tasks.page(&parts, &page)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

pub(crate) async fn create(State(parts): State<App>, path: Owner, request: Request) -> Answer {
    let (head, body) = request.into_parts();
    let scope = scope(&parts, &head, path.ok().map(|Path(owner)| owner)).await?;
    let body = parts.bodies.read(&parts, &head, body).await?;
    let task = parts.tasks.create(&parts, &scope, &body).await?;
    Ok(parts.replies.json(
        &parts,
        StatusCode::CREATED,
        &parts.tasks.view(&parts, &task)?,
    ))
}

pub(crate) async fn read(State(parts): State<App>, path: One, request: Request) -> Answer {
    let (head, _) = request.into_parts();
    let (scope, id) = one(&parts, &head, path).await?;
    let task = parts.tasks.read(&parts, &scope, &id).await?;
    Ok(parts
        .replies
        .json(&parts, StatusCode::OK, &parts.tasks.view(&parts, &task)?))
}

pub(crate) async fn replace(state: State<App>, path: One, request: Request) -> Answer {
    update(state, path, request, Write::Replace).await
}

pub(crate) async fn patch(state: State<App>, path: One, request: Request) -> Answer {
    update(state, path, request, Write::Patch).await
}

async fn update(State(parts): State<App>, path: One, request: Request, write: Write) -> Answer {
    let (head, body) = request.into_parts();
    let (scope, id) = one(&parts, &head, path).await?;
    let body = parts.bodies.read(&parts, &head, body).await?;
    let task = parts
        .tasks
        .update(&parts, &scope, &id, write, &body)
        .await?;
    Ok(parts
        .replies
        .json(&parts, StatusCode::OK, &parts.tasks.view(&parts, &task)?))
}

pub(crate) async fn delete(State(parts): State<App>, path: One, request: Request) -> Answer {
    let (head, _) = request.into_parts();
    let (scope, id) = one(&parts, &head, path).await?;
    parts.tasks.delete(&parts, &scope, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn scope(parts: &Parts, head: &Head, owner: Option<String>) -> Result<Scope, Problem> {
    let who = parts.identify.identify(parts, head).await?;
    parts
        .tasks
        .scope(parts, &who, &owner.ok_or_else(Problem::not_found)?)
}

async fn one(parts: &Parts, head: &Head, path: One) -> Result<(Scope, TaskId), Problem> {
    let (owner, task) = path.ok().map(|Path(pair)| pair).unzip();
    let scope = scope(parts, head, owner).await?;
    let id = parts
        .tasks
        .id(parts, &task.ok_or_else(Problem::not_found)?)?;
    Ok((scope, id))
}
