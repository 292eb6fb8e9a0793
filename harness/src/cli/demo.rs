//! `authspec demo`: the main job without set-up, against the reference server in the same process.

use clap::{Args, ValueEnum};

use super::options::RunArguments;
use super::{Io, Stop};

/// Starts the reference server and checks it: the main job without set-up.
///
/// The server gets a database of its own, a random secret, and a clock that both sides share, so that nothing waits.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the server keeps its data.
    #[arg(
        long,
        value_name = "DATABASE",
        default_value = "sqlite",
        help_heading = "Reference server"
    )]
    database: DatabaseWord,
    #[command(flatten)]
    server: ServerArguments,
    #[command(flatten)]
    run: RunArguments,
}

/// What `demo` and `serve` can choose of the reference server.
#[derive(Debug, Clone, Args)]
pub(super) struct ServerArguments {
    /// How a signed-in client presents itself.
    #[arg(long, value_name = "HOW", help_heading = "Reference server")]
    pub(super) auth: Option<AuthWord>,
    /// How access tokens are signed.
    #[arg(long, value_name = "HOW", help_heading = "Reference server")]
    pub(super) jwt: Option<JwtWord>,
    /// A weakness that the server is given; repeatable; `authspec list --defects` shows all.
    #[arg(long = "defect", value_name = "ID", help_heading = "Reference server")]
    pub(super) defects: Vec<String>,
    /// An unusual way of being right that the server takes; `authspec list --variants` shows all.
    #[arg(long, value_name = "ID", help_heading = "Reference server", conflicts_with_all = ["auth", "jwt"])]
    pub(super) variant: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DatabaseWord {
    /// A file that is removed at the end
    Sqlite,
    /// A throw-away database: AUTHSPEC_POSTGRES_URL, a container, or the server binaries of this machine
    Postgres,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AuthWord {
    /// `Authorization: Bearer`
    Bearer,
    /// Cookies out of reach of scripts
    Cookie,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum JwtWord {
    /// By a shared secret
    Hs256,
    /// By a shared secret of 48 bytes or more
    Hs384,
    /// By a shared secret of 64 bytes or more
    Hs512,
    /// By RSA (PKCS#1 v1.5), a new key in each process, its public half at /.well-known/jwks.json
    Rs256,
    /// The same by RSA (PSS)
    Ps256,
    /// By ECDSA on P-256, the public key at /.well-known/jwks.json
    Es256,
    /// By Ed25519, the public key at /.well-known/jwks.json
    Eddsa,
}

#[cfg(feature = "demo")]
pub(super) async fn run(arguments: Arguments, io: &Io) -> Result<u8, Stop> {
    use crate::demo::{Database, Demo, Settings};
    let settings = Settings {
        database: match arguments.database {
            DatabaseWord::Sqlite => Database::Sqlite,
            DatabaseWord::Postgres => Database::Postgres,
        },
        auth: arguments
            .server
            .auth
            .map_or(Settings::default().auth, Into::into),
        signing: arguments
            .server
            .jwt
            .map_or(Settings::default().signing, Into::into),
        defects: arguments.server.defects()?,
        variant: arguments.server.variant()?,
    };
    let demo = Demo::start(&settings, &|name| (io.env)(name)).await.map_err(|error| {
        Stop::new(format!("the reference server does not start: {error}"))
            .advice("`authspec demo` without --database needs nothing but a writable directory for temporary files")
    })?;
    let code = judge(&arguments.run, &demo, io).await;
    demo.stop().await;
    code
}

#[cfg(feature = "demo")]
async fn judge(arguments: &RunArguments, demo: &crate::demo::Demo, io: &Io) -> Result<u8, Stop> {
    let target = demo.target()?;
    let key = Some(demo.signing_key().clone());
    let options = arguments.options(&target, key, demo.time(), true, io)?;
    super::run::run(target, options, arguments, io).await
}

#[cfg(not(feature = "demo"))]
pub(super) async fn run(arguments: Arguments, _: &Io) -> Result<u8, Stop> {
    arguments.server.defects()?;
    arguments.server.variant()?;
    Err(without_server())
}

#[cfg(not(feature = "demo"))]
pub(super) fn without_server() -> Stop {
    Stop::new("this build has no reference server").advice("build authspec with `--features demo`")
}

#[cfg(not(feature = "defects"))]
pub(super) fn without_defects(option: &str) -> Stop {
    Stop::new(format!("{option} is not in this build"))
        .advice("build authspec with `--features defects`; it is there by default")
}

impl ServerArguments {
    /// The weaknesses that were named, each known.
    #[cfg(feature = "defects")]
    pub(super) fn defects(&self) -> Result<Vec<&'static str>, Stop> {
        use reference_server::defects::{DEFECTS, find};
        let known = |id: &String| match find(id) {
            Some(defect) => Ok(defect.id),
            None => {
                let ids = DEFECTS.iter().map(|defect| defect.id);
                let advice = super::similar::suggestion(id, ids, "authspec list --defects");
                Err(
                    Stop::new(format!("the reference server has no weakness `{id}`"))
                        .advice(advice),
                )
            }
        };
        self.defects.iter().map(known).collect()
    }

    #[cfg(not(feature = "defects"))]
    pub(super) fn defects(&self) -> Result<Vec<&'static str>, Stop> {
        if self.defects.is_empty() {
            Ok(Vec::new())
        } else {
            Err(without_defects("--defect"))
        }
    }

    /// The variant that was named, if it is known.
    #[cfg(feature = "defects")]
    pub(super) fn variant(&self) -> Result<Option<&'static str>, Stop> {
        use reference_server::variants::{VARIANTS, find};
        let Some(id) = &self.variant else {
            return Ok(None);
        };
        if let Some(variant) = find(id) {
            return Ok(Some(variant.id));
        }
        let ids = VARIANTS.iter().map(|variant| variant.id);
        let advice = super::similar::suggestion(id, ids, "authspec list --variants");
        Err(Stop::new(format!("the reference server has no variant `{id}`")).advice(advice))
    }

    #[cfg(not(feature = "defects"))]
    pub(super) fn variant(&self) -> Result<Option<&'static str>, Stop> {
        match self.variant {
            None => Ok(None),
            Some(_) => Err(without_defects("--variant")),
        }
    }
}

#[cfg(feature = "demo")]
impl From<AuthWord> for reference_server::AuthMode {
    fn from(word: AuthWord) -> Self {
        match word {
            AuthWord::Bearer => Self::Bearer,
            AuthWord::Cookie => Self::Cookie,
        }
    }
}

#[cfg(feature = "demo")]
impl From<JwtWord> for reference_server::Signing {
    fn from(word: JwtWord) -> Self {
        match word {
            JwtWord::Hs256 => Self::Hs256,
            JwtWord::Hs384 => Self::Hs384,
            JwtWord::Hs512 => Self::Hs512,
            JwtWord::Rs256 => Self::Rs256,
            JwtWord::Ps256 => Self::Ps256,
            JwtWord::Es256 => Self::Es256,
            JwtWord::Eddsa => Self::EdDsa,
        }
    }
}
