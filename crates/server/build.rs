//! Says which folder of pages is embedded: `web/dist`, or, where the pages were not built, one page that says so.

use std::error::Error;
use std::path::{Path, PathBuf};

const NOT_BUILT: &str = r#"<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>环枢 Huanshu</title></head>
<body>
<h1>页面尚未构建</h1>
<p>请运行 <code>make web</code>,然后重新构建程序。接口可用,见 <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>。</p>
<h1 lang="en">The pages are not built</h1>
<p lang="en">Run <code>make web</code>, then build the program again. The API works, see <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</body>
</html>
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let dist = here.join("../../web/dist");
    // Cargo looks at the whole folder; a missing one counts as changed as soon as it appears.
    println!("cargo::rerun-if-changed={}", dist.display());
    let pages = if dist.join("index.html").is_file() {
        dist.canonicalize()?
    } else {
        let folder = Path::new(&std::env::var("OUT_DIR")?).join("pages");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("index.html"), NOT_BUILT)?;
        folder
    };
    println!("cargo::rustc-env=HUANSHU_PAGES={}", pages.display());
    Ok(())
}
