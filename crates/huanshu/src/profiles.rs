//! Profiles: the embedded ones, or a folder given with `--profile`.

use std::collections::BTreeMap;
use std::path::Path;

use model::profile::Profile;
use rust_embed::RustEmbed;

use crate::fail::Failure;

/// Files a profile is made of; notes beside them are not read.
const KINDS: [&str; 2] = ["toml", "geojson"];

/// Files of a profile, at most this many bytes together: a district's map is well below a megabyte.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

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
    let Some(folder) = folder else { return Ok(embedded()) };
    let mut files = BTreeMap::new();
    let mut room = MAX_BYTES;
    collect(folder, "", &mut files, &mut room)?;
    Ok(files)
}

fn embedded() -> BTreeMap<String, String> {
    Chiping::iter()
        .filter_map(|name| {
            let file = Chiping::get(&name)?;
            Some((name.to_string(), String::from_utf8(file.data.into_owned()).ok()?))
        })
        .collect()
}

fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, String>,
    room: &mut u64,
) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder).map_err(|e| Failure::file(folder, &e))? {
        let entry = entry.map_err(|e| Failure::file(folder, &e))?;
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            // Profiles have one level of folders (`map/`).
            if prefix.is_empty() {
                collect(&path, &format!("{name}/"), files, room)?;
            }
            continue;
        }
        if !path.extension().is_some_and(|e| KINDS.iter().any(|k| e == *k)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|e| Failure::file(&path, &e))?;
        *room = room.checked_sub(text.len() as u64).ok_or_else(|| {
            Failure::new(
                "配置目录过大,上限 64 MB",
                "the profile folder is larger than 64 MB",
            )
        })?;
        files.insert(name, text);
    }
    Ok(())
}
