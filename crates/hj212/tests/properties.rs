//! What must hold for all inputs: nothing panics, nothing is lost, cutting changes nothing, memory is bounded,
//! and what is written is read back.

#![expect(clippy::unwrap_used, reason = "a failed encoding must stop the test")]

use hj212::encode::{Group, Message};
use hj212::stream::{Cut, Decoder, Item, Limits};
use hj212::{Edition, FrameReport, decode};
use proptest::collection::vec;
use proptest::prelude::*;

fn edition() -> impl Strategy<Value = Edition> {
    prop_oneof![Just(Edition::V2005), Just(Edition::V2017), Just(Edition::V2025)]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,5}(\\.[0-9]{1,3})?",
        "[A-Z0-9]{0,6}",
        "//[ -%'-.0-~清洗]{0,12}//"
    ]
}

fn factor() -> impl Strategy<Value = Group> {
    ("[a-z][0-9]{5}", value())
        .prop_map(|(code, value)| Group::factor(&code, [("Rtd", value.as_str()), ("Flag", "N")]))
}

fn message() -> impl Strategy<Value = Message> {
    (edition(), "[0-9]{17}", any::<bool>(), vec(factor(), 0..12)).prop_map(|(edition, qn, ack, factors)| {
        Message::new(edition, "2011")
            .qn(qn)
            .st("32")
            .pw("123456")
            .mn("371523A00000000000000042")
            .ack(ack)
            .with(Group::one("DataTime", "20240311083000"))
            .with_all(factors)
    })
}

/// Frames, damaged frames and noise, in any order.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let frame = message().prop_map(|message| message.encode().unwrap());
    let damaged = (message(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(message, at, byte)| {
        let mut frame = message.encode().unwrap();
        let at = at.index(frame.len());
        frame.splice(at..=at, [byte]);
        frame
    });
    let shortened = (message(), any::<prop::sample::Index>()).prop_map(|(message, at)| {
        let mut frame = message.encode().unwrap();
        frame.truncate(at.index(frame.len()));
        frame
    });
    let noise = vec(
        prop_oneof![any::<u8>(), prop::sample::select(b"##&&01AQN=;,\r\n".to_vec())],
        0..40,
    );
    let piece = prop_oneof![4 => frame, 1 => damaged, 1 => shortened, 1 => noise];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Items of `bytes` pushed in pieces of the sizes given, over and over.
fn items(bytes: &[u8], sizes: &[usize], limits: Limits) -> Vec<(Vec<u8>, Option<Cut>)> {
    let mut decoder = Decoder::new(limits);
    let mut found = Vec::new();
    let mut drain = |decoder: &mut Decoder| {
        while let Some(item) = decoder.next_item() {
            let cut = match item {
                Item::Frame(frame) => Some(frame.cut),
                Item::Junk(_) => None,
            };
            found.push((item.bytes().to_vec(), cut));
        }
    };
    let (mut rest, mut sizes) = (bytes, sizes.iter().cycle());
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.len().min(sizes.next().copied().unwrap_or(1)));
        decoder.push(piece);
        drain(&mut decoder);
        assert!(
            decoder.buffered() <= limits.retained(),
            "{} bytes wait",
            decoder.buffered()
        );
        rest = after;
    }
    decoder.finish();
    drain(&mut decoder);
    assert!(decoder.poll_incomplete().is_none());
    found
}

fn exercise(bytes: &[u8]) {
    let frame = decode(bytes);
    let _ = FrameReport::of(&frame);
    let _ = hj212::reading::Upload::read(&frame);
    let _ = hj212::reply::reply_to(&frame);
    let _ = frame.mended_header();
    assert!(frame.diagnoses().iter().all(|note| note.at <= bytes.len()));
}

proptest! {
    #[test]
    fn any_bytes_are_decoded_without_panic(bytes in vec(any::<u8>(), 0..600)) {
        exercise(&bytes);
    }

    #[test]
    fn damaged_streams_are_decoded_without_panic(bytes in stream()) {
        exercise(&bytes);
        for item in hj212::stream::split(&bytes, Limits::default()) {
            exercise(item.bytes());
        }
    }

    #[test]
    fn nothing_is_lost_and_cutting_changes_nothing(bytes in stream(), sizes in vec(1_usize..200, 1..6)) {
        let whole = items(&bytes, &[bytes.len().max(1)], Limits::default());
        prop_assert_eq!(whole.iter().flat_map(|(item, _)| item.clone()).collect::<Vec<_>>(), bytes.clone());
        prop_assert_eq!(&items(&bytes, &sizes, Limits::default()), &whole);
        prop_assert_eq!(&items(&bytes, &[1], Limits::default()), &whole);
        let split: Vec<Vec<u8>> =
            hj212::stream::split(&bytes, Limits::default()).map(|item| item.bytes().to_vec()).collect();
        prop_assert_eq!(split, whole.into_iter().map(|(item, _)| item).collect::<Vec<_>>());
    }

    #[test]
    fn noise_is_bounded(
        bytes in vec(prop::sample::select(b"#0129&AQ=;\r\n ".to_vec()), 0..3000),
        size in 1_usize..500,
    ) {
        let limits = Limits { max_segment: 256 };
        let found = items(&bytes, &[size], limits);
        prop_assert!(found.iter().all(|(item, cut)| cut.is_none() || item.len() <= limits.max_frame()));
        prop_assert_eq!(found.iter().map(|(item, _)| item.len()).sum::<usize>(), bytes.len());
    }

    #[test]
    fn what_is_written_is_read(message in message()) {
        let bytes = message.encode().unwrap();
        let frame = decode(&bytes);
        prop_assert!(frame.ok() && frame.len_ok());
        let report = FrameReport::of(&frame);
        prop_assert_eq!(report.cp.get("DataTime").unwrap().first(), "20240311083000");
        let codes: Vec<&str> = report.diagnoses.iter().map(|note| note.code.name()).collect();
        let structural = ["bad_header", "bad_length", "no_cp", "no_cp_end", "missing_semicolon", "header_order", "malformed_item"];
        prop_assert!(!codes.iter().any(|code| structural.contains(code)), "{:?}", codes);
        // Written again from what was read, it is the same frame.
        let again = frame.items().fold(
            Message::new(frame.edition(), "2011")
                .qn(report.qn.clone().unwrap())
                .st("32")
                .pw("123456")
                .mn(report.mn.clone().unwrap())
                .ack(report.flag_bits.unwrap().ack),
            |message, item| {
                let (key, value) = (item.key.to_str().into_owned(), item.value.to_str().into_owned());
                if item.opens_group { message.with(Group::one(key, value)) } else { message.and(key, value) }
            },
        );
        prop_assert_eq!(again.encode().unwrap(), bytes);
    }

    #[test]
    fn packets_hold_the_record_and_join_again(edition in edition(), factors in vec(factor(), 60..120), start in any::<u16>()) {
        let message = Message::new(edition, "2051")
            .qn("20240311083000517").st("31").pw("123456").mn("371523A00000000000000042").ack(true)
            .with(Group::one("DataTime", "20240311083000"))
            .with_all(factors.clone());
        let mut number = 517;
        let frames = message.packets(|| { number += 1; format!("20240311083000{number}") }).unwrap();
        prop_assert!(frames.len() > 1);
        let mut joiner = hj212::join::Joiner::default();
        let mut whole = None;
        // Packets may come in any order: here rotated.
        for step in 0..frames.len() {
            let bytes = frames.get((usize::from(start) + step) % frames.len()).unwrap();
            let frame = decode(bytes);
            prop_assert!(frame.ok() && frame.segment().len() <= 1024 && frame.cp().len() <= edition.cp_limit());
            prop_assert!(frame.diagnoses().iter().all(|note| note.code != hj212::Code::BadPacket));
            match joiner.add(&frame, 0) {
                hj212::join::Joined::Whole(frames) => whole = Some(frames),
                other => prop_assert_eq!(other, hj212::join::Joined::Waiting),
            }
        }
        prop_assert_eq!(&whole.unwrap(), &frames);
        let keys = |frame: &[u8]| decode(frame).items().map(|item| (item.key.to_string(), item.value.to_string())).collect::<Vec<_>>();
        let sent: Vec<_> = frames.iter().flat_map(|frame| keys(frame)).filter(|(key, _)| key != "DataTime").collect();
        let all = factors.iter().flat_map(|group| group.pairs().map(|(key, value)| (key.to_owned(), value.to_owned())));
        prop_assert_eq!(sent, all.collect::<Vec<_>>());
    }
}
