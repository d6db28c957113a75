use std::io::{Cursor, Write};

use registers::table::{Cell, Merge};
use rust_xlsxwriter::{Format, Formula, Workbook};

use super::{Csv, FaultKind, Opened, SheetError, limits, open};

fn read(bytes: &[u8]) -> Result<Opened, SheetError> {
    open(Cursor::new(bytes))
}

fn texts(opened: &Opened) -> Vec<Vec<String>> {
    let text = |cell: &Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Bool(b) => b.to_string(),
    };
    opened
        .sheet
        .rows
        .iter()
        .map(|row| row.iter().map(text).collect())
        .collect()
}

const TABLE: &str =
    "名称,编号,日期\r\n茌平一厂,913715000000000000,2025/3/1\r\n\r\n\"甲,\n乙\"\"丙\",=\"007\",\r\n";

fn expected() -> Vec<Vec<String>> {
    [
        vec!["名称", "编号", "日期"],
        vec!["茌平一厂", "913715000000000000", "2025/3/1"],
        vec![],
        vec!["甲,\n乙\"丙", "007"],
    ]
    .into_iter()
    .map(|row| row.into_iter().map(str::to_owned).collect())
    .collect()
}

#[test]
fn text_tables_are_read_in_every_encoding_and_it_is_told() {
    let utf16 = |text: &str, little: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect()
    };
    let marked = |mark: &[u8], rest: Vec<u8>| [mark.to_vec(), rest].concat();
    let cases = [
        ("UTF-8", TABLE.as_bytes().to_vec()),
        ("UTF-8", marked(b"\xEF\xBB\xBF", TABLE.as_bytes().to_vec())),
        ("GB18030", encoding_rs::GBK.encode(TABLE).0.into_owned()),
        ("UTF-16LE", marked(b"\xFF\xFE", utf16(TABLE, true))),
        ("UTF-16BE", marked(b"\xFE\xFF", utf16(TABLE, false))),
        ("UTF-16LE", utf16(TABLE, true)),
        ("UTF-16BE", utf16(TABLE, false)),
    ];
    for (encoding, bytes) in cases {
        let opened = read(&bytes).unwrap();
        assert_eq!(opened.found.encoding, encoding);
        assert_eq!(opened.found.separator, ",");
        assert_eq!(texts(&opened), expected(), "{encoding}");
    }
}

#[test]
fn a_character_of_four_bytes_is_one_of_gb18030() {
    let bytes = encoding_rs::GB18030.encode("名称,字\n㐀厂,𠮷\n").0.into_owned();
    let opened = read(&bytes).unwrap();
    assert_eq!(texts(&opened)[1], ["㐀厂", "𠮷"]);
    assert_eq!(opened.found.encoding, "GB18030");
}

#[test]
fn separators_are_found() {
    for (text, separator) in [
        ("a;b;c\n1,5;2;3\n", ";"),
        ("a\tb\tc\n1,5\t2\t3\n", "tab"),
        ("sep=;\na;b;c\n1;2;3\n", ";"),
        ("a,b,c\n\"1;2;3\",2,3\n", ","),
        ("单列\n1\n", ","),
    ] {
        assert_eq!(
            read(text.as_bytes()).unwrap().found.separator,
            separator,
            "{text}"
        );
    }
    // The line that says the separator keeps its row, so that rows are those the table program shows.
    assert_eq!(texts(&read(b"sep=;\na;b\n").unwrap())[1], ["a", "b"]);
}

#[test]
fn what_is_no_table_is_refused_with_its_place() {
    let code = |bytes: &[u8]| read(bytes).unwrap_err().code;
    assert_eq!(code(b""), "empty");
    assert_eq!(code(b" \n\n"), "empty");
    assert_eq!(code(b"%PDF-1.7"), "format");
    assert_eq!(code(b"\x89PNG\r\n\x1a\n"), "format");
    assert_eq!(code(b"PK\x03\x04 broken"), "damaged");
    assert_eq!(code(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 broken"), "damaged");
    let wrong = read(b"a,b\n1,2\n3,\xFF\xFF\n").unwrap_err();
    assert_eq!(wrong.code, "encoding");
    assert!(
        wrong.said.zh.contains("第 3 行") && wrong.said.en.contains("line 3"),
        "{wrong}"
    );
    let open_quote = read(b"a,b\n\"1,2\n").unwrap_err();
    assert_eq!(open_quote.code, "damaged");
    assert!(open_quote.said.zh.contains("第 2 行"), "{open_quote}");
}

#[test]
fn nothing_exported_is_a_formula_and_it_comes_back() {
    let cells = [
        "=1+1", "'=1+1", "-5", "-甲", "@x", "''", "+86 1", "'", "plain", "a\"b", "a;b",
    ];
    let mut csv = Csv::new(Vec::new()).unwrap();
    csv.row(&[Cell::text("甲"), Cell::text("乙"), Cell::Bool(true)])
        .unwrap();
    for cell in cells {
        csv.row(&[Cell::text(cell), Cell::text("1")]).unwrap();
    }
    let bytes = csv.finish().unwrap();
    let written = String::from_utf8(bytes.clone()).unwrap();
    assert!(
        !written.contains("\n=") && !written.contains("\n@") && !written.contains("\n+"),
        "{written}"
    );
    let back: Vec<String> = texts(&read(&bytes).unwrap())
        .into_iter()
        .skip(1)
        .map(|r| r[0].clone())
        .collect();
    assert_eq!(back, cells);
}

#[test]
fn a_number_that_lost_digits_is_marked() {
    let opened = read("编号,数\n9.13715E+17,1.5E+3\n".as_bytes()).unwrap();
    assert_eq!(opened.faults.len(), 1);
    assert_eq!((opened.faults[0].row, opened.faults[0].column), (1, 0));
    assert_eq!(opened.faults[0].kind, FaultKind::LostDigits);
}

fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_as_it_means_its_values() {
    let bytes = workbook(|book| {
        book.add_worksheet()
            .set_name("隐藏")
            .unwrap()
            .set_hidden(true)
            .write(0, 0, "no")
            .unwrap();
        book.add_worksheet().set_name("空").unwrap();
        let sheet = book.add_worksheet().set_name("台账").unwrap();
        // The active sheet cannot be hidden.
        sheet.set_active(true);
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        let merged = Format::new();
        sheet.merge_range(0, 0, 0, 3, "标题", &merged).unwrap();
        sheet.write_number(1, 0, 0.1 + 0.2).unwrap();
        sheet.write_number(1, 1, 1_234_567_890_123.0).unwrap();
        sheet.write_number_with_format(1, 2, 45_717.0, &date).unwrap();
        sheet
            .write_number_with_format(1, 3, 45_717.354_166_666_664, &time)
            .unwrap();
        sheet.write_boolean(2, 0, true).unwrap();
        sheet
            .write_formula(2, 1, Formula::new("=1+1").set_result("2"))
            .unwrap();
        sheet.write_number(2, 2, 913_715_003_456_789_000.0).unwrap();
        sheet
            .write_formula(2, 3, Formula::new("=1/0").set_result("#DIV/0!"))
            .unwrap();
        sheet.merge_range(3, 0, 5, 0, "甲", &merged).unwrap();
        sheet
            .write_number_with_format(6, 0, 45_717.999_999_99, &time)
            .unwrap();
        book.add_worksheet()
            .set_name("别表")
            .unwrap()
            .write(0, 0, "x")
            .unwrap();
    });
    let opened = read(&bytes).unwrap();
    assert_eq!(
        (opened.found.format.as_str(), opened.found.sheet.as_str()),
        ("xlsx", "台账")
    );
    assert_eq!(opened.found.others, ["空", "别表"]);
    let rows = texts(&opened);
    assert_eq!(
        rows[1],
        ["0.3", "1234567890123", "2025-03-01", "2025-03-01 08:30:00"]
    );
    assert_eq!(rows[2][..2], ["true", "2"]);
    assert_eq!(rows[6], ["2025-03-02"]);
    let faults: Vec<_> = opened.faults.iter().map(|f| (f.row, f.column, f.kind)).collect();
    assert_eq!(
        faults,
        [(2, 2, FaultKind::LostDigits), (2, 3, FaultKind::Formula)]
    );
    let (title, down) = (
        Merge {
            top: 0,
            left: 0,
            bottom: 0,
            right: 3,
        },
        Merge {
            top: 3,
            left: 0,
            bottom: 5,
            right: 0,
        },
    );
    assert!(opened.sheet.merges.contains(&title) && opened.sheet.merges.len() == 2);
    // Cells of a merged range that hold nothing are not rows; the range is cut to what is filled.
    assert!(opened.sheet.merges.contains(&down), "{:?}", opened.sheet.merges);
}

#[test]
fn cells_in_far_corners_go_no_further_than_the_bounds() {
    let far = |row: u32, column: u16| {
        workbook(|book| {
            book.add_worksheet().write(row, column, "x").unwrap();
        })
    };
    assert_eq!(read(&far(1_000_000, 0)).unwrap_err().code, "too_large");
    let wide = read(&far(3, 16_000)).unwrap_err();
    assert!(wide.said.zh.contains("第 4 行第 16001 列"), "{wide}");
    // Every row filled at the last column that is allowed: more cells than may be held.
    let sparse = workbook(|book| {
        let sheet = book.add_worksheet();
        for row in 0..u32::try_from(limits::CELLS / limits::COLUMNS + 1).unwrap() {
            sheet.write(row, 499, 1).unwrap();
        }
    });
    assert_eq!(read(&sparse).unwrap_err().code, "too_large");
}

fn packed(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_packed_bomb_is_not_unfolded() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..=limits::EXPANDED_BYTES >> 20 {
        zip.write_all(&zeros).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 2 << 20, "the bomb is small: {}", bytes.len());
    assert_eq!(read(&bytes).unwrap_err().code, "too_large");
    let many: Vec<(String, &str)> = (0..=limits::ENTRIES).map(|n| (format!("f{n}"), "")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(n, t)| (n.as_str(), *t)).collect();
    assert_eq!(read(&packed(&many)).unwrap_err().code, "too_large");
    assert_eq!(read(&packed(&[("a.txt", "x")])).unwrap_err().code, "format");
    assert_eq!(
        read(&packed(&[("xl/workbook.bin", "x")])).unwrap_err().code,
        "format"
    );
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\">\
         <office:body><office:spreadsheet><table:table table:name=\"空\"/><table:table table:name=\"台账\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ])
}

#[test]
fn an_opendocument_is_read_with_repeats_and_spans() {
    let bytes = ods(
        "<table:table-row><table:table-cell office:value-type=\"string\" table:number-columns-spanned=\"2\" \
         table:number-rows-spanned=\"2\"><text:p>标题 &amp; 注</text:p><office:annotation><text:p>批注</text:p>\
         </office:annotation></table:table-cell><table:covered-table-cell/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell/><table:table-cell office:value-type=\"float\" \
         office:value=\"0.30000000000000004\" table:number-columns-repeated=\"2\"><text:p>0.3</text:p></table:table-cell>\
         <table:table-cell table:number-columns-repeated=\"16380\"/></table:table-row>\
         <table:table-row><table:table-cell office:value-type=\"date\" office:date-value=\"2025-03-01T08:30:00\"/>\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2025-03-01\"/>\
         <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>\
         <table:table-cell office:value-type=\"string\"><text:p>甲<text:s text:c=\"2\"/>乙</text:p><text:p>丙</text:p>\
         </table:table-cell></table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/>\
         </table:table-row>",
    );
    let opened = read(&bytes).unwrap();
    assert_eq!(
        (opened.found.format.as_str(), opened.found.sheet.as_str()),
        ("ods", "台账")
    );
    assert_eq!(
        texts(&opened),
        [
            vec!["标题 & 注"],
            vec!["", "0.3", "0.3"],
            vec!["", "0.3", "0.3"],
            vec!["2025-03-01 08:30:00", "2025-03-01", "true", "甲  乙\n丙"],
        ]
    );
    assert_eq!(
        opened.sheet.merges,
        [Merge {
            top: 0,
            left: 0,
            bottom: 1,
            right: 1
        }]
    );
    let endless = ods(
        "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell table:number-columns-repeated=\"16384\" \
         office:value-type=\"float\" office:value=\"1\"/></table:table-row>",
    );
    assert_eq!(read(&endless).unwrap_err().code, "too_large");
    let cut = ods("<table:table-row><table:table-cell>");
    assert_eq!(read(&cut).unwrap_err().code, "damaged");
}

/// An old binary workbook with one sheet of these records.
fn xls(cells: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let record = |kind: u16, body: &[u8]| {
        let mut out = kind.to_le_bytes().to_vec();
        out.extend(u16::try_from(body.len()).unwrap().to_le_bytes());
        out.extend(body);
        out
    };
    let begin = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let end = record(0x000A, &[]);
    let globals = |offset: u32| {
        let mut bound = offset.to_le_bytes().to_vec();
        bound.extend([0, 0, 6, 0]);
        bound.extend(b"Sheet1");
        let mut out = begin(5);
        out.extend(record(0x0042, &1200_u16.to_le_bytes()));
        out.extend(record(0x0085, &bound));
        out.extend(&end);
        out
    };
    let mut stream = globals(u32::try_from(globals(0).len()).unwrap());
    stream.extend(begin(0x10));
    for (kind, body) in cells {
        stream.extend(record(*kind, body));
    }
    stream.extend(&end);
    // Short streams live elsewhere in such files; a long one is the ordinary case.
    stream.resize(stream.len().max(8_192), 0);
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook")
        .unwrap()
        .write_all(&stream)
        .unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn number(row: u16, column: u16, x: f64) -> (u16, Vec<u8>) {
    let mut body = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
    body.extend(x.to_le_bytes());
    (0x0203, body)
}

#[test]
fn an_old_workbook_is_read_within_the_bounds() {
    let merges = (
        0x00E5,
        [1_u16, 0, 1, 0, 0].iter().flat_map(|n| n.to_le_bytes()).collect(),
    );
    let opened = read(&xls(&[number(0, 0, 1.5), number(2, 3, 0.1 + 0.2), merges])).unwrap();
    assert_eq!(
        (opened.found.format.as_str(), opened.found.sheet.as_str()),
        ("xls", "Sheet1")
    );
    assert_eq!(texts(&opened), [vec!["1.5"], vec![], vec!["", "", "", "0.3"]]);
    assert_eq!(
        opened.sheet.merges,
        [Merge {
            top: 0,
            left: 0,
            bottom: 1,
            right: 0
        }]
    );
    // Two cells in far corners: a small file that would be a sheet of four thousand million cells.
    let far = read(&xls(&[number(0, 0, 1.0), number(65_535, 65_535, 1.0)])).unwrap_err();
    assert_eq!(far.code, "too_large");
}
