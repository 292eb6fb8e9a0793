//! The database: one enum over the drivers, one macro that writes the arms, migrations under a lock.

use crate::config::Config;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};
use std::str::FromStr;
use std::time::Duration;

/// An open pool.
#[derive(Clone, Debug)]
pub enum Db {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs one expression on whichever pool is open: `on!(&db, pool => sqlx::query(…).execute(pool).await)`.
macro_rules! on {
    ($db:expr, $pool:ident => $run:expr) => {
        match $db {
            $crate::db::Db::Sqlite($pool) => $run,
            $crate::db::Db::Postgres($pool) => $run,
        }
    };
}
pub(crate) use on;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("cannot open the database; is DATABASE_URL right and the server up? ({0})")]
    Open(#[source] sqlx::Error),
    #[error("cannot bring the tables up to date ({0})")]
    Migrate(#[source] sqlx::Error),
}

/// Names and texts, oldest first; both folders hold the same names.
const SQLITE: &[(&str, &str)] = &[
    (
        "0001_accounts",
        include_str!("../migrations/sqlite/0001_accounts.sql"),
    ),
    (
        "0002_tasks",
        include_str!("../migrations/sqlite/0002_tasks.sql"),
    ),
];
const POSTGRES: &[(&str, &str)] = &[
    (
        "0001_accounts",
        include_str!("../migrations/postgres/0001_accounts.sql"),
    ),
    (
        "0002_tasks",
        include_str!("../migrations/postgres/0002_tasks.sql"),
    ),
];

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (name TEXT PRIMARY KEY)";
const APPLIED: &str = "SELECT name FROM schema_versions";
const RECORD: &str = "INSERT INTO schema_versions (name) VALUES ($1)";
/// Any number will do, as long as every instance takes the same.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(7205919403)";

impl Db {
    /// Opens the pool and brings the tables up to date; safe while other instances do the same.
    pub async fn open(config: &Config) -> Result<Self, DbError> {
        let url = config.database_url.expose();
        if url.starts_with("sqlite:") {
            Self::open_sqlite(url, config).await
        } else {
            Self::open_postgres(url, config).await
        }
    }

    async fn open_sqlite(url: &str, config: &Config) -> Result<Self, DbError> {
        let memory = url.contains(":memory:");
        let options = SqliteConnectOptions::from_str(url)
            .map_err(DbError::Open)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(config.statement_timeout);
        // Each connection to `:memory:` is a database of its own, so there is one, for ever.
        let (connections, lifetime) = if memory {
            (1, None)
        } else {
            (config.max_connections, Some(Duration::from_secs(1800)))
        };
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .min_connections(1)
            .acquire_timeout(config.acquire_timeout)
            .idle_timeout(lifetime)
            .max_lifetime(lifetime)
            .test_before_acquire(false);
        let pool = unless_busy(config.statement_timeout, || {
            pool.clone().connect_with(options.clone())
        })
        .await
        .map_err(DbError::Open)?;
        migrate_sqlite(&pool).await.map_err(DbError::Migrate)?;
        Ok(Self::Sqlite(pool))
    }

    async fn open_postgres(url: &str, config: &Config) -> Result<Self, DbError> {
        let timeout = config.statement_timeout.as_millis().to_string();
        let options = PgConnectOptions::from_str(url)
            .map_err(DbError::Open)?
            .options([("statement_timeout", timeout.as_str())]);
        let pool = PgPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(config.acquire_timeout)
            .connect_with(options)
            .await
            .map_err(DbError::Open)?;
        migrate_postgres(&pool).await.map_err(DbError::Migrate)?;
        Ok(Self::Postgres(pool))
    }

    /// The one place where the placeholders of a statement may be rewritten for a dialect.
    ///
    /// Statements use `$1 … $n`, each once and in this order, so that `?` can stand for them too.
    #[must_use]
    pub fn sql(&self, text: &'static str) -> &'static str {
        match self {
            Self::Sqlite(_) | Self::Postgres(_) => text,
        }
    }

    /// Whether the database answers now.
    pub async fn answers(&self) -> bool {
        on!(self, pool => sqlx::query("SELECT 1").execute(pool).await.is_ok())
    }

    pub async fn close(&self) {
        on!(self, pool => pool.close().await);
    }
}

/// SQLite does not wait for its lock while a file is turned to WAL, which happens once, when several instances open it.
async fn unless_busy<T, F>(patience: Duration, open: impl Fn() -> F) -> Result<T, sqlx::Error>
where
    F: Future<Output = Result<T, sqlx::Error>>,
{
    const PAUSE: Duration = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    loop {
        match open().await {
            Err(error) if is_busy(&error) && waited < patience => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            opened => return opened,
        }
    }
}

/// `SQLITE_BUSY` (5) or one of its extended codes (<https://www.sqlite.org/rescode.html>).
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| code & 0xff == 5)
}

async fn migrate_sqlite(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    // IMMEDIATE takes the write lock at once: a second instance waits here (busy_timeout), then finds the work done.
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(VERSIONS).execute(&mut *tx).await?;
    let done: Vec<String> = sqlx::query_scalar(APPLIED).fetch_all(&mut *tx).await?;
    for (name, text) in SQLITE
        .iter()
        .filter(|(name, _)| !done.iter().any(|d| d == name))
    {
        sqlx::raw_sql(*text).execute(&mut *tx).await?;
        sqlx::query(RECORD).bind(*name).execute(&mut *tx).await?;
    }
    tx.commit().await
}

async fn migrate_postgres(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    // Held until the transaction ends; a second instance waits here, then finds the work done.
    sqlx::query(POSTGRES_LOCK).execute(&mut *tx).await?;
    sqlx::query(VERSIONS).execute(&mut *tx).await?;
    let done: Vec<String> = sqlx::query_scalar(APPLIED).fetch_all(&mut *tx).await?;
    for (name, text) in POSTGRES
        .iter()
        .filter(|(name, _)| !done.iter().any(|d| d == name))
    {
        sqlx::raw_sql(*text).execute(&mut *tx).await?;
        sqlx::query(RECORD).bind(*name).execute(&mut *tx).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_dialects_have_the_same_migrations() {
        let names =
            |list: &[(&'static str, &str)]| list.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(names(SQLITE), names(POSTGRES));
    }

    fn statements() -> impl Iterator<Item = &'static str> {
        let lists = [
            crate::accounts::STATEMENTS,
            crate::sessions::STATEMENTS,
            crate::tasks::STATEMENTS,
        ];
        lists.into_iter().flatten().copied()
    }

    #[test]
    fn placeholders_come_once_and_in_order() {
        for sql in statements() {
            let numbers: Vec<usize> = sql
                .split('$')
                .skip(1)
                .map(|rest| {
                    rest.chars()
                        .take_while(char::is_ascii_digit)
                        .collect::<String>()
                        .parse()
                        .unwrap()
                })
                .collect();
            assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{sql}");
        }
    }

    #[tokio::test]
    async fn every_statement_fits_the_tables() {
        use sqlx::{Executor, SqlSafeStr};
        let config = Config::new(
            "sqlite::memory:",
            crate::Secret::new("q0vU1lqk8v0m3Wc0Zr5H2mJm3cX0sKc4"),
        );
        let Ok(Db::Sqlite(pool)) = Db::open(&config).await else {
            panic!("no database")
        };
        for sql in statements() {
            pool.prepare(sql.into_sql_str())
                .await
                .unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    }
}
