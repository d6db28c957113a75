//! The district as pages need it.

use model::ids::{SubjectCode, UnitCode};
use model::profile::UnitKind;
use model::role::Role;
use serde::Serialize;
use utoipa::ToSchema;

/// Who the district is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DistrictView {
    /// Administrative code.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Name of the bureau in Chinese.
    pub bureau: String,
    /// Name of the bureau in English; empty where the profile gives none.
    pub bureau_en: String,
    /// Centre, CGCS2000 `[lon, lat]`.
    pub center: [f64; 2],
    /// Where the data of the profile come from.
    pub sources: Vec<String>,
}

/// Kind of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitKindView {
    /// 生态环境部门
    Bureau,
    /// 镇街
    Town,
    /// 其他部门
    Department,
    /// 上级或政府
    Government,
}

impl From<UnitKind> for UnitKindView {
    fn from(kind: UnitKind) -> Self {
        match kind {
            UnitKind::Bureau => Self::Bureau,
            UnitKind::Town => Self::Town,
            UnitKind::Department => Self::Department,
            UnitKind::Government => Self::Government,
        }
    }
}

/// A government unit, town or sub-district with duties.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// Short stable code.
    #[schema(value_type = String)]
    pub code: UnitCode,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Kind.
    pub kind: UnitKindView,
    /// Other names.
    pub aliases: Vec<String>,
    /// Seat, CGCS2000 `[lon, lat]`.
    pub seat: Option<[f64; 2]>,
}

/// A login that exists only while demonstrating.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemoLogin {
    /// Login.
    pub login: String,
    /// Password.
    pub password: String,
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
}

/// The district's profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProfileView {
    /// Who the district is.
    pub district: DistrictView,
    /// Its units.
    pub units: Vec<UnitView>,
    /// Whether a published plan is followed.
    pub plan: bool,
    /// Whether simulated data are in the database: pages show the 演示 ribbon.
    pub demo: bool,
    /// Logins to try, only while the demo is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demo_logins: Option<Vec<DemoLogin>>,
    /// Version of the program.
    pub version: String,
}
