//! PostgreSQL in a container.

use std::time::Duration;

use testcontainers_modules::{
    postgres::Postgres as Image,
    testcontainers::{
        ContainerAsync, ContainerRequest, ImageExt, TestcontainersError, runners::AsyncRunner,
    },
};
use url::Url;

pub(super) const DEFAULT_IMAGE: &str = "postgres:16-alpine";

/// Pulling included: a registry that does not answer must not hold up the fall-back for long.
const START_WITHIN: Duration = Duration::from_secs(90);

pub(super) struct Container(ContainerAsync<Image>);

/// Starts a container of this image; returns the URL of its superuser.
pub(super) async fn start(image: &str) -> Result<(Container, Url), String> {
    let password = format!("{:032x}", rand::random::<u128>());
    let started = tokio::time::timeout(START_WITHIN, request(image, &password).start())
        .await
        .map_err(|_| format!("not ready within {START_WITHIN:?}"))?;
    let container = started.map_err(|error| reason(&error))?;
    let host = container.get_host().await.map_err(|error| reason(&error))?;
    let port = container.get_host_port_ipv4(5432).await;
    let port = port.map_err(|error| reason(&error))?;
    let url = format!("postgres://postgres:{password}@{host}:{port}/postgres");
    let url = Url::parse(&url).map_err(|error| error.to_string())?;
    Ok((Container(container), url))
}

fn request(image: &str, password: &str) -> ContainerRequest<Image> {
    let (name, tag) = name_and_tag(image);
    Image::default()
        .with_password(password)
        .with_name(name)
        .with_tag(tag)
        .with_startup_timeout(START_WITHIN)
}

/// A colon before the last slash belongs to the registry's port.
fn name_and_tag(image: &str) -> (&str, &str) {
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        Some(_) | None => (image, "latest"),
    }
}

/// The whole chain in one line: the outer errors alone do not say what is wrong.
fn reason(error: &TestcontainersError) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        let text = error.to_string().replace('\n', " ");
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        next = error.source();
    }
    parts.join(": ")
}

impl Container {
    pub(super) async fn stop(self) {
        if let Err(error) = self.0.rm().await {
            tracing::warn!(%error, "a throw-away container is left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn splits(image: &str, name: &str, tag: &str) {
        assert_eq!(name_and_tag(image), (name, tag));
    }

    #[test]
    fn an_image_is_a_name_and_a_tag() {
        splits("postgres:15", "postgres", "15");
        splits("postgres", "postgres", "latest");
        splits(
            "localhost:5000/postgres",
            "localhost:5000/postgres",
            "latest",
        );
        splits(
            "localhost:5000/postgres:16",
            "localhost:5000/postgres",
            "16",
        );
    }
}
