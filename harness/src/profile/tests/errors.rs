use super::*;
use crate::profile::ProfileError;

/// The lines over the least profile are refused with this message.
#[track_caller]
fn refused(lines: &str, want: &str) {
    let text = format!("extends = \"least.toml\"\n{lines}");
    says(
        load_with(&text, &Overrides::default(), &[("least.toml", LEAST)]),
        want,
    );
}

#[track_caller]
fn says(loaded: Result<Target, ProfileError>, want: &str) {
    assert_eq!(loaded.unwrap_err().to_string(), want);
}

#[test]
fn syntax() {
    refused(
        "[routes\nlogin = 1",
        "authspec.toml, line 2, column 8: unclosed table, expected `]`",
    );
    refused(
        "name = \"a\"\nname = \"b\"",
        "authspec.toml, line 3, column 1: duplicate key",
    );
    refused(
        "name = 'a",
        "authspec.toml, line 2, column 10: invalid literal string, expected `'`",
    );
    refused(
        "[routes]\n[routes]",
        "authspec.toml, line 3, column 2: duplicate key",
    );
}

#[test]
fn unknown_keys() {
    refused(
        "[targets]\nurl = \"x\"",
        "authspec.toml, line 2, column 2: unknown key `targets`, expected one of `extends`, `name`, `environment`, `deployment`, `target`, `front_end`, `accounts`, `routes`, `login`, `credential`, `jwt`, `resource`, `policy`, `limits`, `session`, `api`, `gate`, `waive`",
    );
    refused(
        "[policy]\nbad_tokens = 401",
        "authspec.toml, line 3, column 1: unknown key `bad_tokens`, expected one of `bad_token`, `wrong_login`, `others_object`, `duplicate`, `invalid`, `anonymous`, `denial`, `enumeration_by_registration`",
    );
    refused(
        "[routes]\nlogin = { send = \"POST /login\", jsn = {} }",
        "authspec.toml, line 3, column 33: unknown key `jsn`, expected one of `send`, `json`, `form`, `headers`, `ok`, `success`, `at`, `protected`, `id`, `save`",
    );
    refused(
        "[credential]\ntoken = { body = \"/x\" }",
        "authspec.toml, line 3, column 11: unknown key `body`, expected one of `pointer`, `header`, `cookie`",
    );
    refused(
        "[[resource]]\nname = \"task\"\ncreate = \"POST /t\"\nupdate = \"PUT /t\"",
        "authspec.toml, line 5, column 1: unknown key `update`, expected one of `name`, `create`, `list`, `read`, `replace`, `patch`, `delete`, `json`, `form`, `id`, `owner`, `items`, `paging`, `public`, `private`, `parent`",
    );
}

#[test]
fn wrong_types() {
    refused(
        "[policy]\nbad_token = \"401\"",
        "authspec.toml, line 3, column 13: invalid type: string \"401\", expected a status or a list of statuses",
    );
    refused(
        "[policy]\nbad_token = 42",
        "authspec.toml, line 3, column 13: 42 is no HTTP status",
    );
    refused(
        "[policy]\nbad_token = [401, 999]",
        "authspec.toml, line 3, column 13: 999 is no HTTP status",
    );
    refused(
        "[routes]\nlogin = 5",
        "authspec.toml, line 3, column 9: invalid type: integer `5`, expected a route: a text like `\"POST /login\"`, a table with `send`, or `false`",
    );
    refused(
        "[routes]\nlogin = true",
        "authspec.toml, line 3, column 9: invalid type: boolean `true`, expected a route: a text like `\"POST /login\"`, a table with `send`, or `false`",
    );
    refused(
        "[routes]\nlogin = 2020-01-01",
        "authspec.toml, line 3, column 9: a date is not allowed here",
    );
    refused(
        "environment = \"prod\"",
        "authspec.toml, line 2, column 15: unknown variant `prod`, expected one of `development`, `staging`, `production`",
    );
    refused(
        "[[resource]]\ncreate = \"POST /t\"",
        "authspec.toml, line 2, column 1: missing key `name`",
    );
    refused(
        "jwt.mint = \"sub\"",
        "authspec.toml, line 2, column 12: `jwt.mint` must be a table",
    );
}

#[test]
fn notations() {
    refused(
        "[routes]\nlogin = \"/login\"",
        "authspec.toml, line 3, column 9: `/login` is no route: a method or a path is missing; write a method and a path, like `POST /login`",
    );
    refused(
        "[routes]\nlogin = \"post /login\"",
        "authspec.toml, line 3, column 9: `post /login` is no route: the method must be in capital letters; write a method and a path, like `POST /login`",
    );
    refused(
        "[routes]\nlogin = \"POST http://localhost/login\"",
        "authspec.toml, line 3, column 9: `POST http://localhost/login` is no route: the path must start with one `/`, since the host comes from `[target]`; write a method and a path, like `POST /login`",
    );
    refused(
        "[routes]\nlogin = \"POST  /login\"",
        "authspec.toml, line 3, column 9: `POST  /login` is no route: the path must start with one `/`, since the host comes from `[target]`; write a method and a path, like `POST /login`",
    );
    refused(
        "[credential]\ntoken = \"user.token\"",
        "authspec.toml, line 3, column 9: `user.token` is no JSON pointer, which starts with `/`; write `/user/token`",
    );
    refused(
        "[credential]\ntoken = { header = \"a\", cookie = \"b\" }",
        "authspec.toml, line 3, column 9: expected a JSON pointer, or a table with one of `pointer`, `header`, `cookie`",
    );
    refused(
        "[credential]\nsend = { header = \"a\", cookie = \"b\" }",
        "authspec.toml, line 3, column 8: give `header` with or without `scheme`, or `cookie`, or `query`",
    );
    refused(
        "[credential]\nsend = { header = \"a b\" }",
        "authspec.toml, line 3, column 8: `a b` is no name of a header",
    );
    refused(
        "[credential]\nsend = { cookie = \"a;b\" }",
        "authspec.toml, line 3, column 8: `a;b` is no name of a cookie",
    );
    refused(
        "[credential]\nuser_id = {}",
        "authspec.toml, line 3, column 11: expected a JSON pointer, a table with one of `pointer`, `claim`, `me`, or \"none\"",
    );
    refused(
        "[limits]\nlogin = \"5 per minute\"",
        "authspec.toml, line 3, column 9: `5 per minute` is no limit; write a limit like `\"5 in 60s\"`, or `\"edge\"`",
    );
    refused(
        "[limits]\nlogin = \"0 in 60s\"",
        "authspec.toml, line 3, column 9: `0 in 60s` is no limit; write a limit like `\"5 in 60s\"`, or `\"edge\"`",
    );
    refused(
        "[jwt]\nlifetime = \"fifteen\"",
        "authspec.toml, line 3, column 12: `fifteen` is no span of time; write seconds, or a text such as `\"15m\"` (`s`, `m`, `h`, `d`)",
    );
    refused(
        "[jwt]\nalgorithm = \"none\"",
        "authspec.toml, line 3, column 13: `none` is no algorithm of signed tokens; there are HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
    );
    refused(
        "[gate]\nrequire = [\"token.[\"]",
        "authspec.toml, line 3, column 12: `token.[` is no pattern of scenario ids: unclosed character class; missing ']'",
    );
}

#[test]
fn addresses() {
    refused(
        "[target]\nurl = \"localhost:8000\"",
        "authspec.toml, line 3, column 7: `localhost:8000` is no http or https URL; write `http://localhost:8000` or `https://localhost:8000`",
    );
    refused(
        "[target]\nurl = \"{env:UNSET}\"",
        "authspec.toml, line 3, column 7: `target.url` needs the environment variable UNSET, which is not set",
    );
    refused(
        "[front_end]\norigins = [\"http://localhost:3000/\"]",
        "authspec.toml, line 3, column 12: `http://localhost:3000/` is not an origin as browsers send it; write `http://localhost:3000`",
    );
    refused(
        "[front_end]\nnone = true\norigins = [\"http://localhost:3000\"]",
        "authspec.toml, line 3, column 8: `none = true` and `origins` exclude each other: keep one of them",
    );
    let overrides = Overrides {
        url: Some("localhost:8000".into()),
        ..Overrides::default()
    };
    says(
        load_with(LEAST, &overrides, &[]),
        "URL: `localhost:8000` is no http or https URL; write `http://localhost:8000` or `https://localhost:8000`",
    );
    says(
        loaded("[routes]\nlogin = \"POST /login\""),
        "authspec.toml: where is the target? Give the URL on the command line, or `[target] url = \"https://…\"`",
    );
}

#[test]
fn placeholders() {
    refused(
        "[routes]\nlogin = { json = { email = \"{emial}\" } }",
        "authspec.toml, line 3, column 28: `routes.login.json.email` holds `{emial}`, which is not known here; there are {email} {username} {password} {new_password} {name} {user_id} {id} {parent_id} {marker} {rand} {digits} {uuid} {refresh_token} {token} {env:NAME}",
    );
    refused(
        "[accounts]\nemail = \"{name}@example.com\"",
        "authspec.toml, line 3, column 9: `accounts.email` holds `{name}`, which is not known here; there are {rand} {digits} {uuid} {env:NAME}",
    );
    refused(
        "[accounts]\nemail = \"me@example.com\"",
        "authspec.toml, line 3, column 9: `accounts.email` would be the same for every account: put `{rand}` into it",
    );
    refused(
        "[routes]\nlogin = { json = { id = \"x{user_id:number}\" } }",
        "authspec.toml, line 3, column 25: `routes.login.json.id`: a placeholder may end in `:number` or `:float` where it is the whole text of a JSON value",
    );
    refused(
        "[routes]\nlogin = { json = { id = \"{env:BRACES}\" } }",
        "authspec.toml, line 3, column 25: `routes.login.json.id`: the environment variable BRACES holds a text in braces, which would be taken for a placeholder",
    );
    refused(
        "[routes]\nme = \"GET /users/{user_id}\"",
        "authspec.toml, line 3, column 6: route `me` holds `{user_id}`, but nothing says where it is learnt: give `credential.user_id`, such as `{ claim = \"sub\" }`",
    );
    refused(
        "[login]\nthen = [\"GET /token?s={session}\"]",
        "authspec.toml, line 3, column 9: `login.then.0.send` holds `{session}`, which is not known here; there are {email} {username} {password} {new_password} {name} {user_id} {id} {parent_id} {marker} {rand} {digits} {uuid} {refresh_token} {token} {env:NAME}",
    );
}

#[test]
fn the_environment() {
    refused(
        "[accounts]\nsupplied = [{ email = \"a@example.com\", password_env = \"UNSET\" }]",
        "authspec.toml, line 3, column 55: `accounts.supplied.0.password_env` needs the environment variable UNSET, which is not set",
    );
    refused(
        "[routes]\nlogin = { json = { client = \"{env:UNSET}\" } }",
        "authspec.toml, line 3, column 29: `routes.login.json.client` needs the environment variable UNSET, which is not set",
    );
}

#[test]
fn accounts_and_credentials() {
    refused(
        "[routes]\nlogin = false",
        "authspec.toml, line 2, column 1: accounts can be registered but not logged in: give `routes.login`, or `credential.at_registration = true` where registration signs in",
    );
    refused(
        "[routes]\nregister = false",
        "authspec.toml, line 2, column 1: there is a login but no account: give `routes.register`, or `[[accounts.supplied]]` with `email` and `password_env`",
    );
    refused(
        "[routes]\nregister = false\nlogin = false",
        "authspec.toml, line 2, column 1: nothing says how a user gets a credential: give `routes.register` and `routes.login`, or `[[accounts.supplied]]` with `token_env`, or `jwt.mint` with the claims of a token",
    );
    refused(
        "[routes]\nme = false",
        "authspec.toml, line 2, column 1: nothing here needs a credential: give `routes.me`, another protected GET route, or a `[[resource]]`",
    );
    refused(
        "[routes]\nrefresh = \"POST /refresh\"",
        "authspec.toml, line 3, column 11: `routes.refresh` is given, but not where the refresh token is: give `credential.refresh`, such as `\"/refresh_token\"`",
    );
    refused(
        "[routes]\nme = false\n[credential]\nuser_id = { me = \"/id\" }",
        "authspec.toml, line 5, column 11: `credential.user_id` is found by `me`, but there is no `routes.me`",
    );
    refused(
        "[routes]\nLogin = \"POST /x\"",
        "authspec.toml, line 3, column 9: `Login` is no name of a route: use small letters, digits and `-`",
    );
    refused(
        "[routes.logout]\nok = 204",
        "authspec.toml, line 2, column 1: `routes.logout` has no `send`: give a method and a path, like `POST /login`",
    );
    refused(
        "[routes.logout]\nsend = \"POST /x\"\njson = {}\nform = {}",
        "authspec.toml, line 5, column 8: `routes.logout` has both `json` and `form`: keep one of them",
    );
    refused(
        "[[accounts.supplied]]\nemail = \"a@example.com\"",
        "authspec.toml, line 2, column 1: a supplied account needs `password_env`, `token_env`, or a `user_id` that tokens are minted for",
    );
    refused(
        "[[accounts.supplied]]\npassword_env = \"ALICE_PASSWORD\"",
        "authspec.toml, line 2, column 1: a supplied account with a password needs `email` or `username`",
    );
    refused(
        "[jwt]\nopaque = true\nmint = {}",
        "authspec.toml, line 3, column 10: `opaque = true` says that tokens are no JSON web tokens: leave out `mint`, `algorithm` and `jwks`",
    );
}

/// A resource `task` with these lines is refused with this message.
#[track_caller]
fn task_refused(lines: &str, want: &str) {
    refused(&format!("[[resource]]\nname = \"task\"\n{lines}"), want);
}

#[test]
fn resources() {
    task_refused(
        "create = \"POST /tasks\"\njson = { t = \"{marker}\" }",
        "authspec.toml, line 2, column 1: resource `task` has neither read nor list: give one of them, or nobody can see what an attack changed",
    );
    task_refused(
        "create = \"POST /tasks\"\nlist = \"GET /tasks\"",
        "authspec.toml, line 4, column 10: resource `task` puts no `{marker}` into what it creates: give `json = { title = \"{marker}\" }`, or `owner`, to tell whose it is",
    );
    task_refused(
        "create = \"POST /tasks\"\nread = \"GET /tasks\"\njson = { t = \"{marker}\" }",
        "authspec.toml, line 5, column 8: resource `task` does not say which object to read: its path holds no `{id}`",
    );
    task_refused(
        "create = \"POST /tasks\"\nlist = \"GET /tasks\"\njson = { t = \"{marker}\", p = \"{parent_id}\" }",
        "authspec.toml, line 4, column 10: resource `task` holds `{parent_id}` but has no `parent`",
    );
    task_refused(
        "create = \"POST /tasks\"\nlist = \"GET /tasks\"\njson = { t = \"{marker}\" }\nprivate = [\"/x\"]",
        "authspec.toml, line 7, column 11: resource `task` has `private` fields but is not `public = true`: all of it is private",
    );
    task_refused(
        "create = \"POST /tasks\"\nlist = \"GET /tasks\"\njson = { t = \"{marker}\" }\npaging = { limit = \"n\" }",
        "authspec.toml, line 7, column 10: resource `task`: `paging` needs either `offset`, which counts objects, or `page`",
    );
    task_refused(
        "create = false\nlist = \"GET /tasks\"",
        "authspec.toml, line 4, column 10: resource `task` has no create: without it there is nothing to protect",
    );
    refused(
        "[[resource]]\nname = \"object\"\ncreate = \"POST /tasks\"",
        "authspec.toml, line 3, column 8: `object` is no name of a resource: use small letters, digits and `-`, and neither `object` nor `probe`",
    );
}

#[test]
fn gate_and_waivers() {
    refused(
        "[waive]\n\"cookie.secure\" = \" \"",
        "authspec.toml, line 3, column 19: `cookie.secure` is waived without a reason: say why",
    );
    refused(
        "[waive]\nsecure = \"x\"",
        "authspec.toml, line 3, column 10: `secure` is no scenario id, which looks like `cookie.secure`; `authspec list` shows them",
    );
}

#[test]
fn what_is_extended() {
    says(
        loaded("extends = \"fastapy\""),
        "authspec.toml, line 1, column 11: no preset is named `fastapy`; there are authspec, authspec-cookie, better-auth, fastapi, fastapi-oauth2-form, realworld (a path ends with `.toml`)",
    );
    says(
        loaded("extends = \"nowhere.toml\""),
        "authspec.toml, line 1, column 11: cannot read `nowhere.toml`: entity not found",
    );
    let chain = load_with(
        "extends = \"a.toml\"",
        &Overrides::default(),
        &[("a.toml", "# first\nextends = \"b.toml\"")],
    );
    says(
        chain,
        "a.toml, line 2, column 11: `a.toml` is extended by `authspec.toml` and may not extend another profile: merge the two",
    );
    let broken = load_with(
        "extends = \"a.toml\"",
        &Overrides::default(),
        &[("a.toml", "x = 1")],
    );
    says(
        broken,
        "a.toml, line 1, column 1: unknown key `x`, expected one of `extends`, `name`, `environment`, `deployment`, `target`, `front_end`, `accounts`, `routes`, `login`, `credential`, `jwt`, `resource`, `policy`, `limits`, `session`, `api`, `gate`, `waive`",
    );
    // What is wrong in the base is shown in the base.
    let base = format!("{LEAST}\n[policy]\nanonymous = {{ status = 20 }}");
    let meaning = load_with(
        "extends = \"a.toml\"",
        &Overrides::default(),
        &[("a.toml", &base)],
    );
    says(meaning, "a.toml, line 10, column 24: 20 is no HTTP status");
    let none = load(Source::Preset("x"), &Overrides::default(), &env, &|_| {
        Err(io::ErrorKind::NotFound.into())
    });
    says(
        none,
        "--preset: no preset is named `x`; there are authspec, authspec-cookie, better-auth, fastapi, fastapi-oauth2-form, realworld (a path ends with `.toml`)",
    );
    let missing = load(
        Source::Path(Path::new("a.toml")),
        &Overrides::default(),
        &env,
        &|_| Err(io::ErrorKind::NotFound.into()),
    );
    says(missing, "a.toml: cannot read the profile: entity not found");
}

#[test]
fn the_report_shows_the_place() {
    let error = loaded(&format!("{LEAST}\nlogout = \"POST logout\"\n")).unwrap_err();
    assert_eq!(error.position, Some((9, 10)));
    let mut report = String::new();
    let plain = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none());
    plain.render_report(&mut report, &error).unwrap();
    insta::assert_snapshot!(report, @r#"
      x authspec.toml, line 9, column 10: `POST logout` is no route: the path must start with one `/`, since the host comes from `[target]`; write a method and a path, like `POST /login`
       ,-[authspec.toml:9:10]
     8 | 
     9 | logout = "POST logout"
       :          ^^^^^^|^^^^^^
       :                `-- here
       `----
    "#);
}
