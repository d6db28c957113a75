//! The shipped profile of Chiping: it loads from disk, every reference holds, and what it claims of the cast is true.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use model::profile::UnitKind;
use model::role::Role;
use model::subject::SubjectKind;

use common::chiping;

#[test]
fn every_reference_holds_and_every_point_has_its_device() {
    let profile = chiping();
    let measured: BTreeSet<_> = profile.devices.iter().map(|d| &d.subject).collect();
    assert_eq!(measured.len(), profile.devices.len(), "one device for each point");
    for subject in &profile.subjects {
        let point = subject.kind != SubjectKind::Firm;
        assert_eq!(measured.contains(&subject.code), point, "{}", subject.code);
        assert!(subject.unit.is_some(), "{} answers to nobody", subject.code);
        assert_eq!(
            subject.parent.is_some(),
            matches!(subject.kind, SubjectKind::GasOutlet | SubjectKind::WaterOutlet)
        );
        for key in ["receives", "downstream", "discharges_to"] {
            if let Some(next) = subject.attrs.get(key) {
                let next = next.as_str().unwrap();
                assert!(
                    profile.subjects.iter().any(|s| s.code.as_str() == next),
                    "{}: {key} {next}",
                    subject.code
                );
            }
        }
    }
    for limit in &profile.limits {
        assert!(measured.contains(&limit.subject), "{}", limit.subject);
        assert!(limit.max.is_some() || limit.min.is_some());
        assert!(["A", "B", "C", "U"].contains(&limit.confidence.as_str()));
        let subject = profile.subjects.iter().find(|s| s.code == limit.subject).unwrap();
        let reference = subject.attrs.get("o2_ref").and_then(|v| v.as_str());
        assert_eq!(
            reference.map(str::to_owned),
            limit.o2_ref.map(|o| o.to_string()),
            "{}",
            subject.code
        );
        assert_eq!(limit.statistic.as_str() == "ZsAvg", reference.is_some());
    }
}

#[test]
fn a_limit_names_a_factor_as_its_device_sends_it() {
    let profile = chiping();
    for limit in &profile.limits {
        let device = profile
            .devices
            .iter()
            .find(|d| d.subject == limit.subject)
            .unwrap();
        let old = limit.factor.as_str().len() < 6;
        assert_eq!(
            device.edition == "2005",
            old,
            "{} {}",
            limit.subject,
            limit.factor
        );
    }
}

#[test]
fn the_cast_speaks_every_edition_and_cannot_be_taken_for_real_firms() {
    let profile = chiping();
    for edition in ["2005", "2017", "2025", "surface-water"] {
        assert!(profile.devices.iter().any(|d| d.edition == edition), "{edition}");
    }
    for subject in &profile.subjects {
        let firm = matches!(
            subject.kind,
            SubjectKind::Firm | SubjectKind::GasOutlet | SubjectKind::WaterOutlet
        );
        assert!(!firm || subject.demo, "{}", subject.zh);
        assert_eq!(subject.demo, subject.zh.starts_with("演示"), "{}", subject.zh);
        assert!(subject.schematic, "no place here is surveyed: {}", subject.code);
        let (lon, lat) = (subject.lon.unwrap(), subject.lat.unwrap());
        assert!(
            (115.7..116.6).contains(&lon) && (36.2..37.1).contains(&lat),
            "{}",
            subject.code
        );
    }
    let count = |kind| profile.subjects.iter().filter(|s| s.kind == kind).count();
    assert_eq!(count(SubjectKind::Firm), 9);
    assert_eq!(count(SubjectKind::GasOutlet), 16);
    assert_eq!(count(SubjectKind::WaterOutlet), 8);
    assert_eq!(count(SubjectKind::AirStation), 17);
    assert_eq!(count(SubjectKind::WaterSection), 9);
}

#[test]
fn units_are_found_by_every_spelling_and_every_role_can_log_in() {
    let profile = chiping();
    let mut names = BTreeMap::new();
    for unit in &profile.units {
        for name in unit.aliases.iter().chain([&unit.zh]) {
            assert_eq!(names.insert(name, &unit.code), None, "{name} means two units");
        }
    }
    let damaged = "市生态环境局庄平区分局".to_owned();
    assert_eq!(names[&damaged].as_str(), "eeb");
    let towns = profile.units.iter().filter(|u| u.kind == UnitKind::Town);
    assert_eq!(towns.clone().count(), 14);
    assert!(
        towns
            .into_iter()
            .all(|u| u.seat.is_some() && u.code.as_str().starts_with("371503"))
    );
    for role in Role::ALL {
        assert!(profile.users.iter().any(|u| u.role == role), "{role:?}");
    }
    for user in &profile.users {
        assert!(user.password.len() >= 16 && user.password.bytes().any(|b| b.is_ascii_digit()));
        assert_eq!(user.firm.is_some(), user.role == Role::Firm);
        assert!(!matches!(user.role, Role::Town | Role::Department) || user.unit.is_some());
    }
}

#[test]
fn every_map_layer_names_itself_and_its_source() {
    let profile = chiping();
    let mut size = 0;
    for (name, text) in &profile.map {
        let layer: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(layer["name"], **name);
        for key in ["zh", "en", "source"] {
            assert!(
                layer[key].as_str().is_some_and(|s| !s.is_empty()),
                "{name}: {key}"
            );
        }
        assert!(layer["schematic"].is_boolean(), "{name}");
        assert!(!layer["features"].as_array().unwrap().is_empty());
        size += text.len();
    }
    for layer in [
        "district",
        "neighbours",
        "counties",
        "towns",
        "rivers",
        "lakes",
        "roads",
    ] {
        assert!(profile.map.contains_key(layer), "{layer}");
    }
    assert!(size < 100_000, "the map of the profile stays small: {size}");
}
