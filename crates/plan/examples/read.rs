//! Reads a plan and prints what was found: `cargo run -p plan --example read -- FILE [units.toml]`.

use std::error::Error;

use model::profile::Unit;

#[derive(serde::Deserialize)]
struct Units {
    unit: Vec<Unit>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("FILE")?;
    let units = match args.next() {
        Some(path) => toml::from_str::<Units>(&std::fs::read_to_string(path)?)?.unit,
        None => Vec::new(),
    };
    let bytes = std::fs::read(file)?;
    let text = plan::docx::text(&bytes).or_else(|_| String::from_utf8(bytes))?;
    println!(
        "{}",
        serde_json::to_string_pretty(&plan::import::read(&text, &units))?
    );
    Ok(())
}
