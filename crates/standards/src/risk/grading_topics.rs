//! Q and the grading of enterprises and projects by name.

use serde_json::{Value, json};

use super::grading::{
    AirSurroundings, Codes, Project, WaterSurroundings, e_air, e_water, enterprise, hj169_m, hj941_level,
    hj941_m, project, scores,
};
use super::substances::{Held, code, find, ratio};
use crate::checks::{amount, choice, list, opt_amount, refuse, unknown_name, whole};
use crate::conformance::plain;
use crate::explain::{begin, conclude, sum_of, undecided};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const Q: Topic = Topic {
    id: "risk/q",
    zh: "环境风险物质数量与临界量比值 Q",
    en: "Ratio of quantities to critical quantities, Q",
    basis: "HJ 941-2018 附录A、HJ 169-2018 附录B",
    example: r#"{"items":[{"name":"氯气","max_t":2.5},{"name":"硫酸","max_t":30}]}"#,
    evaluate: judge_q,
    case: plain,
};

fn judge_q(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut j = begin(
        "risk/q",
        ("HJ 169", "2018", "附录B、C.1.1"),
        Confidence::Secondary,
    );
    j.also(Basis::new("HJ 941", "2018", "7.1"));
    let mut held = Vec::new();
    let mut missing = 0_usize;
    for item in list(input, "items")? {
        let name = item.str("name")?;
        let substance = find(name).ok_or_else(|| unknown_name(&item, "name", name))?;
        let Some(max_t) = opt_amount(&item, "max_t")? else {
            missing += 1;
            j.leaves_out(
                name,
                None,
                "t",
                Text::new("缺最大存在量", "no largest amount given"),
            );
            continue;
        };
        j.uses(name, &max_t, "t").limit(
            &substance.critical,
            "t",
            Basis::new("HJ 169", "2018", "表B.1"),
            text!("{name}的临界量", "critical quantity of {name}"),
            substance.confidence,
        );
        held.push(Held { substance, max_t });
    }
    if missing > 0 {
        let why = text!(
            "{missing} 种物质缺最大存在量,Q 无法判定;缺失不作 0 处理",
            "{missing} substances have no amount: Q cannot be decided, missing is not zero"
        );
        undecided(&mut j, &["q", "code", "ratios"], why);
        return Ok(j);
    }
    let r = ratio(&held).map_err(refuse(input))?;
    let q_code = code(&r.q);
    j.step(
        Text::new("Q", "Q"),
        format!("Σ w/W = {}", sum_of(r.parts.iter(), r.parts.len())),
        &r.q,
    )
    .put("q", r.q.to_json())
    .put("code", q_code)
    .put(
        "ratios",
        r.parts.iter().map(Exact::to_json).collect::<Vec<Value>>(),
    )
    .finish(&r.q, r.q.to_display(), "");
    let q = &r.q;
    conclude(
        &mut j,
        Verdict::Classified,
        text!("Q = {q},{q_code}", "Q = {q}, {q_code}"),
    );
    Ok(j)
}

pub(super) const HJ941_M: Topic = Topic {
    id: "risk/hj941_m",
    zh: "生产工艺与环境风险控制水平 M",
    en: "Process and risk control, M",
    basis: "HJ 941-2018",
    example: r#"{"medium":"air","key_sets":1,"other_sets":1,"obsolete_sets":0,"leak_monitoring_absent":false,"protection_distance_not_met":true,"worst_event_3y":"none"}"#,
    evaluate: judge_m,
    case: plain,
};

fn judge_m(input: &Input<'_>) -> Result<Judgement, InputError> {
    let medium = choice(input, "medium", &[("air", "air"), ("water", "water")])?;
    let mut j = begin(
        "risk/hj941_m",
        ("HJ 941", "2018", "M 值"),
        Confidence::Configurable,
    );
    let mut process = 0_i64;
    let mut cap = i64::MAX;
    let mut rest = 0_i64;
    let mut choices: Vec<(&str, bool)> = Vec::new();
    for score in scores(medium) {
        match score.group.as_str() {
            "process" => {
                let sets = whole(input, &score.item, 0, 10_000)?;
                cap = cap.min(score.cap.unwrap_or(i64::MAX));
                process += sets * score.score;
                j.uses(&score.item, &sets, "套");
            }
            "check" => {
                let wrong = input.bool(&score.item)?;
                rest += if wrong { score.score } else { 0 };
                j.uses(&score.item, &wrong, "");
            }
            _ => {
                let given = input.str(&score.item)?;
                let hit = given == score.value;
                if hit {
                    rest += score.score;
                    j.uses(&score.item, &given, "");
                }
                match choices.iter_mut().find(|(item, _)| *item == score.item) {
                    Some((_, found)) => *found |= hit,
                    None => choices.push((&score.item, hit)),
                }
            }
        }
    }
    if let Some((item, _)) = choices.iter().find(|(_, found)| !found) {
        return Err(unknown_name(input, item, input.str(item)?));
    }
    let process = process.min(cap);
    let score = process + rest;
    let m = hj941_m(score);
    j.step(
        Text::new("工艺得分(上限 30)", "process score, at most 30"),
        "10×重点工艺 + 5×其他 + 5×淘汰",
        &process,
    )
    .step(
        Text::new("M 得分", "M score"),
        format!("{process} + {rest}"),
        &score,
    )
    .put("process_score", process)
    .put("score", score)
    .put("m", m);
    conclude(
        &mut j,
        Verdict::Classified,
        text!("M = {score},{m}", "M = {score}, {m}"),
    );
    Ok(j)
}

pub(super) const HJ941_E: Topic = Topic {
    id: "risk/hj941_e",
    zh: "环境风险受体敏感程度 E",
    en: "Sensitivity of the surroundings, E",
    basis: "HJ 941-2018",
    example: r#"{"pop_5km":12000,"pop_500m":300,"military_5km":false}"#,
    evaluate: |input| {
        let mut j = begin(
            "risk/hj941_e",
            ("HJ 941", "2018", "E 类型"),
            Confidence::Configurable,
        );
        let mut words = Vec::new();
        let air = ["pop_5km", "pop_500m", "military_5km"];
        let water = [
            "drinking_zone_10km",
            "national_border_24h",
            "ecological_sensitive_10km",
            "province_border_24h",
            "karst_flood_debris",
        ];
        let asked = |keys: &[&str]| keys.iter().any(|key| input.has(key));
        if !asked(&air) && !asked(&water) {
            let why = text!(
                "应给出大气或水环境受体信息",
                "give the surroundings for air or for water"
            );
            return Err(input.error("pop_5km", "context", why));
        }
        if asked(&air) {
            let e = e_air(&AirSurroundings {
                within_5km: amount(input, "pop_5km")?,
                within_500m: amount(input, "pop_500m")?,
                military: input.bool("military_5km")?,
            });
            j.put("e_air", e);
            words.push(format!("E(大气/air) {e}"));
        }
        if asked(&water) {
            let e = e_water(WaterSurroundings {
                drinking_zone: input.bool("drinking_zone_10km")?,
                national_border: input.bool("national_border_24h")?,
                sensitive: input.bool("ecological_sensitive_10km")?,
                province_border: input.bool("province_border_24h")?,
                karst: input.bool("karst_flood_debris")?,
            });
            j.put("e_water", e);
            words.push(format!("E(水/water) {e}"));
        }
        for key in air.iter().chain(&water) {
            if let Some(field) = input.opt(key) {
                j.uses(key, field.json(), "");
            }
        }
        conclude(&mut j, Verdict::Classified, Text::same(words.join(", ")));
        Ok(j)
    },
    case: plain,
};

const E_CODES: &[(&str, &str)] = &[("E1", "E1"), ("E2", "E2"), ("E3", "E3")];
const Q_CODES: &[(&str, &str)] = &[("Q0", "Q0"), ("Q1", "Q1"), ("Q2", "Q2"), ("Q3", "Q3")];
const M_CODES: &[(&str, &str)] = &[("M1", "M1"), ("M2", "M2"), ("M3", "M3"), ("M4", "M4")];

fn codes(input: &Input<'_>) -> Result<Codes, InputError> {
    Ok(Codes {
        q: choice(input, "q", Q_CODES)?.to_owned(),
        m: choice(input, "m", M_CODES)?.to_owned(),
        e: choice(input, "e", E_CODES)?.to_owned(),
    })
}

/// An error for codes that are known one by one but stand in no matrix; cannot happen with a complete table.
fn no_cell(input: &Input<'_>) -> InputError {
    input.error(
        "q",
        "context",
        text!("矩阵中没有该组合", "the matrix has no such combination"),
    )
}

pub(super) const HJ941_CELL: Topic = Topic {
    id: "risk/hj941_cell",
    zh: "风险等级矩阵单元",
    en: "One cell of the level matrix",
    basis: "HJ 941-2018",
    example: r#"{"e":"E2","q":"Q1","m":"M3"}"#,
    evaluate: |input| {
        let c = codes(input)?;
        let level = hj941_level(&c.e, &c.q, &c.m).ok_or_else(|| no_cell(input))?;
        let mut j = begin(
            "risk/hj941_cell",
            ("HJ 941", "2018", "风险矩阵"),
            Confidence::Configurable,
        );
        j.put("level", level.zh());
        let zh = level.zh();
        conclude(
            &mut j,
            Verdict::Classified,
            text!("{}-{}-{} 为{zh}", "{}-{}-{} is {zh}", c.q, c.m, c.e),
        );
        Ok(j)
    },
    case: plain,
};

pub(super) const HJ941_LEVEL: Topic = Topic {
    id: "risk/hj941_level",
    zh: "企业突发环境事件风险等级",
    en: "Risk level of an enterprise",
    basis: "HJ 941-2018",
    example: r#"{"air":{"q":"Q2","m":"M2","e":"E2"},"water":{"q":"Q1","m":"M2","e":"E3"},"punished_3y":false}"#,
    evaluate: |input| {
        let air = codes(&input.field("air")?)?;
        let water = codes(&input.field("water")?)?;
        let punished = input.bool("punished_3y")?;
        let level = enterprise(&air, &water, punished).ok_or_else(|| no_cell(input))?;
        let mut j = begin(
            "risk/hj941_level",
            ("HJ 941", "2018", "风险等级确定与表征"),
            Confidence::Configurable,
        );
        j.step(
            Text::new("大气等级", "level by air"),
            format!("{}-{}-{}", air.q, air.m, air.e),
            &level.air.zh(),
        )
        .step(
            Text::new("水等级", "level by water"),
            format!("{}-{}-{}", water.q, water.m, water.e),
            &level.water.zh(),
        )
        .step(
            Text::new("取高;三年内受罚升一级", "the higher; one up after a punishment"),
            format!("punished_3y = {punished}"),
            &level.level.zh(),
        )
        .put("air_level", level.air.zh())
        .put("water_level", level.water.zh())
        .put("base_level", level.base.zh())
        .put("level", level.level.zh())
        .put("notation", level.notation.clone());
        conclude(&mut j, Verdict::Classified, Text::same(level.notation));
        Ok(j)
    },
    case: plain,
};

pub(super) const HJ169_LEVEL: Topic = Topic {
    id: "risk/hj169_level",
    zh: "建设项目环境风险潜势与评价等级",
    en: "Risk potential and assessment grade of a project",
    basis: "HJ 169-2018 附录C、D,表1、表2",
    example: r#"{"q":25.3,"m_score":15,"e_air":"E2","f":"F2","s":"S3","g":"G3","d":"D2"}"#,
    evaluate: |input| {
        let q = amount(input, "q")?;
        let m_score = amount(input, "m_score")?;
        let names = |key: &str, known: &[(&'static str, &'static str)]| choice(input, key, known);
        let e_air = names("e_air", E_CODES)?;
        let f = names("f", &[("F1", "F1"), ("F2", "F2"), ("F3", "F3")])?;
        let s = names("s", &[("S1", "S1"), ("S2", "S2"), ("S3", "S3")])?;
        let g = names("g", &[("G1", "G1"), ("G2", "G2"), ("G3", "G3")])?;
        let d = names("d", &[("D1", "D1"), ("D2", "D2"), ("D3", "D3")])?;
        let risk = project(&Project {
            q: &q,
            m_score: &m_score,
            e_air,
            f,
            s,
            g,
            d,
        })
        .ok_or_else(|| no_cell(input))?;
        let mut j = begin(
            "risk/hj169_level",
            ("HJ 169", "2018", "附录C、D,表2"),
            risk.confidence,
        );
        let [air, surface, ground] = risk.potential;
        j.uses("q", &q, "")
            .uses("m_score", &m_score, "")
            .step(Text::new("M", "M"), format!("{m_score}"), &hj169_m(&m_score))
            .step(
                Text::new("P", "P"),
                format!("{}-{}", code(&q), risk.m),
                &risk.p.unwrap_or("—"),
            )
            .step(
                Text::new("地表水 E", "E of surface water"),
                format!("{s}-{f}"),
                &risk.e_surface,
            )
            .step(
                Text::new("地下水 E", "E of groundwater"),
                format!("{d}-{g}"),
                &risk.e_ground,
            )
            .put("m", risk.m)
            .put("p", risk.p)
            .put("e_surface", risk.e_surface)
            .put("e_ground", risk.e_ground)
            .put(
                "potential",
                json!({"air": air, "surface": surface, "ground": ground}),
            )
            .put("overall", risk.overall)
            .put("grade", risk.grade);
        let (overall, grade) = (risk.overall, risk.grade);
        conclude(
            &mut j,
            Verdict::Classified,
            text!(
                "环境风险潜势 {overall},评价等级 {grade}",
                "risk potential {overall}, assessment {grade}"
            ),
        );
        Ok(j)
    },
    case: plain,
};
