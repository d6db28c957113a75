//! Folders of text files that the program is given instead of what is built in.

use std::collections::BTreeMap;
use std::path::Path;

use crate::fail::Failure;

/// Bytes of all files together: a district's map and two hundred lists are well below ten megabytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Files of these kinds in a folder and its folders (one level), by their path below it; notes beside them are not read.
pub(crate) fn read(folder: &Path, kinds: &[&str]) -> Result<BTreeMap<String, String>, Failure> {
    let mut files = BTreeMap::new();
    let mut room = MAX_BYTES;
    collect(folder, "", kinds, &mut files, &mut room)?;
    Ok(files)
}

fn collect(
    folder: &Path,
    prefix: &str,
    kinds: &[&str],
    files: &mut BTreeMap<String, String>,
    room: &mut u64,
) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder).map_err(|e| Failure::file(folder, &e))? {
        let entry = entry.map_err(|e| Failure::file(folder, &e))?;
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            if prefix.is_empty() {
                collect(&path, &format!("{name}/"), kinds, files, room)?;
            }
            continue;
        }
        if !path.extension().is_some_and(|e| kinds.iter().any(|k| e == *k)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|e| Failure::file(&path, &e))?;
        *room = room.checked_sub(text.len() as u64).ok_or_else(|| {
            let shown = folder.display();
            Failure::new(
                format!("目录 {shown} 过大,上限 64 MB"),
                format!("the folder {shown} is larger than 64 MB"),
            )
        })?;
        files.insert(name, text);
    }
    Ok(())
}
