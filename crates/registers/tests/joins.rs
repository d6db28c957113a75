//! What ties registers to each other: zone layers, sources and identities, chains. Faults are told with their place.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use registers::chain::is_field;
use registers::library::{File, Library};
use registers::record::Body;
use registers::sources::{Decision, claim, compare, terms};
use serde_json::json;

const WORKS: &str = r#"name = "works"
version = 1
zh = "来源"
en = "Works"
systems = ["S001"]
title = ["name"]
retention_years = 10
field = [
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "number", zh = "编号", en = "Number", type = "text" },
  { name = "licence", zh = "证号", en = "Licence", type = "text" },
  { name = "others", zh = "别名", en = "Other names", type = "text", repeatable = true },
  { name = "place", zh = "位置", en = "Place", type = "point" },
]
access = { read = ["inspector"], write = ["inspector"] }
source = { exact = ["number", "licence"], name = "name", aliases = "others", part = [{ code = "paper", zh = "许可", en = "Permit" }] }
[matching]
same_from = 80
review_from = 45
compare = [
  { field = "number", how = "exact", weight = 80, against = 40 },
  { field = "name", how = "similar", weight = 30, ignore = ["有限公司"] },
  { field = "place", how = "near", weight = 20, within_m = 300 },
]
"#;

const PAPER: &str = r#"name = "paper"
version = 1
zh = "许可"
en = "Papers"
systems = ["S001"]
title = ["holder"]
retention_years = 10
field = [
  { name = "holder", zh = "持证人", en = "Holder", type = "text", required = true },
  { name = "number", zh = "编号", en = "Number", type = "text" },
  { name = "licence", zh = "证号", en = "Licence", type = "text" },
  { name = "works", zh = "来源", en = "Works", type = "reference", register = "works" },
  { name = "range", zh = "范围", en = "Range", type = "area" },
  { name = "spot", zh = "位置", en = "Spot", type = "point" },
]
access = { read = ["inspector"], write = ["inspector"] }
identity = { source = "works", part = "paper", same = { name = "holder", number = "number", licence = "licence", place = "spot" } }
zoning = [{ field = "range", rules = ["holder"], within_m = 50 }]
"#;

const CHAIN: &str = r#"name = "up"
zh = "链"
en = "Chain"
systems = ["S001"]
step = [
  { name = "paper", zh = "许可", en = "Paper", register = "paper", needs = ["works"] },
  { name = "works", zh = "来源", en = "Works", register = "works" },
]
edge = [{ from = "paper", field = "works", to = "works" }]
"#;

fn load(files: &[(&str, &str)]) -> Result<Library, Vec<String>> {
    let files: Vec<File> = files
        .iter()
        .map(|(path, text)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    Library::load(&files).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

fn library() -> Library {
    load(&[
        ("a/works.toml", WORKS),
        ("a/paper.toml", PAPER),
        ("chains/up.toml", CHAIN),
    ])
    .unwrap()
}

/// The one error when a text is changed, which must name the file and line.
fn wrong(path: &str, from: &str, to: &str) -> String {
    let changed = |p: &str, text: &str| {
        if p == path {
            text.replace(from, to)
        } else {
            text.to_owned()
        }
    };
    let files = [
        ("a/works.toml", WORKS),
        ("a/paper.toml", PAPER),
        ("chains/up.toml", CHAIN),
    ];
    let texts: Vec<(&str, String)> = files.iter().map(|(p, t)| (*p, changed(p, t))).collect();
    assert!(
        files.iter().zip(&texts).any(|((_, a), (_, b))| a != b),
        "{from} does not occur"
    );
    let texts: Vec<(&str, &str)> = texts.iter().map(|(p, t)| (*p, t.as_str())).collect();
    let errors = load(&texts).map(|_| ()).unwrap_err();
    assert!(errors[0].starts_with(&format!("{path}:")), "{errors:?}");
    errors[0].clone()
}

#[test]
fn faults_are_told_with_file_and_line() {
    assert_eq!(library().chains().count(), 1);
    assert!(wrong("a/paper.toml", "field = \"range\"", "field = \"holder\"").contains("类型"));
    assert!(wrong("a/paper.toml", "rules = [\"holder\"]", "rules = [\"none\"]").contains("none"));
    assert!(wrong("a/paper.toml", "within_m = 50", "within_m = 500000").contains("50000"));
    assert!(
        wrong(
            "a/paper.toml",
            "source = \"works\", part",
            "source = \"paper\", part"
        )
        .contains("[source]")
    );
    assert!(wrong("a/paper.toml", "part = \"paper\"", "part = \"other\"").contains("other"));
    assert!(wrong("a/paper.toml", "place = \"spot\"", "place = \"range\"").contains("位置类型"));
    assert!(wrong("a/paper.toml", "licence = \"licence\"", "nothing = \"licence\"").contains("nothing"));
    assert!(wrong("a/works.toml", "aliases = \"others\"", "aliases = \"name\"").contains("类型"));
    assert!(wrong("a/works.toml", "exact = [\"number\"", "exact = [\"place\"").contains("类型"));
    assert!(
        wrong(
            "chains/up.toml",
            "register = \"works\" }",
            "register = \"none\" }"
        )
        .contains("none")
    );
    assert!(
        wrong("chains/up.toml", "field = \"works\"", "field = \"holder\"").starts_with("chains/up.toml:9:")
    );
    assert!(wrong("chains/up.toml", "needs = [\"works\"]", "needs = [\"none\"]").contains("none"));
    assert!(wrong("chains/up.toml", "name = \"up\"", "name = \"down\"").contains("up"));
    assert!(wrong("chains/up.toml", "register = \"paper\",", "subject = \"nobody\",").contains("subject"));
}

#[test]
fn a_chain_names_fields_of_groups() {
    assert!(is_field("traced[2].works", "traced.works"));
    assert!(is_field("works", "works"));
    assert!(!is_field("traced[2].works", "works"));
    assert!(!is_field("traced[2].pipe", "traced.works"));
    assert!(!is_field("works", "traced.works"));
}

fn body(value: &serde_json::Value) -> Body {
    value.as_object().unwrap().clone()
}

#[test]
fn identifiers_join_likeness_proposes_contradictions_ask() {
    let library = library();
    let (works, paper) = (library.get("works").unwrap(), library.get("paper").unwrap());
    let source = body(&json!({
        "name": "茌平大名铝业有限公司", "number": "N-1", "licence": "L-1", "others": ["大铝厂"],
        "place": { "type": "Point", "coordinates": [116.2, 36.6] },
    }));
    let judged =
        |value: serde_json::Value| compare(works, &source, &claim(paper, works, &body(&value)).unwrap());
    let same = judged(json!({ "holder": "别的名字", "number": "N-1" }));
    assert_eq!(
        (same.decision, same.agree),
        (Decision::Joined, vec!["number".to_owned()])
    );
    let other = judged(json!({ "holder": "茌平大名铝业有限公司", "number": "N-2", "licence": "L-1" }));
    assert_eq!(
        (other.decision, other.against),
        (Decision::Review, vec!["number".to_owned()])
    );
    // The name (30) and 9 m (20) reach 45; the name alone does not.
    let place = json!({ "type": "Point", "coordinates": [116.2001, 36.6] });
    let like = judged(json!({ "holder": "茌平大名铝业", "spot": place }));
    assert_eq!((like.decision, like.likeness.score), (Decision::Review, 50));
    assert_eq!(
        judged(json!({ "holder": "茌平大名铝业" })).decision,
        Decision::Different
    );
    let alias = judged(json!({ "holder": "大铝厂", "spot": place }));
    assert_eq!((alias.decision, alias.likeness.score), (Decision::Review, 50));
    // Where the names are alike the numbers still contradict: 30 + 20 − 40.
    let against = judged(json!({ "holder": "大铝厂", "spot": place, "number": "N-3" }));
    assert_eq!(
        (against.decision, against.likeness.score),
        (Decision::Different, 10)
    );
    assert!(claim(works, works, &source).is_none());
    assert!(claim(paper, works, &Body::new()).is_none());
    let shared = terms(works, &source);
    let alias = claim(paper, works, &body(&json!({ "holder": "大铝厂" }))).unwrap();
    assert!(terms(works, &alias.body).iter().any(|t| shared.contains(t)));
}

#[test]
fn the_schema_of_chains_is_published() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/chains.schema.json");
    let schema = registers::chain::schema();
    if std::env::var_os("HUANSHU_BLESS").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == schema,
        "docs/chains.schema.json is old: run the tests with HUANSHU_BLESS=1"
    );
    let value: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(value["title"], "ChainFile");
}
