//! PostgreSQL from the server binaries of this machine, in a temporary directory, on the loopback address alone.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use url::Url;

/// Makes, runs and removes the server; it ends when its input closes, so also when this process is killed.
const SCRIPT: &str = include_str!("local.sh");
const READY_WITHIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// Where Debian and its kin keep server binaries, by version.
const VERSIONS: &str = "/usr/lib/postgresql";

pub(super) struct Local {
    script: Child,
    life: Option<ChildStdin>,
}

/// The directory of the newest server binaries, else one of the search path.
pub(super) fn find(env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let by_version = std::fs::read_dir(VERSIONS).ok().and_then(|entries| {
        entries
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .filter(|bin| is_complete(bin))
            .max_by_key(|bin| version(bin))
    });
    by_version.or_else(|| {
        let path = env("PATH")?;
        std::env::split_paths(&path).find(|bin| is_complete(bin))
    })
}

fn is_complete(bin: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|name| bin.join(name).is_file())
}

fn version(bin: &Path) -> u32 {
    let directory = bin.parent().and_then(Path::file_name);
    directory
        .and_then(|name| name.to_str()?.parse().ok())
        .unwrap_or(0)
}

/// Starts a server; returns the URL of its superuser.
pub(super) async fn start(binaries: &Path) -> Result<(Local, Url), String> {
    // Between choosing a port and binding it somebody else may take it.
    let mut outcome = attempt(binaries).await;
    for _ in 0..2 {
        match &outcome {
            Err(why) if why.contains("could not bind") => outcome = attempt(binaries).await,
            Ok(_) | Err(_) => break,
        }
    }
    outcome
}

async fn attempt(binaries: &Path) -> Result<(Local, Url), String> {
    let io = |error: std::io::Error| error.to_string();
    let port = free_port().map_err(io)?;
    let password = format!("{:032x}", rand::random::<u128>());
    let mut local = Local::spawn(binaries, port, &password).map_err(io)?;
    let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
    let url = Url::parse(&url).map_err(|error| error.to_string())?;

    let deadline = Instant::now() + READY_WITHIN;
    loop {
        if let Ok(connection) = super::connect(&url).await {
            drop(connection);
            return Ok((local, url));
        }
        if let Some(why) = local.ended() {
            return Err(why);
        }
        if Instant::now() > deadline {
            return Err(format!("not ready within {READY_WITHIN:?}"));
        }
        tokio::time::sleep(POLL).await;
    }
}

fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

impl Local {
    fn spawn(binaries: &Path, port: u16, password: &str) -> std::io::Result<Local> {
        let mut script = Command::new("sh")
            .args(["-c", SCRIPT, "authspec-postgres"])
            .arg(binaries)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let life = script.stdin.take();
        let mut local = Local { script, life };
        if let Some(life) = &mut local.life {
            writeln!(life, "{password}")?;
        }
        Ok(local)
    }

    /// Why the server is gone, if it is.
    fn ended(&mut self) -> Option<String> {
        let status = self.script.try_wait().ok()??;
        let mut said = String::new();
        if let Some(stderr) = &mut self.script.stderr {
            // What cannot be read leaves the status alone to tell.
            let _ = stderr.read_to_string(&mut said);
        }
        let said = said.lines().map(str::trim).collect::<Vec<_>>().join(", ");
        Some(format!("the server ended ({status}): {said}"))
    }

    /// Ends the server off the threads that serve others.
    pub(super) async fn stop(self) {
        // A panic in there would have nothing to tell the caller.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        drop(self.life.take());
        // Whether it could be waited for does not matter any more.
        let _ = self.script.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let bin = |name: &str| Path::new(VERSIONS).join(name).join("bin");
        assert!(version(&bin("15")) > version(&bin("9.6")));
        assert!(version(&bin("15")) > version(&bin("9")));
    }

    #[test]
    fn a_directory_without_a_server_is_passed_over() {
        assert!(!is_complete(Path::new("/")));
    }
}
