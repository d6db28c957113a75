//! Classes of the air as ranges: between which AQIs, or concentrations of an item, each level of HJ 633 holds. For maps and
//! legends, which cut at these figures; a period is judged by [`super::aqi`].

use super::aqi::{Level, level, levels};
use super::edition::Edition;
use super::iaqi::{Above, Item, breakpoints};
use crate::num::Exact;

/// A range with its level. A limit belongs to the level below it: an AQI of 50 is 优.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Greatest value of the class below; `None` for the first.
    pub above: Option<Exact>,
    /// Greatest value of this class; `None` for the last.
    pub up_to: Option<Exact>,
    /// Its level; `None` where the edition gives no index (HJ 633-2012, notes 2 and 3).
    pub level: Option<&'static Level>,
}

/// The classes of the AQI itself, the same in both editions.
pub fn of_index() -> Vec<Class> {
    let ends = levels()
        .iter()
        .map(|l| (Exact::int(i64::from(l.aqi_to)), Some(l)));
    ranges(ends.collect(), levels().last())
}

/// The classes of an item's concentration in an edition, with the unit of [`Item::unit`]; empty where it has no table.
pub fn of_item(item: Item, edition: Edition) -> Vec<Class> {
    let Some(table) = breakpoints(item, edition) else {
        return Vec::new();
    };
    let ends = levels().iter().filter_map(|l| {
        let (_, end) = table.points.iter().find(|(index, _)| *index == l.aqi_to)?;
        Some((end.clone(), Some(l)))
    });
    let beyond = match table.above {
        Above::Cap => levels().last(),
        Above::Fixed(index) => level(index),
        Above::NotComputed => None,
    };
    ranges(ends.collect(), beyond)
}

/// Ranges from their ends; what lies beyond the last end joins the last range where it has the same level.
fn ranges(ends: Vec<(Exact, Option<&'static Level>)>, beyond: Option<&'static Level>) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::with_capacity(ends.len() + 1);
    let mut above = None;
    for (end, level) in ends {
        classes.push(Class {
            above: above.replace(end.clone()),
            up_to: Some(end),
            level,
        });
    }
    match classes.last_mut() {
        Some(last) if last.level == beyond => last.up_to = None,
        _ => classes.push(Class {
            above,
            up_to: None,
            level: beyond,
        }),
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::super::iaqi::iaqi;
    use super::*;

    fn shown(classes: &[Class]) -> Vec<(String, Option<u8>)> {
        let end = |c: &Class| c.up_to.as_ref().map_or("…".to_owned(), ToString::to_string);
        classes
            .iter()
            .map(|c| (end(c), c.level.map(|l| l.level)))
            .collect()
    }

    fn expected(list: &[(&str, Option<u8>)]) -> Vec<(String, Option<u8>)> {
        list.iter().map(|(end, l)| ((*end).to_owned(), *l)).collect()
    }

    #[test]
    fn limits_are_those_of_the_edition() {
        let six = |ends: [&str; 5]| -> Vec<(String, Option<u8>)> {
            let ends = ends.into_iter().chain(["…"]);
            ends.zip(1..).map(|(e, l)| (e.to_owned(), Some(l))).collect()
        };
        assert_eq!(shown(&of_index()), six(["50", "100", "150", "200", "300"]));
        let pm = |edition| shown(&of_item(Item::Pm25Hour, edition));
        assert_eq!(pm(Edition::Hj2012), six(["35", "75", "115", "150", "250"]));
        assert_eq!(pm(Edition::Hj2026), six(["35", "60", "115", "150", "250"]));
    }

    #[test]
    fn above_the_table_of_sulphur_dioxide_each_edition_says_something_else() {
        let so2 = |edition| shown(&of_item(Item::So2Hour, edition));
        let four = [("150", Some(1)), ("500", Some(2)), ("650", Some(3))];
        let old = [&four[..], &[("800", Some(4)), ("…", None)]].concat();
        let new = [&four[..], &[("…", Some(4))]].concat();
        assert_eq!(so2(Edition::Hj2012), expected(&old));
        assert_eq!(so2(Edition::Hj2026), expected(&new));
    }

    proptest::proptest! {
        #[test]
        fn the_class_of_a_concentration_is_the_level_of_its_index(item in 0_usize..12, tenth in 0_i64..40_000, new in proptest::bool::ANY) {
            let (item, edition) = (Item::ALL[item], if new { Edition::Hj2026 } else { Edition::Hj2012 });
            let value = Exact::ratio(tenth, 10).unwrap();
            let classes = of_item(item, edition);
            let holding: Vec<&Class> = classes
                .iter()
                .filter(|c| c.above.as_ref().is_none_or(|a| value > *a) && c.up_to.as_ref().is_none_or(|u| value <= *u))
                .collect();
            proptest::prop_assert_eq!(holding.len(), 1);
            let index = iaqi(item, &value, edition).unwrap().value;
            proptest::prop_assert_eq!(holding[0].level, index.and_then(level));
        }
    }
}
