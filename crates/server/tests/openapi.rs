//! The committed OpenAPI document is the one the program serves, and each operation in it has a line in the
//! authorization table.

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
