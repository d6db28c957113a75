//! One page for each error code: the Markdown of `docs/errors`, and the same as HTML for `/docs/errors/<code>`.

use axum::extract::Path;
use axum::response::Html;

use super::{ApiError, Code, Definition};

/// The code with this name.
pub fn find(name: &str) -> Option<&'static Definition> {
    Code::ALL
        .iter()
        .map(|code| code.definition())
        .find(|definition| definition.name == name)
}

/// The page of a code as Markdown.
pub fn markdown(d: &Definition) -> String {
    format!(
        "# `{}` — {}\n\n{}\n\n| | |\n|---|---|\n| HTTP | {} |\n| 原因 | {}。 |\n| 处理 | {} |\n| Cause | {}. |\n| Remedy | {} |\n",
        d.name,
        d.zh,
        "本页由错误码清单生成(`HUANSHU_BLESS=1 cargo test -p server error_pages`)。",
        d.status.as_u16(),
        d.zh,
        d.remedy_zh,
        d.en,
        d.remedy_en,
    )
}

/// The list of all codes as Markdown.
pub fn index() -> String {
    let mut page =
        String::from("# 错误码 / Error codes\n\n| code | HTTP | 中文 | English |\n|---|---|---|---|\n");
    for d in Code::ALL.iter().map(|code| code.definition()) {
        let row = format!(
            "| [`{0}`]({0}.md) | {1} | {2} | {3} |\n",
            d.name,
            d.status.as_u16(),
            d.zh,
            d.en
        );
        page.push_str(&row);
    }
    page
}

/// Serves the page of a code.
pub(crate) async fn serve(Path(name): Path<String>) -> Result<Html<String>, ApiError> {
    let d = find(&name).ok_or(Code::NotFound)?;
    Ok(Html(format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{0}</title></head><body>\
         <h1><code>{0}</code></h1><p>HTTP {1}</p><h2>{2}</h2><p>{3}</p><h2 lang=\"en\">{4}</h2><p lang=\"en\">{5}</p>\
         </body></html>",
        d.name,
        d.status.as_u16(),
        d.zh,
        d.remedy_zh,
        d.en,
        d.remedy_en
    )))
}
