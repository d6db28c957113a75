//! A machine without a Chinese font makes no PDF: said once at the start, with what to install.

use report::fonts::{USUAL, any_chinese};

/// What to say where none of these files holds Chinese characters.
fn advice(paths: &[&str]) -> Option<[&'static str; 2]> {
    (!any_chinese(paths)).then_some([
        "未找到中文字体：评估报告可导出 Word，不能生成 PDF。请安装中文字体（Debian/Ubuntu：apt install fonts-noto-cjk），无须重启",
        "no Chinese font was found: reports come as Word, not as PDF. Install one (Debian/Ubuntu: apt install fonts-noto-cjk); no restart is needed",
    ])
}

/// Says it, if there is anything to say. Reads a file of tens of megabytes: not for a thread that serves others.
pub(crate) fn tell() {
    for line in advice(&USUAL).into_iter().flatten() {
        eprintln!("{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_install_is_said_only_where_no_font_is() {
        let [zh, en] = advice(&["/nowhere/font.ttc", "/etc/hostname"]).unwrap();
        for line in [zh, en] {
            assert!(line.contains("fonts-noto-cjk") && line.contains("PDF"), "{line}");
        }
        assert_eq!(
            advice(&USUAL),
            None,
            "this machine has one, as its other tests need"
        );
    }
}
