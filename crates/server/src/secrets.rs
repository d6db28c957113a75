//! Passwords (argon2id) and random tokens. Tokens are kept as SHA-256 sums only: 256 random bits need no slow hash.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::error::{ApiError, Code, Result};
use crate::limits;

/// Prefix of access tokens, so that a leaked one is recognised for what it is.
pub const TOKEN_PREFIX: &str = "hs_";

/// A password that no login has: unknown logins are checked against its hash and so take as long as known ones.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_password("nobody knows this one").ok());

/// 256 random bits as hex.
pub fn random_token() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| ApiError::internal(&e))?;
    Ok(hex(&bytes))
}

/// What is kept of a token.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token))
}

/// The CSRF token of a session: derived from its secret, so that nothing more needs to be kept.
pub fn csrf(session_token: &str) -> String {
    hex(&Sha256::digest(format!("huanshu csrf\n{session_token}")))
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// Hash of a password as PHC text. Takes tens of milliseconds and 19 MiB: not for asynchronous threads.
pub fn hash_password(password: &str) -> Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| ApiError::internal(&e))
}

/// Whether a password fits a hash; without a hash the work is done all the same and the answer is no.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    let known = hash.is_some();
    let Some(hash) = hash.or(NOBODY.as_deref()) else {
        return false;
    };
    let fits = PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    });
    fits && known
}

/// Bounds how many passwords are hashed at once and how many wait.
#[derive(Debug)]
pub struct Gate {
    waiting: Semaphore,
    working: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            waiting: Semaphore::new(limits::HASHES_WAITING + limits::HASHES_AT_ONCE),
            working: Semaphore::new(limits::HASHES_AT_ONCE),
        }
    }
}

impl Gate {
    /// Runs password work off the asynchronous threads; `busy` when too many wait already.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _place = self
            .waiting
            .try_acquire()
            .map_err(|_| ApiError::from(Code::Busy))?;
        let _turn = self.working.acquire().await.map_err(|e| ApiError::internal(&e))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| ApiError::internal(&e))
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_argon2id_and_unknown_logins_are_never_right() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correct horse", Some(&hash)));
        assert!(!verify_password("wrong horse", Some(&hash)));
        assert!(!verify_password("nobody knows this one", None));
        assert!(!verify_password("x", Some("not a hash")));
    }

    #[test]
    fn tokens_do_not_repeat_and_their_hash_tells_nothing() {
        let (a, b) = (random_token().unwrap(), random_token().unwrap());
        assert_ne!(a, b);
        assert_eq!(a.len(), 64);
        assert_ne!(token_hash(&a), a);
        assert_ne!(csrf(&a), token_hash(&a));
        assert!(same(&a, &a.clone()) && !same(&a, &b));
    }
}
