//! The interpreter that the examples run under, and one of them as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use authspec::environment::required::{Required, Tool};

/// What the examples import.
const IMPORTS: &str = "import fastapi, jwt, sqlmodel, argon2, uvicorn";

/// Why the examples are not run.
pub(crate) enum NoPython {
    /// The machine does not offer it, and nobody insisted.
    NotHere(String),
    /// Somebody insisted.
    Missing(String),
}

/// The interpreter named by `AUTHSPEC_PYTHON`, which then has to work, or else `python3` where it has what is needed.
pub(crate) fn interpreter(env: &dyn Fn(&str) -> Option<String>) -> Result<String, NoPython> {
    let required =
        Required::from_env(env).map_err(|unknown| NoPython::Missing(unknown.to_string()))?;
    let named = env("AUTHSPEC_PYTHON");
    let python = named.clone().unwrap_or_else(|| "python3".to_owned());
    let why = match Command::new(&python).args(["-c", IMPORTS]).output() {
        Ok(output) if output.status.success() => return Ok(python),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            text.trim()
                .lines()
                .last()
                .unwrap_or("it failed without a word")
                .to_owned()
        }
        Err(error) => error.to_string(),
    };
    let why = format!(
        "`{python}` cannot run the FastAPI examples: {why} (name one that can in AUTHSPEC_PYTHON)"
    );
    Err(match named.is_some() || required.requires(Tool::Python) {
        true => NoPython::Missing(why),
        false => NoPython::NotHere(why),
    })
}

/// The folder of an example.
pub(crate) fn folder(example: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples")
        .join(example)
}

/// An example that is up; it ends, and its database goes, with this value.
pub(crate) struct Server {
    child: Child,
    data: PathBuf,
    pub(crate) url: String,
}

impl Server {
    /// Starts it on a port that the system chooses, with an empty SQLite database.
    pub(crate) fn start(python: &str, example: &str, secret: &str) -> Result<Server, String> {
        let data = std::env::temp_dir().join(format!("authspec-{example}-{}", &secret[..12]));
        std::fs::create_dir_all(&data).map_err(|error| error.to_string())?;
        let mut child = Command::new(python)
            .args([
                "-m",
                "uvicorn",
                "main:app",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--no-access-log",
            ])
            .current_dir(folder(example))
            .env("BETTER_AUTH_SECRET", secret)
            .env(
                "DATABASE_URL",
                format!("sqlite:///{}", data.join("app.db").display()),
            )
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let log = child.stderr.take();
        let mut server = Server {
            child,
            data,
            url: String::new(),
        };
        let (line, lines) = mpsc::channel();
        // Read to its end, so that the process never waits for room in the pipe.
        std::thread::spawn(move || {
            for text in log
                .into_iter()
                .flat_map(|log| BufReader::new(log).lines())
                .map_while(Result::ok)
            {
                let _ = line.send(text);
            }
        });
        let mut said = Vec::new();
        while let Ok(text) = lines.recv_timeout(Duration::from_secs(60)) {
            if let Some((_, rest)) = text.split_once("Uvicorn running on ") {
                server.url = rest
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                return Ok(server);
            }
            said.push(text);
        }
        Err(format!("{example} did not start: {}", said.join("\n")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}
