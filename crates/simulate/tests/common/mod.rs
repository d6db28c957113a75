//! The shipped profile, read from disk.

use std::collections::BTreeMap;
use std::path::Path;

use model::profile::Profile;

fn files(folder: &Path, below: &str, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), &format!("{name}/"), into);
        } else {
            into.insert(name, std::fs::read_to_string(entry.path()).unwrap());
        }
    }
}

pub(crate) fn chiping() -> Profile {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/chiping");
    let mut found = BTreeMap::new();
    files(&root, "", &mut found);
    Profile::from_files(&found).unwrap()
}
