//! Register definitions: the embedded ones, or a folder given with `--registers`.

use std::path::Path;

use plan::systems::{Coverage, RegisterClaim, Words};
use registers::library::{File, Library};
use rust_embed::RustEmbed;

use crate::fail::Failure;
use crate::files;

/// Files a library is made of.
const KINDS: [&str; 2] = ["toml", "csv"];

#[derive(RustEmbed)]
#[folder = "../../registers"]
#[include = "*.toml"]
#[include = "*.csv"]
struct Definitions;

/// The library in a folder, or the embedded one.
pub(crate) fn load(folder: Option<&Path>) -> Result<Library, Failure> {
    let files: Vec<File> = match folder {
        Some(folder) => files::read(folder, &KINDS)?
            .into_iter()
            .map(|(path, text)| File { path, text })
            .collect(),
        None => Definitions::iter()
            .filter_map(|name| {
                let text = String::from_utf8(Definitions::get(&name)?.data.into_owned()).ok()?;
                let path = name.to_string();
                Some(File { path, text })
            })
            .collect(),
    };
    Library::load(&files).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::new(
            "台账定义有误:",
            format!("register definitions:\n{}", lines.join("\n")),
        )
    })
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
