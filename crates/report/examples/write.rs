//! Writes a document kept as JSON: `cargo run -p report --example write -- document.json out.pdf` (or `out.docx`).

use report::{Document, Fonts, docx, fonts, pdf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(from), Some(to)) = (args.next(), args.next()) else {
        return Err("用法 / usage: write document.json out.pdf|out.docx".into());
    };
    let document: Document = serde_json::from_str(&std::fs::read_to_string(from)?)?;
    let bytes = if std::path::Path::new(&to)
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("pdf"))
    {
        pdf::write(&document, &Fonts::read(&fonts::USUAL)?)?
    } else {
        docx::write(&document)?
    };
    std::fs::write(to, bytes)?;
    Ok(())
}
