//! Sessions, users, tokens and the audit chain.

use std::collections::BTreeMap;

use model::ids::{SubjectCode, UnitCode, UserId};
use model::role::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::common::Stamp;
use crate::authz::Scope;

/// Who logs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// Login.
    pub login: String,
    /// Password.
    pub password: String,
}

/// Who is logged in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// Row.
    #[schema(value_type = i64)]
    pub id: UserId,
    /// Login.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Own unit (towns, departments).
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Own firm (firms).
    #[schema(value_type = Option<String>)]
    pub firm: Option<SubjectCode>,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Who is logged in.
    pub user: Me,
    /// To be sent as `X-CSRF-Token` with every change made by cookie; null for a bearer token, which needs none.
    pub csrf: Option<String>,
    /// When the session ends at the latest; null for a token without an end.
    pub expires_at: Option<Stamp>,
    /// What this person may do, and over which data. An action that is not listed is denied.
    pub actions: BTreeMap<String, Scope>,
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    pub old_password: String,
    /// The new one, 8 to 128 characters.
    pub new_password: String,
}

/// A user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    /// Row.
    #[schema(value_type = i64)]
    pub id: UserId,
    /// Login.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Own unit.
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Own firm.
    #[schema(value_type = Option<String>)]
    pub firm: Option<SubjectCode>,
    /// Whether the user may log in.
    pub active: bool,
    /// When it was made.
    pub created_at: Stamp,
    /// Last successful login.
    pub last_login_at: Option<Stamp>,
    /// 演示
    pub demo: bool,
}

/// A new user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUserRequest {
    /// Login: 2 to 64 letters, digits, `.`, `_`, `-`.
    pub login: String,
    /// Password, 8 to 128 characters.
    pub password: String,
    /// Name shown, 1 to 64 characters.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Needed for towns and departments.
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Needed for firms: the code of the firm.
    #[schema(value_type = Option<String>)]
    pub firm: Option<SubjectCode>,
}

/// A change of a user; absent fields stay. A new password or a deactivation ends all of the user's sessions.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Name shown.
    pub name: Option<String>,
    /// Role.
    pub role: Option<Role>,
    /// Own unit.
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Own firm.
    #[schema(value_type = Option<String>)]
    pub firm: Option<SubjectCode>,
    /// Whether the user may log in.
    pub active: Option<bool>,
    /// New password.
    pub password: Option<String>,
}

/// Filters of the list of users.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    /// Only this role.
    pub role: Option<Role>,
    /// Part of login or name.
    pub q: Option<String>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200.
    pub page_size: Option<u32>,
}

/// An access token for programs. The token itself is shown once, when it is made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// Row.
    pub id: i64,
    /// Whose rights it carries.
    #[schema(value_type = i64)]
    pub user: UserId,
    /// Login of that user.
    pub login: String,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: Stamp,
    /// When it ends.
    pub expires_at: Option<Stamp>,
    /// Last use, to the minute.
    pub last_used_at: Option<Stamp>,
    /// When it was revoked.
    pub revoked_at: Option<Stamp>,
}

/// A new token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenRequest {
    /// What it is for, 1 to 64 characters.
    pub name: String,
    /// Whose rights it carries; one's own when absent.
    #[schema(value_type = Option<i64>)]
    pub user: Option<UserId>,
    /// When it ends; never when absent.
    pub expires_at: Option<Stamp>,
}

/// A token just made.
#[derive(Serialize, ToSchema)]
pub struct CreatedToken {
    /// To be sent as `Authorization: Bearer …`. Shown only here.
    pub token: String,
    /// What is kept of it.
    #[serde(flatten)]
    pub row: TokenView,
}

/// Filters of the list of tokens.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TokenQuery {
    /// Only this user's.
    #[param(value_type = Option<i64>)]
    pub user: Option<UserId>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200.
    pub page_size: Option<u32>,
}

/// One link of the audit chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditRow {
    /// Number, from 1 without gaps.
    pub id: i64,
    /// When.
    pub at: Stamp,
    /// Who, as login; `-` for nobody.
    pub actor: String,
    /// From which address.
    pub address: Option<String>,
    /// Action, as in the authorization table.
    pub action: String,
    /// On what, as path.
    pub object: String,
    /// `requested` before it is done, `failed` with the error's code, `done` where only the end is written.
    pub outcome: String,
    /// Further facts; secrets are left out.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// SHA-256 of the entry before, hex.
    pub previous: String,
    /// SHA-256 of `previous` and this entry, hex.
    pub hash: String,
}

/// Filters of the audit list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only this login.
    pub actor: Option<String>,
    /// Only this action.
    pub action: Option<String>,
    /// Not before.
    #[param(value_type = Option<String>)]
    pub from: Option<Stamp>,
    /// Before.
    #[param(value_type = Option<String>)]
    pub to: Option<Stamp>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200.
    pub page_size: Option<u32>,
}

/// Whether the audit chain is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditVerification {
    /// Whether every link holds.
    pub ok: bool,
    /// Entries checked.
    pub entries: i64,
    /// The first entry that does not hold.
    pub broken_at: Option<i64>,
    /// Hash of the last entry, to be written down elsewhere.
    pub head: String,
}
