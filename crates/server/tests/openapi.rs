//! The committed OpenAPI document is the one the program serves, and each operation in it has a line in the
//! authorization table.

#![expect(
    clippy::indexing_slicing,
    clippy::format_push_string,
    reason = "helpers of tests fail loudly"
)]

use std::path::PathBuf;

fn committed() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

#[test]
fn openapi_document_is_the_committed_one() {
    let text = server::openapi::text();
    if std::env::var_os("HUANSHU_BLESS").is_some() {
        std::fs::write(committed(), &text).unwrap();
    }
    let committed = std::fs::read_to_string(committed()).unwrap();
    assert!(
        committed == text,
        "docs/openapi.json differs from the program; run HUANSHU_BLESS=1 cargo test -p server openapi and read the diff"
    );
}

/// The table of actions and roles as Markdown.
fn authorization() -> String {
    let actions = include_str!("../src/authz/actions.csv");
    let mut out = String::new();
    for (n, line) in actions.lines().enumerate() {
        out.push_str(&format!("| {} |\n", line.replace(',', " | ")));
        if n == 0 {
            out.push_str(&format!("|{}\n", "---|".repeat(line.split(',').count())));
        }
    }
    out.push_str("\n| endpoint | action |\n|---|---|\n");
    for line in include_str!("../src/authz/operations.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        out.push_str(&format!("| `{} {}` | {} |\n", cells[0], cells[1], cells[2]));
    }
    out
}

#[test]
fn openapi_page_shows_the_table_that_is_used() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let begin = "<!-- authorization: generated from crates/server/src/authz -->\n";
    let (before, rest) = text.split_once(begin).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let expected = format!("{before}{begin}{}<!-- end -->{after}", authorization());
    if std::env::var_os("HUANSHU_BLESS").is_some() {
        std::fs::write(&page, &expected).unwrap();
    } else {
        assert!(
            text == expected,
            "docs/api.md shows another table; run HUANSHU_BLESS=1 cargo test -p server openapi"
        );
    }
}
