//! Every scenario is a test by its id: against the reference server, or against any backend.
//!
//! `AUTHSPEC_URL` names the backend; `AUTHSPEC_PROFILE` its profile (a file, or a preset), else it is recognised;
//! `AUTHSPEC_SECRET` is what its tokens are signed with. Without a URL the reference server is started, on PostgreSQL
//! where there is one.

use std::io::{Write, stderr};
use std::process::ExitCode;
use std::time::SystemTime;

use authspec::conformance::{self, Running, Suite};
use authspec::demo::{Database, Demo, NotStarted, Settings};
use authspec::options::Options;
use authspec::profile::{PRESETS, Source};
use authspec::secret::Secret;
use authspec::time::Time;

#[expect(
    clippy::disallowed_methods,
    reason = "a test binary is its own outside"
)]
fn outside(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn say(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}

fn main() -> ExitCode {
    match outside("AUTHSPEC_URL") {
        Some(url) => theirs(url),
        None => ours(),
    }
}

fn theirs(url: String) -> ExitCode {
    let profile = outside("AUTHSPEC_PROFILE");
    let source = |name: &'static str| match PRESETS.iter().any(|preset| preset.name == name) {
        true => Source::Preset(name),
        false => Source::Path(name.as_ref()),
    };
    let suite = Suite {
        profile: profile.map(|name| source(name.leak())),
        env: &outside,
        own: Vec::new(),
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "a test binary is its own outside"
    )]
    let time = Time::real(SystemTime::now);
    conformance::main(&suite, async {
        say(&format!("backend: {url}"));
        let options = Options {
            signing_key: outside("AUTHSPEC_SECRET").map(Secret::new),
            ..Options::new(time)
        };
        Ok(Running::at(url, options))
    })
}

fn ours() -> ExitCode {
    let suite = Suite {
        profile: Some(Source::Preset("authspec")),
        env: &|_| None,
        own: Vec::new(),
    };
    conformance::main(&suite, async {
        let server = server().await.map_err(|error| error.to_string())?;
        say(&format!("database: {}", server.source()));
        let options = Options {
            signing_key: Some(server.signing_key().clone()),
            launched: true,
            ..Options::new(server.time())
        };
        Ok(Running::at(server.url(), options).until(server.stop()))
    })
}

/// On PostgreSQL where there is one, on SQLite where there is none and `AUTHSPEC_REQUIRE` asks for none.
async fn server() -> Result<Demo, NotStarted> {
    let on = |database| Settings {
        database,
        ..Settings::default()
    };
    match Demo::start(&on(Database::Postgres), &outside).await {
        Err(NotStarted::Database(unavailable)) if !unavailable.must_fail() => {
            say(&unavailable.to_string());
            Demo::start(&on(Database::Sqlite), &outside).await
        }
        other => other,
    }
}
