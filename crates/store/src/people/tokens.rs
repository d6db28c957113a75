//! Access tokens for programs: they carry the rights of a user, are found by their hash, and can be revoked.

use model::ids::{TokenId, UserId};
use model::time::UtcMs;
use sqlx::any::AnyRow;

use super::People;
use super::users::{User, user};
use crate::error::StoreError;
use crate::page::{Filter, Page, Paged};
use crate::rows::{Columns, clean};

/// Tokens of one user that are neither revoked nor ended.
pub const PER_USER: i64 = 100;
/// The time of the last use is written at most this often.
const USED_EVERY_MS: i64 = 60_000;

/// A token as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Row.
    pub id: TokenId,
    /// Whose rights.
    pub user: UserId,
    /// Login of that user.
    pub login: String,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: UtcMs,
    /// When it ends.
    pub expires_at: Option<UtcMs>,
    /// Last use, to the minute.
    pub last_used_at: Option<UtcMs>,
    /// When it was revoked.
    pub revoked_at: Option<UtcMs>,
}

/// A token to be kept.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Whose rights.
    pub user: UserId,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the token, hex.
    pub hash: String,
    /// When it ends.
    pub expires_at: Option<UtcMs>,
}

const SELECT: &str = "SELECT t.id, t.user_id, u.login, t.name, t.created_at, t.expires_at, t.last_used_at, \
     t.revoked_at FROM tokens t JOIN users u ON u.id = t.user_id";

fn token(row: &AnyRow) -> Result<Token, StoreError> {
    Ok(Token {
        id: TokenId(row.int("id")?),
        user: UserId(row.int("user_id")?),
        login: row.text("login")?,
        name: row.text("name")?,
        created_at: row.time("created_at")?,
        expires_at: row.opt_time("expires_at")?,
        last_used_at: row.opt_time("last_used_at")?,
        revoked_at: row.opt_time("revoked_at")?,
    })
}

impl People {
    /// Keeps a new token.
    pub async fn create_token(&self, new: &NewToken, now: UtcMs) -> Result<Token, StoreError> {
        let mut tx = self.db.write().await?;
        let live = self
            .db
            .statement(
                "SELECT COUNT(*) AS n FROM tokens WHERE user_id = $1 AND revoked_at IS NULL \
                 AND COALESCE(expires_at, $2 + 1) > $2",
            )
            .bind(new.user.0)
            .bind(now.0)
            .fetch_one(&mut *tx)
            .await?
            .int("n")?;
        if live >= PER_USER {
            return Err(StoreError::TooMuch {
                what: "访问令牌 / access tokens",
                given: u64::try_from(live).unwrap_or_default() + 1,
                max: PER_USER.unsigned_abs(),
            });
        }
        let id = self
            .db
            .statement(
                "INSERT INTO tokens (user_id, name, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) \
                 RETURNING id",
            )
            .bind(new.user.0)
            .bind(clean(&new.name).into_owned())
            .bind(new.hash.clone())
            .bind(now.0)
            .bind(new.expires_at.map(|t| t.0))
            .fetch_one(&mut *tx)
            .await?
            .int("id")?;
        let row = self
            .db
            .statement(&format!("{SELECT} WHERE t.id = $1"))
            .bind(id)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        token(&row)
    }

    /// The user of a token that is neither revoked nor ended, and when it ends; notes the use.
    pub async fn token_user(
        &self,
        hash: &str,
        now: UtcMs,
    ) -> Result<Option<(User, Option<UtcMs>)>, StoreError> {
        let statement = self
            .db
            .statement(
                "SELECT u.id, u.login, u.name, u.role, u.unit, u.firm, u.active, u.demo, u.created_at, \
                 u.last_login_at, t.expires_at, t.last_used_at \
                 FROM tokens t JOIN users u ON u.id = t.user_id \
                 WHERE t.hash = $1 AND t.revoked_at IS NULL AND u.active = 1",
            )
            .bind(hash.to_owned());
        let Some(row) = self.db.one(statement).await? else {
            return Ok(None);
        };
        let expires = row.opt_time("expires_at")?;
        if expires.is_some_and(|end| now >= end) {
            return Ok(None);
        }
        let used = row.opt_time("last_used_at")?;
        if used.is_none_or(|t| now >= t.plus_ms(USED_EVERY_MS)) {
            let mut tx = self.db.write().await?;
            self.db
                .statement("UPDATE tokens SET last_used_at = $2 WHERE hash = $1")
                .bind(hash.to_owned())
                .bind(now.0)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
        Ok(Some((user(&row)?, expires)))
    }

    /// Tokens, newest first; of one user where one is given.
    pub async fn tokens(&self, of: Option<UserId>, page: Page) -> Result<Paged<Token>, StoreError> {
        let mut filter = Filter::default();
        if let Some(user) = of {
            filter.int("t.user_id = {p}", user.0);
        }
        let count = format!("SELECT COUNT(*) AS n FROM tokens t {}", filter.sql());
        let total = self.db.count(filter.bind(self.db.statement(&count))).await?;
        let select = format!(
            "{SELECT} {} ORDER BY t.id DESC LIMIT {} OFFSET {}",
            filter.sql(),
            page.limit(),
            page.offset()
        );
        let rows = self.db.all(filter.bind(self.db.statement(&select))).await?;
        Ok(Paged {
            items: rows.iter().map(token).collect::<Result<_, _>>()?,
            total,
        })
    }

    /// Revokes a token; `false` where there is none, or where it is revoked already.
    pub async fn revoke_token(&self, id: TokenId, now: UtcMs) -> Result<bool, StoreError> {
        let mut tx = self.db.write().await?;
        let done = self
            .db
            .statement("UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(id.0)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}
