//! Lock-out of guessers, per login and per address. An attempt is counted before the password is looked at, so that
//! many attempts at once count as many; a success takes its count back.

use model::time::UtcMs;
use sha2::{Digest, Sha256};

use super::People;
use crate::db::Tx;
use crate::error::StoreError;
use crate::rows::{Columns, hex};

/// Failures of one login before it is locked.
pub const LOGIN_FAILURES: i64 = 5;
/// Failures from one address before it is locked: an office behind one address has many people.
pub const ADDRESS_FAILURES: i64 = 20;
/// First lock; each further failure doubles it.
pub const FIRST_LOCK_MS: i64 = 60_000;
/// Longest lock.
pub const LONGEST_LOCK_MS: i64 = 3_600_000;
/// Failures are forgotten after this long without another one.
pub const FORGOTTEN_MS: i64 = 24 * 3_600_000;
/// Logins and addresses remembered: 20,000 × about 120 bytes. Beyond it the ones that failed longest ago make room.
pub const REMEMBERED: i64 = 20_000;

/// Whose attempts are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    login: String,
    address: Option<String>,
}

impl Attempt {
    /// An attempt on a login, from an address where it is known. Logins are kept as their hash only: people type
    /// passwords into the wrong field.
    pub fn new(login: &str, address: Option<&str>) -> Self {
        let digest = Sha256::digest(login.trim().to_lowercase());
        Self {
            login: format!("login:{}", hex(&digest)),
            address: address.map(|a| format!("address:{a}")),
        }
    }

    fn subjects(&self) -> impl Iterator<Item = (&str, i64)> {
        let address = self.address.as_deref().map(|a| (a, ADDRESS_FAILURES));
        std::iter::once((self.login.as_str(), LOGIN_FAILURES)).chain(address)
    }
}

/// How long the lock after so many failures is; `None` below the bound.
pub fn lock_ms(failures: i64, bound: i64) -> Option<i64> {
    let beyond = u32::try_from(failures - bound).ok()?;
    let factor = 1_i64.checked_shl(beyond.min(16)).unwrap_or(i64::MAX);
    Some(FIRST_LOCK_MS.saturating_mul(factor).min(LONGEST_LOCK_MS))
}

impl People {
    /// Counts an attempt. `Some(until)` where it must be refused; a refused attempt is not counted, so that nobody
    /// can be locked out for ever by a stranger who keeps trying.
    pub async fn count_attempt(&self, attempt: &Attempt, now: UtcMs) -> Result<Option<UtcMs>, StoreError> {
        let mut tx = self.db.write().await?;
        let mut counts = Vec::with_capacity(2);
        for (subject, bound) in attempt.subjects() {
            let statement = self
                .db
                .statement(
                    "SELECT failures, last_at, locked_until FROM login_failures WHERE subject = $1 {lock}",
                )
                .bind(subject.to_owned());
            let before = match statement.fetch_optional(&mut *tx).await? {
                Some(row) => {
                    let until = row.time("locked_until")?;
                    if now < until {
                        return Ok(Some(until));
                    }
                    let old = now >= row.time("last_at")?.plus_ms(FORGOTTEN_MS);
                    if old { 0 } else { row.int("failures")? }
                }
                None => 0,
            };
            counts.push((subject, bound, before + 1));
        }
        for (subject, bound, failures) in counts {
            let until = lock_ms(failures, bound).map_or(UtcMs(0), |ms| now.plus_ms(ms));
            self.db
                .statement(
                    "INSERT INTO login_failures (subject, failures, last_at, locked_until) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, \
                     last_at = excluded.last_at, locked_until = excluded.locked_until",
                )
                .bind(subject.to_owned())
                .bind(failures)
                .bind(now.0)
                .bind(until.0)
                .execute(&mut *tx)
                .await?;
        }
        self.forget(&mut tx, now).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// Takes the count of a successful attempt back: the login starts anew, the address has one failure less.
    pub async fn forgive_attempt(&self, attempt: &Attempt) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        self.db
            .statement("DELETE FROM login_failures WHERE subject = $1")
            .bind(attempt.login.clone())
            .execute(&mut *tx)
            .await?;
        if let Some(address) = &attempt.address {
            self.db
                .statement("UPDATE login_failures SET failures = failures - 1, locked_until = 0 WHERE subject = $1 AND failures > 0")
                .bind(address.clone())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Logins and addresses whose failures are remembered.
    pub async fn remembered_failures(&self) -> Result<i64, StoreError> {
        self.db
            .count(self.db.statement("SELECT COUNT(*) AS n FROM login_failures"))
            .await
    }

    async fn forget(&self, tx: &mut Tx, now: UtcMs) -> Result<(), StoreError> {
        let run = |text: &str| self.db.statement(text);
        run("DELETE FROM login_failures WHERE last_at <= $1 AND locked_until <= $2")
            .bind(now.plus_ms(-FORGOTTEN_MS).0)
            .bind(now.0)
            .execute(&mut **tx)
            .await?;
        let n = run("SELECT COUNT(*) AS n FROM login_failures")
            .fetch_one(&mut **tx)
            .await?
            .int("n")?;
        if n > REMEMBERED {
            run("DELETE FROM login_failures WHERE subject IN \
                 (SELECT subject FROM login_failures ORDER BY last_at, subject LIMIT $1)")
            .bind(n - REMEMBERED)
            .execute(&mut **tx)
            .await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_grow_and_stop_growing() {
        assert_eq!(lock_ms(4, 5), None);
        assert_eq!(lock_ms(5, 5), Some(60_000));
        assert_eq!(lock_ms(7, 5), Some(240_000));
        assert_eq!(lock_ms(1_000_000, 5), Some(LONGEST_LOCK_MS));
    }

    #[test]
    fn a_password_typed_as_login_is_not_kept() {
        let attempt = Attempt::new("My secret", Some("10.0.0.1"));
        assert!(!format!("{attempt:?}").to_lowercase().contains("secret"));
        assert_eq!(attempt, Attempt::new(" my SECRET ", Some("10.0.0.1")));
    }
}
