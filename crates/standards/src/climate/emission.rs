//! Formulas of greenhouse-gas accounting, exact: combustion, electricity, aluminium, waste, wastewater, intensity.

use crate::checks::{self, Impossible};
use crate::num::Exact;

/// CO2 per C by mass, 44/12.
pub fn co2_per_c() -> Exact {
    Exact::ratio(44, 12).unwrap_or_else(Exact::one)
}

fn share(percent: &Exact) -> Exact {
    percent * &checks::decimal(1, 2)
}

/// `FC·NCV·CC·OF·44/12`, tCO2: amount in the fuel's unit, NCV GJ/unit, carbon content tC/GJ, oxidation in percent.
pub fn combustion(
    amount: &Exact,
    ncv: &Exact,
    carbon: &Exact,
    oxidation: &Exact,
) -> Result<Exact, Impossible> {
    for (what, value) in [("amount", amount), ("ncv_GJ", ncv), ("cc_kgC_per_GJ", carbon)] {
        checks::not_negative(what, value)?;
    }
    checks::between("oxidation_pct", oxidation, 0, 100)?;
    Ok(&(&(&(amount * ncv) * carbon) * &share(oxidation)) * &co2_per_c())
}

/// Carbon of coal as received, %: `C_ad·(100 − M_ar)/(100 − M_ad)`; on dry basis with `M_ad` 0.
pub fn carbon_as_received(carbon: &Exact, m_ar: &Exact, m_ad: &Exact) -> Result<Exact, Impossible> {
    let hundred = Exact::int(100);
    checks::between("c_ad_pct", carbon, 0, 100)?;
    checks::between("m_ar_pct", m_ar, 0, 100)?;
    checks::between("m_ad_pct", m_ad, 0, 99)?;
    (carbon * &(&hundred - m_ar))
        .checked_div(&(&hundred - m_ad))
        .ok_or(Impossible::NotPositive("m_ad_pct"))
}

/// PFC of aluminium smelting by CETS-AG-04.01.
#[derive(Clone, Debug, PartialEq)]
pub struct Pfc {
    /// kg CF4 per t Al.
    pub cf4: Exact,
    /// kg C2F6 per t Al.
    pub c2f6: Exact,
    /// tCO2e.
    pub total: Exact,
}

/// `Q·(EF_CF4·GWP_CF4 + EF_C2F6·GWP_C2F6)/1000`; EF_CF4 = slope·AEM, or the default without anode-effect minutes;
/// EF_C2F6 is a tenth of it.
pub fn aluminium_pfc(
    aluminium: &Exact,
    minutes: Option<&Exact>,
    (slope, default): (&Exact, &Exact),
    (gwp_cf4, gwp_c2f6): (&Exact, &Exact),
) -> Result<Pfc, Impossible> {
    checks::not_negative("al_t", aluminium)?;
    if let Some(minutes) = minutes {
        checks::between("ae_min_per_pot_day", minutes, 0, 1440)?;
    }
    let cf4 = minutes.map_or_else(|| default.clone(), |m| slope * m);
    let c2f6 = &cf4 * &checks::decimal(1, 1);
    let per_tonne = &(&cf4 * gwp_cf4) + &(&c2f6 * gwp_c2f6);
    let total = &(aluminium * &per_tonne) * &checks::decimal(1, 3);
    Ok(Pfc { cf4, c2f6, total })
}

/// CO2 of anodes: `net·(1 − S% − ash%)·44/12`, t.
pub fn anode(net: &Exact, sulfur: &Exact, ash: &Exact) -> Result<Exact, Impossible> {
    checks::not_negative("net_anode_t", net)?;
    let rest = &(&Exact::int(100) - sulfur) - ash;
    checks::between("sulfur_pct", sulfur, 0, 100)?;
    checks::between("ash_pct", ash, 0, 100)?;
    checks::not_negative("ash_pct", &rest)?;
    Ok(&(net * &share(&rest)) * &co2_per_c())
}

/// CO2 of incineration: `IW·CCW·FCF·EF·44/12`, t; the three factors as fractions.
pub fn incineration(
    tonnes: &Exact,
    ccw: &Exact,
    fcf: &Exact,
    efficiency: &Exact,
) -> Result<Exact, Impossible> {
    checks::not_negative("tonnes", tonnes)?;
    for (what, value) in [("ccw", ccw), ("fcf", fcf), ("ce", efficiency)] {
        checks::between(what, value, 0, 1)?;
    }
    Ok(&(&(&(tonnes * ccw) * fcf) * efficiency) * &co2_per_c())
}

/// CH4 of wastewater, t: `V·C·Bo·MCF − R`; volume m³, organic load mg/L, Bo kg CH4 per kg, recovered R in t. Not below
/// zero: more cannot be recovered than there is.
pub fn wastewater(
    volume: &Exact,
    load: &Exact,
    bo: &Exact,
    mcf: &Exact,
    recovered: &Exact,
) -> Result<Exact, Impossible> {
    for (what, value) in [
        ("volume_m3", volume),
        ("organic_mg_per_L", load),
        ("bo", bo),
        ("recovered_t", recovered),
    ] {
        checks::not_negative(what, value)?;
    }
    checks::between("mcf", mcf, 0, 1)?;
    // m³ · mg/L is g; a millionth of it is t.
    let tonnes = &(&(&(volume * load) * bo) * mcf) * &checks::decimal(1, 6);
    Ok((&tonnes - recovered).max(Exact::zero()))
}

/// CH4 of landfill, t: `(W·L0 − R)(1 − OX)` with `L0 = MCF·DOC·DOCf·F·16/12`.
pub fn landfill(
    waste: &Exact,
    [mcf, doc, doc_f, fraction]: [&Exact; 4],
    recovered: &Exact,
    oxidised: &Exact,
) -> Result<Exact, Impossible> {
    checks::not_negative("tonnes", waste)?;
    checks::not_negative("recovered_t", recovered)?;
    for (what, value) in [
        ("mcf", mcf),
        ("doc", doc),
        ("doc_f", doc_f),
        ("f", fraction),
        ("ox", oxidised),
    ] {
        checks::between(what, value, 0, 1)?;
    }
    let ch4_per_c = Exact::ratio(16, 12).unwrap_or_else(Exact::one);
    let l0 = &(&(&(mcf * doc) * doc_f) * fraction) * &ch4_per_c;
    let rest = (&(waste * &l0) - recovered).max(Exact::zero());
    Ok(&rest * &(&Exact::one() - oxidised))
}

/// Intensities of two years and their change.
#[derive(Clone, Debug, PartialEq)]
pub struct Intensity {
    /// tCO2 per unit of product of the base year.
    pub base: Exact,
    /// Of the year judged.
    pub now: Exact,
    /// `(I1 − I0)/I0·100`, %; `None` from zero.
    pub change: Option<Exact>,
}

/// Intensities from (emission, product) of the two years; `None` for a product of zero.
pub fn intensity(base: (&Exact, &Exact), now: (&Exact, &Exact)) -> Option<Intensity> {
    let base = base.0.checked_div(base.1)?;
    let now = now.0.checked_div(now.1)?;
    let change = checks::percent(&(&now - &base), &base);
    Some(Intensity { base, now, change })
}

/// Emissions of a cogeneration unit split by its heat.
#[derive(Clone, Debug, PartialEq)]
pub struct Cogeneration {
    /// Share of heat to users.
    pub heat_share: Exact,
    /// tCO2 of heat.
    pub heat: Exact,
    /// tCO2 of power.
    pub power: Exact,
}

/// Split by heat share `a = heat to users / (heat to power + heat to users)`; `None` without heat.
pub fn cogeneration(total: &Exact, to_users: &Exact, to_power: &Exact) -> Option<Cogeneration> {
    let heat_share = to_users.checked_div(&(to_users + to_power))?;
    let heat = total * &heat_share;
    let power = total - &heat;
    Some(Cogeneration {
        heat_share,
        heat,
        power,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_split_adds_up(total in 0_i64..1_000_000, users in 0_i64..1000, power in 1_i64..1000) {
            let got = cogeneration(&Exact::int(total), &Exact::int(users), &Exact::int(power)).unwrap();
            proptest::prop_assert_eq!(&got.heat + &got.power, Exact::int(total));
        }
    }
}
