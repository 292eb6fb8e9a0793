//! What a run may do and how it is judged; everything that `check` takes beside the target and the catalogue.

use std::sync::Arc;
use std::time::Duration;

use scenarios::model::{Mode, Severity};

use crate::client::Connect;
use crate::secret::Secret;
use crate::time::Time;

/// Settings of one run. [`Options::new`] has the defaults of the command line.
#[derive(Clone)]
pub struct Options {
    /// Globs of scenario ids; empty for all.
    pub select: Vec<String>,
    /// Globs of scenario ids that are left out.
    pub skip: Vec<String>,
    pub mode: Mode,
    /// Follows "mode full: ".
    pub mode_reason: String,
    pub fail_on: Severity,
    pub strict: bool,
    /// Scenarios at once.
    pub jobs: usize,
    /// Fixes choices and order.
    pub seed: u64,
    /// For one request.
    pub timeout: Duration,
    /// For the run.
    pub deadline: Duration,
    /// The longest wait for one limit.
    pub patience: Duration,
    /// New accounts in safe mode.
    pub max_accounts: usize,
    /// Requests a second.
    pub rps: Option<u32>,
    /// The signing secret as text, or a PEM key.
    pub signing_key: Option<Secret>,
    /// Words for guessing secrets, one a line.
    pub wordlist: Vec<u8>,
    /// The longest lifetime of a token that is waited for.
    pub wait_expiry: Option<Duration>,
    /// Where to listen for what the target fetches; beside a target on loopback it needs no saying.
    pub listen: Option<String>,
    /// The harness started the target itself.
    pub launched: bool,
    /// How the target is reached, where it is not as the machine would do it.
    pub connect: Connect,
    /// Keeps the values of answers in evidence.
    pub full_evidence: bool,
    pub time: Time,
    /// Set when the run is to end early.
    pub cancel: Cancel,
    pub progress: Option<Listener>,
}

impl Options {
    /// The defaults.
    pub fn new(time: Time) -> Options {
        Options {
            select: Vec::new(),
            skip: Vec::new(),
            mode: Mode::Safe,
            mode_reason: "it is the default away from loopback".into(),
            fail_on: Severity::Medium,
            strict: false,
            jobs: 8,
            seed: 42,
            timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(600),
            patience: Duration::from_secs(60),
            max_accounts: 4,
            rps: None,
            signing_key: None,
            wordlist: Vec::new(),
            wait_expiry: None,
            listen: None,
            launched: false,
            connect: Connect::default(),
            full_evidence: false,
            time,
            cancel: Cancel::default(),
            progress: None,
        }
    }
}

/// Is told what happens.
pub type Listener = Arc<dyn Fn(Progress<'_>) + Send + Sync>;

/// What happens, for a progress display.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// So many scenarios will run.
    Planned(usize),
    /// One is done.
    Done { id: &'a str, verdict: &'static str },
    /// Waits so long for `why`.
    Waiting { why: &'a str, duration: Duration },
    /// Anything that the user should read before or during the run.
    Note(&'a str),
}

/// A flag that ends a run early; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<std::sync::atomic::AtomicBool>, Arc<tokio::sync::Notify>);

impl Cancel {
    /// Asks the run to end; what was made is cleaned up and the report is written.
    pub fn cancel(&self) {
        self.0.store(true, std::sync::atomic::Ordering::SeqCst);
        self.1.notify_waiters();
    }

    /// Whether somebody asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }

    /// Resolves when somebody asks.
    pub async fn cancelled(&self) {
        let notified = self.1.notified();
        if !self.is_cancelled() {
            notified.await;
        }
    }
}
