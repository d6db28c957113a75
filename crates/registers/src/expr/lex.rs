//! Expression text to tokens.

use super::ExprError;
use crate::limits;
use crate::text::Names;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(String),
    Text(String),
    Word(String),
    Sign(&'static str),
}

/// Longest first, so that `<=` is not read as `<`.
const SIGNS: [&str; 15] = [
    "<=", ">=", "!=", "==", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",", ".",
];

pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, ExprError> {
    if text.chars().count() > limits::EXPRESSION_CHARS {
        return Err(ExprError {
            at: 0,
            said: Names::new(
                format!("表达式超过 {} 字", limits::EXPRESSION_CHARS),
                format!(
                    "an expression has at most {} characters",
                    limits::EXPRESSION_CHARS
                ),
            ),
        });
    }
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        let take = |good: fn(char) -> bool| rest.find(|c| !good(c)).unwrap_or(rest.len());
        let (token, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_ascii_digit() {
            let n = take(|c| c.is_ascii_digit() || c == '.');
            (Token::Number(rest.get(..n).unwrap_or_default().to_owned()), n)
        } else if first.is_alphabetic() || first == '_' {
            let n = take(|c| c.is_alphanumeric() || c == '_');
            (Token::Word(rest.get(..n).unwrap_or_default().to_owned()), n)
        } else if first == '"' || first == '\'' {
            let inner = rest.get(1..).unwrap_or_default();
            let Some(end) = inner.find(first) else {
                return Err(ExprError {
                    at,
                    said: Names::new("引号没有结束", "the quotation mark is never closed"),
                });
            };
            (
                Token::Text(inner.get(..end).unwrap_or_default().to_owned()),
                end + 2,
            )
        } else if let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)) {
            (Token::Sign(if *sign == "==" { "=" } else { sign }), sign.len())
        } else {
            return Err(ExprError {
                at,
                said: Names::new(
                    format!("不认识的字符 «{first}»"),
                    format!("«{first}» means nothing here"),
                ),
            });
        };
        out.push((at, token));
        at += length;
    }
    Ok(out)
}
