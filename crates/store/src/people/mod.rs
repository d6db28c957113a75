//! People: users, sessions, access tokens, lock-out of guessers, and the audit chain.
//!
//! Secrets come in hashed already; nothing here can tell a password or a token. Every table is bounded: sessions a
//! user, tokens a user, remembered failures.

pub mod audit;
pub mod lockout;
pub mod sessions;
pub mod tokens;
pub mod users;

use crate::Store;
use crate::db::Db;

/// Access to people, beside the same database as everything else.
#[derive(Clone, Debug)]
pub struct People {
    db: Db,
}

impl People {
    /// On this database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

impl Store {
    /// People of this store.
    pub fn people(&self) -> People {
        People::new(self.db().clone())
    }
}
