//! Test accounts: templates for new ones, and those that exist.

use super::{Compiled, Compiler, routes::Usual};
use crate::{
    profile::{
        error::{Complaint, Key},
        file,
        template::{Scope, holds},
    },
    secret::Secret,
    target::{Accounts, Side, SuppliedAccount},
};

impl Compiler<'_> {
    pub(super) fn accounts(&mut self, profile: &file::Profile) -> Compiled<Accounts> {
        let (key, written) = (Key::new("accounts"), &profile.accounts);
        let mut text = |name: &str, written: &Option<String>, usual: &str| {
            self.text(
                &key.then(name),
                written.as_deref().unwrap_or(usual),
                Scope::Account,
            )
        };
        let email = text("email", &written.email, "authspec+{rand}@example.com")?;
        let username = text("username", &written.username, "authspec{rand}")?;
        let password = text("password", &written.password, "Aspec-{rand}-7!")?;
        let name = text("name", &written.name, "Authspec {rand}")?;
        let user_id = text("user_id", &written.user_id, "{uuid}")?;
        for (name, text) in [
            ("email", &email),
            ("username", &username),
            ("user_id", &user_id),
        ] {
            if !["rand", "digits", "uuid"]
                .iter()
                .any(|random| holds(text, random))
            {
                let message = format!(
                    "`accounts.{name}` would be the same for every account: put `{{rand}}` into it"
                );
                return Err(Complaint::new(&key.then(name), message));
            }
        }
        let usual = Usual {
            side: Side::Api,
            protected: false,
            body: None,
        };
        let reset = match &written.reset {
            Some(reset) => self.route(&key.then("reset"), "reset", reset, usual, &[])?,
            None => None,
        };
        let supplied = written.supplied.iter().flatten().enumerate();
        let supplied = supplied
            .map(|(index, account)| self.supplied(&key.then("supplied").then(index), account));
        Ok(Accounts {
            email,
            username,
            password,
            name,
            user_id,
            supplied: supplied.collect::<Compiled<_>>()?,
            reset,
        })
    }

    fn supplied(&self, key: &Key, written: &file::Supplied) -> Compiled<SuppliedAccount> {
        let text = |name: &str, written: &Option<String>| {
            written
                .as_deref()
                .map(|text| self.fact(&key.then(name), text))
                .transpose()
        };
        let secret = |name: &str, variable: &Option<String>| {
            let value = variable
                .as_deref()
                .map(|variable| self.variable(&key.then(name), variable))
                .transpose()?;
            Ok(value.map(Secret::new))
        };
        let account = SuppliedAccount {
            email: text("email", &written.email)?,
            username: text("username", &written.username)?,
            password: secret("password_env", &written.password_env)?,
            token: secret("token_env", &written.token_env)?,
            user_id: text("user_id", &written.user_id)?,
        };
        let named = account.email.is_some() || account.username.is_some();
        if account.password.is_some() && !named {
            return Err(Complaint::new(
                key,
                "a supplied account with a password needs `email` or `username`",
            ));
        }
        if account.password.is_none() && account.token.is_none() && account.user_id.is_none() {
            let message = "a supplied account needs `password_env`, `token_env`, or a `user_id` that tokens are minted for";
            return Err(Complaint::new(key, message));
        }
        Ok(account)
    }
}
