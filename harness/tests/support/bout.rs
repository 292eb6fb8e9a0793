//! One run of the checks against a reference server that was given a defect, a variant, both or neither.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use authspec::options::Options;
use authspec::profile::{Overrides, Source, load};
use authspec::secret::Secret;
use authspec::target::{Environment, Limit};
use authspec::time::Time;
use libtest_mimic::Failed;
use reference_server::defects::{Defect, cheap_passwords};
use reference_server::variants::Variant;
use reference_server::{AuthMode, Clock, Config, Parts, Running, SharedClock, Signing};
use reports::model::{Report, ScenarioResult, Verdict};
use scenarios::catalogue::Catalogue;
use scenarios::model::Mode;
use tokio::net::TcpListener;

/// The scenario that measures times.
pub(crate) const TIMING: &str = "login.enumeration-timing";

/// A database that goes with the server.
pub(crate) const IN_MEMORY: &str = "sqlite::memory:";

/// A limit that a burst meets.
const LOW: u32 = 20;

/// Long enough for every signing algorithm.
const SECRET: &str = "Vw3yq1r8TzK0mXn5bLd7PcJf2GhSa9Eu4QiRoWtYx6ZkN3vB8sMd1LpHg5TjCw7QeUfXa0";

/// What the server is, and what is left out of the run against it.
pub(crate) struct Bout {
    pub(crate) auth: AuthMode,
    pub(crate) signing: Signing,
    pub(crate) defect: Option<&'static Defect>,
    pub(crate) variant: Option<&'static Variant>,
    pub(crate) database: String,
    /// Whether the run is given the signing secret.
    pub(crate) knows_secret: bool,
    /// The profile says that this is production.
    pub(crate) production: bool,
    /// Server and profile have low limits for an address, which a burst meets.
    pub(crate) low_limits: bool,
    /// Passwords are hashed as they really are, at their full cost.
    pub(crate) real_passwords: bool,
    pub(crate) select: Vec<String>,
    pub(crate) skip: Vec<String>,
}

impl Default for Bout {
    fn default() -> Bout {
        Bout {
            auth: AuthMode::Bearer,
            signing: Signing::Hs256,
            defect: None,
            variant: None,
            database: IN_MEMORY.to_owned(),
            knows_secret: true,
            production: false,
            low_limits: false,
            real_passwords: false,
            select: Vec::new(),
            skip: Vec::new(),
        }
    }
}

/// The report of a bout.
pub(crate) fn fought(catalogue: &Catalogue, bout: &Bout) -> Result<Report, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime
        .block_on(run(catalogue, bout))
        .map_err(|error| error.to_string().into())
}

async fn run(catalogue: &Catalogue, bout: &Bout) -> Result<Report, Box<dyn std::error::Error>> {
    let mut config = Config {
        auth: bout.auth,
        signing: bout.signing,
        ..Config::new(
            bout.database.as_str(),
            reference_server::Secret::new(SECRET),
        )
    };
    if let Some(variant) = bout.variant {
        (variant.configure)(&mut config);
    }
    if bout.low_limits {
        config.limits.logins = LOW;
        config.limits.registrations = LOW;
    }
    let clock = Arc::new(SharedClock::new());
    let mut parts = Parts::secure(&config, clock.clone()).await?;
    if (bout.defect.is_some() || bout.variant.is_some()) && !bout.real_passwords {
        parts = cheap_passwords(parts)?;
    }
    if let Some(defect) = bout.defect {
        parts = (defect.install)(parts);
    }
    if let Some(variant) = bout.variant {
        parts = (variant.install)(parts);
    }
    // A defect may be about the secret itself.
    let signing_key = parts.config.signing_key()?;
    let running = Running::start(parts, TcpListener::bind("127.0.0.1:0").await?)?;
    let overrides = Overrides {
        url: Some(format!("http://{}", running.addr)),
        ..Overrides::default()
    };
    let written = bout.variant.map(Variant::profile);
    let source = match (&written, bout.auth) {
        (Some(text), _) => Source::Text {
            name: "variant",
            text,
        },
        (None, AuthMode::Bearer) => Source::Preset("authspec"),
        (None, AuthMode::Cookie) => Source::Preset("authspec-cookie"),
    };
    let mut target = load(source, &overrides, &|_| None, &|_| {
        Err(std::io::ErrorKind::NotFound.into())
    })?;
    if bout.low_limits {
        let low = Limit::Count {
            count: LOW,
            seconds: 60,
        };
        target.limits.login_address = low;
        target.limits.registration = low;
    }
    if bout.production {
        target.environment = Environment::Production;
    }
    let (now, advance) = (clock.clone(), clock);
    let time = Time::shared(move || now.now(), move |by: Duration| advance.advance(by));
    let options = Options {
        mode: Mode::Full,
        launched: true,
        signing_key: match bout.knows_secret {
            true => Some(Secret::new(signing_key.expose())),
            false => None,
        },
        select: bout.select.clone(),
        skip: bout.skip.clone(),
        ..Options::new(time)
    };
    let report = authspec::check(target, catalogue, options).await;
    running.stop().await;
    Ok(report)
}

pub(crate) fn ok_unless(wrong: Vec<String>) -> Result<(), Failed> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("\n{}", wrong.join("\n")).into())
    }
}

/// Whether a busy machine left something open: times that cannot be told apart are no fault of the server.
pub(crate) fn is_noise(result: &ScenarioResult) -> bool {
    result.id == TIMING && result.verdict == Verdict::Inconclusive
}

/// A result with the first of its cases that did not pass.
pub(crate) fn shown(result: &ScenarioResult) -> String {
    let mut text = format!(
        "{} is {:?}: {}",
        result.id,
        result.verdict,
        result.reason.as_deref().unwrap_or_default()
    );
    for case in result
        .cases
        .iter()
        .filter(|case| case.verdict != Verdict::Pass)
        .take(4)
    {
        let _ = write!(
            text,
            "\n    {}: expected {}, got {}",
            case.name, case.expected, case.actual
        );
    }
    text
}

/// Whether a page under `docs` is what it would be if it were written now; `AUTHSPEC_ACCEPT` writes it.
pub(crate) fn is_fresh(name: &str, page: &str, test: &str) -> Result<(), Failed> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name);
    if std::env::var_os("AUTHSPEC_ACCEPT").is_some() {
        std::fs::create_dir_all(path.parent().ok_or("no parent")?)?;
        std::fs::write(&path, page)?;
    }
    if std::fs::read_to_string(&path).unwrap_or_default() == page {
        return Ok(());
    }
    let how = format!("AUTHSPEC_ACCEPT=1 cargo test -p authspec --test {test} page");
    Err(format!("docs/{name} is old: run {how}").into())
}
