//! Users. Logins are unique in lower case; nobody is ever deleted, so that the audit chain keeps its names.

use model::ids::{SubjectCode, UnitCode, UserId};
use model::role::Role;
use model::time::UtcMs;
use sqlx::any::AnyRow;

use super::People;
use crate::db::Tx;
use crate::error::StoreError;
use crate::page::{Filter, Page, Paged};
use crate::rows::{Columns, clean};

/// A user as stored, without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Row.
    pub id: UserId,
    /// Login, lower case.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Own unit.
    pub unit: Option<UnitCode>,
    /// Own firm.
    pub firm: Option<SubjectCode>,
    /// Whether the user may log in.
    pub active: bool,
    /// Exists only for demonstration.
    pub demo: bool,
    /// When it was made.
    pub created_at: UtcMs,
    /// Last successful login.
    pub last_login_at: Option<UtcMs>,
}

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Login; stored in lower case.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Own unit.
    pub unit: Option<UnitCode>,
    /// Own firm.
    pub firm: Option<SubjectCode>,
    /// Hash of the password (PHC text).
    pub password: String,
    /// Exists only for demonstration.
    pub demo: bool,
}

/// What changes of a user; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// Name shown.
    pub name: Option<String>,
    /// Role.
    pub role: Option<Role>,
    /// Own unit; `Some(None)` takes it away.
    pub unit: Option<Option<UnitCode>>,
    /// Own firm; `Some(None)` takes it away.
    pub firm: Option<Option<SubjectCode>>,
    /// Whether the user may log in.
    pub active: Option<bool>,
    /// Hash of a new password.
    pub password: Option<String>,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The user now.
    Done(User),
    /// There is no such user.
    Missing,
    /// Nobody would be left who can administrate; nothing was changed.
    LastAdministrator,
}

const COLUMNS: &str = "id, login, name, role, unit, firm, active, demo, created_at, last_login_at";

pub(super) fn user(row: &AnyRow) -> Result<User, StoreError> {
    Ok(User {
        id: UserId(row.int("id")?),
        login: row.text("login")?,
        name: row.text("name")?,
        role: row.named("role", Role::from_name)?,
        unit: row.opt_text("unit")?.map(UnitCode),
        firm: row.opt_text("firm")?.map(SubjectCode),
        active: row.flag("active")?,
        demo: row.flag("demo")?,
        created_at: row.time("created_at")?,
        last_login_at: row.opt_time("last_login_at")?,
    })
}

fn fold(login: &str) -> String {
    clean(login).trim().to_lowercase()
}

impl People {
    /// Makes a user; `None` where the login is taken.
    pub async fn create_user(&self, new: &NewUser, now: UtcMs) -> Result<Option<User>, StoreError> {
        let mut tx = self.db.write().await?;
        let row = self
            .db
            .statement(&format!(
                "INSERT INTO users (login, name, role, unit, firm, password, active, demo, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8) ON CONFLICT (login) DO NOTHING RETURNING {COLUMNS}"
            ))
            .bind(fold(&new.login))
            .bind(clean(&new.name).into_owned())
            .bind(new.role.name())
            .bind(new.unit.as_ref().map(|u| u.0.clone()))
            .bind(new.firm.as_ref().map(|f| f.0.clone()))
            .bind(new.password.clone())
            .bind(i64::from(new.demo))
            .bind(now.0)
            .fetch_optional(&mut *tx)
            .await?;
        tx.commit().await?;
        row.as_ref().map(user).transpose()
    }

    /// A user.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let statement = self
            .db
            .statement(&format!("SELECT {COLUMNS} FROM users WHERE id = $1"))
            .bind(id.0);
        self.db.one(statement).await?.as_ref().map(user).transpose()
    }

    /// A user and the hash of the password, by login.
    pub async fn user_by_login(&self, login: &str) -> Result<Option<(User, String)>, StoreError> {
        let statement = self
            .db
            .statement(&format!("SELECT {COLUMNS}, password FROM users WHERE login = $1"))
            .bind(fold(login));
        let row = self.db.one(statement).await?;
        row.map(|row| Ok((user(&row)?, row.text("password")?)))
            .transpose()
    }

    /// Users of a role, with `part` in login or name, in order of their logins.
    pub async fn users(&self, role: Option<Role>, part: &str, page: Page) -> Result<Paged<User>, StoreError> {
        let mut filter = Filter::default();
        filter.any_of("role", role.map(Role::name));
        filter.contains(&["login", "name"], part);
        let count = format!("SELECT COUNT(*) AS n FROM users {}", filter.sql());
        let total = self.db.count(filter.bind(self.db.statement(&count))).await?;
        let select = format!(
            "SELECT {COLUMNS} FROM users {} ORDER BY login {{binary}} LIMIT {} OFFSET {}",
            filter.sql(),
            page.limit(),
            page.offset()
        );
        let rows = self.db.all(filter.bind(self.db.statement(&select))).await?;
        Ok(Paged {
            items: rows.iter().map(user).collect::<Result<_, _>>()?,
            total,
        })
    }

    /// Changes a user. A new password or a deactivation ends the sessions; a deactivation revokes nothing else, for
    /// the tokens of an inactive user do not work anyway.
    pub async fn change_user(&self, id: UserId, change: &UserChange) -> Result<Changed, StoreError> {
        let mut tx = self.db.write().await?;
        let statement = self
            .db
            .statement(&format!("SELECT {COLUMNS} FROM users WHERE id = $1 {{lock}}"))
            .bind(id.0);
        let Some(row) = statement.fetch_optional(&mut *tx).await? else {
            return Ok(Changed::Missing);
        };
        let before = user(&row)?;
        let after = User {
            name: change.name.clone().unwrap_or_else(|| before.name.clone()),
            role: change.role.unwrap_or(before.role),
            unit: change.unit.clone().unwrap_or_else(|| before.unit.clone()),
            firm: change.firm.clone().unwrap_or_else(|| before.firm.clone()),
            active: change.active.unwrap_or(before.active),
            ..before.clone()
        };
        let administrates = |u: &User| u.active && u.role == Role::Administrator;
        if administrates(&before) && !administrates(&after) && self.administrators(&mut tx).await? <= 1 {
            return Ok(Changed::LastAdministrator);
        }
        self.db
            .statement(
                "UPDATE users SET name = $2, role = $3, unit = $4, firm = $5, active = $6, \
                 password = COALESCE($7, password) WHERE id = $1",
            )
            .bind(id.0)
            .bind(clean(&after.name).into_owned())
            .bind(after.role.name())
            .bind(after.unit.as_ref().map(|u| u.0.clone()))
            .bind(after.firm.as_ref().map(|f| f.0.clone()))
            .bind(i64::from(after.active))
            .bind(change.password.clone())
            .execute(&mut *tx)
            .await?;
        if change.password.is_some() || !after.active {
            self.db
                .statement("DELETE FROM sessions WHERE user_id = $1")
                .bind(id.0)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(Changed::Done(after))
    }

    async fn administrators(&self, tx: &mut Tx) -> Result<i64, StoreError> {
        self.db
            .statement("SELECT COUNT(*) AS n FROM users WHERE active = 1 AND role = $1")
            .bind(Role::Administrator.name())
            .fetch_one(&mut **tx)
            .await?
            .int("n")
    }
}
