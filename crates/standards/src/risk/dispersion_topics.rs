//! Dispersion by name.

use serde_json::Value;

use super::dispersion::{
    Puff, Receptor, Release, Scheme, Sigma, endpoint_distance, is_continuous, is_heavy, passage_time, plume,
    puff, richardson, sigma,
};
use super::release_topics::uses;
use super::substances::find;
use crate::checks::{choice, real, unknown_name};
use crate::conformance::plain;
use crate::explain::{begin, computed_f64, conclude, figures};
use crate::guard::{amount_f64, positive_f64};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const RELEASE_TYPE: Topic = Topic {
    id: "risk/release_type",
    zh: "连续排放与瞬时排放判别",
    en: "Continuous or instantaneous release",
    basis: "HJ 169-2018 附录G",
    example: r#"{"distance_m":500,"u10_m_s":2.5,"release_s":600}"#,
    evaluate: |input| {
        let distance = positive_f64(input, "distance_m")?;
        let wind = positive_f64(input, "u10_m_s")?;
        let release = amount_f64(input, "release_s")?;
        let t = passage_time(distance, wind);
        let kind = if is_continuous(release, t) {
            "continuous"
        } else {
            "instantaneous"
        };
        let mut j = begin(
            "risk/release_type",
            ("HJ 169", "2018", "附录G"),
            Confidence::Secondary,
        );
        uses(
            &mut j,
            &[
                ("distance_m", distance, "m"),
                ("u10_m_s", wind, "m/s"),
                ("release_s", release, "s"),
            ],
        );
        j.step(
            Text::new("到达时间 T", "time T"),
            format!("2 × {distance} / {wind}"),
            &figures(t),
        )
        .put("t_s", real(t))
        .put("type", kind);
        let shown = figures(t);
        let words = if kind == "continuous" {
            text!(
                "Td {release} s > T {shown} s,连续排放",
                "Td {release} s > T {shown} s: continuous"
            )
        } else {
            text!(
                "Td {release} s ≤ T {shown} s,瞬时排放",
                "Td {release} s ≤ T {shown} s: instantaneous"
            )
        };
        conclude(&mut j, Verdict::Classified, words);
        Ok(j)
    },
    case: plain,
};

pub(super) const RICHARDSON: Topic = Topic {
    id: "risk/richardson",
    zh: "理查德森数与重质气体判别",
    en: "Richardson number and heavy gas",
    basis: "HJ 169-2018 附录G",
    example: r#"{"mode":"cont","q_kg_s":1.2,"d_rel_m":8,"rho_rel":2.6,"rho_air":1.2,"u_m_s":2}"#,
    evaluate: |input| {
        let release = if choice(input, "mode", &[("cont", true), ("inst", false)])? {
            Release::Continuous {
                rate: amount_f64(input, "q_kg_s")?,
                width: positive_f64(input, "d_rel_m")?,
            }
        } else {
            Release::Instantaneous {
                mass: amount_f64(input, "mass_kg")?,
            }
        };
        let gas = positive_f64(input, "rho_rel")?;
        let air = positive_f64(input, "rho_air")?;
        let wind = positive_f64(input, "u_m_s")?;
        let ri = richardson(release, gas, air, wind);
        let heavy = is_heavy(release, ri);
        let model = if heavy { "SLAB" } else { "AFTOX" };
        let mut j = begin(
            "risk/richardson",
            ("HJ 169", "2018", "附录G"),
            Confidence::Secondary,
        );
        uses(
            &mut j,
            &[
                ("rho_rel", gas, "kg/m³"),
                ("rho_air", air, "kg/m³"),
                ("u_m_s", wind, "m/s"),
            ],
        );
        let (formula, bound) = match release {
            Release::Continuous { rate, width } => (
                format!("[9.81×({rate}/{gas})/{width} × ({gas}−{air})/{air}]^(1/3) / {wind}"),
                "Ri ≥ 1/6",
            ),
            Release::Instantaneous { mass } => (
                format!("9.81×({mass}/{gas})^(1/3)/{wind}² × ({gas}−{air})/{air}"),
                "Ri > 0.04",
            ),
        };
        let shown = figures(ri);
        j.step(Text::new("理查德森数", "Richardson number"), formula, &shown)
            .limit(
                &bound,
                "",
                Basis::new("HJ 169", "2018", "附录G"),
                Text::new("重质气体判据", "criterion of heavy gas"),
                Confidence::Secondary,
            )
            .put("ri", real(ri))
            .put("heavy", heavy)
            .put("model", model);
        let words = if heavy {
            text!(
                "Ri = {shown},重质气体,推荐 {model}",
                "Ri = {shown}, heavy gas: {model}"
            )
        } else {
            text!(
                "Ri = {shown},非重质气体,推荐 {model}",
                "Ri = {shown}, not heavy: {model}"
            )
        };
        conclude(&mut j, Verdict::Classified, words);
        Ok(j)
    },
    case: plain,
};

/// Scheme, class and distance of an input, and the parameters there.
fn sigma_of(input: &Input<'_>) -> Result<(Sigma, f64, String), InputError> {
    let scheme = choice(input, "scheme", Scheme::NAMES)?;
    let class = input.str("class")?;
    let x = positive_f64(input, "x_m")?;
    let s = sigma(scheme, class, x).ok_or_else(|| unknown_name(input, "class", class))?;
    Ok((s, x, class.to_owned()))
}

fn add_sigma(j: &mut Judgement, s: &Sigma, x: f64, class: &str) {
    j.rests_on(s.confidence)
        .uses("class", &class, "")
        .step(
            Text::new("横向扩散参数", "sigma y"),
            format!("σy({x} m)"),
            &figures(s.y),
        )
        .step(
            Text::new("垂向扩散参数", "sigma z"),
            format!("σz({x} m)"),
            &figures(s.z),
        )
        .put("sigma_y", real(s.y))
        .put("sigma_z", real(s.z));
}

pub(super) const SIGMA: Topic = Topic {
    id: "risk/sigma",
    zh: "大气扩散参数",
    en: "Dispersion parameters",
    basis: "Briggs、GB/T 13201-91 附录D",
    example: r#"{"scheme":"briggs_open","class":"D","x_m":1000}"#,
    evaluate: |input| {
        let (s, x, class) = sigma_of(input)?;
        let mut j = begin(
            "risk/sigma",
            ("GB/T 13201", "1991", "附录D"),
            Confidence::Secondary,
        );
        add_sigma(&mut j, &s, x, &class);
        let (y, z) = (figures(s.y), figures(s.z));
        conclude(
            &mut j,
            Verdict::Computed,
            text!("σy {y} m,σz {z} m", "sigma y {y} m, sigma z {z} m"),
        );
        Ok(j)
    },
    case: plain,
};

fn receptor(input: &Input<'_>, x: f64) -> Result<Receptor, InputError> {
    Ok(Receptor {
        x,
        y: input.f64("y_m")?,
        z: amount_f64(input, "z_m")?,
    })
}

pub(super) const PLUME: Topic = Topic {
    id: "risk/plume",
    zh: "高斯烟羽浓度(筛选)",
    en: "Gaussian plume, screening",
    basis: "高斯烟羽模型(地面全反射)",
    example: r#"{"scheme":"briggs_open","class":"D","q_kg_s":0.1,"u_m_s":2,"h_m":0,"x_m":500,"y_m":0,"z_m":0}"#,
    evaluate: |input| {
        let (s, x, class) = sigma_of(input)?;
        let rate = amount_f64(input, "q_kg_s")?;
        let wind = positive_f64(input, "u_m_s")?;
        let height = amount_f64(input, "h_m")?;
        let at = receptor(input, x)?;
        let c = plume(rate, wind, height, at, &s);
        let mut j = begin(
            "risk/plume",
            ("高斯烟羽模型", "", "地面全反射"),
            Confidence::Secondary,
        );
        uses(
            &mut j,
            &[
                ("q_kg_s", rate, "kg/s"),
                ("u_m_s", wind, "m/s"),
                ("h_m", height, "m"),
            ],
        );
        add_sigma(&mut j, &s, x, &class);
        let what = Text::new(
            "筛选浓度(不作疏散依据)",
            "screening concentration, not an order to evacuate",
        );
        j.step(
            what.clone(),
            format!(
                "10⁶×{rate}/(2π×{wind}×{}×{})×exp(−{}²/2σy²)×[exp(−({}−{height})²/2σz²)+exp(−({}+{height})²/2σz²)]",
                figures(s.y), figures(s.z), at.y, at.z, at.z
            ),
            &figures(c),
        );
        computed_f64(&mut j, "c_mg_m3", c, "mg/m³", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const PUFF: Topic = Topic {
    id: "risk/puff",
    zh: "高斯烟团浓度(筛选)",
    en: "Gaussian puff, screening",
    basis: "高斯烟团模型(地面全反射)",
    example: r#"{"scheme":"briggs_open","class":"D","mass_kg":100,"u_m_s":2,"t_s":250,"x_m":500,"y_m":0,"z_m":0,"h_m":0}"#,
    evaluate: |input| {
        let (s, x, class) = sigma_of(input)?;
        let p = Puff {
            mass: amount_f64(input, "mass_kg")?,
            wind: positive_f64(input, "u_m_s")?,
            seconds: amount_f64(input, "t_s")?,
            height: amount_f64(input, "h_m")?,
        };
        let at = receptor(input, x)?;
        let c = puff(&p, at, &s);
        let mut j = begin(
            "risk/puff",
            ("高斯烟团模型", "", "地面全反射"),
            Confidence::Secondary,
        );
        uses(
            &mut j,
            &[
                ("mass_kg", p.mass, "kg"),
                ("u_m_s", p.wind, "m/s"),
                ("t_s", p.seconds, "s"),
                ("h_m", p.height, "m"),
            ],
        );
        add_sigma(&mut j, &s, x, &class);
        let what = Text::new(
            "筛选浓度(不作疏散依据)",
            "screening concentration, not an order to evacuate",
        );
        j.step(
            what.clone(),
            format!(
                "10⁶×{}/((2π)^1.5×{}²×{})×exp(−({x}−{}×{})²/2σx²)×…",
                p.mass,
                figures(s.y),
                figures(s.z),
                p.wind,
                p.seconds
            ),
            &figures(c),
        );
        computed_f64(&mut j, "c_mg_m3", c, "mg/m³", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const ENDPOINT_DISTANCE: Topic = Topic {
    id: "risk/endpoint_distance",
    zh: "大气毒性终点浓度距离(筛选)",
    en: "Distance to the toxic endpoints, screening",
    basis: "HJ 169-2018 附录H、高斯烟羽模型",
    example: r#"{"substance":"氯气","class":"F","q_kg_s":0.2,"u_m_s":1.5}"#,
    evaluate: |input| {
        let name = input.str("substance")?;
        let substance = find(name).ok_or_else(|| unknown_name(input, "substance", name))?;
        let class = input.str("class")?;
        let scheme = crate::checks::choice_or(input, "scheme", Scheme::NAMES, Scheme::BriggsOpen)?;
        if sigma(scheme, class, 1.0).is_none() {
            return Err(unknown_name(input, "class", class));
        }
        let rate = positive_f64(input, "q_kg_s")?;
        let wind = positive_f64(input, "u_m_s")?;
        let mut j = begin(
            "risk/endpoint_distance",
            ("HJ 169", "2018", "附录H"),
            Confidence::Configurable,
        );
        j.rests_on(substance.confidence);
        uses(&mut j, &[("q_kg_s", rate, "kg/s"), ("u_m_s", wind, "m/s")]);
        let mut shown = Vec::new();
        for (key, endpoint) in [
            ("endpoint1_m", &substance.endpoint1),
            ("endpoint2_m", &substance.endpoint2),
        ] {
            let distance = endpoint
                .as_ref()
                .and_then(|e| endpoint_distance(scheme, class, rate, wind, e.to_f64()));
            if let Some(e) = endpoint {
                j.limit(
                    e,
                    "mg/m³",
                    Basis::new("HJ 169", "2018", "表H.1"),
                    text!("{name}终点浓度", "endpoint of {name}"),
                    substance.confidence,
                );
            }
            j.put(key, distance.map_or(Value::Null, real));
            shown.push(distance.map_or_else(|| "—".to_owned(), |d| format!("{} m", figures(d))));
            if let (Some(d), Some(e)) = (distance, endpoint) {
                j.step(
                    Text::new(
                        "地面源轴线浓度降至终点浓度",
                        "ground source, centreline falls to the endpoint",
                    ),
                    format!("10⁶×{rate}/(π×{wind}×σy×σz) = {e}"),
                    &figures(d),
                );
            }
        }
        let both = shown.join(" / ");
        let words = text!(
            "终点浓度-1/-2 距离 {both}(筛选估算,不作疏散命令)",
            "distances to endpoint 1 / 2: {both} (screening estimate, not an order)"
        );
        conclude(
            &mut j,
            if both == "— / —" {
                Verdict::Undecided
            } else {
                Verdict::Computed
            },
            words,
        );
        Ok(j)
    },
    case: plain,
};
