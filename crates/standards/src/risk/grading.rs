//! Grading of risk: HJ 941-2018 for enterprises (M, E, level; recalled) and HJ 169-2018 for projects (M, P, E, potential,
//! assessment grade).

use std::sync::LazyLock;

use serde::Deserialize;

use super::substances::code;
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// Level of an enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 一般
    General,
    /// 较大
    Larger,
    /// 重大
    Major,
}

impl Level {
    const ALL: [Self; 3] = [Self::General, Self::Larger, Self::Major];

    /// 一般, 较大, 重大.
    pub fn zh(self) -> &'static str {
        match self {
            Self::General => "一般",
            Self::Larger => "较大",
            Self::Major => "重大",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.zh() == name)
    }

    /// One step up, at most 重大.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::General => Self::Larger,
            Self::Larger | Self::Major => Self::Major,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Cell {
    matrix: String,
    row: String,
    col: String,
    value: String,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const MATRICES: &str = include_str!("../../data/risk_matrices.csv");
static CELLS: LazyLock<Vec<Cell>> = LazyLock::new(|| table::rows(MATRICES));

fn cell(matrix: &str, row: &str, col: &str) -> Option<(&'static str, Confidence)> {
    CELLS
        .iter()
        .find(|c| c.matrix == matrix && c.row == row && c.col == col)
        .map(|c| (c.value.as_str(), c.confidence))
}

/// Level by E, Q and M (HJ 941-2018); Q0 is 一般 at once. `None` for codes that do not exist.
pub fn hj941_level(e: &str, q: &str, m: &str) -> Option<Level> {
    if q == "Q0" {
        return Some(Level::General);
    }
    cell("hj941", &format!("{e}-{q}"), m).and_then(|(value, _)| Level::parse(value))
}

/// One score of M.
#[derive(Debug, Deserialize)]
pub struct Score {
    medium: String,
    /// `process`, `check`, `choice`.
    pub group: String,
    /// Input.
    pub item: String,
    /// Value of a choice.
    pub value: String,
    /// Points.
    pub score: i64,
    /// Cap over all processes.
    pub cap: Option<i64>,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const SCORES: &str = include_str!("../../data/risk_hj941_scores.csv");
static SCORE_ROWS: LazyLock<Vec<Score>> = LazyLock::new(|| table::rows(SCORES));

/// The scores of a medium, `air` or `water`.
pub fn scores(medium: &str) -> impl Iterator<Item = &'static Score> {
    SCORE_ROWS
        .iter()
        .filter(move |s| s.medium == medium || s.medium == "both")
}

/// M code of a score (HJ 941-2018): below 25, 45, 65.
pub fn hj941_m(score: i64) -> &'static str {
    match score {
        ..25 => "M1",
        25..45 => "M2",
        45..65 => "M3",
        _ => "M4",
    }
}

/// Surroundings of an enterprise for air.
#[derive(Clone, Debug)]
pub struct AirSurroundings {
    /// Persons within 5 km.
    pub within_5km: Exact,
    /// Persons within 500 m.
    pub within_500m: Exact,
    /// Military or state-secret area within 5 km.
    pub military: bool,
}

/// E of air: E1 above 50 000 or 1000 persons, or military; E2 above 10 000 or 500. At exact equality the lower class is
/// taken, which is a reading.
pub fn e_air(s: &AirSurroundings) -> &'static str {
    if s.military || s.within_5km > Exact::int(50_000) || s.within_500m > Exact::int(1000) {
        "E1"
    } else if s.within_5km > Exact::int(10_000) || s.within_500m > Exact::int(500) {
        "E2"
    } else {
        "E3"
    }
}

/// Surroundings of an enterprise for water.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five independent yes/no questions of the standard"
)]
pub struct WaterSurroundings {
    /// Drinking-source zone within 10 km downstream.
    pub drinking_zone: bool,
    /// 24 h of flow cross a national border.
    pub national_border: bool,
    /// Ecological red line or other sensitive water within 10 km.
    pub sensitive: bool,
    /// 24 h of flow cross a provincial border.
    pub province_border: bool,
    /// Karst, flood discharge or debris flow.
    pub karst: bool,
}

/// E of water.
pub fn e_water(s: WaterSurroundings) -> &'static str {
    if s.drinking_zone || s.national_border {
        "E1"
    } else if s.sensitive || s.province_border || s.karst {
        "E2"
    } else {
        "E3"
    }
}

/// Q, M and E codes of one medium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes {
    /// Q0 … Q3
    pub q: String,
    /// M1 … M4
    pub m: String,
    /// E1 … E3
    pub e: String,
}

/// Level of an enterprise with its notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnterpriseLevel {
    /// By air.
    pub air: Level,
    /// By water.
    pub water: Level,
    /// The higher.
    pub base: Level,
    /// After the raise for a punishment within three years.
    pub level: Level,
    /// e.g. `重大[重大-大气(Q3-M3-E1)+较大-水(Q2-M2-E2)]`
    pub notation: String,
}

/// The level (HJ 941-2018): the higher of both media, one step up after a punishment. `None` for unknown codes.
pub fn enterprise(air: &Codes, water: &Codes, punished: bool) -> Option<EnterpriseLevel> {
    let level_of = |c: &Codes| hj941_level(&c.e, &c.q, &c.m);
    let (air_level, water_level) = (level_of(air)?, level_of(water)?);
    let part = |level: Level, medium: &str, c: &Codes| {
        if c.q == "Q0" {
            format!("{}-{medium}(Q0)", level.zh())
        } else {
            format!("{}-{medium}({}-{}-{})", level.zh(), c.q, c.m, c.e)
        }
    };
    let base = air_level.max(water_level);
    let level = if punished { base.raised() } else { base };
    Some(EnterpriseLevel {
        notation: format!(
            "{}[{}+{}]",
            level.zh(),
            part(air_level, "大气", air),
            part(water_level, "水", water)
        ),
        air: air_level,
        water: water_level,
        base,
        level,
    })
}

/// M of a project (HJ 169-2018 C.1).
pub fn hj169_m(score: &Exact) -> &'static str {
    if *score > Exact::int(20) {
        "M1"
    } else if *score > Exact::int(10) {
        "M2"
    } else if *score > Exact::int(5) {
        "M3"
    } else {
        "M4"
    }
}

/// Codes of a project.
#[derive(Clone, Copy, Debug)]
pub struct Project<'a> {
    /// Q.
    pub q: &'a Exact,
    /// Score of the processes.
    pub m_score: &'a Exact,
    /// E of air.
    pub e_air: &'a str,
    /// Sensitivity of the surface water, F1 … F3.
    pub f: &'a str,
    /// Targets downstream, S1 … S3.
    pub s: &'a str,
    /// Sensitivity of groundwater, G1 … G3.
    pub g: &'a str,
    /// Protection of the vadose zone, D1 … D3.
    pub d: &'a str,
}

/// Potentials in rising order.
pub const POTENTIALS: [&str; 5] = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅳ+"];

/// Potential and grade of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRisk {
    /// M code.
    pub m: &'static str,
    /// P code; `None` below Q = 1.
    pub p: Option<&'static str>,
    /// E of surface water.
    pub e_surface: &'static str,
    /// E of groundwater.
    pub e_ground: &'static str,
    /// Potential of air, surface water, groundwater.
    pub potential: [&'static str; 3],
    /// The highest.
    pub overall: &'static str,
    /// 一级, 二级, 三级, 简单分析.
    pub grade: &'static str,
    /// How sure the tables are.
    pub confidence: Confidence,
}

/// Assessment grade of a potential (HJ 169-2018 4.3).
pub fn assessment_grade(potential: &str) -> &'static str {
    match potential {
        "Ⅳ" | "Ⅳ+" => "一级",
        "Ⅲ" => "二级",
        "Ⅱ" => "三级",
        _ => "简单分析",
    }
}

/// Potential and grade (HJ 169-2018 C.2, D.2, D.5, table 2). `None` for codes that do not exist.
pub fn project(codes: &Project<'_>) -> Option<ProjectRisk> {
    let m = hj169_m(codes.m_score);
    let (e_surface, surface_mark) = cell("e_surface", codes.s, codes.f)?;
    let (e_ground, ground_mark) = cell("e_ground", codes.d, codes.g)?;
    let mut confidence = surface_mark.max(ground_mark);
    let (p, potential) = match code(codes.q) {
        "Q0" => {
            // Even where Q decides alone, a code that does not exist is an error.
            cell("potential", codes.e_air, "P1")?;
            (None, ["Ⅰ"; 3])
        }
        q => {
            let (p, mark) = cell("p", q, m)?;
            confidence = confidence.max(mark);
            let of = |e: &str| cell("potential", e, p).map(|(value, _)| value);
            (Some(p), [of(codes.e_air)?, of(e_surface)?, of(e_ground)?])
        }
    };
    let overall = POTENTIALS.into_iter().rev().find(|p| potential.contains(p))?;
    Some(ProjectRisk {
        m,
        p,
        e_surface,
        e_ground,
        potential,
        overall,
        grade: assessment_grade(overall),
        confidence,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        table::assert_complete(MATRICES, &CELLS);
        table::assert_complete(SCORES, &SCORE_ROWS);
        assert_eq!(CELLS.len(), 36 + 12 + 9 + 9 + 12);
    }

    #[test]
    fn the_largest_m_is_100_for_both_media() {
        for medium in ["air", "water"] {
            let checks: i64 = scores(medium)
                .filter(|s| s.group == "check")
                .map(|s| s.score)
                .sum();
            let choices: i64 = ["worst_event_3y", "discharge"]
                .iter()
                .filter_map(|item| scores(medium).filter(|s| s.item == *item).map(|s| s.score).max())
                .sum();
            assert_eq!(checks + choices + 30, 100, "{medium}");
        }
    }

    #[test]
    fn the_matrix_never_falls_with_m_q_or_sensitivity() {
        let level = |e: usize, q: usize, m: usize| {
            hj941_level(&format!("E{e}"), &format!("Q{q}"), &format!("M{m}")).unwrap()
        };
        for e in 1..=3 {
            for q in 1..=3 {
                for m in 1..=4 {
                    assert!(m == 4 || level(e, q, m) <= level(e, q, m + 1));
                    assert!(q == 3 || level(e, q, m) <= level(e, q + 1, m));
                    assert!(e == 3 || level(e, q, m) >= level(e + 1, q, m));
                }
            }
        }
    }
}
