//! What the crate's sources may and may not hold.

use std::path::{Path, PathBuf};

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else {
            out.push(path);
        }
    }
}

fn all() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for dir in ["src", "data"] {
        sources(&root.join(dir), &mut files);
    }
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            (path, text)
        })
        .collect()
}

/// The same importer serves every district: no name of one stands in the code or its tables.
#[test]
fn no_district_is_named() {
    for (path, text) in all() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for name in ["茌平", "庄平", "聊城", "chiping", "Chiping", "信发", "信源"] {
            assert!(!code.contains(name), "{name} in {}", path.display());
        }
    }
}

/// A pattern that does not compile would find nothing without a word.
#[test]
fn every_pattern_compiles() {
    let pattern = regex::Regex::new(r#"Pattern::new\(\s*r"([^"]*)""#).unwrap();
    let mut count = 0;
    for (path, text) in all() {
        for c in pattern.captures_iter(&text) {
            count += 1;
            assert!(
                regex::Regex::new(&c[1]).is_ok(),
                "{} in {}",
                &c[1],
                path.display()
            );
        }
    }
    assert!(count > 30, "{count}");
}
