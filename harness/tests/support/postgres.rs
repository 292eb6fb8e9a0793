//! One PostgreSQL for all tests of a binary, started when the first one asks for it.

use std::io::{Write, stderr};
use std::sync::OnceLock;

use authspec::environment::database::{Postgres, Unavailable, postgres};
use libtest_mimic::{Completion, Failed};
use tokio::runtime::Runtime;

use super::outside::outside;

/// Owned in `main`, so that the server is gone when the tests are over.
pub(crate) struct Shared {
    runtime: Runtime,
    server: OnceLock<Result<Postgres, Unavailable>>,
}

impl Shared {
    pub(crate) fn new() -> std::io::Result<Shared> {
        Ok(Shared {
            runtime: Runtime::new()?,
            server: OnceLock::new(),
        })
    }

    /// Hands the URL of an empty database to a test. Where there is none the test is ignored with the reason, unless
    /// `AUTHSPEC_REQUIRE` asks for one.
    pub(crate) fn with(
        &self,
        test: impl FnOnce(String) -> Result<(), Failed>,
    ) -> Result<Completion, Failed> {
        let server = self.server.get_or_init(|| {
            let found = self.runtime.block_on(postgres(&outside));
            if let Ok(server) = &found {
                let _ = writeln!(stderr(), "database: {}", server.source());
            }
            found
        });
        match server {
            Ok(server) => {
                test(self.runtime.block_on(server.fresh())?)?;
                Ok(Completion::Completed)
            }
            Err(unavailable) if unavailable.must_fail() => Err(unavailable.into()),
            Err(unavailable) => Ok(Completion::ignored_with(unavailable.to_string())),
        }
    }

    pub(crate) fn stop(self) {
        if let Some(Ok(server)) = self.server.into_inner() {
            self.runtime.block_on(server.stop());
        }
    }
}
