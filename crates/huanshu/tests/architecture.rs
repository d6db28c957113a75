//! ARCHITECTURE.md's table of the house is true: every crate stands in it, and depends on lower floors only.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// The binary's floor: it alone may wire in what stands beside the house.
const TOP: u8 = 6;

/// Floor of each crate, from the table; crates beside the house (`–`) have none.
fn floors(text: &str) -> BTreeMap<String, Option<u8>> {
    text.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
            let floor = cells.next()?;
            let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
            match floor {
                "–" => Some((name.to_owned(), None)),
                digit => Some((name.to_owned(), Some(digit.parse().ok()?))),
            }
        })
        .collect()
}

#[test]
fn the_house_is_as_described() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let floors = floors(&std::fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md"));
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(&root)
        .output()
        .expect("cargo metadata runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let names: Vec<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();

    for name in floors.keys() {
        assert!(
            names.contains(&name.as_str()),
            "{name} stands in ARCHITECTURE.md but is no crate"
        );
    }
    for package in packages {
        let name = package["name"].as_str().expect("name");
        let floor = floors
            .get(name)
            .unwrap_or_else(|| panic!("{name} is missing in ARCHITECTURE.md"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let other = dependency["name"].as_str().expect("name");
            let normal = dependency["kind"].is_null();
            let Some(lower) = floors.get(other) else { continue };
            if !normal {
                continue;
            }
            match (floor, lower) {
                (Some(mine), Some(its)) => {
                    assert!(
                        its < mine,
                        "{name} (floor {mine}) depends on {other} (floor {its})"
                    );
                }
                (None, _) => assert!(
                    ["hj212", "model", "geo"].contains(&other),
                    "{name} stands beside the house and may not know {other}"
                ),
                (Some(TOP), None) => {}
                (Some(mine), None) => {
                    panic!("{name} (floor {mine}) depends on {other}, which stands beside the house")
                }
            }
        }
    }
}
