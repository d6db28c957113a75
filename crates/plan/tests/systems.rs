//! The list of systems is whole, and a claim is what its sheet and its registers say.

use plan::systems::{Coverage, Kind, RegisterClaim, Sheet, State, Words};

const SYSTEMS: &str = "id,section,zh,en,group,priority\n\
    S001,一,甲,A,water,core\nS002,二,乙,B,water,core\nS003,三,丙,C,air,supporting\nS004,四,丁,D,air,policy-only\n";

fn claim<'a>(name: &'a str, systems: &'a [String]) -> RegisterClaim<'a> {
    let titles = Words {
        zh: "表".to_owned(),
        en: "list".to_owned(),
    };
    RegisterClaim {
        name,
        titles,
        systems,
    }
}

#[test]
fn the_sheet_reads_whole_and_numbers_run_on() {
    let coverage = Coverage::new(&[]);
    let ids: Vec<String> = coverage.rows().iter().map(|r| r.system.id.clone()).collect();
    assert_eq!(ids, (1..=290).map(|n| format!("S{n:03}")).collect::<Vec<_>>());
    assert_eq!(Sheet::built_in().faults, Vec::<String>::new());
    for row in coverage.rows() {
        let system = &row.system;
        assert!(
            ["core", "supporting", "policy-only"].contains(&system.priority.as_str()),
            "{system:?}"
        );
        assert!(!system.zh.is_empty() && !system.en.is_empty() && !system.group.is_empty());
        if let Some(missing) = &row.missing {
            assert!(!missing.zh.is_empty() && !missing.en.is_empty(), "{}", system.id);
        }
    }
}

#[test]
fn a_row_works_only_where_nothing_is_missing_and_a_register_counts_by_itself() {
    let sheet = Sheet::read(
        SYSTEMS,
        "[S001]\npages = [\"/map\"]\n[S002]\nendpoints = [\"GET /alarms\"]\nmissing = { zh = \"缺\", en = \"lacks\" }\n",
    );
    let systems = ["S003".to_owned(), "S002".to_owned()];
    let coverage = Coverage::of(sheet, &[claim("list", &systems)]);
    let states: Vec<State> = coverage.rows().iter().map(|r| r.state).collect();
    assert_eq!(
        states,
        [State::Works, State::Partly, State::Partly, State::NotYet]
    );
    let counts = coverage.counts();
    assert_eq!(
        (counts.total, counts.works, counts.partly, counts.not_yet),
        (4, 1, 2, 1)
    );
    let second: Vec<(Kind, &str)> = coverage.rows()[1]
        .what
        .iter()
        .map(|p| (p.kind, p.name.as_str()))
        .collect();
    assert_eq!(
        second,
        [(Kind::Register, "list"), (Kind::Endpoint, "GET /api/v1/alarms")]
    );
    assert!(coverage.rows()[2].missing.is_some());
    assert_eq!(coverage.faults(), Vec::<String>::new());
}

#[test]
fn empty_claims_and_unknown_numbers_are_faults() {
    let sheet = Sheet::read(SYSTEMS, "[S001]\n[S999]\npages = [\"/map\"]\n");
    let systems = ["S777".to_owned()];
    let coverage = Coverage::of(sheet, &[claim("list", &systems)]);
    assert_eq!(coverage.rows()[0].state, State::NotYet, "nothing answers to it");
    let faults = coverage.faults().join("\n");
    for wanted in ["S999", "S777", "S001: claimed"] {
        assert!(faults.contains(wanted), "{wanted} in {faults}");
    }
    assert!(!Sheet::read(SYSTEMS, "[S001]\npaegs = []\n").faults.is_empty());
}
