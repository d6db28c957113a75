//! `docs/errors` has exactly one page for each code of the list, and an index (`HUANSHU_BLESS=1` rewrites them).

use std::collections::BTreeMap;
use std::path::PathBuf;

use server::error::{Code, pages};

#[test]
fn error_pages_are_those_of_the_list() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let mut expected: BTreeMap<String, String> = Code::ALL
        .iter()
        .map(|code| code.definition())
        .map(|d| (format!("{}.md", d.name), pages::markdown(d)))
        .collect();
    assert_eq!(expected.len(), Code::ALL.len(), "two codes have the same name");
    expected.insert("README.md".to_owned(), pages::index());
    if std::env::var_os("HUANSHU_BLESS").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &expected {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let found: BTreeMap<String, String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect();
    assert!(
        found == expected,
        "docs/errors differs from the list; run HUANSHU_BLESS=1 cargo test -p server error_pages"
    );
}
