//! The shipped profile, read from disk, and the keys of its devices.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use hj212::cipher::{Key, KeyRing};
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

/// The frame as its centre reads it: opened where the device encrypts.
pub(crate) fn opened(bytes: &[u8]) -> Vec<u8> {
    static KEYS: OnceLock<KeyRing> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let devices = chiping().devices.into_iter();
        devices
            .filter_map(|device| Some((device.mn.0, Key::new(device.sm4_key?.bytes()))))
            .collect()
    });
    keys.unseal(hj212::decode(bytes)).bytes().to_vec()
}
