//! Section classes in bulk: whole-number values in billionths of the item's unit against limits scaled once.
//!
//! Equal to [`super::class::section_class`] on every row, as a property test holds; the inner loop allocates nothing.

use super::class::{ItemSet, WaterClass};
use super::item::{Body, Item, Limits};
use crate::num::Exact;

/// Units of a row per unit of the item: one billionth keeps nine decimals exactly.
pub const SCALE: i64 = 1_000_000_000;
/// A missing value in a row.
pub const MISSING: i64 = i64::MIN;
/// The most items of a set.
pub const ITEMS: usize = 21;

/// Values in the order of [`Kernel::items`], in units of 1/[`SCALE`]; slots beyond are not read.
pub type Row = [i64; ITEMS];

/// What a row gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// 1–6 (6 = 劣Ⅴ); 0 when no item is there or one is impossible.
    pub class: u8,
    /// Items of the worst class: bit i is item i of [`Kernel::items`].
    pub decisive: u32,
    /// Items worse than class III.
    pub worse: u32,
    /// Impossible values (negative, pH above 14).
    pub impossible: u32,
}

impl Outcome {
    /// The class, `None` when it cannot be decided.
    pub fn water_class(self) -> Option<WaterClass> {
        WaterClass::ALL.into_iter().find(|c| c.number() == self.class)
    }
}

/// How a value becomes one that is bad when large.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// As it is.
    Max,
    /// Negated: dissolved oxygen.
    Min,
    /// Distance from the middle of the range, doubled; with the largest possible value: pH.
    Range {
        /// Sum of both ends.
        ends: i64,
        /// Largest possible value.
        largest: i64,
    },
}

#[derive(Clone, Copy, Debug)]
struct Lane {
    turn: Turn,
    limits: [i64; 5],
}

/// One item set and body, ready for rows.
#[derive(Clone, Debug)]
pub struct Kernel {
    items: Vec<Item>,
    lanes: Vec<Lane>,
}

/// A value as a row holds it; `None` when it has more than nine decimals or is too large.
pub fn scaled(value: &Exact) -> Option<i64> {
    (value * &Exact::int(SCALE))
        .to_i64()
        .filter(|n| n.unsigned_abs() < u64::MAX >> 3)
}

impl Lane {
    fn new(limits: &Limits) -> Option<Self> {
        let five = |limits: &[Exact; 5], sign: i64| -> Option<[i64; 5]> {
            let mut out = [0; 5];
            for (slot, limit) in out.iter_mut().zip(limits) {
                *slot = sign * scaled(limit)?;
            }
            Some(out)
        };
        Some(match limits {
            Limits::Max(limits) => Self {
                turn: Turn::Max,
                limits: five(limits, 1)?,
            },
            Limits::Min(limits) => Self {
                turn: Turn::Min,
                limits: five(limits, -1)?,
            },
            Limits::Range(low, high) => {
                let (low, high) = (scaled(low)?, scaled(high)?);
                Self {
                    turn: Turn::Range {
                        ends: low + high,
                        largest: 14 * SCALE,
                    },
                    limits: [high - low; 5],
                }
            }
            Limits::None => return None,
        })
    }

    /// Class 1–6, or 0 for an impossible value.
    #[inline]
    fn class(&self, value: i64) -> u8 {
        if value < 0 {
            return 0;
        }
        let bad = match self.turn {
            Turn::Max => value,
            Turn::Min => -value,
            Turn::Range { largest, .. } if value > largest => return 0,
            Turn::Range { ends, .. } => (2 * value - ends).abs(),
        };
        // Limits rise from class to class, so the number of them exceeded is the class less one.
        self.limits
            .iter()
            .fold(1, |class, limit| class + u8::from(bad > *limit))
    }
}

impl Kernel {
    /// A kernel for an item set in a body of water; values are compared as given.
    pub fn new(set: ItemSet, body: Body) -> Self {
        let (mut items, mut lanes) = (Vec::with_capacity(ITEMS), Vec::with_capacity(ITEMS));
        for item in Item::ALL.into_iter().filter(|i| set.has(*i)) {
            if let Some(lane) = item.row(body).and_then(|r| Lane::new(&r.limits)) {
                items.push(item);
                lanes.push(lane);
            }
        }
        Self { items, lanes }
    }

    /// Items in the order of a row.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The items of a mask.
    pub fn items_of(&self, mask: u32) -> impl Iterator<Item = Item> {
        self.items
            .iter()
            .enumerate()
            .filter(move |(i, _)| mask >> i & 1 == 1)
            .map(|(_, item)| *item)
    }

    /// One row.
    #[inline]
    pub fn evaluate(&self, row: &Row) -> Outcome {
        let mut out = Outcome::default();
        let mut bit = 1_u32;
        for (lane, value) in self.lanes.iter().zip(row) {
            if *value != MISSING {
                let class = lane.class(*value);
                if class > out.class {
                    out.class = class;
                    out.decisive = 0;
                }
                out.decisive |= bit * u32::from(class == out.class);
                out.worse |= bit * u32::from(class > 3);
                out.impossible |= bit * u32::from(class == 0);
            }
            bit <<= 1;
        }
        if out.impossible != 0 {
            return Outcome {
                impossible: out.impossible,
                ..Outcome::default()
            };
        }
        out
    }

    /// Rows into outcomes, as many as the shorter of the two.
    pub fn evaluate_into(&self, rows: &[Row], outcomes: &mut [Outcome]) {
        for (row, outcome) in rows.iter().zip(outcomes) {
            *outcome = self.evaluate(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy as _;

    use super::super::class::{Preparation, section_class};
    use super::*;

    #[test]
    fn every_item_has_a_lane() {
        for body in [Body::River, Body::Lake] {
            assert_eq!(Kernel::new(ItemSet::Official21, body).items().len(), 21);
            assert_eq!(Kernel::new(ItemSet::Realtime5, body).items().len(), 5);
        }
        assert_eq!(scaled(&"0.0000000001".parse().unwrap()), None);
    }

    proptest::proptest! {
        #[test]
        fn equal_to_the_exact_class(
            row in proptest::collection::vec(proptest::prop_oneof![
                4 => 0_i64..15_000_000_000, 6 => 0_i64..2_000_000_000, 4 => 0_i64..100_000_000, 4 => 0_i64..1_000_000,
                2 => (0_i64..40).prop_map(|n| n * SCALE / 2), 3 => proptest::strategy::Just(MISSING),
            ], ITEMS),
            negative in proptest::option::weighted(0.05, 0_usize..ITEMS), lake in proptest::bool::ANY, all in proptest::bool::ANY,
        ) {
            let body = if lake { Body::Lake } else { Body::River };
            let set = if all { ItemSet::Official21 } else { ItemSet::Realtime5 };
            let kernel = Kernel::new(set, body);
            let mut row = Row::try_from(row).unwrap();
            if let Some(i) = negative {
                row[i] = -1;
            }
            let values: Vec<(Item, Exact)> = kernel.items().iter().zip(row).filter(|(_, v)| *v != MISSING)
                .map(|(item, v)| (*item, Exact::ratio(v, SCALE).unwrap())).collect();
            let bulk = kernel.evaluate(&row);
            match section_class(&values, body, set, Preparation::AsGiven) {
                Err(_) => proptest::prop_assert!(bulk.class == 0 && bulk.impossible != 0),
                Ok(None) => proptest::prop_assert_eq!(bulk, Outcome::default()),
                Ok(Some(exact)) => {
                    proptest::prop_assert_eq!(bulk.water_class(), Some(exact.class));
                    let of = |wanted: &dyn Fn(WaterClass) -> bool| -> Vec<Item> {
                        exact.items.iter().filter(|i| wanted(i.class)).map(|i| i.item).collect()
                    };
                    proptest::prop_assert_eq!(kernel.items_of(bulk.decisive).collect::<Vec<_>>(), of(&|c| c == exact.class));
                    proptest::prop_assert_eq!(kernel.items_of(bulk.worse).collect::<Vec<_>>(), of(&|c| c > WaterClass::III));
                }
            }
        }
    }
}
