//! The import on a made-up plan: every kind of damage, every way a file may be saved, and nothing lost.

use std::collections::BTreeMap;

use crate::common::{MADE_UP, same, wrapped};
use plan::document::{Cell, Comparator, NoteKind, TargetKind};
use plan::import::read;
use proptest::prelude::*;

macro_rules! task {
    ($d:expr, $id:expr) => {
        $d.tasks.iter().find(|t| t.id == $id).unwrap()
    };
}

#[test]
fn another_district_reads_without_a_list() {
    let d = read(MADE_UP, &[]);
    assert_eq!(d.document, "临禾县“十五五”生态环境保护规划");
    assert_eq!(d.number.as_deref(), Some("临禾政发〔2027〕6号"));
    let ids: Vec<&str> = d.tasks.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "3.1.1", "3.1.2", "3.1.3", "3.2.0", "4.1.1", "4.1.2", "4.2.0", "5.0.0"
        ]
    );
    let names: Vec<&str> = d.units.iter().map(|u| u.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "县工业和信息化局",
            "市生态环境局临禾分局",
            "县发展和改革局",
            "县商务局",
            "县市场监管局",
            "县住房和城乡建设局",
            "县交通运输局",
            "县水利局",
            "县财政局",
            "市公安局临禾分局",
            "县生态环境保护委员会",
        ]
    );
    assert_eq!(d.indicators.len(), 5);
    assert!(matches!(d.indicators[3].base, Cell::FiveYearCut(_)));
    assert_eq!(d.indicators[0].target_year, Some(2030));
    assert_eq!(
        d.baseline.iter().map(|b| b.id.as_str()).collect::<Vec<_>>(),
        ["1.0.0", "1.1.1", "1.1.2", "1.2.0", "2.1.0", "2.2.1"]
    );
    assert_eq!(d.standing.len(), 1);
    assert_eq!(d.standing[0].after, "4.1.1");
}

#[test]
fn each_damage_is_repaired_and_named() {
    let d = read(MADE_UP, &[]);
    let t = task!(d, "3.1.2");
    assert_eq!(t.title, "管住油气");
    assert_eq!(
        t.notes.iter().map(|n| n.kind).collect::<Vec<_>>(),
        [NoteKind::ByDuty, NoteKind::Responsible]
    );
    assert!(t.text.contains("回收装置。此后每季度抽查一次。"), "{}", t.text);
    assert_eq!(
        task!(d, "4.1.1").targets[0].deadline.as_deref(),
        Some("2028年年底前")
    );
    assert_eq!(task!(d, "3.2.0").notes[0].kind, NoteKind::LeadCooperate);
    assert_eq!(task!(d, "4.1.2").projects, ["清水路雨污分流工程"]);
    assert_eq!(task!(d, "3.1.3").standards, ["GB 37822-2019"]);
    let target = &task!(d, "3.1.1").targets[0];
    assert_eq!(
        (target.kind, target.value, target.comparator),
        (TargetKind::Value, Some(85.into()), Some(Comparator::AtLeast))
    );
    assert_eq!(target.due.as_deref(), Some("2028-06-30"));
    assert_eq!(
        task!(d, "3.1.2").quantities.len(),
        1,
        "2000吨 only says where the duty applies"
    );
    let kinds: BTreeMap<&str, usize> = d.repairs.iter().fold(BTreeMap::new(), |mut m, r| {
        *m.entry(r.kind).or_default() += 1;
        m
    });
    for kind in [
        "item_as_heading",
        "page_break",
        "bracket",
        "note_unopened",
        "note_unclosed",
        "unit_name",
        "unit_bracket",
        "tag",
        "unit_of_measure",
    ] {
        assert!(kinds.contains_key(kind), "{kind} missing in {kinds:?}");
    }
    let misread = d.repairs.iter().find(|r| r.kind == "unit_name").unwrap();
    assert_eq!(
        (misread.before.as_str(), misread.after.as_str()),
        ("市生态环境局临采分局", "市生态环境局临禾分局")
    );
    let line = MADE_UP.lines().position(|l| l.contains("临采")).unwrap() + 1;
    assert_eq!(misread.line as usize, line);
}

#[test]
fn the_way_a_file_was_saved_does_not_matter() {
    let plain = read(MADE_UP, &[]);
    let wide: String = MADE_UP
        .chars()
        .map(|c| {
            if c.is_ascii_digit() {
                char::from_u32(u32::from(c) + 0xfee0).unwrap()
            } else {
                c
            }
        })
        .collect();
    let bare: String = MADE_UP
        .lines()
        .map(|l| l.trim_start_matches(['#', ' ']).to_owned() + "\n")
        .collect();
    let unmarked = bare.replace("**", "").replace("- (", "(");
    let variants = [
        ("Windows line ends", MADE_UP.replace('\n', "\r\n")),
        ("old line ends", MADE_UP.replace('\n', "\r")),
        ("byte order mark", format!("\u{feff}{MADE_UP}")),
        ("full-width digits", wide),
        ("tabs for blanks", MADE_UP.replace(' ', "\t")),
        ("no heading marks", bare),
        ("no marks at all", unmarked),
        ("trailing blanks", MADE_UP.replace('\n', "  \n")),
        ("two empty lines", MADE_UP.replace("\n\n", "\n\n\n")),
    ];
    for (name, text) in variants {
        same(&read(&text, &[]), &plain, name);
    }
}

#[test]
fn wrapping_does_not_matter() {
    let plain = read(MADE_UP, &[]);
    for width in [8, 11, 15, 20, 31, 40, 55, 80, 120] {
        same(
            &read(&wrapped(MADE_UP, width), &[]),
            &plain,
            &format!("width {width}"),
        );
    }
}

/// Chapters 1, sections 1.1, items 1.1.1.
fn in_arabic(text: &str) -> String {
    let number = |c: char| "一二三四五六七八九".chars().position(|n| n == c).map(|n| n + 1);
    let (mut chapter, mut section) = (0, 0);
    let lines = text.lines().map(|line| {
        let bare = line.trim_start_matches(['#', ' ', '-', '*']);
        let title = !bare.contains('。') && bare.chars().count() < 40 && !line.contains('\t');
        let mut chars = bare.chars();
        let (a, b, c) = (chars.next(), chars.next(), chars.next());
        let behind = |n: usize| bare.chars().skip(n).collect::<String>();
        match (a, b, c) {
            (Some(n), Some('、'), _) if title && number(n).is_some() => {
                (chapter, section) = (number(n).unwrap(), 0);
                format!("## {chapter} {}", behind(2))
            }
            (Some('（' | '('), Some(n), Some('）' | ')')) if title && chapter > 0 && number(n).is_some() => {
                section = number(n).unwrap();
                format!("### {chapter}.{section} {}", behind(3).trim())
            }
            (Some(n), Some('.'), _) if n.is_ascii_digit() && section > 0 && !line.contains('\t') => {
                format!("{chapter}.{section}.{n} {}", behind(2))
            }
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn other_numerals_and_other_tables_read_the_same() {
    let plain = read(MADE_UP, &[]);
    let rows: Vec<&str> = MADE_UP
        .lines()
        .filter(|l| l.contains('\t') || l.starts_with("(二)") || l.starts_with("(一) 环境"))
        .collect();
    let table = |row: &dyn Fn(&[&str]) -> String, head: &str, rule: &str, foot: &str| {
        let mut text = MADE_UP.to_owned();
        for (n, line) in rows.iter().enumerate() {
            let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            let mut made = row(&cells);
            if n == 0 {
                made = format!("{head}{made}{rule}");
            }
            if n + 1 == rows.len() {
                made.push_str(foot);
            }
            text = text.replacen(line, &made, 1);
        }
        text
    };
    let html = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|c| format!("<td>{c}</td>")).collect();
        format!("<tr>{}</tr>", cells.concat())
    };
    let bars = |cells: &[&str]| {
        format!(
            "| {} |{}",
            cells.join(" | "),
            " |".repeat(4_usize.saturating_sub(cells.len()))
        )
    };
    assert!(rows.len() > 6, "{rows:?}");
    for (name, text) in [
        ("HTML", table(&html, "<table>", "", "</table>")),
        ("bars", table(&bars, "", "\n|---|---|---|---|", "")),
        ("arabic", in_arabic(MADE_UP)),
    ] {
        let d = read(&text, &[]);
        same(&d, &plain, name);
        let kind = if name == "arabic" {
            "numerals"
        } else {
            "table_form"
        };
        assert!(
            d.repairs.iter().any(|r| r.kind == kind),
            "{name}: {:?}",
            d.repairs
        );
    }
}

#[test]
fn items_in_brackets_are_items_where_each_names_its_units() {
    let plan = |one: &str, two: &str| {
        format!(
            "一、回望\n\n旧事。\n\n三、做事\n\n（一）治水\n\n{one}查清排口。逐一登记。（责任单位：县水利局）\n\n{two}整治排口。逐一销号。（县水利局牵头，县财政局配合）\n"
        )
    };
    let plain = read(&plan("1. ", "2. "), &[]);
    assert_eq!(plain.tasks.len(), 2);
    for (one, two) in [("（1）", "（2）"), ("(1) ", "(2) "), ("①", "②"), ("1、", "2、")] {
        same(&read(&plan(one, two), &[]), &plain, one);
    }
    // Points of one task are no tasks, and that is said.
    let points = "一、回望\n\n旧事。\n\n三、做事\n\n（一）治水\n\n（1）查清排口。\n\n（2）整治排口。（责任单位：县水利局）\n";
    let d = read(points, &[]);
    assert_eq!(
        d.tasks.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(),
        ["3.1.0"]
    );
    assert!(d.doubts.iter().any(|x| x.kind == "numbering"), "{:?}", d.doubts);
    assert!(
        d.doubts.iter().any(|x| x.kind == "no_indicators"),
        "a plan without its table is told"
    );
}

#[test]
fn an_item_set_as_a_heading_loses_no_line() {
    let text =
        "三、做事\n\n### （一）治水\n\n#### 1. 查清排口。\n\n逐一登记，建立台账。（责任单位：县水利局）\n";
    let d = read(text, &[]);
    assert_eq!(d.tasks[0].title, "查清排口");
    assert!(!d.doubts.iter().any(|x| x.kind == "lost_line"), "{:?}", d.doubts);
}

#[test]
fn a_missing_chapter_and_a_cut_file_are_doubted() {
    let from = MADE_UP.find("## 三、让空气").unwrap();
    let to = MADE_UP.find("#### **四、让河水更干净**").unwrap();
    let without = format!("{}{}", &MADE_UP[..from], &MADE_UP[to..]);
    let d = read(&without, &[]);
    assert!(
        d.doubts
            .iter()
            .any(|x| x.kind == "missing_chapter" && x.text.contains("第3章")),
        "{:?}",
        d.doubts
    );
    assert_eq!(d.tasks.first().map(|t| t.id.as_str()), Some("4.1.1"));
    let cut = &MADE_UP[..MADE_UP.find("县商务局按").unwrap()];
    let d = read(cut, &[]);
    assert!(d.doubts.iter().any(|x| x.kind == "truncated"), "{:?}", d.doubts);
    assert!(d.doubts.iter().any(|x| x.kind == "missing_chapter"));
    assert_eq!(d.tasks.len(), 2);
}

#[test]
fn a_lost_chapter_heading_comes_back_from_the_contents() {
    let text = MADE_UP.replace("#### **四、让河水更干净**\n", "");
    let d = read(&text, &[]);
    assert!(d.chapters.iter().any(|c| c.no == 4 && c.title == "让河水更干净"));
    assert!(d.repairs.iter().any(|r| r.kind == "heading_restored"));
    assert!(d.tasks.iter().any(|t| t.id == "4.1.2"));
}

#[test]
fn without_contents_the_tree_is_the_same() {
    let from = MADE_UP.find("## 目 录").unwrap();
    let to = MADE_UP.find("## 一、回望来路").unwrap();
    let text = format!("{}{}", &MADE_UP[..from], &MADE_UP[to..]);
    same(&read(&text, &[]), &read(MADE_UP, &[]), "no contents");
}

#[test]
fn nothing_is_a_plan_with_doubts() {
    for text in ["", "\n\n", "今天天气好。", "一、", "指标\t2020年\t2025年"] {
        let d = read(text, &[]);
        assert!(!d.doubts.is_empty(), "{text:?}");
        assert!(d.tasks.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_failing(text in "(?s).{0,400}") {
        read(&text, &[]);
    }

    #[test]
    fn any_mixture_of_its_own_signs_is_read_without_failing(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "一、", "二、", "（一）", "(二) ", "1. ", "2.", "**", "# ", "\n", "\n\n", "。", "，", "（牵头单位：", "配合单位：", "；", "）", "〔", "】",
                "按职责分工负责", "县水利局", "、", "2025年年底前", "80%以上", "完成市下达任务", "《", "》", "指标\t2020年\t2025年\t指标属性\n", "约束性", "[ 1.5% ]", "—",
                "<sub>", "</b>", "$PM_{2.5}$", "附图1.", "目录", "注：①", "等项目", "集团", "十四五", "以下均需各镇落实，不再列出。", "\u{feff}", "１", "\r",
            ]),
            0..120,
        )
    ) {
        read(&parts.concat(), &[]);
    }

    #[test]
    fn any_start_of_the_plan_is_read_without_failing(cut in 0..MADE_UP.len()) {
        let end = (0..=cut).rev().find(|i| MADE_UP.is_char_boundary(*i)).unwrap_or(0);
        read(&MADE_UP[..end], &[]);
    }

    #[test]
    fn any_width_gives_the_same_plan(width in 8_usize..150) {
        same(&read(&wrapped(MADE_UP, width), &[]), &read(MADE_UP, &[]), &format!("width {width}"));
    }
}
