//! Every definition of the project: loads, holds good demonstration records, can be walked through, imports what it
//! exports. Nothing here names a register: a new definition is tested by standing in the folder.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use common::{Demo, actor, library, now, root, today};
use model::ids::{RecordId, UnitCode};
use model::role::Role;
use registers::admit::{AnyReference, References as _, admit};
use registers::definition::{Definition, Transition};
use registers::library::{File, Library};
use registers::life::{self, Actor};
use registers::record::{Body, Record, Taken};
use registers::register::Register;
use registers::table::{self, Cell, Existing, Sheet};
use registers::{history, publish, search, tally};

/// The demonstration records of a register, admitted.
fn demo(library: &Library, register: &Register) -> Vec<Record> {
    let references = Demo::new(library);
    library
        .demo(register.name())
        .iter()
        .map(|record| {
            let body = admit(
                register,
                &record.body,
                record.state.as_deref(),
                today(),
                &references,
            )
            .unwrap_or_else(|findings| panic!("{} {}: {findings:#?}", register.name(), record.id));
            Record {
                body,
                ..record.clone()
            }
        })
        .collect()
}

#[test]
fn every_definition_loads_and_its_demonstration_records_are_good() {
    let library = library();
    assert!(
        library.iter().count() >= 160,
        "a definition for every list of the plan"
    );
    for register in library.iter() {
        let records = demo(&library, register);
        assert!(
            records.len() >= 2,
            "{} has two demonstration records",
            register.name()
        );
        for record in &records {
            assert!(record.demo);
            let states = register.definition().life.as_ref().map(|l| &l.state);
            let known = states.is_none_or(|s| s.iter().any(|s| Some(&s.name) == record.state.as_ref()));
            assert!(
                known,
                "{} {}: state {:?}",
                register.name(),
                record.id,
                record.state
            );
            let again = admit(
                register,
                &record.body,
                record.state.as_deref(),
                today(),
                &AnyReference,
            );
            assert_eq!(
                again.as_ref(),
                Ok(&record.body),
                "admitting again changes nothing: {}",
                record.id
            );
            assert!(!register.title(record).is_empty());
            assert!(search::text(register, record).contains(record.id.as_str()));
            assert!(history::changes(register, &record.body, &record.body).is_empty());
        }
    }
}

#[test]
fn a_bad_value_is_told_with_its_field_in_every_register() {
    let library = library();
    for register in library.iter() {
        let empty = admit(register, &Body::new(), None, today(), &AnyReference).unwrap_err();
        let required: Vec<&str> = register
            .definition()
            .field
            .iter()
            .filter(|f| f.required && f.default.is_none())
            .map(|f| f.name.as_str())
            .collect();
        let found: Vec<&str> = empty.iter().map(|f| f.field.as_str()).collect();
        assert!(
            required.iter().all(|f| found.contains(f)),
            "{}: {required:?} in {found:?}",
            register.name()
        );
        for finding in empty {
            assert!(!finding.names.zh.is_empty() && !finding.names.en.is_empty());
            assert!(!finding.expected.zh.is_empty() && !finding.expected.en.is_empty());
        }
        let unknown = Body::from_iter([("no_such_field".to_owned(), 1.into())]);
        let findings = admit(register, &unknown, None, today(), &AnyReference).unwrap_err();
        assert!(
            findings
                .iter()
                .any(|f| f.field == "no_such_field" && f.code == "unknown")
        );
    }
}

/// The manual's list, put together as the manual says, is a good one.
#[test]
fn the_manual_can_be_followed_literally() {
    let manual = std::fs::read_to_string(root().join("docs/registers.md")).unwrap();
    let parts: Vec<&str> = manual
        .split("```toml\n")
        .skip(1)
        .map(|part| part.split("```").next().unwrap())
        .collect();
    let [fields, life, figures, records, ..] = parts[..] else {
        panic!("four parts")
    };
    let mut files = common::all_files();
    let definition = format!("{fields}{figures}\n{life}");
    files.push(File {
        path: "water/sewage_tank.toml".into(),
        text: definition.clone(),
    });
    files.push(File {
        path: "demo/sewage_tank.demo.toml".into(),
        text: records.to_owned(),
    });
    let library = Library::load(&files).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let register = library.get("sewage_tank").unwrap();
    assert_eq!(demo(&library, register).len(), 2);
    // The mistake the manual shows is told in the words it shows.
    let wrong = definition.replace("greatest_of(emptied, date)", "greatest_of(emptied, dates)");
    let file = File {
        path: "water/sewage_tank.toml".into(),
        text: wrong,
    };
    let told = Library::load(&[file]).unwrap_err()[0].to_string();
    assert!(manual.contains(&told), "{told}");
}

/// The fullest demonstration record with a transition's example values, in one of its starting states.
fn ready(register: &Register, records: &[Record], step: &Transition, from: &str) -> Record {
    let fullest = records.iter().max_by_key(|r| r.body.len()).unwrap();
    let mut raw = fullest.body.clone();
    raw.extend(step.example.clone());
    let body = admit(register, &raw, Some(from), today(), &AnyReference)
        .unwrap_or_else(|f| panic!("{} example of {}: {f:#?}", register.name(), step.name));
    Record {
        state: Some(from.to_owned()),
        body,
        ..fullest.clone()
    }
}

/// Somebody in the role whose unit or firm the record belongs to.
fn owner(register: &Register, record: &Record, role: Role, user: i64) -> Actor {
    let access = &register.definition().access;
    let value = |field: &Option<String>| {
        field
            .as_ref()
            .and_then(|f| record.body.get(f))
            .and_then(|v| v.as_str())
            .map(str::to_owned)
    };
    let unit = match access.units.first() {
        Some(named) if role == Role::Department => Some(UnitCode::new(named)),
        _ => value(&access.unit_field).map(UnitCode::new),
    };
    let firms = access
        .firm_fields
        .iter()
        .filter_map(|f| value(&Some(f.clone())))
        .collect();
    Actor {
        unit,
        firms,
        ..actor(role, user)
    }
}

#[test]
fn every_transition_is_walked_by_the_right_role_and_refused_to_the_wrong_one() {
    let library = library();
    for register in library.iter() {
        let Some(life) = &register.definition().life else {
            continue;
        };
        let records = demo(&library, register);
        for step in &life.transition {
            for from in &step.from {
                let record = ready(register, &records, step, from);
                let name = format!("{}.{} from {from}", register.name(), step.name);
                let take = |record: &Record, actor: &Actor, reason: Option<&str>| {
                    life::decide(
                        register,
                        record,
                        &step.name,
                        reason,
                        actor,
                        now(),
                        library.calendar(),
                    )
                };
                for role in Role::ALL {
                    let someone = owner(register, &record, role, 7);
                    let result = take(&record, &someone, Some("演示理由"));
                    if step.roles.contains(&role) {
                        let effects = result.unwrap_or_else(|r| panic!("{name} by {role:?}: {r:#?}"));
                        assert_eq!(effects.taken.to, step.to, "{name}");
                        assert_eq!(effects.reopens, step.reopens, "{name}");
                    } else {
                        assert_eq!(result.unwrap_err().code, "role", "{name} by {role:?}");
                    }
                }
                let right = owner(register, &record, step.roles[0], 7);
                for need in &step.needs {
                    let mut lacking = record.clone();
                    lacking.body.remove(need);
                    let refusal = take(&lacking, &right, Some("演示理由")).unwrap_err();
                    let told = refusal.findings.iter().any(|f| f.field == *need);
                    assert!(told, "{name} without {need}: {refusal:?}");
                }
                if step.reason {
                    assert_eq!(take(&record, &right, None).unwrap_err().code, "reason", "{name}");
                }
                if let Some(earlier) = &step.second_person_to {
                    let mut own = record.clone();
                    let (transition, to) = (earlier.clone(), from.clone());
                    own.trail.push(Taken {
                        transition,
                        by: right.user,
                        at: now(),
                        from: String::new(),
                        to,
                        reason: None,
                    });
                    assert_eq!(
                        take(&own, &right, Some("演示理由")).unwrap_err().code,
                        "second_person",
                        "{name}"
                    );
                }
                let elsewhere = life.state.iter().find(|s| !step.from.contains(&s.name));
                if let Some(state) = elsewhere {
                    let wrong = Record {
                        state: Some(state.name.clone()),
                        ..record.clone()
                    };
                    assert_eq!(
                        take(&wrong, &right, Some("演示理由")).unwrap_err().code,
                        "wrong_state",
                        "{name}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_state_is_reached_and_what_is_closed_can_be_reopened() {
    for register in library().iter() {
        let Some(life) = &register.definition().life else {
            continue;
        };
        let mut seen = BTreeSet::from([life.start.as_str()]);
        let mut open = VecDeque::from([life.start.as_str()]);
        while let Some(state) = open.pop_front() {
            for step in life
                .transition
                .iter()
                .filter(|t| t.from.iter().any(|s| s == state))
            {
                if seen.insert(&step.to) {
                    open.push_back(&step.to);
                }
            }
        }
        for state in &life.state {
            assert!(
                seen.contains(state.name.as_str()),
                "{}: {} is never reached",
                register.name(),
                state.name
            );
        }
        assert!(
            life.transition.iter().any(|t| t.reopens),
            "{} can be reopened",
            register.name()
        );
    }
}

/// Departments the plan does not name for a matter read the list and change nothing.
#[test]
fn departments_change_what_their_unit_is_named_for() {
    let library = library();
    let known = Demo::new(&library);
    for register in library.iter() {
        let access = &register.definition().access;
        for unit in &access.units {
            assert!(known.unit(unit), "{} names the unit {unit}", register.name());
        }
        let named = |unit: &str| Actor {
            unit: Some(UnitCode::new(unit)),
            ..actor(Role::Department, 1)
        };
        for record in demo(&library, register) {
            let may = |unit: &str| life::may_write(register, &record, &named(unit));
            assert!(access.units.is_empty() || !may("nobody"), "{}", register.name());
            let writes = access.write.contains(&Role::Department);
            let locked = record.state.as_ref().and_then(|s| register.definition().state(s));
            if writes && !locked.is_some_and(|s| s.locked) {
                assert!(access.units.iter().all(|unit| may(unit)), "{}", register.name());
            }
        }
    }
}

#[test]
fn towns_departments_and_firms_reach_their_own_records_only() {
    let library = library();
    for register in library.iter() {
        let access = &register.definition().access;
        for record in demo(&library, register) {
            let bounds = [
                (Role::Town, access.unit_field.is_some()),
                (Role::Department, access.departments_own),
                (Role::Firm, true),
            ];
            for (role, bounded) in bounds {
                if !access.read.contains(&role) {
                    continue;
                }
                let stranger = Actor {
                    unit: Some(UnitCode::new("nobody")),
                    firms: vec!["nobody".into()],
                    ..actor(role, 1)
                };
                assert_eq!(
                    life::may_read(register, &record, &stranger),
                    !bounded,
                    "{}",
                    register.name()
                );
            }
            assert!(
                !life::may_read(register, &record, &actor(Role::Public, 1)),
                "the public reads the public view only"
            );
        }
    }
}

struct Held(Vec<Record>);

impl Existing for Held {
    fn by_id(&self, id: &str) -> Option<Record> {
        self.0.iter().find(|r| r.id.as_str() == id).cloned()
    }

    fn by_key(&self, fields: &[String], values: &[String]) -> Option<RecordId> {
        let text = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let same = |r: &&Record| {
            fields
                .iter()
                .zip(values)
                .all(|(f, v)| r.body.get(f).map(text).as_ref() == Some(v))
        };
        self.0.iter().find(same).map(|r| r.id.clone())
    }
}

fn sheet(register: &Register, records: &[Record], with_id: bool) -> Sheet {
    let columns = table::template(register);
    let mut rows = vec![columns.iter().map(|c| Cell::text(&c.header)).collect::<Vec<_>>()];
    for record in records {
        rows.extend(table::rows(register, &columns, record));
    }
    if !with_id {
        rows.iter_mut().skip(1).for_each(|row| row[0] = Cell::Empty);
    }
    Sheet {
        rows,
        merges: Vec::new(),
    }
}

#[test]
fn what_is_exported_comes_back_without_change() {
    let library = library();
    for register in library.iter() {
        let records = demo(&library, register);
        let import = table::import(
            register,
            &sheet(register, &records, true),
            &Held(records.clone()),
            &AnyReference,
            today(),
        );
        let drafts = import
            .drafts
            .unwrap_or_else(|| panic!("{}: {:#?}", register.name(), import.findings));
        assert_eq!(drafts.len(), records.len(), "{}", register.name());
        assert!(
            import.ignored.is_empty() && import.absent.is_empty(),
            "{}: {:?}",
            register.name(),
            import.absent
        );
        for (draft, record) in drafts.iter().zip(&records) {
            assert_eq!(draft.changes, [], "{} {}", register.name(), record.id);
            assert_eq!(draft.body, record.body, "{} {}", register.name(), record.id);
            assert_eq!(draft.id.as_ref(), Some(&record.id));
        }
    }
}

#[test]
fn the_template_filled_in_anew_gives_the_same_records() {
    let library = library();
    for register in library.iter() {
        let records = demo(&library, register);
        let import = table::import(
            register,
            &sheet(register, &records, false),
            &table::import::Nothing,
            &AnyReference,
            today(),
        );
        let drafts = import
            .drafts
            .unwrap_or_else(|| panic!("{}: {:#?}", register.name(), import.findings));
        for (draft, record) in drafts.iter().zip(&records) {
            let mut expected = record.body.clone();
            // Attachments are not imported by table.
            for field in &register.definition().field {
                let files =
                    |f: &registers::definition::Field| f.kind == registers::definition::FieldType::File;
                if files(field) {
                    expected.remove(&field.name);
                }
                for row in expected
                    .get_mut(&field.name)
                    .and_then(|v| v.as_array_mut())
                    .into_iter()
                    .flatten()
                {
                    for sub in field.fields.iter().filter(|s| files(s)) {
                        row.as_object_mut().unwrap().remove(&sub.name);
                    }
                }
            }
            // What is computed from them follows.
            let expected = admit(register, &expected, None, today(), &AnyReference).unwrap();
            assert_eq!(
                (draft.id.as_ref(), &draft.body),
                (None, &expected),
                "{} {}",
                register.name(),
                record.id
            );
        }
    }
}

#[test]
fn figures_follow_and_the_public_sees_published_fields_only() {
    let library = library();
    for register in library.iter() {
        let definition = register.definition();
        let records = demo(&library, register);
        let mut running = tally::Tally::new(register, today());
        for record in &records {
            running.add(record);
        }
        let figures = running.finish();
        assert_eq!(figures.len(), definition.counter.len() + definition.rate.len());
        assert!(!figures.is_empty(), "{} counts something", register.name());
        let rates = definition.rate.iter().map(|r| format!("rate.{}", r.name));
        let names = definition.counter.iter().map(|c| c.name.clone()).chain(rates);
        for (name, figure) in names.zip(&figures) {
            let taking = |r: &&Record| tally::takes_part(register, &name, r, today()) == Some(true);
            let count = records.iter().filter(taking).count() as u64;
            assert_eq!(
                count,
                figure.records,
                "{} {name} opens what it rests on",
                register.name()
            );
        }
        for figure in &figures {
            let served = figure.feeds.iter().all(|f| library.serving(f).next().is_some());
            assert!(
                served,
                "{} feeds a system no register serves: {figure:?}",
                register.name()
            );
        }
        let public: BTreeSet<&str> = definition
            .field
            .iter()
            .filter(|f| f.public)
            .map(|f| f.name.as_str())
            .collect();
        for record in &records {
            let view = publish::view(register, record, today());
            assert!(
                definition.publication.is_some() || view.is_none(),
                "{}",
                register.name()
            );
            let shown = view.unwrap_or_default();
            assert!(
                shown.keys().all(|k| public.contains(k.as_str())),
                "{}",
                register.name()
            );
        }
    }
}

/// Chains are walked from either end: what records point at exists, and something points back at what is pointed at.
#[test]
fn demonstration_records_are_linked_into_chains() {
    let library = library();
    let mut pointed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for register in library.iter() {
        for record in demo(&library, register) {
            for link in registers::links::links(register, &record.body) {
                if let registers::links::Target::Record(target) = link.target {
                    let known = library.demo(&target).iter().any(|r| r.id.as_str() == link.id);
                    assert!(
                        known,
                        "{} {} points at {target} {}",
                        register.name(),
                        record.id,
                        link.id
                    );
                    pointed
                        .entry(target)
                        .or_default()
                        .insert(register.name().to_owned());
                }
            }
        }
    }
    assert!(pointed.len() >= 8, "{pointed:?}");
}

/// The chains the plan asks for, as fields that point from one register at the next; walked from either end.
#[test]
fn the_chains_of_the_plan_are_joined_by_references() {
    let library = library();
    let points = |from: &str, field: &str, at: &str| {
        let definition = library.get(from).unwrap().definition();
        let (outer, inner) = field.split_once('.').unwrap_or((field, ""));
        let outer = definition.field(outer).unwrap();
        let field = if inner.is_empty() {
            outer
        } else {
            outer.subfield(inner).unwrap()
        };
        assert!(
            field.register.as_deref() == Some(at) || field.subject.as_deref() == Some(at),
            "{from}.{} points at {at}",
            field.name
        );
        // The demonstration records walk it too.
        let walked = demo(&library, library.get(from).unwrap())
            .iter()
            .flat_map(|r| registers::links::links(library.get(from).unwrap(), &r.body))
            .any(|l| l.field.ends_with(&field.name));
        assert!(walked, "no demonstration record of {from} has {}", field.name);
    };
    // Water body, outlet, pipe, source (S122).
    points("river_reach", "section", "water_section");
    points("river_outlet", "section", "water_section");
    points("river_outlet", "reach", "river_reach");
    points("drainage_pipe", "outlet", "river_outlet");
    points("drainage_pipe", "sources.source", "fixed_source");
    points("river_outlet", "sources.pipe", "drainage_pipe");
    // Zoning, plan EIA, project EIA, permit, enforcement, accountability (S008, S218).
    points("plan_eia", "units", "zone");
    points("project_eia", "plan_eia", "plan_eia");
    points("project_eia", "unit", "zone");
    points("discharge_permit", "project_eia", "project_eia");
    points("site_inspection", "permit", "discharge_permit");
    points("enforcement_case", "permit", "discharge_permit");
    points("enforcement_case", "inspection", "site_inspection");
    points("accountability", "case", "enforcement_case");
    // Generator, transporter, receiver (S185).
    points("hazardous_waste_container", "unit", "hazardous_waste_unit");
    points("hazardous_waste_manifest", "mover", "hazardous_waste_unit");
    points("hazardous_waste_manifest", "receiver", "hazardous_waste_unit");
    points("hazardous_waste_manifest", "transporter", "waste_transporter");
}

/// Registers by the systems of the plan they serve.
#[test]
fn the_systems_of_the_first_two_dozen_are_served() {
    let library = library();
    let mut served: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for register in library.iter() {
        for system in &register.definition().systems {
            served.entry(system).or_default().push(register.name());
        }
    }
    let wanted = "S220 S221 S222 S113 S114 S115 S102 S103 S099 S100 S110 S111 S185 S186 S187 S196 S207 S208 S179 S180 \
                  S181 S182 S183 S141 S142 S144 S145 S146 S148 S149 S150 S151 S072 S073 S075 S076 S077 S080 S085 S063 S055 S057 S065 \
                  S049 S037 S012 S167 S289 S290 S266 S198 S004 S257";
    let missing: Vec<&str> = wanted
        .split_whitespace()
        .filter(|s| !served.contains_key(s))
        .collect();
    assert!(missing.is_empty(), "no register serves {missing:?}");
}

#[test]
fn the_engine_names_no_register_and_definitions_hold_no_code() {
    let library = library();
    let sources = common::files(&root().join("crates/registers/src"));
    for register in library.iter() {
        for source in &sources {
            assert!(
                !source.text.contains(register.name()),
                "{} names {}",
                source.path,
                register.name()
            );
            let zh = &register.definition().zh;
            assert!(!source.text.contains(zh.as_str()), "{} names {zh}", source.path);
        }
    }
    for file in common::files(&root().join("registers")) {
        let data = matches!(file.path.rsplit_once('.'), Some((_, "toml" | "csv")));
        assert!(data, "{}: only data stand beside the definitions", file.path);
        for sign in ["fn ", "=>", "function(", "SELECT ", "<script", "eval("] {
            assert!(!file.text.contains(sign), "{} holds «{sign}»", file.path);
        }
    }
}

/// What a person reads of a definition names standards and clauses, never a file of the project.
#[test]
fn no_definition_rests_on_a_file_of_the_project() {
    let mut read = 0;
    for register in library().iter() {
        let text = serde_json::to_string(register.definition()).unwrap();
        read += text.matches("\"basis\":").count();
        for end in [".md", ".csv", ".toml"] {
            let at = text
                .find(end)
                .map(|at| text[..at].chars().rev().take(40).collect::<Vec<_>>());
            let said: Option<String> = at.map(|back| back.into_iter().rev().collect());
            assert_eq!(said, None, "{}", register.name());
        }
    }
    assert!(read > 300, "bases were read: {read}");
}

#[test]
fn the_schema_is_published() {
    let path = root().join("docs/registers.schema.json");
    let schema = registers::definition::schema::json();
    if std::env::var_os("HUANSHU_BLESS").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == schema,
        "docs/registers.schema.json is old: run the tests with HUANSHU_BLESS=1"
    );
    let value: serde_json::Value = serde_json::from_str(&schema).unwrap();
    for part in ["field", "life", "matching", "publication", "migration"] {
        assert!(value["properties"].get(part).is_some(), "{part}");
    }
    // What is written is what the schema speaks of.
    let names: BTreeSet<String> = value["properties"].as_object().unwrap().keys().cloned().collect();
    for register in library().iter() {
        let written = serde_json::to_value(register.definition()).unwrap();
        assert!(written.as_object().unwrap().keys().all(|k| names.contains(k)));
        let read: Definition = serde_json::from_value(written).unwrap();
        assert_eq!(&read, register.definition());
    }
}
