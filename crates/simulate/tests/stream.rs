//! The simulated stream: repeatable, in order, readable by the codec, and meaning what each emission says it means.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{chiping, opened};
use hj212::cipher::{Seal, is_covered, unseal};
use hj212::decode;
use model::time::UtcMs;
use simulate::{CastError, Emission, Intent, Options, Simulation};

const HOUR: i64 = 3_600_000;

fn present() -> UtcMs {
    UtcMs::from_compact("20261124083000").unwrap()
}

fn run(seed: u64, hours_before: i64, options: Options, hours: i64) -> (Simulation, Vec<Emission>) {
    let start = present().plus_ms(-hours_before * HOUR);
    let mut simulation = Simulation::new(&chiping(), seed, start, options).unwrap();
    let end = start.plus_ms(hours * HOUR);
    let mut found = Vec::new();
    while simulation.next_at().is_some_and(|at| at < end) {
        found.push(simulation.next().unwrap());
    }
    (simulation, found)
}

fn quiet() -> Options {
    Options {
        faults: false,
        story: false,
        ..Options::watched_from(present())
    }
}

/// code-Field → value of a frame's CP.
fn fields(bytes: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8(opened(bytes)).unwrap();
    let cp = text.split("CP=&&").nth(1).unwrap().split("&&").next().unwrap();
    cp.split([';', ','])
        .filter_map(|p| p.split_once('='))
        .map(|(k, v)| (k.into(), v.into()))
        .collect()
}

fn number(fields: &BTreeMap<String, String>, key: &str) -> f64 {
    fields
        .get(key)
        .unwrap_or_else(|| panic!("{key} in {fields:?}"))
        .parse()
        .unwrap()
}

#[test]
fn same_seed_same_bytes_and_another_seed_another_day() {
    let options = Options::watched_from(present());
    let (_, once) = run(7, 3, options, 4);
    let (_, again) = run(7, 3, options, 4);
    assert!(once.len() > 3000, "{}", once.len());
    assert!(once == again);
    let (_, other) = run(8, 3, options, 4);
    assert!(once != other);
}

#[test]
fn every_frame_reads_back_and_only_the_spoiled_ones_are_wrong() {
    let (simulation, found) = run(7, 30, Options::watched_from(present()), 32);
    let players: BTreeMap<_, _> = simulation.players().map(|p| (p.mn.clone(), p)).collect();
    let mut before = UtcMs(0);
    for emission in &found {
        assert!(emission.at >= before, "out of order");
        before = emission.at;
        let bytes = opened(&emission.bytes);
        let frame = decode(&bytes);
        assert_eq!(frame.crc_ok(), emission.intent != Intent::BadCrc, "{emission:?}");
        assert!(frame.len_ok());
        let player = players[&emission.mn];
        assert_eq!(frame.edition(), player.edition, "{emission:?}");
        let header = frame.header();
        assert_eq!(header.mn.unwrap().to_string(), emission.mn.as_str());
        assert_eq!(header.qn.unwrap().to_string(), emission.qn);
        assert_eq!(frame.flag().unwrap().ack(), emission.answer);
        assert_eq!(header.cn.unwrap().to_string(), emission.cn.to_string());
    }
    let count = |intent| found.iter().filter(|e| e.intent == intent).count();
    assert!(
        (10..=200).contains(&count(Intent::BadCrc)),
        "a few an hour: {}",
        count(Intent::BadCrc)
    );
    for intent in [Intent::Normal, Intent::Duplicate, Intent::Late, Intent::Incident] {
        assert!(count(intent) > 5, "{intent:?} {}", count(intent));
    }
    for cn in [2011, 2021, 2031, 2041, 2051, 2061, 2081, 9015] {
        assert!(found.iter().any(|e| e.cn == cn), "{cn}");
    }
}

#[test]
fn a_device_with_a_key_encrypts_its_uploads_and_nothing_else() {
    let (simulation, found) = run(7, 3, Options::watched_from(present()), 4);
    let players: BTreeMap<_, _> = simulation.players().map(|p| (p.mn.clone(), p)).collect();
    let mut sealed = BTreeMap::new();
    for emission in &found {
        let key = players[&emission.mn].key.as_ref();
        let encrypts = key.is_some() && is_covered(&emission.cn.to_string());
        let seal = unseal(decode(&emission.bytes), key).seal();
        assert_eq!(
            seal,
            if encrypts { Seal::Opened } else { Seal::Plain },
            "{emission:?}"
        );
        let shut = unseal(decode(&emission.bytes), None).seal();
        assert_eq!(
            shut,
            if encrypts { Seal::NoKey } else { Seal::Plain },
            "{emission:?}"
        );
        if encrypts {
            *sealed.entry(&emission.mn).or_insert(0) += 1;
        }
    }
    assert_eq!(sealed.len(), 1, "one device of the demonstration");
    assert!(sealed.values().all(|count| *count > 100), "{sealed:?}");
}

#[test]
fn a_duplicate_has_its_bytes_from_before_and_a_spoiled_frame_is_followed_by_the_right_one() {
    let (_, found) = run(7, 30, Options::watched_from(present()), 32);
    let mut seen: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut qns = BTreeSet::new();
    for (index, emission) in found.iter().enumerate() {
        match emission.intent {
            Intent::Duplicate => assert!(seen.contains_key(&emission.bytes[..])),
            Intent::BadCrc => {
                let next = found[index..].iter().find(|e| {
                    e.mn == emission.mn
                        && e.qn == emission.qn
                        && e.cn == emission.cn
                        && e.intent != Intent::BadCrc
                });
                // The right frame of the very last ones lies beyond the end of the run.
                assert!(next.is_some() || index + 200 > found.len());
            }
            _ => assert!(
                qns.insert((&emission.mn, &emission.qn)),
                "{emission:?} repeats a QN"
            ),
        }
        seen.insert(&emission.bytes, index);
    }
}

#[test]
fn the_incident_exceeds_its_limits_and_reaches_the_river() {
    let profile = chiping();
    let (simulation, found) = run(7, 30, Options::watched_from(present()), 31);
    let parts = simulation.parts().clone();
    let value = |mn: &Option<model::ids::Mn>, cn: u16, key: &str, start: &str| -> f64 {
        let mn = mn.as_ref().unwrap();
        let hit = found.iter().find(|e| {
            &e.mn == mn && e.cn == cn && e.intent != Intent::BadCrc && fields(&e.bytes)["DataTime"] == start
        });
        number(
            &fields(&hit.unwrap_or_else(|| panic!("{mn} {cn} {start}")).bytes),
            key,
        )
    };
    let so2 = value(&parts.so2_exceeds, 2061, "a21026-ZsAvg", "20261124070000");
    assert!(so2 > 35.0, "{so2}");
    let calm = value(&parts.so2_exceeds, 2061, "a21026-ZsAvg", "20261123200000");
    assert!(calm < 35.0, "{calm}");
    let limits: BTreeMap<_, _> = profile
        .limits
        .iter()
        .filter(|l| {
            profile
                .devices
                .iter()
                .any(|d| Some(&d.mn) == parts.cod_exceeds.as_ref() && d.subject == l.subject)
        })
        .map(|l| {
            (
                l.factor.as_str(),
                l.max.unwrap().to_string().parse::<f64>().unwrap(),
            )
        })
        .collect();
    for code in ["w01018", "w21003"] {
        let day = value(&parts.cod_exceeds, 2031, &format!("{code}-Avg"), "20261123000000");
        assert!(day > limits[code], "{code} {day}");
    }
    let near = parts.downstream.first().cloned();
    let after = value(&near, 2061, "w21003-Avg", "20261123200000");
    let before = value(&near, 2061, "w21003-Avg", "20261123080000");
    assert!(after > 3.0 * before && after > 2.0, "{before} {after}");
    let spoiled = found
        .iter()
        .filter(|e| e.intent == Intent::Incident)
        .map(|e| &e.mn)
        .collect::<BTreeSet<_>>();
    assert!(spoiled.contains(&near.unwrap()) && spoiled.contains(parts.so2_exceeds.as_ref().unwrap()));
}

#[test]
fn outside_of_the_incident_every_outlet_keeps_its_limits() {
    let profile = chiping();
    let (_, found) = run(11, 26, quiet(), 27);
    let mut checked = 0;
    for emission in found.iter().filter(|e| e.cn == 2061 || e.cn == 2031) {
        assert_eq!(emission.intent, Intent::Normal);
        let device = profile.devices.iter().find(|d| d.mn == emission.mn).unwrap();
        let values = fields(&emission.bytes);
        let grain = if emission.cn == 2061 { "hour" } else { "day" };
        for limit in profile
            .limits
            .iter()
            .filter(|l| l.subject == device.subject && l.grain.name() == grain)
        {
            let value = number(&values, &format!("{}-{}", limit.factor, limit.statistic.as_str()));
            if let Some(max) = limit.max {
                assert!(
                    value <= max.to_string().parse().unwrap(),
                    "{} {value}",
                    limit.subject
                );
            }
            if let Some(min) = limit.min {
                assert!(
                    value >= min.to_string().parse().unwrap(),
                    "{} {value}",
                    limit.subject
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 1000, "{checked}");
}

#[test]
fn an_hour_is_the_mean_of_its_ten_minutes_and_sums_their_quantities() {
    let (_, found) = run(3, 3, quiet(), 4);
    // The last hour: all of it lies after the start.
    let gas = found
        .iter()
        .rfind(|e| e.cn == 2061 && fields(&e.bytes).contains_key("a21026-ZsAvg"))
        .unwrap();
    let hour = fields(&gas.bytes);
    let prefix = &hour["DataTime"][..10];
    let tens: Vec<_> = found
        .iter()
        .filter(|e| e.mn == gas.mn && e.cn == 2051)
        .map(|e| fields(&e.bytes))
        .filter(|f| f["DataTime"].starts_with(prefix))
        .collect();
    assert_eq!(tens.len(), 6);
    let sum = |key: &str| tens.iter().map(|f| number(f, key)).sum::<f64>();
    for key in ["a21026-Avg", "a21026-ZsAvg", "a19001-Avg"] {
        assert!((sum(key) / 6.0 - number(&hour, key)).abs() < 0.02, "{key}");
    }
    assert!((sum("a00000-Cou") - number(&hour, "a00000-Cou")).abs() < 1.0);
    assert!((sum("a21026-Cou") - number(&hour, "a21026-Cou")).abs() < 0.01);
    // The converted value follows from measured value and oxygen.
    let realtime = found.iter().find(|e| e.mn == gas.mn && e.cn == 2011).unwrap();
    let now = fields(&realtime.bytes);
    let expected = number(&now, "a21026-Rtd") * (21.0 - 6.0) / (21.0 - number(&now, "a19001-Rtd"));
    assert!((expected - number(&now, "a21026-ZsRtd")).abs() < 0.05);
}

#[test]
fn the_frozen_the_silent_and_the_cut_off_behave_so() {
    let (simulation, found) = run(7, 10, Options::watched_from(present()), 12);
    let parts = simulation.parts();
    let of = |mn: &Option<model::ids::Mn>| {
        let mn = mn.clone().unwrap();
        found.iter().filter(move |e| e.mn == mn)
    };
    let frozen: BTreeSet<_> = of(&parts.constant)
        .filter(|e| e.cn == 2061 && e.intent == Intent::Normal)
        .map(|e| fields(&e.bytes)["a21026-Avg"].clone())
        .collect();
    assert_eq!(frozen.len(), 1, "{frozen:?}");
    let oxygen: BTreeSet<_> = of(&parts.constant)
        .filter(|e| e.cn == 2061)
        .map(|e| fields(&e.bytes)["a19001-Avg"].clone())
        .collect();
    assert!(oxygen.len() > 5, "the load goes on");
    let last = of(&parts.silent).map(|e| e.at).max().unwrap();
    assert!(last < present().plus_ms(-2 * HOUR + 3_600_000 / 2), "{last:?}");
    let during = |e: &&Emission| {
        e.at > present().plus_ms(-5 * HOUR + 60_000) && e.at < present().plus_ms(-7 * HOUR / 2)
    };
    assert_eq!(of(&parts.outage).filter(during).count(), 0);
    let late: Vec<_> = of(&parts.outage)
        .filter(|e| e.intent == Intent::Late && e.at < present())
        .collect();
    assert!(late.len() >= 9, "{}", late.len());
    assert!(
        late.iter()
            .all(|e| String::from_utf8_lossy(&e.bytes).contains(";RF=1;"))
    );
}

#[test]
fn history_comes_without_real_time_and_real_time_begins_where_asked() {
    let options = quiet();
    let (_, found) = run(7, 6, options, 8);
    let first = found.iter().find(|e| e.cn == 2011).unwrap();
    assert!(first.at >= options.realtime_from && first.at < options.realtime_from.plus_ms(120_000));
    assert!(found.iter().any(|e| e.cn == 2051 && e.at < options.realtime_from));
    assert!(
        found.iter().any(|e| e.cn == 2021)
            && !found.iter().any(|e| e.cn == 2021 && e.at < options.realtime_from)
    );
}

#[test]
fn more_points_are_clones_with_marks_of_their_own() {
    let points = 300;
    let options = Options {
        points: Some(points),
        ..quiet()
    };
    let simulation = Simulation::new(&chiping(), 7, present(), options).unwrap();
    let marks: BTreeSet<_> = simulation.players().map(|p| p.mn.clone()).collect();
    assert_eq!(marks.len(), points);
    let clones = simulation.players().filter(|p| p.clone).count();
    assert_eq!(clones, points - chiping().devices.len());
    let lengths: BTreeSet<_> = simulation
        .players()
        .filter(|p| p.clone)
        .map(|p| p.mn.as_str().len())
        .collect();
    assert_eq!(lengths, BTreeSet::from([14, 24]));
    let few = Options {
        points: Some(5),
        ..quiet()
    };
    assert_eq!(
        Simulation::new(&chiping(), 7, present(), few)
            .unwrap()
            .players()
            .count(),
        5
    );
    let none = Options {
        points: Some(0),
        ..quiet()
    };
    assert_eq!(
        Simulation::new(&chiping(), 7, present(), none).err(),
        Some(CastError::Empty)
    );
    let many = Options {
        points: Some(simulate::MAX_POINTS + 1),
        ..quiet()
    };
    assert_eq!(
        Simulation::new(&chiping(), 7, present(), many).err(),
        Some(CastError::Points)
    );
}

#[test]
fn a_profile_that_cannot_be_played_says_why() {
    let mut profile = chiping();
    profile.devices[0].edition = "2011".into();
    let error = Simulation::new(&profile, 7, present(), quiet()).err().unwrap();
    assert!(matches!(&error, CastError::Edition { edition, .. } if edition == "2011"));
    let mut profile = chiping();
    profile.devices[0].pw = Some("a;b".into());
    assert!(matches!(
        Simulation::new(&profile, 7, present(), quiet()).err(),
        Some(CastError::Unwritable { .. })
    ));
    let mut profile = chiping();
    let outlet = profile
        .subjects
        .iter_mut()
        .find(|s| s.code.as_str() == "demo-power-g1")
        .unwrap();
    outlet.attrs.insert("process".into(), "alchemy".into());
    assert!(matches!(
        Simulation::new(&profile, 7, present(), quiet()).err(),
        Some(CastError::Process { process, .. }) if process == "alchemy"
    ));
}

#[test]
fn air_and_rivers_stay_within_what_the_plain_sees() {
    let ranges = [
        ("a34004-Avg", 5.0, 350.0),
        ("a34002-Avg", 10.0, 500.0),
        ("a21026-Avg", 1.0, 80.0),
        ("a21004-Avg", 4.0, 160.0),
        ("a21005-Avg", 0.2, 5.0),
        ("a05024-Avg", 3.0, 300.0),
        ("w01001-Avg", 6.5, 9.0),
        ("w01009-Avg", 4.0, 14.0),
        ("w01010-Avg", 0.0, 33.0),
    ];
    for day in ["20260115", "20260715"] {
        let present = UtcMs::from_compact(&format!("{day}120000")).unwrap();
        let start = present.plus_ms(-48 * HOUR);
        let options = Options {
            faults: false,
            ..Options::watched_from(present)
        };
        let simulation = Simulation::new(&chiping(), 5, start, options).unwrap();
        let mut ozone = Vec::new();
        for emission in simulation.take_while(|e| e.at < present).filter(|e| e.cn == 2061) {
            let values = fields(&emission.bytes);
            let air = values.contains_key("a05024-Avg");
            for (key, low, high) in ranges {
                let outlet = key.starts_with('a') != air;
                if values.contains_key(key) && !(outlet && key.starts_with('a')) {
                    let value = number(&values, key);
                    assert!((low..=high).contains(&value), "{day} {key} {value}");
                }
            }
            if air {
                ozone.push((
                    values["DataTime"][8..10].to_owned(),
                    number(&values, "a05024-Avg"),
                ));
            }
        }
        let mean = |hour: &str| {
            let at: Vec<f64> = ozone.iter().filter(|(h, _)| h == hour).map(|(_, v)| *v).collect();
            at.iter().sum::<f64>() / at.len() as f64
        };
        assert!(
            mean("14") > mean("03") * 1.3,
            "ozone is an afternoon matter: {} {}",
            mean("14"),
            mean("03")
        );
    }
}
