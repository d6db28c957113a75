//! The district as pages need it.

use axum::Json;
use axum::extract::State;

use crate::dto::profile::{DemoLogin, DistrictView, ProfileView, UnitView};
use crate::error::Result;
use crate::state::Context;

/// The district and its units.
#[utoipa::path(get, path = "/profile", tag = "profile", responses((status = OK, body = ProfileView)))]
pub(crate) async fn get_profile(State(ctx): State<Context>) -> Result<Json<ProfileView>> {
    let profile = &ctx.app.profile;
    let district = &profile.district;
    // Simulated data count, not the way the program was started: they stay in the database.
    let demo = ctx.app.options.demo || ctx.directory().await?.all().any(|s| s.spec.demo);
    let logins = || {
        profile.users.iter().map(|user| DemoLogin {
            login: user.login.clone(),
            password: user.password.clone(),
            name: user.name.clone(),
            role: user.role,
            unit: user.unit.clone(),
            firm: user.firm.clone(),
        })
    };
    Ok(Json(ProfileView {
        district: DistrictView {
            code: district.code.clone(),
            zh: district.zh.clone(),
            en: district.en.clone(),
            bureau: district.bureau.clone(),
            bureau_en: district.bureau_en.clone(),
            center: district.center,
            sources: district.sources.clone(),
        },
        units: profile
            .units
            .iter()
            .map(|unit| UnitView {
                code: unit.code.clone(),
                zh: unit.zh.clone(),
                en: unit.en.clone(),
                kind: unit.kind.into(),
                aliases: unit.aliases.clone(),
                seat: unit.seat,
            })
            .collect(),
        plan: ctx.app.plan.is_some(),
        demo,
        demo_logins: ctx.app.options.demo.then(|| logins().collect()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }))
}
