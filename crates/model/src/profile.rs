//! A district's profile: units, places, subjects, devices, limits and demo cast, read from the text files of
//! `profiles/<district>/`. Unknown keys are errors that name the file and the line.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::{Factor, Mn, SubjectCode, UnitCode};
use crate::observation::Statistic;
use crate::role::Role;
use crate::sm4_key::Sm4Key;
use crate::subject::SubjectSpec;
use crate::time::Grain;

/// `profile.toml`: who the district is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct District {
    /// Administrative code, e.g. `371503`.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Name of the bureau in Chinese.
    pub bureau: String,
    /// Name of the bureau in English; empty where it has none.
    #[serde(default)]
    pub bureau_en: String,
    /// Centre, CGCS2000 `[lon, lat]`.
    pub center: [f64; 2],
    /// Where the data of the profile come from, shown on the about page.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// What kind of unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// 生态环境部门
    Bureau,
    /// 镇街
    Town,
    /// 其他部门
    Department,
    /// 上级或政府
    Government,
}

/// `units.toml`: `[[unit]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Short stable code.
    pub code: UnitCode,
    /// Full Chinese name.
    pub zh: String,
    /// English name.
    #[serde(default)]
    pub en: String,
    /// Kind.
    pub kind: UnitKind,
    /// Other names, damaged spellings included.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Seat, CGCS2000 `[lon, lat]`.
    #[serde(default)]
    pub seat: Option<[f64; 2]>,
}

/// `devices.toml`: `[[device]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceSpec {
    /// MN.
    pub mn: Mn,
    /// What it measures.
    pub subject: SubjectCode,
    /// ST.
    pub st: String,
    /// Edition it speaks: `2005`, `2017`, `2025`, `surface-water`.
    pub edition: String,
    /// Password to check; unchecked where absent.
    #[serde(default)]
    pub pw: Option<String>,
    /// Key of its encrypted uploads (HJ 212-2025): 16 characters, or 32 hexadecimal digits.
    #[serde(default, skip_serializing)]
    pub sm4_key: Option<Sm4Key>,
    /// Real-time interval, seconds.
    #[serde(default = "default_interval")]
    pub interval_s: u32,
    /// Silence is an alarm after this many minutes without a frame.
    #[serde(default = "default_silence")]
    pub silence_min: u32,
    /// 演示
    #[serde(default)]
    pub demo: bool,
}

fn default_interval() -> u32 {
    60
}

fn default_silence() -> u32 {
    30
}

/// `limits.toml`: `[[limit]]`, what a subject's factor is judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSpec {
    /// Of which subject.
    pub subject: SubjectCode,
    /// Of which factor.
    pub factor: Factor,
    /// Legal averaging period (hour for flue gas, day for wastewater …).
    pub grain: Grain,
    /// Statistic compared (`ZsAvg`, `Avg`).
    pub statistic: Statistic,
    /// Upper limit.
    #[serde(default)]
    pub max: Option<Decimal>,
    /// Lower limit (pH).
    #[serde(default)]
    pub min: Option<Decimal>,
    /// Unit.
    pub unit: String,
    /// Reference oxygen content, percent, where values are converted.
    #[serde(default)]
    pub o2_ref: Option<Decimal>,
    /// Standard, e.g. `DB37/ 664`.
    pub standard: String,
    /// Edition.
    pub edition: String,
    /// Clause or table.
    pub clause: String,
    /// Why this limit applies, Chinese.
    pub reason: String,
    /// Confidence letter A, B, C, U.
    pub confidence: String,
}

/// `demo.toml`: `[[user]]`, logins that exist only while demonstrating.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoUser {
    /// Login.
    pub login: String,
    /// Password, printed by `huanshu demo`.
    pub password: String,
    /// Name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Unit for towns and departments.
    #[serde(default)]
    pub unit: Option<UnitCode>,
    /// Firm for firms.
    #[serde(default)]
    pub firm: Option<SubjectCode>,
}

/// A whole profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Who the district is.
    pub district: District,
    /// Units.
    pub units: Vec<Unit>,
    /// Subjects.
    pub subjects: Vec<SubjectSpec>,
    /// Devices.
    pub devices: Vec<DeviceSpec>,
    /// Limits.
    pub limits: Vec<LimitSpec>,
    /// Demo logins.
    pub users: Vec<DemoUser>,
    /// Map layers by name (`district`, `towns`, `rivers`, `counties` …): GeoJSON text of `map/<name>.geojson`.
    pub map: BTreeMap<String, String>,
}

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// A file is missing.
    #[error("配置目录缺少 {0} / the profile lacks {0}")]
    Missing(&'static str),
    /// A file does not read.
    #[error("配置文件 {file} 有误 / profile file {file} is wrong: {message}")]
    File {
        /// File name.
        file: String,
        /// Line and what was expected.
        message: String,
    },
    /// A reference points to nothing.
    #[error("配置文件 {file}: {what} «{name}» 不存在 / {what} «{name}» does not exist")]
    Dangling {
        /// File name.
        file: &'static str,
        /// Kind of thing referred to.
        what: &'static str,
        /// Its code.
        name: String,
    },
    /// The same code twice.
    #[error("配置文件 {file}: «{name}» 重复 / «{name}» stands twice")]
    Repeated {
        /// File name.
        file: &'static str,
        /// The code.
        name: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Units {
    #[serde(default)]
    unit: Vec<Unit>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subjects {
    #[serde(default)]
    subject: Vec<SubjectSpec>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Devices {
    #[serde(default)]
    device: Vec<DeviceSpec>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    #[serde(default)]
    limit: Vec<LimitSpec>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Users {
    #[serde(default)]
    user: Vec<DemoUser>,
}

/// Files with passwords and keys: an error names the line and does not quote it.
const SECRET: [&str; 1] = ["devices.toml"];

fn section<T: serde::de::DeserializeOwned>(
    files: &BTreeMap<String, String>,
    name: &str,
) -> Result<Option<T>, ProfileError> {
    let Some(text) = files.get(name) else {
        return Ok(None);
    };
    toml::from_str(text).map(Some).map_err(|e| ProfileError::File {
        file: name.to_owned(),
        message: if SECRET.contains(&name) {
            let line = 1 + e
                .span()
                .and_then(|span| text.get(..span.start))
                .map_or(0, |front| front.matches('\n').count());
            format!("第 {line} 行 / line {line}: {}", e.message())
        } else {
            e.to_string()
        },
    })
}

impl Profile {
    /// From the files of a profile folder: path relative to it (`units.toml`, `map/rivers.geojson`) → text.
    pub fn from_files(files: &BTreeMap<String, String>) -> Result<Self, ProfileError> {
        let district = section(files, "profile.toml")?.ok_or(ProfileError::Missing("profile.toml"))?;
        let units: Option<Units> = section(files, "units.toml")?;
        let subjects: Option<Subjects> = section(files, "subjects.toml")?;
        let devices: Option<Devices> = section(files, "devices.toml")?;
        let limits: Option<Limits> = section(files, "limits.toml")?;
        let users: Option<Users> = section(files, "demo.toml")?;
        let map = files
            .iter()
            .filter_map(|(path, text)| {
                let name = path.strip_prefix("map/")?.strip_suffix(".geojson")?;
                Some((name.to_owned(), text.clone()))
            })
            .collect();
        let profile = Self {
            district,
            units: units.map(|u| u.unit).unwrap_or_default(),
            subjects: subjects.map(|s| s.subject).unwrap_or_default(),
            devices: devices.map(|d| d.device).unwrap_or_default(),
            limits: limits.map(|l| l.limit).unwrap_or_default(),
            users: users.map(|u| u.user).unwrap_or_default(),
            map,
        };
        profile.check()?;
        Ok(profile)
    }

    fn check(&self) -> Result<(), ProfileError> {
        let units = unique("units.toml", self.units.iter().map(|u| u.code.as_str()))?;
        let subjects = unique("subjects.toml", self.subjects.iter().map(|s| s.code.as_str()))?;
        unique("devices.toml", self.devices.iter().map(|d| d.mn.as_str()))?;
        unique("demo.toml", self.users.iter().map(|u| u.login.as_str()))?;
        let unit_of = |file, code: Option<&UnitCode>| match code {
            Some(code) if !units.contains(code.as_str()) => Err(ProfileError::Dangling {
                file,
                what: "unit",
                name: code.to_string(),
            }),
            _ => Ok(()),
        };
        let subject_of = |file, code: Option<&SubjectCode>| match code {
            Some(code) if !subjects.contains(code.as_str()) => Err(ProfileError::Dangling {
                file,
                what: "subject",
                name: code.to_string(),
            }),
            _ => Ok(()),
        };
        for subject in &self.subjects {
            unit_of("subjects.toml", subject.unit.as_ref())?;
            subject_of("subjects.toml", subject.parent.as_ref())?;
        }
        for device in &self.devices {
            subject_of("devices.toml", Some(&device.subject))?;
        }
        for limit in &self.limits {
            subject_of("limits.toml", Some(&limit.subject))?;
        }
        for user in &self.users {
            unit_of("demo.toml", user.unit.as_ref())?;
            subject_of("demo.toml", user.firm.as_ref())?;
        }
        Ok(())
    }
}

fn unique<'a>(
    file: &'static str,
    codes: impl Iterator<Item = &'a str>,
) -> Result<std::collections::BTreeSet<&'a str>, ProfileError> {
    let mut seen = std::collections::BTreeSet::new();
    for code in codes {
        if !seen.insert(code) {
            return Err(ProfileError::Repeated {
                file,
                name: code.to_owned(),
            });
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices(text: &str) -> Result<Profile, String> {
        let district = "code = '1'\nzh = '区'\nen = 'D'\nbureau = '局'\ncenter = [116.0, 36.0]\n";
        let subjects = "[[subject]]\ncode = 's'\nkind = 'gas_outlet'\nzh = '排口'\n";
        let files = [
            ("profile.toml", district),
            ("subjects.toml", subjects),
            ("devices.toml", text),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Profile::from_files(&BTreeMap::from(files)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_device_may_have_a_key_that_is_never_written() {
        let text = "[[device]]\nmn = 'M'\nsubject = 's'\nst = '31'\nedition = '2025'\nsm4_key = 'Geheim-123456789'\n";
        let profile = devices(text).unwrap();
        let device = profile.devices.first().unwrap();
        assert_eq!(device.sm4_key.as_ref().unwrap().bytes(), *b"Geheim-123456789");
        let shown = [format!("{profile:?}"), serde_json::to_string(device).unwrap()];
        assert!(shown.iter().all(|text| !text.contains("Geheim")), "{shown:?}");
    }

    #[test]
    fn an_error_beside_a_key_names_the_line_and_not_the_key() {
        let head = "[[device]]\nmn = 'M'\nsubject = 's'\nst = '31'\nedition = '2025'\n";
        for wrong in [
            "sm4_key = 'Geheim-1234'",
            "sm4_key = 7117711771177117",
            "sm4_key = ['Geheim-123456789']",
            "sm4_key = 'Geheim-123456789",
            "sm4key = 'Geheim-123456789'",
            "sm4_key = 'Geheim-123456789' 'more'",
        ] {
            let error = devices(&format!("{head}{wrong}\n")).unwrap_err();
            assert!(
                error.contains("devices.toml") && error.contains("line 6"),
                "{error}"
            );
            assert!(!error.contains("Geheim") && !error.contains("7117"), "{error}");
        }
    }
}
