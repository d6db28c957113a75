//! Definitions of the kept registers: the embedded ones, those of a folder given with `--registers`, and the profile's
//! own below `registers/` in its folder. A later file of the same name takes the place of an earlier one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use plan::systems::{Coverage, RegisterClaim, Words};
use registers::library::File;
pub(crate) use registers::library::Library;
use rust_embed::RustEmbed;

use crate::fail::Failure;

/// Bytes of all definitions together: 300 registers of 10 kB, code lists and demonstration records; a tenfold margin.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Folders below each other: `<group>/<name>.toml`, and one more for who sorts differently.
const MAX_DEPTH: usize = 4;

#[derive(RustEmbed)]
#[folder = "../../registers"]
#[include = "*.toml"]
#[include = "*.csv"]
struct BuiltIn;

#[derive(RustEmbed)]
#[folder = "../../profiles/chiping"]
#[include = "registers/*.toml"]
#[include = "registers/*.csv"]
struct Chiping;

/// All definitions, or every error with file, line and column.
pub(crate) fn load(folder: Option<&Path>, profile: Option<&Path>) -> Result<Arc<Library>, Failure> {
    let mut files = embedded::<BuiltIn>("");
    match profile {
        None => files.extend(embedded::<Chiping>("registers/")),
        Some(profile) => {
            let own = profile.join("registers");
            if own.is_dir() {
                collect(&own, "", &mut files, 0)?;
            }
        }
    }
    if let Some(folder) = folder {
        collect(folder, "", &mut files, 0)?;
    }
    if files.values().map(String::len).sum::<usize>() > MAX_BYTES {
        return Err(Failure::new(
            "台账定义过大,上限 64 MB",
            "the definitions of the registers are larger than 64 MB",
        ));
    }
    let files: Vec<File> = files
        .into_iter()
        .map(|(path, text)| File { path, text })
        .collect();
    match Library::load(&files) {
        Ok(library) => Ok(Arc::new(library)),
        Err(errors) => {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            let lines = lines.join("\n");
            Err(Failure::new(
                format!("台账定义有误:\n{lines}"),
                "the definitions of the registers above are wrong; correct them and start again",
            ))
        }
    }
}

fn embedded<E: RustEmbed>(prefix: &str) -> BTreeMap<String, String> {
    E::iter()
        .filter_map(|name| {
            let path = name.strip_prefix(prefix)?.to_owned();
            let text = String::from_utf8(E::get(&name)?.data.into_owned()).ok()?;
            Some((path, text))
        })
        .collect()
}

fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, String>,
    depth: usize,
) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder).map_err(|e| Failure::file(folder, &e))? {
        let entry = entry.map_err(|e| Failure::file(folder, &e))?;
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            if depth < MAX_DEPTH {
                collect(&path, &format!("{name}/"), files, depth + 1)?;
            }
            continue;
        }
        if path.extension().is_some_and(|e| e == "toml" || e == "csv") {
            let text = std::fs::read_to_string(&path).map_err(|e| Failure::file(&path, &e))?;
            files.insert(name, text);
        }
    }
    Ok(())
}

/// What implements the systems of the plan, with the registers of a library.
pub(crate) fn coverage(library: &Library) -> Coverage {
    let claims: Vec<RegisterClaim<'_>> = library
        .iter()
        .map(|register| {
            let definition = register.definition();
            RegisterClaim {
                name: &definition.name,
                titles: Words {
                    zh: definition.zh.clone(),
                    en: definition.en.clone(),
                },
                systems: &definition.systems,
            }
        })
        .collect();
    Coverage::new(&claims)
}
