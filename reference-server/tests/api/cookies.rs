//! Cookie mode: where tokens are, and which requests of other sites are refused.

use crate::support::{Actor, Fresh, ORIGIN, PASSWORD, Reply, Server};
use reference_server::AuthMode;
use serde_json::json;

claims!["cookies":
    tokens_are_in_host_cookies_out_of_reach_of_scripts,
    the_cookies_open_every_route_and_a_bearer_token_does_not,
    unsafe_requests_with_cookies_need_a_known_origin,
    a_login_from_another_site_is_refused,
    refresh_rotates_by_cookie,
    logout_ends_the_session_and_clears_the_cookies,
    a_cookie_that_comes_twice_is_refused,
];

async fn server(db: &Fresh) -> Server {
    let mut server = db
        .server_with(|config| config.auth = AuthMode::Cookie)
        .await;
    server.origin = Some(ORIGIN);
    server
}

/// The `Cookie` header that a browser would send after this answer.
fn jar(reply: &Reply) -> String {
    let set = reply
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|line| line.to_str().unwrap().split(';').next().unwrap());
    set.collect::<Vec<_>>().join("; ")
}

async fn signed_in(server: &Server) -> (Actor, String) {
    let body = json!({ "email": "alice@example.com", "password": PASSWORD, "name": "n" });
    let reply = server
        .post("/api/auth/register", &body)
        .send()
        .await
        .is(201);
    (Actor::from(&reply.json()), jar(&reply))
}

async fn tokens_are_in_host_cookies_out_of_reach_of_scripts(db: Fresh) {
    let server = server(&db).await;
    signed_in(&server).await;
    let reply = server.login("alice@example.com", PASSWORD).await.is(200);
    let cookies: Vec<&str> = reply
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|line| line.to_str().unwrap())
        .collect();
    assert_eq!(cookies.len(), 2);
    for (cookie, name, age) in [
        (cookies[0], "__Host-access=", "Max-Age=900;"),
        (cookies[1], "__Host-refresh=", "Max-Age=604800;"),
    ] {
        assert!(cookie.starts_with(name) && cookie.contains(age), "{cookie}");
        assert!(
            cookie.ends_with("Path=/; Secure; HttpOnly; SameSite=Lax"),
            "{cookie}"
        );
        let value = cookie[name.len()..].split(';').next().unwrap();
        assert!(!reply.text.contains(value));
    }
    assert!(reply.json().get("access_token").is_none());
}

async fn the_cookies_open_every_route_and_a_bearer_token_does_not(db: Fresh) {
    let server = server(&db).await;
    let (alice, jar) = signed_in(&server).await;
    server
        .get("/api/auth/me")
        .header("cookie", &jar)
        .send()
        .await
        .is(200);
    server
        .post(&alice.tasks(), &json!({ "title": "t" }))
        .header("cookie", &jar)
        .send()
        .await
        .is(201);
    let token = jar
        .split(';')
        .next()
        .unwrap()
        .trim_start_matches("__Host-access=");
    server
        .get("/api/auth/me")
        .bearer(token)
        .send()
        .await
        .refused(401, "unauthenticated");
}

async fn unsafe_requests_with_cookies_need_a_known_origin(db: Fresh) {
    let mut server = server(&db).await;
    let (alice, jar) = signed_in(&server).await;
    for origin in [
        None,
        Some("https://evil.example"),
        Some("null"),
        Some("http://localhost:3000.evil.example"),
    ] {
        server.origin = origin;
        let create = server
            .post(&alice.tasks(), &json!({ "title": "t" }))
            .header("cookie", &jar)
            .send()
            .await;
        create.refused(403, "cross-site");
        for path in [
            "/api/auth/logout",
            "/api/auth/refresh",
            "/api/auth/password",
        ] {
            server
                .post(path, &json!({}))
                .header("cookie", &jar)
                .send()
                .await
                .refused(403, "cross-site");
        }
        server
            .get("/api/auth/me")
            .header("cookie", &jar)
            .send()
            .await
            .is(200);
    }
    server.origin = None;
    let own = server
        .post(&alice.tasks(), &json!({ "title": "t" }))
        .header("cookie", &jar);
    own.header("host", "api.example.com")
        .header("origin", "https://api.example.com")
        .send()
        .await
        .is(201);
}

async fn a_login_from_another_site_is_refused(db: Fresh) {
    let mut server = server(&db).await;
    signed_in(&server).await;
    server.origin = Some("https://evil.example");
    let reply = server
        .login("alice@example.com", PASSWORD)
        .await
        .refused(403, "cross-site");
    assert!(!reply.headers.contains_key("set-cookie"));
    server.origin = None;
    let body = json!({ "email": "alice@example.com", "password": PASSWORD });
    server
        .post("/api/auth/login", &body)
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .refused(403, "cross-site");
    server.post("/api/auth/login", &body).send().await.is(200);
}

async fn refresh_rotates_by_cookie(db: Fresh) {
    let server = server(&db).await;
    let (_, first) = signed_in(&server).await;
    let second = jar(&server
        .call("POST", "/api/auth/refresh")
        .header("cookie", &first)
        .send()
        .await
        .is(200));
    assert_ne!(first, second);
    server
        .get("/api/auth/me")
        .header("cookie", &second)
        .send()
        .await
        .is(200);
    server
        .call("POST", "/api/auth/refresh")
        .header("cookie", &first)
        .send()
        .await
        .is(401);
    server
        .get("/api/auth/me")
        .header("cookie", &second)
        .send()
        .await
        .is(401);
}

async fn logout_ends_the_session_and_clears_the_cookies(db: Fresh) {
    let server = server(&db).await;
    let (_, jar) = signed_in(&server).await;
    // Even when the access cookie has run out.
    server.advance(3600);
    let refresh = jar.split("; ").last().unwrap();
    let reply = server
        .call("POST", "/api/auth/logout")
        .header("cookie", refresh)
        .send()
        .await
        .is(204);
    let cleared = reply.headers.get_all("set-cookie").iter().filter(|line| {
        line.to_str()
            .unwrap()
            .contains("=; Max-Age=0; Path=/; Secure")
    });
    assert_eq!(cleared.count(), 2);
    server
        .call("POST", "/api/auth/refresh")
        .header("cookie", &jar)
        .send()
        .await
        .is(401);
    server.call("POST", "/api/auth/logout").send().await.is(401);
}

async fn a_cookie_that_comes_twice_is_refused(db: Fresh) {
    let server = server(&db).await;
    let (_, jar) = signed_in(&server).await;
    for twice in [
        format!("{jar}; __Host-access=x"),
        format!("__Host-access=x; {jar}"),
    ] {
        server
            .get("/api/auth/me")
            .header("cookie", &twice)
            .send()
            .await
            .refused(401, "invalid-token");
    }
}
