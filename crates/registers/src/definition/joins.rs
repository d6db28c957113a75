//! What ties registers to each other beyond references: areas with rules that other places are tested against, and the one
//! record per source that other lists' records belong to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::Names;

/// The register is a layer of areas with rules (分区图层): places are tested against its records, and its rules hold in them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zoning {
    /// Place field with its extent.
    pub field: String,
    /// Name of the layer, where it is neither the register's nor said by `kind`.
    #[serde(default)]
    pub names: Option<Names>,
    /// Choice or text field that names the layer; all records are of one layer when left out.
    #[serde(default)]
    pub kind: Option<String>,
    /// Choice or text field with the class within the layer.
    #[serde(default)]
    pub class: Option<String>,
    /// Fields that say what holds there.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What holds everywhere in the layer, whatever its fields say (a rule of law).
    #[serde(default)]
    pub says: Option<String>,
    /// Which records hold; all when left out.
    #[serde(default, rename = "where")]
    pub filter: Option<String>,
    /// From how near it already matters, metres.
    #[serde(default)]
    pub within_m: u32,
}

/// The register holds one record per source (一源一档), to which records of other lists belong. Who is who is said by
/// [`super::Matching`]; what is equal in a field of `exact` is the same without a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Fields with identifiers: where one agrees and none contradicts, records are the same.
    pub exact: Vec<String>,
    /// Text field with the name.
    pub name: String,
    /// Repeatable text field with other and former names.
    #[serde(default)]
    pub aliases: Option<String>,
    /// Parts of the file, in the order they are shown.
    pub part: Vec<SourcePart>,
}

/// One part of a source's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourcePart {
    /// Stable code.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// Records of this register belong to a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Register that holds the sources.
    pub source: String,
    /// Part of the source's file its records stand in.
    pub part: String,
    /// Field of the source's record → field of this register that says the same.
    pub same: BTreeMap<String, String>,
}
