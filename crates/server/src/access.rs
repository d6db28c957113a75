//! Who is asking, over which data: found once per request by the guard, taken by handlers as [`Access`].

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use model::ids::SubjectId;
use model::role::Role;
use store::page::Scope as StoreScope;
use store::people::users::User;

use crate::authz::sight::Sight;
use crate::authz::{self, Decision, Scope};
use crate::directory::Directory;
use crate::error::{ApiError, Code, Result};

/// How the caller proved to be who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    /// Not at all.
    Nobody,
    /// By a session cookie.
    Cookie {
        /// What is kept of the session's token.
        hash: String,
        /// The CSRF token of the session.
        csrf: String,
    },
    /// By an access token.
    Token {
        /// What is kept of it.
        hash: String,
    },
}

/// Who is asking.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user: Option<User>,
    pub(crate) via: Via,
    pub(crate) address: Option<String>,
    pub(crate) expires_at: Option<model::time::UtcMs>,
}

impl Caller {
    pub(crate) fn role(&self) -> Role {
        self.user.as_ref().map_or(Role::Public, |user| user.role)
    }

    /// Login, `-` for nobody.
    pub(crate) fn login(&self) -> &str {
        self.user.as_ref().map_or("-", |user| &user.login)
    }

    /// What the caller sees in an action.
    pub(crate) fn sight(&self, action: &str) -> Sight {
        match authz::decide(authz::table(), action, self.role()) {
            Decision::Allowed(scope) => self.sight_of(scope),
            Decision::Denied => Sight::Nothing,
        }
    }

    fn sight_of(&self, scope: Scope) -> Sight {
        let user = self.user.as_ref();
        Sight::new(
            scope,
            user.and_then(|u| u.unit.as_ref()),
            user.and_then(|u| u.firm.as_ref()),
        )
    }
}

/// A request that was let in.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) caller: Caller,
    pub(crate) scope: Scope,
}

impl Access {
    /// What the caller sees in this operation.
    pub(crate) fn sight(&self) -> Sight {
        self.caller.sight_of(self.scope)
    }

    /// The same, as the store filters by it.
    pub(crate) fn store_scope(&self, directory: &Directory) -> StoreScope {
        store_scope(&self.sight(), directory)
    }

    /// Whether another action is allowed too.
    pub(crate) fn may(&self, action: &str) -> bool {
        authz::decide(authz::table(), action, self.caller.role()) != Decision::Denied
    }

    /// The user; every operation that asks for it is denied to nobody.
    pub(crate) fn user(&self) -> Result<&User> {
        self.caller
            .user
            .as_ref()
            .ok_or_else(|| Code::Unauthenticated.into())
    }
}

/// A sight as the store filters by it.
pub(crate) fn store_scope(sight: &Sight, directory: &Directory) -> StoreScope {
    // No row has the number 0, so this scope holds nothing.
    let nothing = StoreScope::Firm(SubjectId(0));
    match sight {
        Sight::All => StoreScope::All,
        Sight::Unit(unit) => StoreScope::Unit(unit.clone()),
        Sight::Firm(code) => directory
            .by_code(code)
            .map_or(nothing, |firm| StoreScope::Firm(firm.id)),
        Sight::Nothing => nothing,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Access {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        // The guard puts it there; a route outside of the guard must not work by accident.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ApiError::internal(&"a route outside of the guard"))
    }
}
