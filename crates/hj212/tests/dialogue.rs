//! Both ends talking to each other without a wire, and the answers' shapes by edition.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a broken exchange must stop the test"
)]

use hj212::dialogue::{
    Declined, FieldConfig, FieldEvent, FieldUnit, Host, HostConfig, HostEvent, Identity, Output, Request,
    StartUp,
};
use hj212::encode::{Group, Message};
use hj212::join::{JoinLimits, Joined, Joiner};
use hj212::reading::{CivilTime, Field, Kind, Upload};
use hj212::reply::{self, CrcPolicy};
use hj212::{Edition, decode};

/// 2024-03-11 08:30:00.517 in Beijing.
const NOW: u64 = 1_710_117_000_517;
const MN: &str = "371523A00000000000000042";

fn identity(edition: Edition) -> Identity {
    Identity::new(edition, "32", "123456", MN)
}

fn pair(edition: Edition) -> (Host, FieldUnit) {
    (
        Host::new(HostConfig::new(identity(edition))),
        FieldUnit::new(FieldConfig::new(identity(edition))),
    )
}

fn split<E>(outputs: Vec<Output<E>>) -> (Vec<Vec<u8>>, Vec<E>) {
    let (mut frames, mut events) = (Vec::new(), Vec::new());
    for output in outputs {
        match output {
            Output::Send(frame) => frames.push(frame),
            Output::Event(event) => events.push(event),
        }
    }
    (frames, events)
}

fn segment(frame: &[u8]) -> String {
    assert!(decode(frame).ok() && decode(frame).len_ok());
    String::from_utf8(decode(frame).segment().to_vec()).unwrap()
}

/// Carries frames to and fro until nobody says anything; the field unit is a willing one.
fn talk(host: &mut Host, field: &mut FieldUnit, first: Vec<Vec<u8>>) -> (Vec<HostEvent>, Vec<FieldEvent>) {
    let (mut host_events, mut field_events) = (Vec::new(), Vec::new());
    let (mut to_field, mut to_host) = (first, Vec::new());
    for _ in 0..1000 {
        if to_field.is_empty() && to_host.is_empty() {
            return (host_events, field_events);
        }
        for frame in std::mem::take(&mut to_field) {
            let (frames, events) = split(field.receive(&decode(&frame), NOW));
            to_host.extend(frames);
            for event in events {
                if let FieldEvent::Request { cn, qn, .. } = &event {
                    if cn == "1061" {
                        let data = vec![Group::one("RtdInterval", 30)];
                        to_host.extend(split(field.answer(cn, qn, data, NOW).unwrap()).0);
                    }
                    if cn == "2051" {
                        let record = |minute: u32| {
                            vec![
                                Group::one("DataTime", format!("202403110{minute}00")),
                                Group::factor("w01018", [("Avg", "38.6"), ("Flag", "N")]),
                            ]
                        };
                        let outputs = field
                            .answer_history(cn, qn, [record(800), record(810)], NOW)
                            .unwrap();
                        to_host.extend(split(outputs).0);
                    } else {
                        to_host.extend(split(field.finish(qn, 1, NOW).unwrap()).0);
                    }
                }
                field_events.push(event);
            }
        }
        for frame in std::mem::take(&mut to_host) {
            let (frames, events) = split(host.receive(&decode(&frame), NOW));
            to_field.extend(frames);
            for event in events {
                if let HostEvent::Upload(frame) | HostEvent::Data { frame, .. } = &event {
                    to_field.extend(reply::reply_to(&decode(frame)).map(|reply| reply.bytes));
                }
                host_events.push(event);
            }
        }
    }
    panic!("they never stop talking")
}

#[test]
fn a_get_request_runs_through_in_every_edition() {
    for edition in [Edition::V2005, Edition::V2017, Edition::V2025] {
        let (mut host, mut field) = pair(edition);
        let (id, outputs) = host.request(Request::new("1061"), NOW).unwrap();
        let (events, _) = talk(&mut host, &mut field, split(outputs).0);
        let [
            HostEvent::Accepted { id: a },
            HostEvent::Data { id: b, frame },
            HostEvent::Done { id: c, exe_rtn },
        ] = events.as_slice()
        else {
            panic!("{edition:?}: {events:?}")
        };
        assert_eq!([*a, *b, *c], [id; 3]);
        assert_eq!(exe_rtn, "1");
        assert_eq!(decode(frame).get("RtdInterval").unwrap(), "30");
        assert_eq!(host.waiting() + field.waiting(), 0);
    }
}

#[test]
fn start_up_follows_the_order_of_the_standard() {
    let (mut host, mut field) = pair(Edition::V2017);
    let what = StartUp {
        clock: true,
        patience: Some((5, 3)),
        realtime_interval: Some(30),
        minute_interval: Some(10),
        realtime: Some(true),
        facility_state: Some(false),
    };
    let (ids, outputs) = host.start_up(what, NOW).unwrap();
    let (first, _) = split(outputs);
    assert_eq!(first.len(), 1, "one request at a time");
    let (host_events, field_events) = talk(&mut host, &mut field, first);
    let asked: Vec<&str> = field_events
        .iter()
        .filter_map(|event| match event {
            FieldEvent::Request { cn, .. } | FieldEvent::Notify { cn, .. } => Some(cn.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(asked, ["1012", "1000", "1062", "1064", "2011", "2022"]);
    let done = host_events
        .iter()
        .filter(|event| matches!(event, HostEvent::Done { .. }))
        .count();
    assert_eq!(done, ids.len());
}

#[test]
fn history_gives_each_record_its_own_qn_and_ends_with_the_request() {
    let (mut host, mut field) = pair(Edition::V2017);
    let time = |text: &str| CivilTime::parse_bytes(text.as_bytes()).unwrap();
    let request = Request::history("2051", time("20240311080000"), time("20240311081000"));
    let (id, outputs) = host.request(request, NOW).unwrap();
    let (events, field_events) = talk(&mut host, &mut field, split(outputs).0);
    let data: Vec<&Vec<u8>> = events
        .iter()
        .filter_map(|event| match event {
            HostEvent::Data { frame, .. } => Some(frame),
            _ => None,
        })
        .collect();
    let [first, second] = data.as_slice() else {
        panic!("{events:?}")
    };
    assert_ne!(decode(first).header().qn, decode(second).header().qn);
    assert_eq!(
        events.last(),
        Some(&HostEvent::Done {
            id,
            exe_rtn: "1".into()
        })
    );
    assert_eq!(
        field_events
            .iter()
            .filter(|event| matches!(event, FieldEvent::Delivered { .. }))
            .count(),
        2
    );
}

#[test]
fn an_unanswered_upload_is_sent_again_and_then_given_up() {
    let (_, mut field) = pair(Edition::V2017);
    let record = vec![Group::one("DataTime", "20240311083000")];
    let (id, outputs) = field.upload("2011", record, NOW).unwrap();
    let (sent, _) = split(outputs);
    assert!(field.tick(NOW + 9_999).is_empty());
    for round in 1..=3 {
        assert_eq!(field.due_ms(), Some(NOW + round * 10_000));
        let (again, events) = split(field.tick(NOW + round * 10_000));
        assert_eq!(again, sent, "the same QN");
        assert!(events.is_empty());
    }
    let (_, events) = split(field.tick(NOW + 40_000));
    assert_eq!(
        events,
        [FieldEvent::NotDelivered {
            id,
            cn: "2011".into()
        }]
    );
    assert_eq!(field.waiting(), 0);
}

#[test]
fn a_host_gives_up_on_silence_before_and_after_9011() {
    let (mut host, _) = pair(Edition::V2017);
    let (id, outputs) = host.request(Request::new("1061"), NOW).unwrap();
    let (frames, _) = split(outputs);
    for round in 1..=3 {
        assert_eq!(split(host.tick(NOW + round * 10_000)).0, frames);
    }
    assert_eq!(split(host.tick(NOW + 40_000)).1, [HostEvent::NoAnswer { id }]);
    let (id, outputs) = host.request(Request::new("1061"), NOW).unwrap();
    let request = split(outputs).0.remove(0);
    let accepted = reply::request_answer(&decode(&request), 1).unwrap();
    host.receive(&decode(&accepted.bytes), NOW);
    assert_eq!(split(host.tick(NOW + 10_000)).1, [HostEvent::NoResult { id }]);
}

#[test]
fn wrong_password_and_mn_are_refused() {
    let mut stranger = identity(Edition::V2017);
    stranger.pw = "654321".into();
    let (_, mut field) = pair(Edition::V2017);
    let mut host = Host::new(HostConfig::new(stranger));
    let (id, outputs) = host.request(Request::new("1061"), NOW).unwrap();
    let (events, _) = talk(&mut host, &mut field, split(outputs).0);
    assert_eq!(
        events,
        [HostEvent::Refused {
            id,
            qn_rtn: "3".into()
        }]
    );
}

#[test]
fn queues_are_bounded() {
    let mut config = HostConfig::new(identity(Edition::V2017));
    config.max_waiting = 2;
    let mut host = Host::new(config);
    for _ in 0..3 {
        host.request(Request::new("1061"), NOW).unwrap();
    }
    assert_eq!(
        host.request(Request::new("1061"), NOW).unwrap_err(),
        Declined::Full { waiting: 2 }
    );
}

#[test]
fn notify_is_answered_and_told() {
    let (mut host, mut field) = pair(Edition::V2017);
    let (id, outputs) = field.notify("1013", vec![], NOW).unwrap();
    let (frames, _) = split(outputs);
    let (answer, events) = split(host.receive(&decode(frames.first().unwrap()), NOW));
    assert!(matches!(events.as_slice(), [HostEvent::Notify { cn, .. }] if cn == "1013"));
    assert!(segment(answer.first().unwrap()).contains(";ST=91;CN=9013;"));
    assert_eq!(
        split(field.receive(&decode(answer.first().unwrap()), NOW)).1,
        [FieldEvent::Delivered { id }]
    );
}

#[test]
fn replies_have_the_shape_of_their_edition() {
    let upload = |edition| {
        let message = Message::new(edition, "2051")
            .qn("20240311083000517")
            .st("32")
            .pw("123456")
            .mn("M1");
        message
            .ack(true)
            .with(Group::one("DataTime", "20240311083000"))
            .encode()
            .unwrap()
    };
    let reply = |edition| segment(&reply::reply_to(&decode(&upload(edition))).unwrap().bytes);
    assert_eq!(
        reply(Edition::V2005),
        "ST=91;CN=9014;PW=123456;MN=M1;Flag=0;CP=&&QN=20240311083000517;CN=2051&&"
    );
    assert_eq!(
        reply(Edition::V2017),
        "QN=20240311083000517;ST=91;CN=9014;PW=123456;MN=M1;Flag=4;CP=&&&&"
    );
    assert_eq!(
        reply(Edition::V2025),
        "QN=20240311083000517;ST=91;CN=9014;PW=123456;MN=M1;Flag=8;CP=&&&&"
    );
    let old = upload(Edition::V2005);
    let old = decode(&old);
    assert_eq!(
        segment(&reply::request_answer(&old, 1).unwrap().bytes),
        "ST=91;CN=9011;PW=123456;MN=M1;Flag=0;CP=&&QN=20240311083000517;QnRtn=1&&"
    );
    assert_eq!(
        segment(&reply::execution_result(&old, 1).unwrap().bytes),
        "ST=91;CN=9012;PW=123456;MN=M1;CP=&&QN=20240311083000517;ExeRtn=1&&"
    );
    assert_eq!(
        segment(&reply::notify_answer(&old).unwrap().bytes),
        "ST=91;CN=9013;PW=123456;MN=M1;Flag=0;CP=&&QN=20240311083000517&&"
    );
}

#[test]
fn only_what_asks_is_answered_and_dialects_only_on_request() {
    let message = |cn: &str, ack| {
        Message::new(Edition::V2025, cn)
            .qn("20240311083000517")
            .st("32")
            .pw("123456")
            .mn(MN)
            .ack(ack)
    };
    let data = || Group::one("DataTime", "20240311083000");
    let cn = |message: Message| reply::reply_to(&decode(&message.encode().unwrap())).map(|reply| reply.cn);
    assert_eq!(cn(message("2011", true).with(data())), Some("9014"));
    assert_eq!(cn(message("2011", false).with(data())), None);
    assert_eq!(cn(message("2011", true)), None, "a request, not an upload");
    assert_eq!(cn(message("9014", true)), None, "an answer is not answered");
    assert_eq!(cn(message("9015", true)), Some("9013"));
    assert_eq!(cn(message("9021", true)), Some("9013"));
    let modbus = message("2011", true)
        .with(data())
        .crc(hj212::crc::Kind::Modbus)
        .encode()
        .unwrap();
    assert_eq!(reply::reply_to(&decode(&modbus)), None);
    let answer = reply::reply_to_with(&decode(&modbus), CrcPolicy::AsSent).unwrap();
    assert_eq!(decode(&answer.bytes).crc_kind(), hj212::crc::Kind::Modbus);
}

#[test]
fn wrong_separators_in_the_header_do_not_hide_whom_to_answer() {
    let bytes = hj212::encode::wrap(
        b"QN=20240311083000517,ST=32;CN=2011;PW=123456;,MN=M1;Flag=5;CP=&&DataTime=20240311083000&&",
        hj212::crc::Kind::Standard,
    );
    let frame = decode(&bytes);
    assert_eq!(frame.header().mn, None);
    assert_eq!(frame.mended_header().mn.unwrap(), "M1");
    assert_eq!(frame.mended_header().st.unwrap(), "32");
    let answer = reply::reply_to(&frame).unwrap();
    assert_eq!(
        segment(&answer.bytes),
        "QN=20240311083000517;ST=91;CN=9014;PW=123456;MN=M1;Flag=4;CP=&&&&"
    );
}

#[test]
fn readings_take_the_marks_of_their_own_block() {
    let bytes = Message::new(Edition::V2017, "2051")
        .st("52")
        .with(Group::one("DataTime", "20240311080000"))
        .with(Group::factor("e30201", [("Avg", "1.10"), ("Flag", "N")]))
        .with(Group::factor("e30201", [("Avg", "2.20"), ("Flag", "D")]))
        .with(Group::factor("LA-Rtd", [("Rtd", "54.3")]))
        .with(Group::one("DataTime", "20240311081000123"))
        .with(Group::factor(
            "w01018",
            [("Avg", "--"), ("SampleTime", "20240311080500"), ("EFlag", "A01")],
        ))
        .encode()
        .unwrap();
    let frame = decode(&bytes);
    let upload = Upload::read(&frame).unwrap();
    assert_eq!(upload.kind, Kind::Minute);
    assert!(upload.kind.time_is_start() && !upload.late);
    let [first, second] = upload.records.as_slice() else {
        panic!("{upload:?}")
    };
    assert_eq!(first.time.unwrap().to_string(), "20240311080000");
    assert_eq!(second.time.unwrap().millisecond, 123);
    let [a, b, la] = first.readings.as_slice() else {
        panic!("{first:?}")
    };
    assert_eq!(
        (a.number, a.flag.unwrap().to_string(), a.occurrence),
        (Some("1.10"), "N".into(), 0)
    );
    assert_eq!(
        (b.number, b.flag.unwrap().to_string(), b.occurrence),
        (Some("2.20"), "D".into(), 1)
    );
    assert!(la.code == "LA" && la.field == Field::Rtd && la.flag.is_none());
    let [w] = second.readings.as_slice() else {
        panic!("{second:?}")
    };
    assert!(w.number.is_none() && w.value == "--" && w.eflag.unwrap() == "A01");
    assert_eq!(w.sample_time.unwrap().to_string(), "20240311080500");
}

#[test]
fn a_joiner_is_bounded_and_gives_up_by_age() {
    let packet = |mn: &str, number: &str| {
        let text = format!(
            "QN=20240311083000517;ST=31;CN=2051;PW=123456;MN={mn};Flag=6;PNUM=3;PNO={number};CP=&&DataTime=20240311083000&&"
        );
        hj212::encode::wrap(text.as_bytes(), hj212::crc::Kind::Standard)
    };
    let mut joiner = Joiner::new(JoinLimits {
        max_open: 2,
        max_packets: 5,
        max_age_ms: 1000,
    });
    for (mn, at) in [("A", 0), ("B", 10), ("C", 20)] {
        assert_eq!(joiner.add(&decode(&packet(mn, "2")), at), Joined::Waiting);
    }
    assert_eq!(joiner.waiting(), 2);
    let given_up = joiner.expire(1015);
    assert_eq!(given_up.len(), 2, "A pushed out, B too old");
    assert!(
        given_up
            .iter()
            .all(|record| record.missing == [1, 3] && record.frames.len() == 1)
    );
    assert_eq!(joiner.add(&decode(&packet("D", "4")), 1015), Joined::Refused);
}

#[test]
fn unix_time_is_written_as_beijing_time() {
    assert_eq!(CivilTime::from_unix_ms(NOW).qn(), "20240311083000517");
    assert_eq!(CivilTime::from_unix_ms(0).qn(), "19700101080000000");
    assert_eq!(CivilTime::from_unix_ms(951_753_599_999).qn(), "20000228235959999");
    assert_eq!(CivilTime::from_unix_ms(951_753_600_000).qn(), "20000229000000000");
}

#[test]
fn a_value_with_separators_is_not_written() {
    let message = Message::new(Edition::V2017, "2011").with(Group::one("DataTime", "1;CN=2"));
    let error = message.encode().unwrap_err().to_string();
    assert!(error.contains("DataTime") && error.contains("分隔符"), "{error}");
    assert!(Message::new(Edition::V2017, "2011").mn("a;b").encode().is_err());
    let log = |text: &str| {
        Message::new(Edition::V2017, "3020")
            .with(Group::one("i11001-Info", text))
            .encode()
    };
    assert!(log("//a; b, c=d//").is_ok());
    assert!(
        log("//a//; b//").is_err(),
        "a reader would end the text at the inner pair"
    );
    assert!(log("//a&&b//").is_err());
}

#[test]
fn factor_table_is_found_both_ways() {
    let factors = hj212::factors::all();
    assert_eq!(factors.len(), 391);
    for factor in factors.iter().filter(|factor| !factor.code.is_empty()) {
        assert_eq!(hj212::factors::by_code(factor.code).unwrap().code, factor.code);
    }
    assert_eq!(hj212::factors::by_code_2005("02").unwrap().code, "a21026");
    assert_eq!(hj212::factors::by_code("g10103").unwrap().zh, "增压风机状态");
    assert_eq!(hj212::factors::by_code("i33317").unwrap().code, "i3331x");
    assert!(hj212::factors::by_code("e999zz").is_none());
}

#[test]
fn tables_of_codes_know_their_editions() {
    use hj212::command::{command, data_flag, exe_rtn, qn_rtn, system};
    assert_eq!(
        command("1001", Edition::V2005).unwrap().name.zh,
        "设置超限报警时间"
    );
    assert_eq!(
        command("1001", Edition::V2025).unwrap().name.zh,
        "上传数采仪硬件序号"
    );
    assert_eq!(command("3013", Edition::V2005).unwrap().name.zh, "设备操作");
    assert_eq!(data_flag("F", Edition::V2005).unwrap().en, "source not running");
    assert_eq!(data_flag("F", Edition::V2017).unwrap().en, "instrument stopped");
    assert!(data_flag("Z", Edition::V2017).is_none());
    assert!(!system("44", Edition::V2017).unwrap().is_in(Edition::V2017));
    assert!(system("44", Edition::V2025).unwrap().is_in(Edition::V2025));
    assert_eq!(qn_rtn("9", Edition::V2017).unwrap().en, "CRC wrong");
    assert_eq!(exe_rtn("100", Edition::V2005).unwrap().zh, "没有数据");
}
