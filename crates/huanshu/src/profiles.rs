//! Profiles: the embedded ones, or a folder given with `--profile`.

use std::collections::BTreeMap;
use std::path::Path;

use model::profile::Profile;
use rust_embed::RustEmbed;

use crate::fail::Failure;
use crate::files;

/// Files a profile is made of.
const KINDS: [&str; 2] = ["toml", "geojson"];

#[derive(RustEmbed)]
#[folder = "../../profiles/chiping"]
#[include = "*.toml"]
#[include = "*.geojson"]
struct Chiping;

/// The profile in a folder, or the embedded first district.
pub(crate) fn load(folder: Option<&Path>) -> Result<Profile, Failure> {
    Ok(Profile::from_files(&files(folder)?)?)
}

/// Files of a profile, path relative to it → text.
pub(crate) fn files(folder: Option<&Path>) -> Result<BTreeMap<String, String>, Failure> {
    match folder {
        Some(folder) => files::read(folder, &KINDS),
        None => Ok(embedded()),
    }
}

fn embedded() -> BTreeMap<String, String> {
    Chiping::iter()
        .filter_map(|name| {
            let file = Chiping::get(&name)?;
            Some((name.to_string(), String::from_utf8(file.data.into_owned()).ok()?))
        })
        .collect()
}
