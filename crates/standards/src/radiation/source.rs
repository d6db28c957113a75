//! Radioactive sources: categories Ⅰ–Ⅴ by A/D and by the table in Bq, decay, source codes.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{self, Impossible};
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// Category of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Ⅰ类 极高危险源
    I,
    /// Ⅱ类 高危险源
    II,
    /// Ⅲ类 危险源
    III,
    /// Ⅳ类 低危险源
    IV,
    /// Ⅴ类 极低危险源
    V,
}

impl Category {
    /// By name, most dangerous first.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("I", Self::I),
        ("II", Self::II),
        ("III", Self::III),
        ("IV", Self::IV),
        ("V", Self::V),
    ];

    /// `I` … `V`
    pub fn key(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, c)| *c == self)
            .map_or("", |(key, _)| key)
    }

    /// Chinese words for the danger.
    pub fn zh(self) -> &'static str {
        match self {
            Self::I => "Ⅰ类(极高危险源)",
            Self::II => "Ⅱ类(高危险源)",
            Self::III => "Ⅲ类(危险源)",
            Self::IV => "Ⅳ类(低危险源)",
            Self::V => "Ⅴ类(极低危险源)",
        }
    }
}

/// A nuclide with its danger value and half-life.
#[derive(Clone, Debug, Deserialize)]
pub struct Nuclide {
    /// `Co-60` …
    pub nuclide: String,
    /// Chinese name.
    pub name: String,
    /// D, TBq.
    #[serde(deserialize_with = "table::exact")]
    pub d_tbq: Exact,
    /// Days; none where the sheet has none.
    #[serde(deserialize_with = "table::opt_exact")]
    pub half_life_days: Option<Exact>,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const NUCLIDES: &str = include_str!("../../data/radiation_nuclides.csv");
static NUCLIDE: LazyLock<Vec<Nuclide>> = LazyLock::new(|| table::rows(NUCLIDES));

impl Nuclide {
    /// By symbol or Chinese name.
    pub fn find(name: &str) -> Option<&'static Self> {
        NUCLIDE.iter().find(|n| n.nuclide == name || n.name == name)
    }
}

/// Lower ends of A/D for the categories Ⅰ–Ⅳ; below the last it is Ⅴ.
pub fn ad_bounds() -> [(Category, Exact); 4] {
    [
        (Category::I, Exact::int(1000)),
        (Category::II, Exact::int(10)),
        (Category::III, Exact::int(1)),
        (Category::IV, checks::decimal(1, 2)),
    ]
}

/// Category by `Σ Aᵢ/Dᵢ`.
pub fn category_by_ad(a_over_d: &Exact) -> Category {
    ad_bounds()
        .into_iter()
        .find(|(_, from)| a_over_d >= from)
        .map_or(Category::V, |(category, _)| category)
}

/// `Σ Aᵢ/Dᵢ` of sources kept together; activities in TBq.
pub fn sum_ad(sources: &[(&Nuclide, Exact)]) -> Result<Exact, Impossible> {
    let mut sum = Exact::zero();
    for (nuclide, activity) in sources {
        checks::not_negative("activity_tbq", activity)?;
        let part = activity
            .checked_div(&nuclide.d_tbq)
            .ok_or(Impossible::NoFigure("nuclide"))?;
        sum = &sum + &part;
    }
    Ok(sum)
}

/// Lower bounds of a nuclide's categories, Bq.
#[derive(Clone, Debug, Deserialize)]
pub struct Bounds {
    nuclide: String,
    #[serde(rename = "I", deserialize_with = "table::exact")]
    i: Exact,
    #[serde(rename = "II", deserialize_with = "table::exact")]
    ii: Exact,
    #[serde(rename = "III", deserialize_with = "table::exact")]
    iii: Exact,
    #[serde(rename = "IV", deserialize_with = "table::exact")]
    iv: Exact,
    #[serde(rename = "V", deserialize_with = "table::exact")]
    v: Exact,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const BOUNDS: &str = include_str!("../../data/radiation_bounds.csv");
static BOUND: LazyLock<Vec<Bounds>> = LazyLock::new(|| table::rows(BOUNDS));

impl Bounds {
    /// Of a nuclide.
    pub fn find(nuclide: &str) -> Option<&'static Self> {
        BOUND.iter().find(|b| b.nuclide == nuclide)
    }

    /// By category.
    pub fn by_category(&self) -> [(Category, &Exact); 5] {
        [
            (Category::I, &self.i),
            (Category::II, &self.ii),
            (Category::III, &self.iii),
            (Category::IV, &self.iv),
            (Category::V, &self.v),
        ]
    }

    /// Category of an activity in Bq; `None` below the exemption.
    pub fn category(&self, activity: &Exact) -> Option<Category> {
        self.by_category()
            .into_iter()
            .find(|(_, from)| activity >= *from)
            .map(|(category, _)| category)
    }
}

/// Activity after some days: `A0·2^(−t/T½)`, in the unit of A0; `None` for a half-life of zero or below.
pub fn decayed(a0: f64, days: f64, half_life_days: f64) -> Option<f64> {
    (half_life_days > 0.0)
        .then(|| a0 * (-days / half_life_days).exp2())
        .filter(|a| a.is_finite())
}

/// Parts of a source code (放射源编码规则).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCode {
    /// Producer: two digits (domestic) or a country's two letters.
    pub producer: String,
    /// Whether it was imported.
    pub imported: bool,
    /// Last two digits of the year, or `NN` (before 2005 and unknown).
    pub year: String,
    /// Nuclide code, or `NN`.
    pub nuclide: String,
    /// Product serial, 5 characters.
    pub serial: String,
    /// Category at delivery 1–5, or `N`.
    pub category: char,
}

/// Reads a source code of 12 characters; `None` where it does not follow the rule.
pub fn source_code(code: &str) -> Option<SourceCode> {
    if code.len() != 12 || !code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return None;
    }
    let part = |from: usize, to: usize| code.get(from..to);
    let (producer, year) = (part(0, 2)?, part(2, 4)?);
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let imported = producer.bytes().all(|b| b.is_ascii_uppercase());
    if !(imported || digits(producer)) || !(digits(year) || year == "NN") {
        return None;
    }
    let category = code.chars().last().filter(|c| matches!(c, '1'..='5' | 'N'))?;
    Some(SourceCode {
        producer: producer.to_owned(),
        imported,
        year: year.to_owned(),
        nuclide: part(4, 6)?.to_owned(),
        serial: part(6, 11)?.to_owned(),
        category,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(NUCLIDES, &NUCLIDE);
        table::assert_complete(BOUNDS, &BOUND);
        for bounds in BOUND.iter() {
            assert!(bounds.by_category().windows(2).all(|w| w[0].1 > w[1].1));
        }
    }

    proptest::proptest! {
        #[test]
        fn decay_in_two_steps_is_decay_in_one(a in 0.001_f64..100.0, t in 0.0_f64..500.0, u in 0.0_f64..500.0) {
            let once = decayed(a, t + u, 119.8).unwrap();
            let twice = decayed(decayed(a, t, 119.8).unwrap(), u, 119.8).unwrap();
            proptest::prop_assert!((once - twice).abs() <= 1e-9 * a);
        }

        #[test]
        fn reading_a_code_never_fails_badly(text in ".{0,20}") {
            let _ = source_code(&text);
        }
    }
}
