//! Doubles of a whole register: the blocks miss nothing that comparing all with all would find, and compare far less.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;

use model::ids::RecordId;
use proptest::prelude::*;
use registers::doubles::{Verdict, likeness};
use registers::library::{File, Library};
use registers::limits;
use registers::pairs::{Finder, Found};
use registers::record::Body;
use registers::register::Register;
use serde_json::json;

const KILN: &str = r#"
name = "kiln"
version = 1
zh = "窑炉"
en = "Kilns"
systems = ["S001"]
title = ["name"]
retention_years = 10
field = [
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "code", zh = "编号", en = "Code", type = "text" },
  { name = "place", zh = "位置", en = "Place", type = "point" },
]
access = { read = ["administrator"], write = ["administrator"] }

[matching]
same_from = 80
review_from = 50
compare = [
  { field = "code", how = "exact", weight = 60, against = 20 },
  { field = "name", how = "normalised", weight = 35, ignore = ["公司"] },
  { field = "place", how = "near", weight = 20, within_m = 300 },
]
"#;

fn library() -> Library {
    let file = File {
        path: "air/kiln.toml".to_owned(),
        text: KILN.to_owned(),
    };
    Library::load(&[file]).unwrap()
}

fn search(register: &Register, bodies: &[Body]) -> Found {
    let mut finder = Finder::new(register).unwrap();
    for (n, body) in bodies.iter().enumerate() {
        finder.add(RecordId::new(format!("{n:05}")), body);
    }
    finder.pairs()
}

fn kiln(name: u8, code: Option<u8>, place: Option<(u8, u8)>) -> Body {
    let mut body = Body::new();
    body.insert("name".to_owned(), json!(format!("{}窑公司", name % 7)));
    if let Some(code) = code {
        body.insert("code".to_owned(), json!(format!("K{}", code % 9)));
    }
    if let Some((x, y)) = place {
        let at = [
            116.0 + f64::from(x % 20) / 1000.0,
            36.5 + f64::from(y % 20) / 1000.0,
        ];
        body.insert("place".to_owned(), json!({ "type": "Point", "coordinates": at }));
    }
    body
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_is_missed_that_all_with_all_would_find(
        rows in proptest::collection::vec((any::<u8>(), any::<Option<u8>>(), any::<Option<(u8, u8)>>()), 0..50)
    ) {
        let library = library();
        let register = library.get("kiln").unwrap();
        let bodies: Vec<Body> = rows.into_iter().map(|(n, c, p)| kiln(n, c, p)).collect();
        let mut expected = BTreeSet::new();
        for (a, left) in bodies.iter().enumerate() {
            for (b, right) in bodies.iter().enumerate().skip(a + 1) {
                if likeness(register, left, right).unwrap().verdict != Verdict::Different {
                    expected.insert((format!("{a:05}"), format!("{b:05}")));
                }
            }
        }
        let found = search(register, &bodies);
        let pairs: BTreeSet<_> = found.pairs.iter().map(|p| (p.a.to_string(), p.b.to_string())).collect();
        prop_assert_eq!(pairs, expected);
        prop_assert!(!found.truncated);
        prop_assert!(found.pairs.windows(2).all(|w| w[0].likeness.score >= w[1].likeness.score));
    }
}

#[test]
fn a_register_of_records_that_share_everything_stays_bounded() {
    let library = library();
    let register = library.get("kiln").unwrap();
    let bodies: Vec<Body> = (0..3_000).map(|_| kiln(1, Some(1), Some((1, 1)))).collect();
    let found = search(register, &bodies);
    let all = bodies.len() * (bodies.len() - 1) / 2;
    assert!(found.compared < all / 10, "{} of {all}", found.compared);
    assert!(found.truncated, "and it is told");
    assert_eq!(found.pairs.len(), limits::PAIRS);
    assert!(
        Finder::new(
            Library::load(&[File {
                path: "a/kiln.toml".into(),
                text: KILN.split("[matching]").next().unwrap().into()
            }])
            .unwrap()
            .get("kiln")
            .unwrap()
        )
        .is_none()
    );
}
