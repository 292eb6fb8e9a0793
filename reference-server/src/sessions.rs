//! The sessions port: one sign-in is one session is one family of refresh tokens; it ends as a whole.

use crate::accounts::{Account, User};
use crate::db::on;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

/// What began a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Registration,
    Login,
    PasswordChange,
}

/// A session that was begun or went on, with the refresh token to hand out.
#[derive(Clone)]
pub struct Started {
    pub user: User,
    pub session: SessionId,
    pub refresh_token: String,
}

/// A session in the list of its owner. Times in milliseconds since 1970.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    pub id: String,
    pub created_at: i64,
    pub expires_at: i64,
}

/// A stored refresh token with the session around it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RefreshRow {
    pub session_id: String,
    pub expires_at: i64,
    pub used_at: Option<i64>,
    pub session_expires_at: i64,
    pub session_ended_at: Option<i64>,
    pub user_id: String,
    pub email: String,
    pub name: String,
    pub user_created_at: i64,
}

// The row appears only while the password is still the one that was verified: a change in between wins.
const START: &str = "INSERT INTO sessions (id, user_id, created_at, expires_at) \
    SELECT CAST($1 AS TEXT), id, CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM users WHERE id = $4 AND password_hash = $5";
// Expired rows prove nothing any more; a sign-in of their owner sweeps them out.
const PURGE: &str = "DELETE FROM sessions WHERE user_id = $1 AND expires_at <= $2";
const ADD_REFRESH: &str =
    "INSERT INTO refresh_tokens (fingerprint, session_id, expires_at) VALUES ($1, $2, $3)";
const STANDING: &str = "SELECT u.id, u.email, u.name, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id \
    WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3";
const FIND_REFRESH: &str = "SELECT r.session_id, r.expires_at, r.used_at, s.expires_at AS session_expires_at, \
    s.ended_at AS session_ended_at, u.id AS user_id, u.email, u.name, u.created_at AS user_created_at \
    FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id JOIN users u ON u.id = s.user_id WHERE r.fingerprint = $1";
const CLAIM: &str =
    "UPDATE refresh_tokens SET used_at = $1 WHERE fingerprint = $2 AND used_at IS NULL";
const END: &str =
    "UPDATE sessions SET ended_at = $1 WHERE id = $2 AND user_id = $3 AND ended_at IS NULL";
const END_ALL: &str = "UPDATE sessions SET ended_at = $1 WHERE user_id = $2 AND ended_at IS NULL";
const LIST: &str = "SELECT id, created_at, expires_at FROM sessions \
    WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY created_at DESC, id LIMIT 100";

/// Every statement of this module, for the test that prepares them all.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    START,
    PURGE,
    ADD_REFRESH,
    STANDING,
    FIND_REFRESH,
    CLAIM,
    END,
    END_ALL,
    LIST,
];

/// Sessions and their refresh tokens.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Sessions;

    /// Begins a session; a 401 when the password was changed since `account` was read.
    async fn start(
        &self,
        parts: &Parts,
        account: &Account,
        entry: Entry,
    ) -> Result<Started, Problem> {
        self.inner().start(parts, account, entry).await
    }
    /// The user, if they exist and the session is theirs and has not ended.
    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        self.inner().standing(parts, user, session).await
    }
    /// Takes a refresh token for the next one.
    async fn rotate(&self, parts: &Parts, token: &str) -> Result<Started, Problem> {
        self.inner().rotate(parts, token).await
    }
    /// A new refresh token: 256 random bits, opaque.
    fn new_token(&self, parts: &Parts) -> String {
        self.inner().new_token(parts)
    }
    /// What is stored in place of a refresh token.
    fn fingerprint(&self, parts: &Parts, token: &str) -> String {
        self.inner().fingerprint(parts, token)
    }
    /// Stores a new refresh token and returns it.
    async fn add_refresh(&self, parts: &Parts, session: &SessionId) -> Result<String, Problem> {
        self.inner().add_refresh(parts, session).await
    }
    async fn find_refresh(
        &self,
        parts: &Parts,
        token: &str,
    ) -> Result<Option<RefreshRow>, Problem> {
        self.inner().find_refresh(parts, token).await
    }
    /// Whether token and session are within their time, used or not.
    fn is_current(&self, parts: &Parts, row: &RefreshRow) -> bool {
        self.inner().is_current(parts, row)
    }
    /// Marks a refresh token as used; false when it was used before.
    async fn claim(&self, parts: &Parts, token: &str) -> Result<bool, Problem> {
        self.inner().claim(parts, token).await
    }
    /// A used refresh token came again: somebody has a copy (RFC 9700 4.14.2).
    async fn on_reuse(&self, parts: &Parts, row: &RefreshRow) -> Result<(), Problem> {
        self.inner().on_reuse(parts, row).await
    }
    /// Ends one session of this user; false when there was none.
    async fn end(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<bool, Problem> {
        self.inner().end(parts, user, session).await
    }
    async fn end_all(&self, parts: &Parts, user: &UserId) -> Result<(), Problem> {
        self.inner().end_all(parts, user).await
    }
    /// Newest first, at most 100.
    async fn list(&self, parts: &Parts, user: &UserId) -> Result<Vec<SessionRow>, Problem> {
        self.inner().list(parts, user).await
    }
}

/// The secure sessions, in the database.
pub(crate) struct StoredSessions;

#[async_trait]
impl Sessions for StoredSessions {
    fn inner(&self) -> &dyn Sessions {
        self
    }

    async fn start(&self, parts: &Parts, account: &Account, _: Entry) -> Result<Started, Problem> {
        let (session, now) = (SessionId::random(), parts.now_ms());
        let ends = now + span(parts.config.session_lifetime);
        let sql = parts.db.sql(START);
        let rows = on!(&parts.db, pool => sqlx::query(sql)
            .bind(session.as_str()).bind(now).bind(ends).bind(account.user.id.as_str()).bind(account.password_hash.expose())
            .execute(pool).await.map(|done| done.rows_affected()))?;
        if rows == 0 {
            return Err(Problem::unauthenticated());
        }
        let sql = parts.db.sql(PURGE);
        on!(&parts.db, pool => sqlx::query(sql)
            .bind(account.user.id.as_str()).bind(now).execute(pool).await.map(|_| ()))?;
        let refresh_token = parts.sessions.add_refresh(parts, &session).await?;
        Ok(Started {
            user: account.user.clone(),
            session,
            refresh_token,
        })
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        let (sql, now) = (parts.db.sql(STANDING), parts.now_ms());
        let row: Option<(String, String, String, i64)> = on!(&parts.db, pool => sqlx::query_as(sql)
            .bind(session.as_str()).bind(user.as_str()).bind(now).fetch_optional(pool).await)?;
        Ok(row.map(|(id, email, name, created_at)| User {
            id: UserId::known(id),
            email,
            name,
            created_at,
        }))
    }

    async fn rotate(&self, parts: &Parts, token: &str) -> Result<Started, Problem> {
        let sessions = &parts.sessions;
        let row = sessions.find_refresh(parts, token).await?;
        let row = row.ok_or_else(|| Problem::invalid_token("unknown refresh token"))?;
        if !sessions.is_current(parts, &row) {
            return Err(Problem::invalid_token(
                "the refresh token or its session has ended",
            ));
        }
        if row.used_at.is_some() || !sessions.claim(parts, token).await? {
            sessions.on_reuse(parts, &row).await?;
            return Err(Problem::invalid_token(
                "refresh token used again; its session is ended",
            ));
        }
        let session = SessionId::known(row.session_id);
        let refresh_token = sessions.add_refresh(parts, &session).await?;
        let user = User {
            id: UserId::known(row.user_id),
            email: row.email,
            name: row.name,
            created_at: row.user_created_at,
        };
        Ok(Started {
            user,
            session,
            refresh_token,
        })
    }

    fn new_token(&self, _: &Parts) -> String {
        Base64UrlUnpadded::encode_string(&rand::random::<[u8; 32]>())
    }

    fn fingerprint(&self, _: &Parts, token: &str) -> String {
        Base64UrlUnpadded::encode_string(&Sha256::digest(token.as_bytes()))
    }

    async fn add_refresh(&self, parts: &Parts, session: &SessionId) -> Result<String, Problem> {
        let token = parts.sessions.new_token(parts);
        let fingerprint = parts.sessions.fingerprint(parts, &token);
        let ends = parts.now_ms() + span(parts.config.refresh_lifetime);
        let sql = parts.db.sql(ADD_REFRESH);
        on!(&parts.db, pool => sqlx::query(sql).bind(fingerprint).bind(session.as_str()).bind(ends).execute(pool).await.map(|_| ()))?;
        Ok(token)
    }

    async fn find_refresh(
        &self,
        parts: &Parts,
        token: &str,
    ) -> Result<Option<RefreshRow>, Problem> {
        let (sql, fingerprint) = (
            parts.db.sql(FIND_REFRESH),
            parts.sessions.fingerprint(parts, token),
        );
        Ok(
            on!(&parts.db, pool => sqlx::query_as(sql).bind(fingerprint).fetch_optional(pool).await)?,
        )
    }

    fn is_current(&self, parts: &Parts, row: &RefreshRow) -> bool {
        let now = parts.now_ms();
        row.expires_at > now && row.session_expires_at > now && row.session_ended_at.is_none()
    }

    async fn claim(&self, parts: &Parts, token: &str) -> Result<bool, Problem> {
        let (sql, fingerprint) = (
            parts.db.sql(CLAIM),
            parts.sessions.fingerprint(parts, token),
        );
        let now = parts.now_ms();
        let rows = on!(&parts.db, pool => sqlx::query(sql).bind(now).bind(fingerprint).execute(pool).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    async fn on_reuse(&self, parts: &Parts, row: &RefreshRow) -> Result<(), Problem> {
        let (user, session) = (
            UserId::known(row.user_id.clone()),
            SessionId::known(row.session_id.clone()),
        );
        parts.sessions.end(parts, &user, &session).await.map(|_| ())
    }

    async fn end(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<bool, Problem> {
        let (sql, now) = (parts.db.sql(END), parts.now_ms());
        let rows = on!(&parts.db, pool => sqlx::query(sql)
            .bind(now).bind(session.as_str()).bind(user.as_str()).execute(pool).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    async fn end_all(&self, parts: &Parts, user: &UserId) -> Result<(), Problem> {
        let (sql, now) = (parts.db.sql(END_ALL), parts.now_ms());
        on!(&parts.db, pool => sqlx::query(sql).bind(now).bind(user.as_str()).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    async fn list(&self, parts: &Parts, user: &UserId) -> Result<Vec<SessionRow>, Problem> {
        let (sql, now) = (parts.db.sql(LIST), parts.now_ms());
        Ok(
            on!(&parts.db, pool => sqlx::query_as(sql).bind(user.as_str()).bind(now).fetch_all(pool).await)?,
        )
    }
}

fn span(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2)
}
