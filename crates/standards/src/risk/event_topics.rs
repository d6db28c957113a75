//! River spills and emergencies by name.

use jiff::civil::DateTime;
use serde_json::Value;

use super::events::{EventLevel, Known, criteria, filing_number, level_by, report_by};
use super::release_topics::uses;
use super::river::{Reach, Regime, Slug, advected_dispersed, decayed, dilution_flow, mixed, regime, slug};
use crate::checks::{amount, choice, choice_or, real, unknown_name};
use crate::conformance::plain;
use crate::explain::{begin, computed_f64, conclude, figures, undecided};
use crate::guard::{amount_f64, positive_f64};
use crate::input::{Input, InputError};
use crate::judgement::{Confidence, Judgement, Verdict};
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const RIVER: Topic = Topic {
    id: "risk/river",
    zh: "河流突发污染一维估算",
    en: "River spill in one dimension",
    basis: "HJ 2.3-2018 附录E",
    example: r#"{"mode":"steady","cp_mg_l":40,"qp_m3_s":0.5,"ch_mg_l":0.5,"qh_m3_s":20,"k_1_d":0.2,"u_m_s":0.4,"x_m":5000}"#,
    evaluate: river,
    case: plain,
};

#[derive(Clone, Copy)]
enum Mode {
    Steady,
    Slug,
    Dispersion,
    Intercept,
    Hold,
    Dilution,
}

fn river(input: &Input<'_>) -> Result<Judgement, InputError> {
    let modes = [
        ("steady", Mode::Steady),
        ("slug", Mode::Slug),
        ("dispersion", Mode::Dispersion),
        ("intercept", Mode::Intercept),
        ("hold", Mode::Hold),
        ("dilution", Mode::Dilution),
    ];
    let mode = choice(input, "mode", &modes)?;
    let mut j = begin(
        "risk/river",
        ("HJ 2.3", "2018", "附录E"),
        Confidence::Configurable,
    );
    match mode {
        Mode::Steady => steady(input, &mut j)?,
        Mode::Slug => one_slug(input, &mut j)?,
        Mode::Dispersion => dispersion(input, &mut j)?,
        Mode::Intercept => {
            let q = amount_f64(input, "q_m3_s")?;
            let t = amount_f64(input, "passage_s")?;
            let what = Text::new("应拦截水量", "volume to hold");
            j.step(what.clone(), format!("{q} × {t}"), &figures(q * t));
            computed_f64(&mut j, "volume_m3", q * t, "m³", &what);
        }
        Mode::Hold => {
            let v = amount_f64(input, "storage_m3")?;
            let q = positive_f64(input, "q_m3_s")?;
            let what = Text::new("闸坝可滞留时间", "hold-up time");
            j.step(
                what.clone(),
                format!("{v} / {q} / 3600"),
                &figures(v / q / 3600.0),
            );
            computed_f64(&mut j, "hold_h", v / q / 3600.0, "h", &what);
        }
        Mode::Dilution => {
            let q = amount_f64(input, "q_m3_s")?;
            let c = amount_f64(input, "c_mg_l")?;
            let standard = positive_f64(input, "standard_mg_l")?;
            let clean = amount_f64(input, "clean_mg_l")?;
            let what = Text::new("稀释流量", "flow to dilute");
            let Some(flow) = dilution_flow(q, c, standard, clean) else {
                let why = Text::new(
                    "清水浓度不低于标准,不能稀释达标",
                    "the clean water is not below the standard: it cannot dilute",
                );
                undecided(&mut j, &["dilution_m3_s"], why);
                return Ok(j);
            };
            j.step(
                what.clone(),
                format!("{q} × ({c} − {standard}) / ({standard} − {clean})"),
                &figures(flow),
            );
            computed_f64(&mut j, "dilution_m3_s", flow, "m³/s", &what);
        }
    }
    Ok(j)
}

fn steady(input: &Input<'_>, j: &mut Judgement) -> Result<(), InputError> {
    let (cp, qp) = (amount_f64(input, "cp_mg_l")?, amount_f64(input, "qp_m3_s")?);
    let (ch, qh) = (amount_f64(input, "ch_mg_l")?, positive_f64(input, "qh_m3_s")?);
    let k = amount_f64(input, "k_1_d")?;
    let velocity = positive_f64(input, "u_m_s")?;
    let distance = amount_f64(input, "x_m")?;
    let c0 = mixed(cp, qp, ch, qh);
    let travel = distance / velocity / 3600.0;
    uses(
        j,
        &[
            ("k_1_d", k, "1/d"),
            ("u_m_s", velocity, "m/s"),
            ("x_m", distance, "m"),
        ],
    );
    j.step(
        Text::new("完全混合浓度", "fully mixed"),
        format!("({cp}×{qp} + {ch}×{qh}) / ({qp} + {qh})"),
        &figures(c0),
    )
    .put("c0", real(c0))
    .put("travel_h", real(travel));
    let what = Text::new("下游浓度", "downstream concentration");
    if input.opt("ex_m2_s").is_some() {
        let ex = positive_f64(input, "ex_m2_s")?;
        let width = positive_f64(input, "width_m")?;
        let (alpha, peclet, regime) = regime(k, ex, velocity, width);
        j.step(
            Text::new("O'Connor 数与贝克来数", "O'Connor and Peclet numbers"),
            format!("α = {}, Pe = {}", figures(alpha), figures(peclet)),
            &regime.key(),
        )
        .put("alpha", real(alpha))
        .put("peclet", real(peclet))
        .put("regime", regime.key());
        match regime {
            Regime::Mixed => {
                let c = advected_dispersed(c0, alpha, ex, velocity, distance);
                computed_f64(j, "c", c, "mg/L", &what);
                return Ok(());
            }
            Regime::Dispersion | Regime::Undefined => {
                let why = Text::new(
                    "离散占优,需河道断面资料另行计算",
                    "dispersion dominates: needs the cross-section and another solution",
                );
                undecided(j, &["c"], why);
                return Ok(());
            }
            Regime::Advection => {}
        }
    }
    let c = decayed(c0, k, distance, velocity);
    j.step(
        what.clone(),
        format!("{} × exp(−{k}/86400 × {distance}/{velocity})", figures(c0)),
        &figures(c),
    );
    computed_f64(j, "c", c, "mg/L", &what);
    Ok(())
}

fn one_slug(input: &Input<'_>, j: &mut Judgement) -> Result<(), InputError> {
    let spill = Slug {
        mass: amount_f64(input, "mass_g")?,
        area: positive_f64(input, "area_m2")?,
        dispersion: positive_f64(input, "ex_m2_s")?,
        velocity: amount_f64(input, "u_m_s")?,
        k_per_day: amount_f64(input, "k_1_d")?,
    };
    let x = input.f64("x_m")?;
    let t = positive_f64(input, "t_s")?;
    let c = slug(&spill, x, t);
    let what = Text::new("瞬时投放浓度", "concentration of the slug");
    j.step(
        what.clone(),
        format!(
            "{}/({}×√(4π×{}×{t}))×exp(−{}/86400×{t})×exp(−({x}−{}×{t})²/(4×{}×{t}))",
            spill.mass, spill.area, spill.dispersion, spill.k_per_day, spill.velocity, spill.dispersion
        ),
        &figures(c),
    );
    computed_f64(j, "c_mg_l", c, "mg/L", &what);
    Ok(())
}

fn dispersion(input: &Input<'_>, j: &mut Judgement) -> Result<(), InputError> {
    let reach = Reach {
        velocity: positive_f64(input, "u_m_s")?,
        width: positive_f64(input, "width_m")?,
        depth: positive_f64(input, "depth_m")?,
        slope: positive_f64(input, "slope")?,
    };
    let bank = amount_f64(input, "outfall_to_bank_m")?;
    if bank > reach.width / 2.0 {
        let why = text!(
            "排放口到近岸的距离 {bank} m 应不大于河宽的一半",
            "the distance to the nearer bank, {bank} m, must not exceed half the width"
        );
        return Err(input.error("outfall_to_bank_m", "range", why));
    }
    let length = reach.mixing_length(bank);
    let (width, depth, velocity, slope) = (reach.width, reach.depth, reach.velocity, reach.slope);
    let star = figures(reach.shear_velocity());
    j.step(
        Text::new("摩阻流速", "shear velocity"),
        format!("√(9.81×{depth}×{slope})"),
        &star,
    )
    .step(
        Text::new("纵向离散系数(Fischer)", "longitudinal dispersion, Fischer"),
        format!("0.011×{velocity}²×{width}²/({depth}×{star})"),
        &figures(reach.fischer()),
    )
    .step(
        Text::new("横向扩散系数(泰勒)", "transverse mixing, Taylor"),
        format!("(0.058×{depth} + 0.0065×{width})×{star}"),
        &figures(reach.taylor()),
    )
    .put("u_star", real(reach.shear_velocity()))
    .put("ex_fischer", real(reach.fischer()))
    .put("ey_taylor", real(reach.taylor()));
    if width / depth > 100.0 {
        j.rests_on(Confidence::Uncertain);
    }
    computed_f64(
        j,
        "mixing_length_m",
        length,
        "m",
        &Text::new("混合过程段长度", "mixing length"),
    );
    Ok(())
}

pub(super) const EVENT_GRADE: Topic = Topic {
    id: "risk/event_grade",
    zh: "突发环境事件分级",
    en: "Grading of an environmental emergency",
    basis: "国办函〔2014〕119号、部令17号",
    example: r#"{"deaths":0,"injured_poisoned":3,"evacuated":6000,"loss_yuan":1200000,"water_intake_stopped":"none"}"#,
    evaluate: event_grade,
    case: plain,
};

fn event_grade(input: &Input<'_>) -> Result<Judgement, InputError> {
    let edition = choice_or(input, "edition", &[("2014", "2014"), ("2011", "2011")], "2014")?;
    let basis = if edition == "2014" {
        "国办函〔2014〕119号"
    } else {
        "部令第17号"
    };
    let mut j = begin(
        "risk/event_grade",
        (basis, edition, "分级标准"),
        Confidence::Secondary,
    );
    let mut highest: Option<EventLevel> = None;
    let mut known = 0;
    for (criterion, is_number) in criteria(edition) {
        if input.opt(criterion).is_none() {
            if input.has(criterion) {
                j.leaves_out(criterion, None, "", Text::new("尚不清楚", "not known yet"));
            }
            continue;
        }
        let value = if is_number {
            Known::Number(amount(input, criterion)?)
        } else {
            Known::Name(input.str(criterion)?.to_owned())
        };
        let shown = match &value {
            Known::Number(n) => n.to_string(),
            Known::Name(name) => name.clone(),
        };
        let (level, mark) =
            level_by(edition, criterion, &value).ok_or_else(|| unknown_name(input, criterion, &shown))?;
        known += 1;
        j.uses(criterion, &shown, "").rests_on(mark).step(
            Text::new("按此项", "by this criterion"),
            format!("{criterion} = {shown}"),
            &level.zh(),
        );
        highest = highest.max(Some(level));
    }
    let Some(level) = highest else {
        let why = Text::new(
            "没有任何分级要素,无法判定",
            "no criterion is known: cannot be decided",
        );
        undecided(&mut j, &["level"], why);
        return Ok(j);
    };
    let zh = level.zh();
    j.put("level", zh).put("criteria_known", known);
    conclude(
        &mut j,
        Verdict::Classified,
        text!(
            "按已知 {known} 项要素,{zh}突发环境事件",
            "by {known} known criteria: {zh}"
        ),
    );
    Ok(j)
}

pub(super) const REPORT_DEADLINE: Topic = Topic {
    id: "risk/report_deadline",
    zh: "突发环境事件信息报告时限",
    en: "Deadline to report an emergency",
    basis: "部令17号(2011)",
    example: r#"{"known_at":"2026-07-31T23:30:00","level":"重大"}"#,
    evaluate: |input| {
        let field = input.field("known_at")?;
        let known_at: DateTime = field.as_str()?.parse().map_err(|_| {
            let why = text!(
                "应为当地时间 YYYY-MM-DDThh:mm:ss",
                "expected local time YYYY-MM-DDThh:mm:ss"
            );
            InputError::new(field.path(), "type", why)
        })?;
        let sensitive = input.opt_bool("sensitive")?.unwrap_or(false);
        // Sensitive and not yet graded is treated as 重大.
        let level = if input.opt("level").is_none() && sensitive {
            EventLevel::Major
        } else {
            choice(input, "level", EventLevel::NAMES)?
        };
        let due = report_by(known_at, level).ok_or_else(|| {
            input.error(
                "known_at",
                "range",
                text!("日期超出日历范围", "the date is beyond the calendar"),
            )
        })?;
        let hours = level.report_hours();
        let mut j = begin(
            "risk/report_deadline",
            ("部令第17号", "2011", "第三条、第四条"),
            Confidence::Verified,
        );
        let shown = due.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        j.uses("known_at", &known_at, "")
            .step(
                Text::new("报告截止", "due"),
                format!("{known_at} + {hours} h"),
                &shown,
            )
            .put("report_by", shown.clone())
            .put("report_to_ministry", level.to_ministry())
            .put("hours", hours);
        let zh = level.zh();
        conclude(
            &mut j,
            Verdict::Computed,
            text!(
                "{zh}事件应于 {shown} 前报告({hours} 小时内)",
                "{zh}: report by {shown} ({hours} h)"
            ),
        );
        Ok(j)
    },
    case: plain,
};

pub(super) const PLAN_FILING_NO: Topic = Topic {
    id: "risk/plan_filing_no",
    zh: "应急预案备案编号",
    en: "Filing number of an emergency plan",
    basis: "环发〔2015〕4号",
    example: r#"{"no":"371503-2025-012-H"}"#,
    evaluate: |input| {
        let number = input.str("no")?;
        let mut j = begin(
            "risk/plan_filing_no",
            ("环发〔2015〕4号", "2015", "备案编号"),
            Confidence::Configurable,
        );
        if let Some(n) = filing_number(number) {
            j.put("valid", true)
                .put("county", n.county.clone())
                .put("year", n.year)
                .put("serial", n.serial)
                .put("level", n.level)
                .put("cross_region", n.cross_region);
            let (county, level) = (n.county, n.level);
            conclude(
                &mut j,
                Verdict::Classified,
                text!("编号有效: {county},{level}风险", "valid: {county}, level {level}"),
            );
        } else {
            j.put("valid", false);
            for key in ["county", "year", "serial", "level", "cross_region"] {
                j.put(key, Value::Null);
            }
            let words = Text::new(
                "应为 县级代码-年份-序号-L/M/H[T]",
                "must be county-year-serial-L/M/H[T]",
            );
            conclude(&mut j, Verdict::Classified, words);
        }
        Ok(j)
    },
    case: plain,
};
