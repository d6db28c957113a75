//! Making users and tokens: the rules for names and passwords, shared by the API and the command line.

use model::ids::{SubjectCode, UnitCode, UserId};
use model::profile::DemoUser;
use model::role::Role;
use model::time::UtcMs;
use store::people::People;
use store::people::tokens::{NewToken, Token};
use store::people::users::{Changed, NewUser, User, UserChange};

use crate::error::{ApiError, Code, Result};
use crate::limits;
use crate::secrets;

/// Checks a login: letters, digits, `.`, `_`, `-`.
pub fn check_login(login: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if limits::LOGIN_CHARS.contains(&login.chars().count()) && login.chars().all(plain) {
        return Ok(());
    }
    Err(ApiError::field(
        "login",
        "应为 2 至 64 个字母、数字或 . _ -",
        "2 to 64 letters, digits, or . _ - are needed",
    ))
}

/// Checks a new password; `field` is its name in the request.
pub fn check_password(field: &str, password: &str) -> Result<()> {
    if limits::PASSWORD_CHARS.contains(&password.chars().count()) {
        return Ok(());
    }
    Err(ApiError::field(
        field,
        "应为 8 至 128 个字符",
        "8 to 128 characters are needed",
    ))
}

/// Checks a name.
pub fn check_name(name: &str) -> Result<()> {
    let shown = name.trim().chars().count();
    if limits::NAME_CHARS.contains(&shown) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(ApiError::field(
        "name",
        "应为 1 至 64 个字符",
        "1 to 64 characters are needed",
    ))
}

/// Checks that a role has the unit or firm its scope needs.
pub fn check_place(role: Role, unit: Option<&UnitCode>, firm: Option<&SubjectCode>) -> Result<()> {
    match role {
        Role::Town | Role::Department if unit.is_none() => Err(ApiError::field(
            "unit",
            "镇街与部门用户须指定单位",
            "a town or department user needs a unit",
        )),
        Role::Firm if firm.is_none() => Err(ApiError::field(
            "firm",
            "企业用户须指定企业",
            "a firm's user needs a firm",
        )),
        Role::Public => Err(ApiError::field(
            "role",
            "公众无需登录",
            "the public needs no login",
        )),
        _ => Ok(()),
    }
}

/// Makes a user. Hashing takes a moment; call it off the asynchronous threads' hot path.
pub async fn create_user(people: &People, new: NewUser, now: UtcMs) -> Result<User> {
    check_login(&new.login)?;
    check_name(&new.name)?;
    check_place(new.role, new.unit.as_ref(), new.firm.as_ref())?;
    people
        .create_user(&new, now)
        .await?
        .ok_or_else(|| Code::LoginTaken.into())
}

/// Makes a token; the token itself is in the answer only.
pub async fn create_token(
    people: &People,
    user: UserId,
    name: &str,
    expires_at: Option<UtcMs>,
    now: UtcMs,
) -> Result<(String, Token)> {
    check_name(name)?;
    if expires_at.is_some_and(|end| end <= now) {
        return Err(ApiError::field(
            "expires_at",
            "应晚于现在",
            "must lie in the future",
        ));
    }
    let token = format!("{}{}", secrets::TOKEN_PREFIX, secrets::random_token()?);
    let new = NewToken {
        user,
        name: name.trim().to_owned(),
        hash: secrets::token_hash(&token),
        expires_at,
    };
    let row = people.create_token(&new, now).await?;
    Ok((token, row))
}

/// Brings the demo's logins up to date; called only while demonstrating.
pub async fn put_demo_users(people: &People, users: &[DemoUser], now: UtcMs) -> Result<()> {
    for user in users {
        let password = secrets::hash_password(&user.password)?;
        let new = NewUser {
            login: user.login.clone(),
            name: user.name.clone(),
            role: user.role,
            unit: user.unit.clone(),
            firm: user.firm.clone(),
            password,
            demo: true,
        };
        if people.create_user(&new, now).await?.is_some() {
            continue;
        }
        // A login of a real user is never taken over by the demo.
        if let Some((known, hash)) = people.user_by_login(&user.login).await?
            && known.demo
            && !secrets::verify_password(&user.password, Some(&hash))
        {
            let change = UserChange {
                password: Some(new.password),
                ..UserChange::default()
            };
            if people.change_user(known.id, &change).await? == Changed::LastAdministrator {
                return Err(Code::LastAdministrator.into());
            }
        }
    }
    Ok(())
}
