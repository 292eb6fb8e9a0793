//! Accounts and passwords that systems are set up with.

use super::burst::right_login;
use super::volley::clear;
use super::{Attempt, Lab, Probe, Run, Sent};
use crate::model::{Severity, Step};
use crate::verdict::Verdict;

pub(super) const PROBE: Probe = Probe {
    name: "default-accounts",
    run: |lab| -> Run<'_> { Box::pin(tried(lab)) },
};

/// What guides, templates and installers leave behind. One password each: nobody's account is locked by it.
const USUAL: [(&str, &str); 7] = [
    ("admin@example.com", "admin123"),
    ("admin@admin.com", "admin"),
    ("test@test.com", "test"),
    ("test@example.com", "password"),
    ("user@example.com", "password"),
    ("admin", "admin"),
    ("root", "root"),
];

async fn tried(lab: &mut dyn Lab) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    let unknown = login(lab, "authspec-{rand}@example.com", "never-{rand}").await;
    let open = match unknown {
        Ok(sent) if sent.credential => Err("whoever signs in by any password gets in".to_owned()),
        Ok(sent) if !clear(&sent) => Err(sent.exchange.outcome()),
        Ok(_) => Ok(()),
        Err(why) => Err(why),
    };
    lab.cut("an account that is not there");
    if let Err(why) = open {
        return super::burst::only("an account that is not there", Verdict::Inconclusive(why));
    }
    for (account, password) in USUAL {
        let verdict = match login(lab, account, password).await {
            Ok(sent) if sent.credential => Verdict::fail(
                Severity::High,
                &format!("anybody signs in as {account}, whose password is in every list"),
                "a refusal",
                format!("{} with a credential", sent.exchange.outcome()),
            ),
            Ok(sent) if clear(&sent) => Verdict::PASS,
            Ok(sent) => Verdict::Inconclusive(sent.exchange.outcome()),
            Err(why) => Verdict::Inconclusive(why),
        };
        lab.cut(account);
        attempts.push(Attempt {
            name: account.to_owned(),
            verdict,
        });
    }
    attempts
}

async fn login(lab: &mut dyn Lab, account: &str, password: &str) -> Result<Sent, String> {
    let fields = [
        ("email", account),
        ("username", account),
        ("password", password),
    ];
    let step = Step {
        fields: fields
            .map(|(name, text)| (name.to_owned(), text.into()))
            .into(),
        ..right_login("alice")
    };
    lab.send(step, false).await
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{Scripted, status, yes};
    use super::*;

    #[track_caller]
    fn worst(there: &'static str, otherwise: u16) -> &'static str {
        let mut lab = Scripted::new(move |step| {
            let account = step.fields["email"].as_str().unwrap_or_default();
            match account == there || there == "*" {
                true => yes(),
                false => status(otherwise),
            }
        });
        let verdicts = lab.run(&PROBE).into_iter().map(|(_, verdict)| verdict);
        Verdict::worst(verdicts).map_or("nothing", |verdict| verdict.word())
    }

    #[test]
    fn an_account_that_was_left_behind_is_found() {
        assert_eq!(worst("nobody", 401), "pass");
        assert_eq!(worst("admin@example.com", 401), "fail");
        assert_eq!(worst("root", 422), "fail");
    }

    #[test]
    fn where_everybody_gets_in_nothing_is_said() {
        assert_eq!(worst("*", 401), "inconclusive");
        assert_eq!(worst("nobody", 429), "inconclusive");
    }
}
