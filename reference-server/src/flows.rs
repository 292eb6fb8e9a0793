//! The flows port: register, login, refresh, logout, change of password, deletion, each as a sequence of other ports.

use crate::accounts::{Account, text};
use crate::config::AuthMode;
use crate::events::{Event, Outcome};
use crate::identify::Identity;
use crate::ids::{SessionId, UserId};
use crate::parts::{Head, Parts};
use crate::passwords::MAX_BYTES;
use crate::problem::{Challenge, Problem};
use crate::secret::Secret;
use crate::sessions::Entry;
use crate::throttle::Rule;
use async_trait::async_trait;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};

type Body = Map<String, Value>;

/// What happens at `/api/auth/*`.
#[async_trait]
pub trait Flows: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Flows;

    /// 201 and a grant; 409 for a taken address, 422 for bad input, 429.
    async fn register(&self, parts: &Parts, head: &Head, body: &Body) -> Result<Response, Problem> {
        self.inner().register(parts, head, body).await
    }
    /// 200 and a grant; 401, 422 for input of the wrong type, 429.
    async fn login(&self, parts: &Parts, head: &Head, body: &Body) -> Result<Response, Problem> {
        self.inner().login(parts, head, body).await
    }
    /// The account that address and password belong to; counts failures.
    async fn credentials(
        &self,
        parts: &Parts,
        email: &str,
        password: &Secret,
    ) -> Result<Account, Problem> {
        self.inner().credentials(parts, email, password).await
    }
    /// The one answer to wrong credentials; secure servers do not look at `known`.
    fn wrong_credentials(&self, parts: &Parts, known: bool) -> Problem {
        self.inner().wrong_credentials(parts, known)
    }
    /// 200 and a grant with the next refresh token; 401.
    async fn refresh(&self, parts: &Parts, head: &Head, body: &Body) -> Result<Response, Problem> {
        self.inner().refresh(parts, head, body).await
    }
    /// 204; ends the session of the access token, or in cookie mode of the refresh cookie.
    async fn logout(&self, parts: &Parts, head: &Head) -> Result<Response, Problem> {
        self.inner().logout(parts, head).await
    }
    /// 200 and a grant; ends every earlier session. 403 for a wrong current password, 422, 429.
    async fn change_password(
        &self,
        parts: &Parts,
        who: &Identity,
        body: &Body,
    ) -> Result<Response, Problem> {
        self.inner().change_password(parts, who, body).await
    }
    /// Whether the current password in the body is right; counts failures.
    async fn reauthenticate(
        &self,
        parts: &Parts,
        account: &Account,
        body: &Body,
    ) -> Result<(), Problem> {
        self.inner().reauthenticate(parts, account, body).await
    }
    /// 204; the account, its sessions and its tasks are gone.
    async fn delete(&self, parts: &Parts, who: &Identity) -> Result<Response, Problem> {
        self.inner().delete(parts, who).await
    }
}

/// The secure flows.
pub(crate) struct SecureFlows;

#[async_trait]
impl Flows for SecureFlows {
    fn inner(&self) -> &dyn Flows {
        self
    }

    async fn register(&self, parts: &Parts, head: &Head, body: &Body) -> Result<Response, Problem> {
        let client = parts.throttle.client(parts, head).to_string();
        parts
            .throttle
            .take(parts, Rule::Registration, &client)
            .map_err(Problem::too_many)?;
        let new = parts.accounts.registration(parts, body)?;
        let hash = Secret::new(parts.passwords.hash(parts, &new.password).await?);
        let account = parts.accounts.create(parts, &new, hash, body).await?;
        let started = parts
            .sessions
            .start(parts, &account, Entry::Registration)
            .await?;
        parts.replies.grant(parts, StatusCode::CREATED, &started)
    }

    async fn login(&self, parts: &Parts, head: &Head, body: &Body) -> Result<Response, Problem> {
        let client = parts.throttle.client(parts, head).to_string();
        parts
            .throttle
            .take(parts, Rule::Login, &client)
            .map_err(Problem::too_many)?;
        let (email, password) = (text(body, "email")?, text(body, "password")?);
        if password.len() > MAX_BYTES {
            return Err(Problem::invalid("password must have at most 1024 bytes."));
        }
        let account = parts
            .flows
            .credentials(parts, email, &Secret::new(password))
            .await?;
        let started = parts.sessions.start(parts, &account, Entry::Login).await?;
        parts.replies.grant(parts, StatusCode::OK, &started)
    }

    async fn credentials(
        &self,
        parts: &Parts,
        email: &str,
        password: &Secret,
    ) -> Result<Account, Problem> {
        let key = parts.throttle.account(parts, email);
        let attempt = parts
            .throttle
            .attempt(parts, Rule::FailedLogin, &key)
            .await
            .map_err(Problem::too_many)?;
        let account = match parts.accounts.address(parts, email) {
            Ok(address) => parts.accounts.by_email(parts, &address).await?,
            Err(_) => None,
        };
        // Also without an account: the time must not tell (ASVS 6.3.8).
        let stored = account
            .as_ref()
            .map(|account| account.password_hash.expose());
        let right = parts.passwords.verify(parts, password, stored).await?;
        match account {
            Some(account) if right => {
                attempt.succeeded();
                Ok(account)
            }
            other => Err(parts.flows.wrong_credentials(parts, other.is_some())),
        }
    }

    fn wrong_credentials(&self, _: &Parts, _: bool) -> Problem {
        Problem {
            challenge: Some(Challenge::Missing),
            ..Problem::new(
                StatusCode::UNAUTHORIZED,
                "wrong-credentials",
                "E-mail address or password is wrong.",
            )
        }
    }

    async fn refresh(&self, parts: &Parts, head: &Head, body: &Body) -> Result<Response, Problem> {
        let token = parts.identify.refresh_credential(parts, head, body)?;
        let started = parts.sessions.rotate(parts, &token).await?;
        parts.replies.grant(parts, StatusCode::OK, &started)
    }

    async fn logout(&self, parts: &Parts, head: &Head) -> Result<Response, Problem> {
        match parts.identify.identify(parts, head).await {
            Ok(who) => {
                parts
                    .sessions
                    .end(parts, &who.user.id, &who.session)
                    .await?;
            }
            // The access cookie is gone after 15 minutes; the refresh cookie still names the session to end.
            Err(refused) if parts.config.auth == AuthMode::Cookie => {
                let token = parts
                    .identify
                    .refresh_credential(parts, head, &Body::new())
                    .map_err(|_| refused)?;
                if let Some(row) = parts.sessions.find_refresh(parts, &token).await? {
                    let (user, session) =
                        (UserId::known(row.user_id), SessionId::known(row.session_id));
                    parts.sessions.end(parts, &user, &session).await?;
                }
            }
            Err(refused) => return Err(refused),
        }
        Ok(parts.replies.signed_out(parts))
    }

    async fn change_password(
        &self,
        parts: &Parts,
        who: &Identity,
        body: &Body,
    ) -> Result<Response, Problem> {
        let new = Secret::new(text(body, "new_password")?);
        let account = parts.accounts.by_id(parts, &who.user.id).await?;
        let account = account.ok_or_else(|| Problem::invalid_token("the user is gone"))?;
        parts.flows.reauthenticate(parts, &account, body).await?;
        parts
            .passwords
            .policy(parts, &new, &who.user.email)
            .map_err(Problem::invalid)?;
        let hash = Secret::new(parts.passwords.hash(parts, &new).await?);
        parts.accounts.set_hash(parts, &who.user.id, &hash).await?;
        // This one too: a copy of its token must not outlive the change; the caller gets new ones.
        parts.sessions.end_all(parts, &who.user.id).await?;
        let account = Account {
            password_hash: hash,
            ..account
        };
        let started = parts
            .sessions
            .start(parts, &account, Entry::PasswordChange)
            .await?;
        parts.replies.grant(parts, StatusCode::OK, &started)
    }

    async fn reauthenticate(
        &self,
        parts: &Parts,
        account: &Account,
        body: &Body,
    ) -> Result<(), Problem> {
        let current = Secret::new(text(body, "current_password")?);
        let key = account.user.id.as_str();
        let attempt = parts
            .throttle
            .attempt(parts, Rule::FailedPasswordChange, key)
            .await
            .map_err(Problem::too_many)?;
        let stored = Some(account.password_hash.expose());
        if current.expose().len() > MAX_BYTES
            || !parts.passwords.verify(parts, &current, stored).await?
        {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "wrong-password",
                "The current password is wrong.",
            ));
        }
        attempt.succeeded();
        Ok(())
    }

    async fn delete(&self, parts: &Parts, who: &Identity) -> Result<Response, Problem> {
        parts.accounts.delete(parts, &who.user.id).await?;
        Ok(parts.replies.signed_out(parts))
    }
}

/// Logs how a flow ended and passes it on.
pub(crate) fn logged(
    parts: &Parts,
    head: &Head,
    event: Event,
    account: &str,
    done: Result<Response, Problem>,
) -> Result<Response, Problem> {
    let outcome = match &done {
        Ok(_) => Outcome::Granted,
        Err(problem) => Outcome::Refused(problem.code),
    };
    crate::events::record(parts, head, event, account, outcome);
    done
}
