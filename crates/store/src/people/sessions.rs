//! Sessions: found by the hash of their token, ended by idleness, by age, by logout, or by a change of the password.

use model::ids::UserId;
use model::time::UtcMs;

use super::People;
use super::users::{User, user};
use crate::error::StoreError;
use crate::rows::Columns;

/// Sessions of one user; the oldest makes room. A person has a desk, a phone and a wall screen.
pub const PER_USER: i64 = 20;
/// The time of the last use is written at most this often, so that reading pages writes next to nothing.
const SEEN_EVERY_MS: i64 = 60_000;

/// A session to be kept.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the token, hex.
    pub hash: String,
    /// Whose.
    pub user: UserId,
    /// From which address.
    pub address: Option<String>,
    /// When it ends at the latest.
    pub expires_at: UtcMs,
}

impl People {
    /// Keeps a new session and notes the login. Sessions that have ended are removed on the way.
    pub async fn begin_session(&self, new: &NewSession, now: UtcMs) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        let run = |text: &str| self.db.statement(text);
        run("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        run("DELETE FROM sessions WHERE user_id = $1 AND hash NOT IN \
             (SELECT hash FROM sessions WHERE user_id = $1 ORDER BY created_at DESC, hash LIMIT $2)")
        .bind(new.user.0)
        .bind(PER_USER - 1)
        .execute(&mut *tx)
        .await?;
        run(
            "INSERT INTO sessions (hash, user_id, address, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $4, $4, $5)",
        )
        .bind(new.hash.clone())
        .bind(new.user.0)
        .bind(new.address.clone())
        .bind(now.0)
        .bind(new.expires_at.0)
        .execute(&mut *tx)
        .await?;
        run("UPDATE users SET last_login_at = $2 WHERE id = $1")
            .bind(new.user.0)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The user of a session that has neither ended nor been idle for `idle_ms`, and when it ends; notes the use.
    pub async fn session(
        &self,
        hash: &str,
        now: UtcMs,
        idle_ms: i64,
    ) -> Result<Option<(User, UtcMs)>, StoreError> {
        let statement = self
            .db
            .statement(
                "SELECT u.id, u.login, u.name, u.role, u.unit, u.firm, u.active, u.demo, u.created_at, \
                 u.last_login_at, s.seen_at, s.expires_at \
                 FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.hash = $1 AND u.active = 1",
            )
            .bind(hash.to_owned());
        let Some(row) = self.db.one(statement).await? else {
            return Ok(None);
        };
        let (seen, expires) = (row.time("seen_at")?, row.time("expires_at")?);
        if now >= expires || now >= seen.plus_ms(idle_ms) {
            return Ok(None);
        }
        if now >= seen.plus_ms(SEEN_EVERY_MS.min(idle_ms / 4)) {
            let mut tx = self.db.write().await?;
            self.db
                .statement("UPDATE sessions SET seen_at = $2 WHERE hash = $1")
                .bind(hash.to_owned())
                .bind(now.0)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
        Ok(Some((user(&row)?, expires)))
    }

    /// Ends a session.
    pub async fn end_session(&self, hash: &str) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        self.db
            .statement("DELETE FROM sessions WHERE hash = $1")
            .bind(hash.to_owned())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
