//! Orders of a register's entries: made when first asked for, kept, and put right where entries were written since, so
//! that a list of 100,000 records is not sorted again for each page.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Entry, View};
use crate::limits;
use crate::query::Sort;

/// The orders asked for last.
#[derive(Default)]
pub(super) struct Orders(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Places written since the oldest order was made.
    written: Vec<u32>,
    /// The one used last stands last.
    orders: Vec<Order>,
}

struct Order {
    sort: Sort,
    descending: bool,
    /// How much of what was written it knows.
    upto: usize,
    places: Arc<[u32]>,
}

impl Orders {
    /// Notes that the entry at this place is new or another. `entries` is how many there are.
    pub(super) fn note(&mut self, place: usize, entries: usize) {
        let kept = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if kept.orders.is_empty() {
            return;
        }
        if kept.written.len() > limits::ORDER_WRITTEN + entries / 8 {
            // So much is new that sorting again costs less.
            *kept = Kept::default();
            return;
        }
        if let Ok(place) = u32::try_from(place) {
            kept.written.push(place);
        }
    }
}

impl View {
    /// Places of all entries in this order.
    pub(super) fn in_order(&self, sort: &Sort, descending: bool) -> Arc<[u32]> {
        let mut kept = self.orders.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { written, orders } = &mut *kept;
        let known = orders
            .iter()
            .position(|o| o.sort == *sort && o.descending == descending);
        let known = known.map(|at| orders.remove(at));
        if known.is_none() && orders.len() >= limits::ORDERS_KEPT {
            orders.remove(0);
        }
        let places = match known {
            Some(order) => match written.get(order.upto..) {
                Some([]) => order.places,
                Some(new) => self.put_right(sort, descending, &order.places, new),
                None => self.sorted(sort, descending),
            },
            None => self.sorted(sort, descending),
        };
        orders.push(Order {
            sort: sort.clone(),
            descending,
            upto: written.len(),
            places: Arc::clone(&places),
        });
        places
    }

    fn sorted(&self, sort: &Sort, descending: bool) -> Arc<[u32]> {
        let mut all: Vec<(u32, &Entry)> = (0..).zip(&self.entries).collect();
        all.sort_unstable_by(|(_, a), (_, b)| self.compare(sort, descending, a, b));
        all.into_iter().map(|(place, _)| place).collect()
    }

    /// Takes what was written out of its old places and puts it into its new ones.
    fn put_right(&self, sort: &Sort, descending: bool, old: &[u32], written: &[u32]) -> Arc<[u32]> {
        let mut moved = vec![false; self.entries.len()];
        let mut new: Vec<(u32, &Entry)> = Vec::new();
        for place in written {
            let Ok(at) = usize::try_from(*place) else { continue };
            if let (Some(mark @ false), Some(entry)) = (moved.get_mut(at), self.entries.get(at)) {
                *mark = true;
                new.push((*place, entry));
            }
        }
        new.sort_unstable_by(|(_, a), (_, b)| self.compare(sort, descending, a, b));
        let stays = |place: &u32| usize::try_from(*place).is_ok_and(|at| moved.get(at) == Some(&false));
        let rest: Vec<u32> = old.iter().copied().filter(stays).collect();
        let mut out = Vec::with_capacity(self.entries.len());
        let mut left = rest.as_slice();
        for (place, entry) in new {
            let before = left.partition_point(|other| {
                usize::try_from(*other)
                    .ok()
                    .and_then(|at| self.entries.get(at))
                    .is_some_and(|other| self.compare(sort, descending, other, entry).is_lt())
            });
            let (head, tail) = left.split_at(before);
            out.extend_from_slice(head);
            out.push(place);
            left = tail;
        }
        out.extend_from_slice(left);
        out.into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use model::ids::RecordId;
    use model::time::UtcMs;
    use proptest::prelude::*;
    use registers::library::{File, Library};
    use store::registers::FacetRow;

    use super::super::View;
    use crate::facets::{Facet, Facets};
    use crate::query::Sort;

    const DEFINITION: &str = r#"
name = "plot"
version = 1
zh = "地块"
en = "Plots"
systems = ["S141"]
title = ["name"]
retention_years = 30
field = [
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "size", zh = "面积", en = "Size", type = "decimal" },
]
access = { read = ["inspector"], write = ["inspector"] }
"#;

    fn empty() -> View {
        let file = File {
            path: "x/plot.toml".to_owned(),
            text: DEFINITION.to_owned(),
        };
        let library = Library::load(&[file]).unwrap();
        View::new(library.iter().next().unwrap().definition())
    }

    fn row(record: u8, written: i64, size: Option<i8>) -> FacetRow {
        let mut values = BTreeMap::from([("name".to_owned(), Facet::One(format!("{}", written % 3)))]);
        values.extend(size.map(|s| ("size".to_owned(), Facet::One(s.to_string()))));
        let facets = Facets {
            state: None,
            title: format!("{}", written % 5),
            search: String::new(),
            values,
            due: Vec::new(),
            bounds: None,
        };
        FacetRow {
            seq: i64::from(record),
            changed: written,
            id: RecordId(format!("R{record}")),
            revision: 1,
            state: None,
            since: UtcMs(0),
            demo: false,
            updated_at: UtcMs(written),
            author: String::new(),
            merged: false,
            facets: serde_json::to_string(&facets).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn an_order_put_right_is_the_order_made_anew(
            rounds in prop::collection::vec(prop::collection::vec((any::<u8>(), any::<Option<i8>>()), 0..40), 1..6)
        ) {
            let sorts = [Sort::UpdatedAt, Sort::Title, Sort::Field("name".to_owned()), Sort::Field("size".to_owned()), Sort::Id];
            let mut view = empty();
            let mut written = 0;
            for round in rounds {
                for (record, size) in round {
                    written += 1;
                    view.put(&row(record, written, size));
                }
                for sort in &sorts {
                    for descending in [false, true] {
                        prop_assert_eq!(view.in_order(sort, descending), view.sorted(sort, descending));
                    }
                }
            }
        }
    }
}
