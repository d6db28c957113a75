//! Word and PDF of a document with everything in it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

use std::io::{Cursor, Read};

use report::document::{Annex, Block, Cell, Chart, ChartKind, Document, Level, Run, Series, Table, Tint};
use report::fonts::{FontError, USUAL};
use report::{Fonts, docx, pdf};

fn sample() -> Document {
    let row = |i: u32| {
        vec![
            Cell::center(i.to_string()),
            Cell::text(format!("第 {i} 项措施，涉及 PM2.5 和 O3 的协同控制")),
            Cell::right("1549.0").marked(Some(i)),
            Cell::center("红灯").tinted(Tint::Red),
        ]
    };
    let series = |name: &str, dashed: bool, values: [Option<f64>; 6]| Series {
        name: name.to_owned(),
        values: values.to_vec(),
        dashed,
    };
    Document {
        title: "某区生态环境保护规划中期评估报告".to_owned(),
        subtitle: Some("（2023年度）".to_owned()),
        number: Some("某环报〔2024〕3号".to_owned()),
        issuer: Some("某市生态环境局某区分局".to_owned()),
        date: jiff::civil::date(2024, 3, 15),
        version: Some("数据冻结于 2023-12-31，第 1 版".to_owned()),
        body: vec![
            Block::heading(1, "总体情况"),
            Block::heading(2, "方法"),
            Block::heading(3, "指标"),
            Block::heading(4, "进度"),
            Block::Paragraph {
                runs: vec![
                    Run::strong("结论。"),
                    Run::text("2023 年细颗粒物平均浓度 46 μg/m³"),
                    Run::mark(1),
                    Run::text(
                        "，比 2020 年下降 14.8 %，“符合进度”；空气质量优良天数比率 64.1 %（目标 65.3 %），尚未达到。<&>",
                    ),
                ],
            },
            Block::Table(Table {
                caption: "措施".to_owned(),
                widths: vec![1, 5, 2, 2],
                head: vec![
                    vec![
                        Cell::center("序号").down(2),
                        Cell::center("内容").down(2),
                        Cell::center("结果").across(2),
                    ],
                    vec![Cell::center("数量"), Cell::center("灯号")],
                ],
                rows: (1..=60).map(row).collect(),
            }),
            Block::note("注：缺失的数据不按零计算。"),
            Block::Chart(Chart {
                caption: "变化".to_owned(),
                kind: ChartKind::Lines,
                unit: Some("μg/m³".to_owned()),
                categories: (2020..=2025).map(|y| y.to_string()).collect(),
                series: vec![
                    series(
                        "实际",
                        false,
                        [Some(54.0), Some(51.0), None, Some(46.0), Some(44.0), None],
                    ),
                    series("年度分解", true, [54.0, 51.6, 49.2, 46.8, 44.4, 42.0].map(Some)),
                ],
                target: Some(Level {
                    name: "目标 42".to_owned(),
                    value: 42.0,
                }),
            }),
            Block::Chart(Chart {
                caption: "超期".to_owned(),
                kind: ChartKind::Bars,
                unit: Some("项".to_owned()),
                categories: ["区住建局", "区水利局", "胡屯镇"].map(str::to_owned).to_vec(),
                series: vec![Series {
                    name: "超期".to_owned(),
                    values: vec![Some(5.0), Some(2.0), Some(0.0)],
                    dashed: false,
                }],
                target: None,
            }),
            Block::heading(1, "措施"),
            Block::paragraph("继续推进。"),
        ],
        annexes: vec![
            Annex {
                title: "数据来源表".to_owned(),
                body: vec![Block::heading(1, "来源"), Block::paragraph("平台。")],
            },
            Annex {
                title: "存疑清单".to_owned(),
                body: vec![Block::paragraph("无。")],
            },
        ],
    }
}

/// Fonts of this machine; a machine without any cannot run these tests, and the message says what to install.
fn fonts() -> Fonts {
    Fonts::read(&USUAL).unwrap_or_else(|e| panic!("{e}"))
}

fn part(docx: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn count(text: &str, what: &str) -> usize {
    text.matches(what).count()
}

#[test]
fn word_has_the_official_layout() {
    let written = docx::write(&sample()).unwrap();
    let xml = part(&written, "word/document.xml");
    // Well formed to its end.
    let mut reader = quick_xml::Reader::from_str(&xml);
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    // 37, 35, 28 and 26 mm in twips.
    for margin in [
        "w:top=\"2098\"",
        "w:bottom=\"1984\"",
        "w:left=\"1587\"",
        "w:right=\"1474\"",
    ] {
        assert!(
            xml.contains(margin),
            "{margin}: {}",
            &xml[xml.find("<w:pgMar").unwrap()..][..200]
        );
    }
    for text in [
        "一、总体情况",
        "（一）方法",
        "1.指标",
        "（1）进度",
        "二、措施",
        "附件：1. 数据来源表",
        "附件1",
        "2024年3月15日",
    ] {
        assert!(xml.contains(text), "{text}");
    }
    for font in ["仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"] {
        assert!(xml.contains(font), "{font}");
    }
    assert!(xml.contains("&lt;&amp;&gt;"), "text is escaped");
    assert_eq!(
        count(&xml, "<w:tblHeader"),
        2,
        "both head rows are repeated, no other"
    );
    assert_eq!(count(&xml, "<w:drawing>"), 2);
    assert_eq!(count(&xml, "wpg:wgp>"), 4, "two groups of shapes");
    assert!(!xml.contains('\u{e000}'), "no mark is left");
    assert!(xml.contains("superscript") && xml.contains("[60]"));
    assert!(xml.contains("F8D5D3"), "the tint of red");
    assert!(part(&written, "word/footer1.xml").contains("PAGE"));
    assert!(part(&written, "docProps/core.xml").contains("2024-03-15"));
}

#[test]
fn the_same_value_gives_the_same_bytes_in_another_process() {
    let fonts = fonts();
    let print = |bytes: Vec<u8>| format!("{:x}", crc(&bytes));
    let mine = format!(
        "{} {}",
        print(docx::write(&sample()).unwrap()),
        print(pdf::write(&sample(), &fonts).unwrap())
    );
    let again = format!(
        "{} {}",
        print(docx::write(&sample()).unwrap()),
        print(pdf::write(&sample(), &fonts).unwrap())
    );
    assert_eq!(mine, again, "twice in one process");
    if std::env::var_os("REPORT_OTHER_PROCESS").is_some() {
        println!("BYTES {mine} END");
        return;
    }
    let other = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "the_same_value_gives_the_same_bytes_in_another_process",
            "--nocapture",
        ])
        .env("REPORT_OTHER_PROCESS", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&other.stdout).into_owned();
    assert!(said.contains(&format!("BYTES {mine} END")), "{mine}: {said}");
}

/// A sum that shows any difference (FNV-1a).
fn crc(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| {
        (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[test]
fn the_pdf_is_one_with_its_date_and_pages() {
    let written = pdf::write(&sample(), &fonts()).unwrap();
    assert!(written.starts_with(b"%PDF-"));
    let text = String::from_utf8_lossy(&written);
    assert!(
        text.contains("D:20240315"),
        "the date of the document, not of the day"
    );
    assert!(
        count(&text, "/MediaBox") >= 5,
        "{} pages",
        count(&text, "/MediaBox")
    );
    assert!(text.contains("/Outlines"));
}

#[test]
fn without_a_chinese_font_it_says_what_to_do() {
    let none: [&str; 1] = ["/nowhere/font.ttf"];
    let said = Fonts::read(&none).unwrap_err().to_string();
    assert!(
        said.contains("fonts-noto-cjk") && said.contains("中文字体") && said.contains("Chinese font"),
        "{said}"
    );
    assert!(matches!(
        Fonts::new(vec![b"not a font".to_vec()]),
        Err(FontError::NoChinese { tried: 1 })
    ));
}

#[test]
fn a_document_that_contradicts_itself_is_refused_with_its_place() {
    let refuse = |change: fn(&mut Document)| {
        let mut document = sample();
        change(&mut document);
        docx::write(&document).unwrap_err().to_string()
    };
    let wrong = refuse(|d| d.body[0] = Block::heading(5, "深"));
    assert!(wrong.contains("body[0]") && wrong.contains("1–4"), "{wrong}");
    let wrong = refuse(|d| {
        if let Block::Table(table) = &mut d.body[5] {
            table.rows[3].pop();
        }
    });
    assert!(wrong.contains("body[5]"), "{wrong}");
    let wrong = refuse(|d| {
        if let Block::Chart(chart) = &mut d.body[7] {
            chart.series[0].values.pop();
        }
    });
    assert!(wrong.contains("body[7]"), "{wrong}");
    let wrong = refuse(|d| d.annexes[1].body.push(Block::paragraph("长".repeat(20_001))));
    assert!(wrong.contains("annexes[1].body[1]"), "{wrong}");
}

#[test]
fn a_cell_longer_than_a_page_is_carried_on() {
    let mut document = sample();
    let long = Cell::text("字".repeat(8_000));
    document.body = vec![Block::Table(Table {
        caption: "长".to_owned(),
        widths: vec![1, 1],
        head: vec![vec![Cell::center("甲"), Cell::center("乙")]],
        rows: vec![vec![long.clone().down(2), Cell::text("短")], vec![long]],
    })];
    document.annexes.clear();
    let written = pdf::write(&document, &fonts()).unwrap();
    assert!(count(&String::from_utf8_lossy(&written), "/MediaBox") > 8);
}

#[test]
fn the_value_survives_json() {
    let text = serde_json::to_string(&sample()).unwrap();
    let again: Document = serde_json::from_str(&text).unwrap();
    assert_eq!(again, sample());
}
