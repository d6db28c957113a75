//! The JSON schema of a definition, generated from the types (published as `docs/registers.schema.json`).

use super::Definition;

/// The schema as pretty JSON with a newline at the end.
pub fn json() -> String {
    let schema = schemars::schema_for!(Definition);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
