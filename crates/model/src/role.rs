//! Roles of people and programs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who somebody is to the platform. What each may do stands in one table, `server::authz`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 系统管理员
    Administrator,
    /// 审计员
    Auditor,
    /// 值班员
    DutyOfficer,
    /// 执法检查员
    Inspector,
    /// 领导
    Leader,
    /// 镇街
    Town,
    /// 部门
    Department,
    /// 企业
    Firm,
    /// 公众
    Public,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 9] = [
        Self::Administrator,
        Self::Auditor,
        Self::DutyOfficer,
        Self::Inspector,
        Self::Leader,
        Self::Town,
        Self::Department,
        Self::Firm,
        Self::Public,
    ];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::DutyOfficer => "duty_officer",
            Self::Inspector => "inspector",
            Self::Leader => "leader",
            Self::Town => "town",
            Self::Department => "department",
            Self::Firm => "firm",
            Self::Public => "public",
        }
    }

    /// By stable name (`duty-officer` is accepted too).
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}
