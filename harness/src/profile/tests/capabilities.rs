use super::*;
use crate::target::Limit;

fn routed(name: &'static str) -> impl Fn(&Target) -> String {
    move |target| {
        let route = &target.routes[name];
        format!("{} {} {}", route.method, route.path, body(route))
    }
}

fn token(target: &Target) -> String {
    format!("{:?}", target.credential.token)
}

fn carry(target: &Target) -> String {
    format!("{:?}", target.credential.carry)
}

fn user_id(target: &Target) -> String {
    format!("{:?}", target.credential.user_id)
}

#[test]
fn auth_and_api_may_have_different_urls() {
    let urls = |target: &Target| format!("{} {}", target.auth_url, target.api_url);
    says(
        "target.auth_url = \"http://localhost:3000/api/auth/\"",
        urls,
        "http://localhost:3000/api/auth http://localhost:8000/",
    );
    says(
        "target.api_url = \"{env:STAGING}\"",
        urls,
        "http://localhost:8000/ https://staging.example.com/v2",
    );
}

#[test]
fn routes_belong_to_the_usual_side_unless_they_say_otherwise() {
    let side = |name: &'static str| {
        move |target: &Target| {
            format!(
                "{:?} {}",
                target.routes[name].side, target.routes[name].protected
            )
        }
    };
    says("", side("register"), "Auth false");
    says("", side("me"), "Api true");
    says(
        "routes.logout = \"POST /logout\"",
        side("logout"),
        "Auth true",
    );
    says(
        "routes.report = \"GET /report\"",
        side("report"),
        "Api true",
    );
    says(
        "routes.health = \"GET /health\"",
        side("health"),
        "Api false",
    );
    says("routes.me.at = \"auth\"", side("me"), "Auth true");
    says(
        "routes.docs = { send = \"GET /docs\", protected = false }",
        side("docs"),
        "Api false",
    );
}

#[test]
fn a_login_may_take_several_steps() {
    let steps = |target: &Target| {
        let step = |route: &Route| {
            format!(
                "{} {} {:?} {:?}",
                route.method, route.path, route.headers, route.side
            )
        };
        target
            .login_then
            .iter()
            .map(step)
            .collect::<Vec<_>>()
            .join("; ")
    };
    says("login.then = [\"GET /token\"]", steps, "GET /token [] Auth");
    says(
        "routes.login = { save = { session = \"/token\" } }\nlogin.then = [{ send = \"GET /jwt\", headers = { X-Session = \"{session}\" } }]",
        steps,
        r#"GET /jwt [("X-Session", "{session}")] Auth"#,
    );
    says(
        "routes.login = { save = { session = \"/token\" } }",
        |t| format!("{:?}", t.routes["login"].save),
        r#"[("session", Pointer("/token"))]"#,
    );
}

#[test]
fn tokens_may_be_minted_where_there_is_no_login() {
    let text = r#"
        target.url = "http://localhost:8000"
        routes.me = "GET /users/{user_id}"
        jwt = { algorithm = "HS384", secret_env = "JWT_SECRET", header = {}, mint = { sub = "{user_id}", aud = ["a", "b"], iss = "x", token_type = "access", jti = "{uuid}", exp = "{exp:float}" } }
    "#;
    let target = loaded(text).unwrap();
    assert_eq!(
        target.jwt.mint.unwrap().to_string(),
        r#"{"aud":["a","b"],"exp":"{exp:float}","iss":"x","jti":"{uuid}","sub":"{user_id}","token_type":"access"}"#
    );
    assert_eq!(
        (target.jwt.algorithm.as_deref(), target.jwt.header),
        (Some("HS384"), Some(serde_json::json!({})))
    );
    assert_eq!(target.accounts.user_id, "{uuid}");
}

#[test]
fn facts_about_tokens_are_declared() {
    let jwt = |target: &Target| {
        format!(
            "{:?} {:?} {:?}",
            target.jwt.issuer, target.jwt.audience, target.jwt.lifetime
        )
    };
    says(
        "jwt = { issuer = \"https://issuer\", audience = \"api\", lifetime = 900 }",
        jwt,
        r#"Some("https://issuer") ["api"] Some(900)"#,
    );
    says(
        "jwt = { audience = [\"a\", \"b\"], lifetime = \"15m\" }",
        jwt,
        r#"None ["a", "b"] Some(900)"#,
    );
    says(
        "jwt.jwks = \"/jwks.json\"",
        |t| t.jwt.jwks.clone().unwrap().to_string(),
        "http://localhost:8000/jwks.json",
    );
    says(
        "jwt.jwks = \"https://keys.example.com/a\"",
        |t| t.jwt.jwks.clone().unwrap().to_string(),
        "https://keys.example.com/a",
    );
    says("jwt.opaque = true", |t| t.jwt.opaque.to_string(), "true");
}

#[test]
fn bodies_are_json_or_forms_of_any_shape() {
    says(
        "",
        routed("login"),
        r#"POST /login {"email":"{email}","password":"{password}"}"#,
    );
    says(
        "",
        routed("register"),
        r#"POST /register {"email":"{email}","password":"{password}","name":"{name}"}"#,
    );
    says(
        "routes.login = { form = { username = \"{email}\", password = \"{password}\" } }",
        routed("login"),
        "POST /login password={password}&username={email}",
    );
    says(
        "routes.login = { json = { login = \"{username}\", pw = \"{password}\" } }",
        routed("login"),
        r#"POST /login {"login":"{username}","pw":"{password}"}"#,
    );
    says(
        "routes.register.json = { email = \"{email}\", phone = \"+1555{digits}\" }",
        routed("register"),
        r#"POST /register {"email":"{email}","phone":"+1555{digits}"}"#,
    );
    says(
        "routes.register.json.user = { email = \"{email}\", born = 1990-01-01 }",
        routed("register"),
        r#"POST /register {"user":{"born":"1990-01-01","email":"{email}"}}"#,
    );
    says(
        "routes.password = \"PUT /password\"",
        routed("password"),
        r#"PUT /password {"current_password":"{password}","new_password":"{new_password}"}"#,
    );
    says(
        "routes.logout = \"POST /logout\"",
        routed("logout"),
        "POST /logout none",
    );
}

#[test]
fn values_of_the_environment_stand_in_bodies_and_are_secret() {
    let lines = "routes.login.json = { email = \"{email}\", client = \"{env:CLIENT_SECRET}\" }";
    says(
        lines,
        routed("login"),
        r#"POST /login {"client":"s3cret","email":"{email}"}"#,
    );
    says(
        lines,
        |target| target.secrets[0].expose().to_owned(),
        "s3cret",
    );
    says(
        lines,
        |target| format!("{:?}", target.secrets),
        "[[redacted]]",
    );
}

#[test]
fn a_token_stands_in_the_body_a_header_or_a_cookie() {
    says("", token, r#"Pointer("/access_token")"#);
    says(
        "credential.token = \"/user/token\"",
        token,
        r#"Pointer("/user/token")"#,
    );
    says(
        "credential.token = { pointer = \"/data/tokens/access\" }",
        token,
        r#"Pointer("/data/tokens/access")"#,
    );
    says(
        "credential.token = { header = \"set-auth-jwt\" }",
        token,
        r#"Header("set-auth-jwt")"#,
    );
    says(
        "credential.token = { cookie = \"sid\" }",
        token,
        r#"Cookie("sid")"#,
    );
    says(
        "credential.send = { cookie = \"sid\" }",
        token,
        r#"Cookie("sid")"#,
    );
}

#[test]
fn a_token_is_sent_in_a_header_a_cookie_or_the_query() {
    says(
        "",
        carry,
        r#"Header { name: "Authorization", scheme: Some("Bearer") }"#,
    );
    says(
        "credential.send = { scheme = \"Token\" }",
        carry,
        r#"Header { name: "Authorization", scheme: Some("Token") }"#,
    );
    says(
        "credential.send = { header = \"X-Api-Key\" }",
        carry,
        r#"Header { name: "X-Api-Key", scheme: None }"#,
    );
    says(
        "credential.send = { cookie = \"sid\" }",
        carry,
        r#"Cookie("sid")"#,
    );
    says(
        "credential.send = { query = \"key\" }",
        carry,
        r#"Query("key")"#,
    );
}

#[test]
fn a_refresh_token_goes_in_the_body_or_back_in_its_cookie() {
    let refresh = "routes.refresh = \"POST /refresh\"\n";
    says(
        &format!("{refresh}credential.refresh = \"/refresh_token\""),
        routed("refresh"),
        r#"POST /refresh {"refresh_token":"{refresh_token}"}"#,
    );
    let cookie = format!("{refresh}credential.refresh = {{ cookie = \"rt\" }}");
    says(&cookie, routed("refresh"), "POST /refresh none");
    says(
        &cookie,
        |target| format!("{:?}", target.credential.refresh_cookie),
        r#"Some("rt")"#,
    );
}

#[test]
fn the_user_id_is_learnt_from_an_answer_a_claim_or_me() {
    says("", user_id, "Nowhere");
    says(
        "credential.user_id = \"/user/id\"",
        user_id,
        r#"Pointer("/user/id")"#,
    );
    says(
        "credential.user_id = { claim = \"username\" }",
        user_id,
        r#"Claim("username")"#,
    );
    says("credential.user_id = { me = \"/id\" }", user_id, "Me");
    says(
        "credential.user_id = { me = \"/id\" }",
        |target| format!("{:?}", target.routes["me"].id),
        r#"Some("/id")"#,
    );
    says(
        "credential.user_id = \"/id\"\nroutes.me = \"GET /users/{user_id}\"",
        routed("me"),
        "GET /users/{user_id} none",
    );
}

#[test]
fn there_may_be_no_me() {
    let lines = "routes.me = false\n[[resource]]\nname = \"task\"\ncreate = \"POST /tasks\"\nlist = \"GET /tasks\"\njson = { title = \"{marker}\" }";
    says(
        lines,
        |target| target.routes.contains_key("me").to_string(),
        "false",
    );
}

#[test]
fn success_is_a_status_or_told_by_the_body() {
    let success = |target: &Target| {
        format!(
            "{:?} {:?}",
            target.routes["register"].ok, target.routes["register"].success
        )
    };
    says("", success, "[] None");
    says("routes.register.ok = 201", success, "[201] None");
    says(
        "routes.register.ok = [200, 201]",
        success,
        "[200, 201] None",
    );
    says(
        "routes.register.success = { pointer = \"/ok\" }",
        success,
        r#"[] Some(Told { pointer: "/ok", equals: None })"#,
    );
    says(
        "routes.register.success = { pointer = \"/status\", equals = \"ok\" }",
        success,
        r#"[] Some(Told { pointer: "/status", equals: Some(String("ok")) })"#,
    );
}

#[test]
fn a_denial_may_be_told_by_the_body() {
    let denial = |target: &Target| format!("{:?}", target.policy.denial);
    says("", denial, "None");
    says(
        "policy.denial = { pointer = \"/ok\", equals = false }",
        denial,
        r#"Some(Told { pointer: "/ok", equals: Some(Bool(false)) })"#,
    );
}

#[test]
fn policies_are_one_status_or_several() {
    let policy = |target: &Target| format!("{:?}", target.policy.bad_token);
    says("", policy, "[]");
    says("policy.bad_token = 403", policy, "[403]");
    says("policy.bad_token = [401, 403]", policy, "[401, 403]");
    let others = |t: &Target| {
        format!(
            "{:?} {:?} {:?} {:?}",
            t.policy.wrong_login, t.policy.others_object, t.policy.duplicate, t.policy.invalid
        )
    };
    says(
        "policy = { wrong_login = 200, others_object = [403, 404], duplicate = 409, invalid = 422 }",
        others,
        "[200] [403, 404] [409] [422]",
    );
    says(
        "policy.anonymous = { status = 200, body = \"null\" }",
        |t| format!("{:?}", t.policy.anonymous),
        r#"Some((200, "null"))"#,
    );
}

#[test]
fn origins_are_declared_or_absent_and_may_be_sent() {
    let origins = |t: &Target| {
        format!(
            "{:?} {} {:?}",
            t.origins.allowed, t.origins.none, t.origins.send
        )
    };
    says("", origins, "[] false None");
    says("front_end.none = true", origins, "[] true None");
    says(
        "front_end = { origins = [\"https://app.example.com\"], send_origin = true }",
        origins,
        r#"["https://app.example.com"] false Some("https://app.example.com")"#,
    );
    says(
        "front_end.send_origin = true",
        origins,
        r#"[] false Some("http://localhost:8000")"#,
    );
    says(
        "front_end = { origins = [\"http://localhost:3000\"], send_origin = \"self\" }",
        origins,
        r#"["http://localhost:3000"] false Some("http://localhost:8000")"#,
    );
    says(
        "front_end.send_origin = \"https://x.example.com\"",
        origins,
        r#"[] false Some("https://x.example.com")"#,
    );
    says(
        "front_end.origins = [\"capacitor://localhost\"]",
        origins,
        r#"["capacitor://localhost"] false None"#,
    );
    says(
        "front_end.auth_exempt = true",
        |t| t.origins.auth_exempt.to_string(),
        "true",
    );
}

#[test]
fn accounts_are_made_by_patterns_or_supplied() {
    says(
        "",
        |t| format!("{} {}", t.accounts.email, t.accounts.password),
        "authspec+{rand}@example.com Aspec-{rand}-7!",
    );
    says(
        "accounts.email = \"qa+{rand}@corp.example\"",
        |t| t.accounts.email.clone(),
        "qa+{rand}@corp.example",
    );
    let supplied = |t: &Target| {
        let account = &t.accounts.supplied[0];
        let secret = |secret: &Option<crate::secret::Secret>| {
            secret.as_ref().map(|secret| secret.expose().to_owned())
        };
        format!(
            "{:?} {:?} {:?} {:?}",
            account.username,
            secret(&account.password),
            secret(&account.token),
            account.user_id
        )
    };
    says(
        "accounts.supplied = [{ username = \"admin\", password_env = \"ALICE_PASSWORD\", token_env = \"ALICE_TOKEN\", user_id = \"7\" }]",
        supplied,
        r#"Some("admin") Some("correct horse") Some("opaque-alice") Some("7")"#,
    );
}

#[test]
fn supplied_tokens_need_neither_registration_nor_login() {
    let text = "target.url = \"http://localhost\"\nroutes.me = \"GET /me\"\naccounts.supplied = [{ token_env = \"ALICE_TOKEN\" }]";
    assert_eq!(loaded(text).unwrap().accounts.supplied.len(), 1);
}

#[test]
fn the_target_may_be_reset_before_a_run() {
    let reset = |t: &Target| {
        t.accounts
            .reset
            .as_ref()
            .map(|r| format!("{} {} {}", r.method, r.path, r.protected))
            .unwrap()
    };
    says(
        "accounts.reset = \"GET /createdb\"",
        reset,
        "GET /createdb false",
    );
}

#[test]
fn limits_are_counts_or_the_edge() {
    let limits = |t: &Target| {
        format!(
            "{:?} {:?} {:?}",
            t.limits.login, t.limits.registration, t.limits.requests
        )
    };
    says("", limits, "Undeclared Undeclared Undeclared");
    says(
        "limits = { login = \"5 in 60s\", registration = \"edge\", requests = \"100 in 1m\" }",
        limits,
        "Count { count: 5, seconds: 60 } Edge Count { count: 100, seconds: 60 }",
    );
    assert_eq!(
        over_least("limits.login_address = \"3 in 10s\"")
            .limits
            .login_address,
        Limit::Count {
            count: 3,
            seconds: 10
        }
    );
}

#[test]
fn sessions_users_and_the_environment_are_declared() {
    let session = |t: &Target| {
        format!(
            "{} {}",
            t.session.cache_seconds, t.session.refresh_grace_seconds
        )
    };
    says(
        "session = { cache = \"5m\", refresh_grace = 10 }",
        session,
        "300 10",
    );
    let on_request = |t: &Target| t.session.others_end_on_request.to_string();
    says(
        "session.password_change_ends_others = false",
        on_request,
        "true",
    );
    says("session.cache = 1", on_request, "false");
    says(
        "api.users = \"issuer\"",
        |t| format!("{:?}", t.users),
        "Issuer",
    );
    says(
        "",
        |t| format!("{:?} {:?} {}", t.users, t.environment, t.profile),
        "Local Staging authspec.toml",
    );
    says(
        "environment = \"production\"\nname = \"shop\"",
        |t| format!("{:?} {}", t.environment, t.profile),
        "Production shop",
    );
}

#[test]
fn the_gate_has_requirements_and_waivers_with_reasons() {
    says(
        "gate.require = [\"token.expired\", \"isolation.*\"]",
        |t| t.require.join(" "),
        "token.expired isolation.*",
    );
    says(
        "waive.\"cookie.secure\" = \"no TLS here\"",
        |t| format!("{:?}", t.waive),
        r#"{"cookie.secure": "no TLS here"}"#,
    );
}
