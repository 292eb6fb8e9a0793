//! How hard a run may press: everything on the own machine, gently everywhere else unless asked.

use crate::profile::is_loopback;
use crate::target::Target;
use scenarios::model::Mode;

/// The word on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum AskedMode {
    /// No bursts, no lock-outs, few accounts
    Safe,
    /// Everything
    Full,
}

impl From<AskedMode> for Mode {
    fn from(word: AskedMode) -> Mode {
        match word {
            AskedMode::Safe => Mode::Safe,
            AskedMode::Full => Mode::Full,
        }
    }
}

/// The mode, and the reason that follows "mode full: ".
pub(crate) fn mode_for(asked: Option<Mode>, target: &Target, launched: bool) -> (Mode, String) {
    let remote = [&target.auth_url, &target.api_url]
        .into_iter()
        .find(|url| !is_loopback(url));
    match (asked, launched, remote) {
        (Some(Mode::Full), ..) => (Mode::Full, "--mode full was given".into()),
        (Some(Mode::Safe), ..) => (Mode::Safe, "--mode safe was given".into()),
        (None, true, _) => (Mode::Full, "authspec started the target itself".into()),
        (None, false, None) => (Mode::Full, "the target is on loopback".into()),
        (None, false, Some(url)) => {
            let host = url.host_str().unwrap_or("the target");
            let reason =
                format!("{host} is not on loopback; add --mode full if it may be pressed harder");
            (Mode::Safe, reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, want: bool) {
        assert_eq!(is_loopback(&url.parse().unwrap()), want, "{url}");
    }

    #[test]
    fn the_own_machine_is_loopback() {
        check("http://127.0.0.1:8000", true);
        check("http://127.9.9.9", true);
        check("http://[::1]:8000", true);
        check("http://LOCALHOST", true);
    }

    #[test]
    fn everything_else_is_not() {
        check("http://10.0.0.1", false);
        check("http://192.168.1.1", false);
        check("http://localhost.example.com", false);
        check("http://0.0.0.0:8000", false);
        check("https://staging.example.com", false);
    }
}
