//! Throw-away databases on this machine, whatever it offers; the run says which.
#![cfg(feature = "database")]

use std::io::{Write, stderr};

use authspec::environment::database::{
    IMAGE_VARIABLE, Postgres, URL_VARIABLE, Unavailable, postgres,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// No engine has an image of this name, so that no container can be started.
const NO_IMAGE: &str = "No Such Image";

mod support {
    pub(crate) mod outside;
}

use support::outside::outside;

/// The local binaries, whether or not there is an engine.
async fn local() -> Option<Postgres> {
    let found = postgres(&|name| match name {
        IMAGE_VARIABLE => Some(NO_IMAGE.to_owned()),
        "AUTHSPEC_REQUIRE" | URL_VARIABLE => None,
        _ => outside(name),
    });
    match found.await {
        Ok(server) => Some(server),
        Err(unavailable) => skip(&unavailable),
    }
}

fn skip<T>(unavailable: &Unavailable) -> Option<T> {
    assert!(!unavailable.must_fail(), "{unavailable}");
    let _ = writeln!(stderr(), "skipped: {unavailable}");
    None
}

async fn run(url: &str, sql: &'static str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await?;
    connection.close().await
}

async fn answers(url: &str) -> bool {
    run(url, "SELECT 1").await.is_ok()
}

/// Each database is empty and apart from the others.
async fn gives_databases(server: &Postgres) -> [String; 2] {
    let one = server.fresh().await.unwrap();
    let other = server.fresh().await.unwrap();
    run(&one, "CREATE TABLE tasks (id TEXT)").await.unwrap();
    run(&other, "CREATE TABLE tasks (id TEXT)").await.unwrap();
    [one, other]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_machine_offers_gives_databases_and_is_gone_after_stop() {
    let server = match postgres(&outside).await {
        Ok(server) => server,
        Err(unavailable) => return skip(&unavailable).unwrap_or_default(),
    };
    let _ = writeln!(stderr(), "database: {}", server.source());
    for attempt in server.passed_over() {
        let _ = writeln!(stderr(), "passed over: {attempt}");
    }
    let [one, other] = gives_databases(&server).await;
    server.stop().await;
    assert!(!answers(&one).await && !answers(&other).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn local_binaries_serve_with_a_password_until_the_handle_is_dropped() {
    let Some(server) = local().await else { return };
    assert!(server.source().starts_with("local binaries, PostgreSQL "));
    assert!(server.passed_over()[0].what.starts_with("container "));
    let [url, _] = gives_databases(&server).await;
    let mut wrong = url::Url::parse(&url).unwrap();
    wrong.set_password(Some("wrong")).unwrap();
    assert!(!answers(wrong.as_str()).await);
    drop(server);
    assert!(!answers(&url).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_server_is_used_and_left_as_it_was() {
    let Some(owner) = local().await else { return };
    let given = owner.fresh().await.unwrap();
    let env = |name: &str| (name == URL_VARIABLE).then(|| given.clone());
    let server = postgres(&env).await.unwrap();
    assert!(
        server
            .source()
            .starts_with("AUTHSPEC_POSTGRES_URL, PostgreSQL ")
    );
    let [one, other] = gives_databases(&server).await;
    server.stop().await;
    assert!(answers(&given).await);
    assert!(!answers(&one).await && !answers(&other).await);
    owner.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_container_that_cannot_start_is_a_failure() {
    let env = |name: &str| match name {
        IMAGE_VARIABLE => Some(NO_IMAGE.to_owned()),
        "AUTHSPEC_REQUIRE" => Some("docker".to_owned()),
        _ => None,
    };
    let Err(unavailable) = postgres(&env).await else {
        panic!("a container of `{NO_IMAGE}` was started");
    };
    assert!(unavailable.must_fail());
    let text = unavailable.to_string();
    assert!(text.contains("container No Such Image: "), "{text}");
    assert!(text.contains("local binaries: not used"), "{text}");
}
