//! Scores of responsibility letters and the sharing of a residual.

use crate::common::{dec, unit};
use plan::assessment::{Adjustment, AssessmentError, Item, Letter, Measure, Party, assess, share_out};
use plan::evaluation::{Grade, Rules};
use plan::facts::Side;
use plan::number::Num;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn item(id: &str, weight: &str, measure: Measure) -> Item {
    Item {
        id: id.to_owned(),
        name: format!("条目{id}"),
        weight: dec(weight),
        measure,
        source: None,
    }
}

fn lower(goal: &str, base: Option<&str>, actual: Option<&str>) -> Measure {
    Measure::Value {
        goal: dec(goal),
        base: base.map(dec),
        better: Side::Lower,
        actual: actual.map(dec),
        unit: None,
    }
}

fn letter(who: &str, items: Vec<Item>) -> Letter {
    Letter {
        unit: unit(who),
        items,
        adjustments: Vec::new(),
    }
}

fn grades() -> Vec<Grade> {
    Rules::default().grades
}

#[test]
fn points_follow_the_shown_formula() {
    // 40 × (46 − 54)/(42 − 54) = 26.67; 30 × 9/12 = 22.5; 30 × 100/120 = 25 → 74.17 of 100.
    let items = vec![
        item("a", "40", lower("42", Some("54"), Some("46"))),
        item(
            "b",
            "30",
            Measure::Count {
                done: Some(9),
                of: 12,
            },
        ),
        item("c", "30", lower("100", None, Some("120"))),
    ];
    let found = assess(&[letter("t1", items)], &grades(), "合格")
        .unwrap()
        .remove(0);
    let points: Vec<String> = found
        .items
        .iter()
        .map(|i| i.points.as_ref().unwrap().fixed(2))
        .collect();
    assert_eq!(points, ["26.67", "22.50", "25.00"]);
    assert_eq!(found.items[0].formula, "40 × max(0, (46 − 54) / (42 − 54))");
    assert_eq!(found.items[2].formula, "30 × 100 / 120");
    assert_eq!(found.total.unwrap().fixed(2), "74.17");
    assert_eq!(found.grade.unwrap().zh, "合格");
}

#[test]
fn missing_is_left_out_and_told() {
    let items = vec![
        item("a", "40", lower("42", None, None)),
        item("b", "60", Measure::Count { done: Some(3), of: 4 }),
    ];
    let found = assess(&[letter("t1", items)], &grades(), "合格")
        .unwrap()
        .remove(0);
    assert_eq!(
        (found.total.unwrap().to_string().as_str(), found.missing),
        ("75", vec!["a".to_owned()])
    );
    assert_eq!(found.doubts[0].code, "missing");
}

#[test]
fn a_veto_caps_the_grade_and_an_appeal_changes_with_a_reason() {
    let items = |happened| {
        vec![
            item(
                "a",
                "100",
                Measure::Count {
                    done: Some(95),
                    of: 100,
                },
            ),
            item(
                "v",
                "0",
                Measure::Veto {
                    happened: Some(happened),
                },
            ),
        ]
    };
    let one =
        |letter: &Letter| assess(std::slice::from_ref(letter), &grades(), "合格").map(|mut r| r.remove(0));
    let mut letter = letter("t1", items(true));
    let found = one(&letter).unwrap();
    assert_eq!(
        (found.grade.unwrap().zh.as_ref(), found.veto),
        ("合格", vec!["v".to_owned()])
    );
    assert_eq!(
        one(&self::letter("t1", items(false))).unwrap().grade.unwrap().zh,
        "优秀"
    );
    let change = |item: &str, points: &str, reason: &str| Adjustment {
        item: item.to_owned(),
        points: dec(points),
        reason: reason.to_owned(),
        by: "考核组".to_owned(),
        source: None,
    };
    letter.adjustments = vec![change("a", "85", "数据重复计算")];
    let found = one(&letter).unwrap();
    assert_eq!(
        (
            found.total.unwrap().to_string().as_str(),
            found.items[0].before.as_ref().unwrap().to_string().as_str()
        ),
        ("85", "95")
    );
    assert!(
        found.items[0]
            .adjusted
            .as_ref()
            .unwrap()
            .zh
            .contains("数据重复计算")
    );
    for wrong in [
        change("x", "1", "r"),
        change("a", "101", "r"),
        change("a", "-1", "r"),
        change("a", "5", " "),
    ] {
        letter.adjustments = vec![wrong];
        assert!(matches!(one(&letter), Err(AssessmentError::Adjustment { .. })));
    }
}

#[test]
fn equal_points_share_a_place() {
    let of = |who: &str, done| {
        letter(
            who,
            vec![item(
                "a",
                "10",
                Measure::Count {
                    done: Some(done),
                    of: 10,
                },
            )],
        )
    };
    let mut open = of("e", 10);
    open.items
        .push(item("b", "90", Measure::Count { done: None, of: 10 }));
    let found = assess(
        &[of("b", 8), of("a", 8), open, of("c", 9), of("d", 1)],
        &grades(),
        "合格",
    )
    .unwrap();
    let places: Vec<(&str, Option<u32>)> = found.iter().map(|r| (r.unit.as_str(), r.rank)).collect();
    assert_eq!(
        places,
        [
            ("c", Some(1)),
            ("a", Some(2)),
            ("b", Some(2)),
            ("d", Some(4)),
            ("e", None)
        ]
    );
    let open = found.last().unwrap();
    assert_eq!(
        open.total.as_ref().unwrap().to_string(),
        "100",
        "of what is known"
    );
    assert!(open.grade.is_none(), "a tenth of the weight is no grade");
}

#[test]
fn a_residual_is_shared_by_what_each_can_give() {
    let party = |who: &str, base: &str, floor: &str| Party {
        unit: unit(who),
        base: dec(base),
        floor: dec(floor),
    };
    // 100 × 40/60 and 100 × 20/60.
    let found = share_out(dec("100"), &[party("a", "80", "40"), party("b", "70", "50")], 1).unwrap();
    assert_eq!(
        found.iter().map(|s| s.share.to_string()).collect::<Vec<_>>(),
        ["66.7", "33.3"]
    );
    assert!(found[0].beyond, "66.7 is more than the 40 it can give");
    assert!(share_out(dec("100"), &[party("a", "40", "40")], 1).is_err());
    assert!(share_out(dec("100"), &[party("a", "40", "50")], 1).is_err());
    assert!(share_out(dec("0.05"), &[party("a", "40", "0")], 1).is_err());
}

proptest! {
    #[test]
    fn rounded_shares_are_the_total_again(total in 0_i64..100_000, gaps in proptest::collection::vec(0_i64..500, 1..9)) {
        let parties: Vec<Party> = gaps
            .iter()
            .enumerate()
            .map(|(i, gap)| Party { unit: unit(&i.to_string()), base: Decimal::from(*gap), floor: Decimal::ZERO })
            .collect();
        let whole = Decimal::new(total, 2);
        if let Ok(shares) = share_out(whole, &parties, 2) {
            let sum = standards::num::Exact::sum(shares.iter().map(|s| &s.share.0));
            prop_assert_eq!(Num(sum), Num::from(whole));
            for s in &shares {
                let off = (&s.share.0 - &s.exact.0).abs();
                prop_assert!(off < standards::num::Exact::ratio(1, 100).unwrap());
            }
        }
    }
}
