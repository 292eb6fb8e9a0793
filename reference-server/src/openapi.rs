//! The document at `/openapi.json` (OpenAPI 3.1): what this server, as it is configured, takes and answers.

use crate::config::{AuthMode, Config};
use serde_json::{Map, Value, json};

pub(crate) fn document(config: &Config) -> Value {
    let mut paths = Map::new();
    let mut path = |name: &str, operations: Value| paths.insert(name.to_owned(), operations);
    let grant = |status: &str| json!({ status: content("Signed in", "Grant") });
    path(
        "/api/auth/register",
        json!({ "post": operation("Make an account", &[], Some("Registration"), &grant("201"), &[400, 403, 409, 413, 415, 422, 429]) }),
    );
    path(
        "/api/auth/login",
        json!({ "post": operation("Log in", &[], Some("Credentials"), &grant("200"), &[400, 401, 403, 413, 415, 422, 429]) }),
    );
    let refresh_body = (config.auth == AuthMode::Bearer).then_some("RefreshToken");
    path(
        "/api/auth/refresh",
        json!({ "post": operation("Take the next tokens", &[], refresh_body, &grant("200"), &[400, 401, 403, 413, 415, 422]) }),
    );
    path(
        "/api/auth/logout",
        json!({ "post": secured(operation("End this session", &[], None, &none("Signed out"), &[401, 403])) }),
    );
    path(
        "/api/auth/me",
        json!({
            "get": secured(operation("The signed-in user", &[], None, &json!({ "200": content("The user", "User") }), &[401])),
            "delete": secured(operation("Delete the account with its tasks", &[], None, &none("Deleted"), &[401, 403])),
        }),
    );
    path(
        "/api/auth/password",
        json!({ "post": secured(operation("Change the password; ends every earlier session", &[], Some("PasswordChange"), &grant("200"), &[400, 401, 403, 413, 415, 422, 429])) }),
    );
    path(
        "/api/auth/sessions",
        json!({ "get": secured(operation("The sessions of the user", &[], None, &json!({ "200": content("Newest first", "Sessions") }), &[401])) }),
    );
    path(
        "/api/auth/sessions/{id}",
        json!({ "delete": secured(operation("End a session of the user", &["id"], None, &none("Ended"), &[401, 403, 404])) }),
    );
    let task = |status: &str| json!({ status: content("The task", "Task") });
    let mut list = secured(operation(
        "The tasks of the user, a page of them",
        &["user_id"],
        None,
        &json!({ "200": content("A page", "TaskPage") }),
        &[401, 404, 422],
    ));
    if let Some(Value::Array(parameters)) = list.get_mut("parameters") {
        parameters.extend(list_parameters());
    }
    path(
        "/api/{user_id}/tasks",
        json!({
            "get": list,
            "post": secured(operation("Make a task", &["user_id"], Some("NewTask"), &task("201"), &[400, 401, 403, 404, 413, 415, 422])),
        }),
    );
    let one = ["user_id", "task_id"];
    let write = [400, 401, 403, 404, 413, 415, 422];
    path(
        "/api/{user_id}/tasks/{task_id}",
        json!({
            "get": secured(operation("Read a task", &one, None, &task("200"), &[401, 404])),
            "put": secured(operation("Replace a task", &one, Some("NewTask"), &task("200"), &write)),
            "patch": secured(operation("Change members of a task", &one, Some("TaskPatch"), &task("200"), &write)),
            "delete": secured(operation("Delete a task", &one, None, &none("Deleted"), &[401, 403, 404])),
        }),
    );
    if config.signing.has_public_key() {
        path(
            "/.well-known/jwks.json",
            json!({ "get": operation("The public keys of the access tokens", &[], None, &json!({ "200": content("A JWK set", "Jwks") }), &[]) }),
        );
    }
    path(
        "/health/live",
        json!({ "get": operation("The process runs", &[], None, &json!({ "200": content("Live", "Health") }), &[]) }),
    );
    path(
        "/health/ready",
        json!({ "get": operation("The database answers", &[], None, &json!({ "200": content("Ready", "Health") }), &[503]) }),
    );
    json!({
        "openapi": "3.1.0",
        "info": { "title": "authspec reference server", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "MIT OR Apache-2.0" } },
        "paths": paths,
        "components": { "securitySchemes": { "session": scheme(config) }, "schemas": schemas(config) },
    })
}

fn scheme(config: &Config) -> Value {
    match config.auth {
        AuthMode::Bearer => json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" }),
        AuthMode::Cookie => {
            json!({ "type": "apiKey", "in": "cookie", "name": crate::identify::ACCESS_COOKIE })
        }
    }
}

fn operation(
    summary: &str,
    segments: &[&str],
    body: Option<&str>,
    success: &Value,
    problems: &[u16],
) -> Value {
    let mut responses = success.as_object().cloned().unwrap_or_default();
    for status in problems {
        responses.insert(status.to_string(), json!({
            "description": "A problem (RFC 9457)",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        }));
    }
    let parameters: Vec<Value> =
        segments.iter().map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } })).collect();
    let mut operation =
        json!({ "summary": summary, "parameters": parameters, "responses": responses });
    if let Some(schema) = body {
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": reference(schema) } } });
    }
    operation
}

fn secured(mut operation: Value) -> Value {
    operation["security"] = json!([{ "session": [] }]);
    operation
}

fn list_parameters() -> Vec<Value> {
    let query =
        |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    vec![
        query(
            "limit",
            json!({ "type": "integer", "minimum": 1, "default": 50, "description": "cut to 100" }),
        ),
        query(
            "offset",
            json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0 }),
        ),
        query("completed", json!({ "type": "boolean" })),
        query(
            "q",
            json!({ "type": "string", "maxLength": 200, "description": "text in the title, in any letter case" }),
        ),
        query(
            "sort",
            json!({ "type": "string", "default": "created_at", "enum": [
            "created_at", "-created_at", "updated_at", "-updated_at", "title", "-title", "completed", "-completed"
        ] }),
        ),
    ]
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn content(description: &str, schema: &str) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": reference(schema) } } })
}

fn none(description: &str) -> Value {
    json!({ "204": { "description": description } })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

fn schemas(config: &Config) -> Value {
    let id = json!({ "type": "string", "format": "uuid" });
    let time = json!({ "type": "string", "format": "date-time" });
    let text = json!({ "type": "string" });
    let email = json!({ "type": "string", "format": "email", "maxLength": 254 });
    let password =
        json!({ "type": "string", "format": "password", "minLength": 8, "maxLength": 1024 });
    let title = json!({ "type": "string", "minLength": 1, "maxLength": 200 });
    let description = json!({ "type": ["string", "null"], "maxLength": 5000 });
    let flag = json!({ "type": "boolean" });
    let grant = match config.auth {
        AuthMode::Bearer => object(
            &[
                "user",
                "access_token",
                "token_type",
                "expires_in",
                "refresh_token",
            ],
            json!({
                "user": reference("User"), "access_token": text, "token_type": { "const": "Bearer" },
                "expires_in": { "type": "integer", "description": "seconds" }, "refresh_token": text,
            }),
        ),
        AuthMode::Cookie => object(
            &["user", "expires_in"],
            json!({
                "user": reference("User"), "expires_in": { "type": "integer", "description": "seconds" },
            }),
        ),
    };
    json!({
        "Registration": object(&["email", "password", "name"], json!({
            "email": email, "password": password, "name": { "type": "string", "minLength": 1, "maxLength": 100 },
        })),
        "Credentials": object(&["email", "password"], json!({ "email": text, "password": text })),
        "RefreshToken": object(&["refresh_token"], json!({ "refresh_token": text })),
        "PasswordChange": object(&["current_password", "new_password"], json!({ "current_password": text, "new_password": password })),
        "Grant": grant,
        "User": object(&["id", "email", "name", "created_at"], json!({ "id": id, "email": email, "name": text, "created_at": time })),
        "Sessions": object(&["items"], json!({ "items": { "type": "array", "maxItems": 100, "items": object(
            &["id", "created_at", "expires_at", "current"],
            json!({ "id": id, "created_at": time, "expires_at": time, "current": flag }),
        ) } })),
        "NewTask": object(&["title"], json!({ "title": title, "description": description, "completed": flag })),
        "TaskPatch": object(&[], json!({ "title": title, "description": description, "completed": flag })),
        "Task": object(&["id", "user_id", "title", "description", "completed", "created_at", "updated_at"], json!({
            "id": id, "user_id": id, "title": text, "description": text, "completed": flag, "created_at": time, "updated_at": time,
        })),
        "TaskPage": object(&["items", "limit", "offset", "next_offset"], json!({
            "items": { "type": "array", "maxItems": 100, "items": reference("Task") },
            "limit": { "type": "integer" }, "offset": { "type": "integer" }, "next_offset": { "type": ["integer", "null"] },
        })),
        "Jwks": object(&["keys"], json!({ "keys": { "type": "array", "items": { "type": "object" } } })),
        "Health": object(&["status"], json!({ "status": text })),
        "Problem": object(&["type", "title", "status", "detail", "code"], json!({
            "type": text, "title": text, "status": { "type": "integer" }, "detail": text, "code": text,
        })),
    })
}
