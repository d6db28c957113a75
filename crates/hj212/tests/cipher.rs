//! Encrypted content: what is sealed is opened again, in both forms; cipher text of any bytes is cut right out of a
//! stream; a wrong key opens nothing.

use hj212::cipher::{Form, Key, KeyRing, Seal, is_covered, seal, unseal};
use hj212::crc;
use hj212::encode::{Group, Message, wrap};
use hj212::stream::{Cut, Decoder, Item};
use hj212::{Edition, FrameReport, decode};
use proptest::collection::vec;
use proptest::prelude::*;

const HEADER: &str = "QN=20260311083000517;ST=32;CN=2011;PW=123456;MN=371523A00000000000000042;Flag=9;CP=&&";

fn key() -> impl Strategy<Value = Key> {
    any::<[u8; 16]>().prop_map(Key::new)
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![Just(Form::Raw), Just(Form::Printed)]
}

/// Content of any length that reads as content: numbers, and log text in one character set.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let ascii = || "[ -%'-~]{0,40}".prop_map(Vec::from);
    let gbk = vec(
        (
            "[a-z][0-9]{5}",
            prop_oneof![Just(b"//\xC7\xE5\xCF\xB4//".to_vec()), ascii()],
        ),
        0..30,
    );
    let utf8 = vec(
        (
            "[a-z][0-9]{5}",
            prop_oneof![Just("//清洗管路//".as_bytes().to_vec()), ascii()],
        ),
        0..30,
    );
    prop_oneof![
        1 => Just(Vec::new()),
        9 => ("[0-9]{0,14}", prop_oneof![gbk, utf8], 0_usize..951).prop_map(|(time, items, length)| {
            let mut content = format!("DataTime=20260311{time}").into_bytes();
            for (code, text) in items {
                content.extend_from_slice(format!(";{code}-Info=").as_bytes());
                content.extend_from_slice(&text);
            }
            content.truncate(length);
            // Not in the middle of a character.
            while content.last().is_some_and(|byte| !byte.is_ascii()) {
                content.pop();
            }
            content
        }),
    ]
}

fn frame(content: &[u8]) -> Vec<u8> {
    let segment = [HEADER.as_bytes(), content, b"&&"].concat();
    wrap(&segment, crc::Kind::Standard)
}

/// Frames cut from a stream that comes in pieces.
fn cut(stream: &[u8], size: usize) -> Vec<(Vec<u8>, Cut)> {
    let mut decoder = Decoder::default();
    let mut found = Vec::new();
    let mut drain = |decoder: &mut Decoder| {
        while let Some(item) = decoder.next_item() {
            match item {
                Item::Frame(frame) => found.push((frame.bytes.to_vec(), frame.cut)),
                Item::Junk(junk) => assert!(junk.is_blank(), "{:?}", String::from_utf8_lossy(junk.bytes)),
            }
        }
    };
    for piece in stream.chunks(size) {
        decoder.push(piece);
        drain(&mut decoder);
    }
    decoder.finish();
    drain(&mut decoder);
    found
}

/// Cipher text of chosen bytes, with all that means something outside of it. What spells the right checksum of the text
/// before it *is* a frame; the checksum spelt here is never one.
fn cipher_text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => vec(any::<u8>(), 1..20),
        1 => Just(b"&&".to_vec()),
        1 => Just(b"##".to_vec()),
        1 => Just(b"\r\n".to_vec()),
        1 => Just(b"=&&".to_vec()),
        1 => Just(b"##0101QN=".to_vec()),
        1 => Just(b"&&0007\r\n".to_vec()),
        1 => Just(b"&&0007\r\n##0101QN=20260311".to_vec()),
        1 => Just(b"&&0007##9999QN".to_vec()),
    ];
    vec(piece, 1..40).prop_map(|pieces| {
        let mut bytes = pieces.concat();
        bytes.resize((bytes.len() / 16 * 16).clamp(16, 944), 0xB7);
        bytes
    })
}

proptest! {
    #[test]
    fn what_is_sealed_is_opened(content in content(), key in key(), form in form()) {
        let plain = frame(&content);
        let sealed = seal(&decode(&plain), &key, form);
        if form == Form::Raw {
            prop_assert_eq!(sealed.len(), plain.len());
        }
        let came = decode(&sealed);
        prop_assert!(came.header().mn.unwrap() == "371523A00000000000000042" && came.header().cn.unwrap() == "2011");
        let opened = unseal(came, Some(&key));
        prop_assert_eq!(opened.bytes(), plain.as_slice());
        prop_assert!(opened.ok());
        prop_assert_eq!(opened.seal(), if content.len() < 16 { Seal::Plain } else { Seal::Opened });
        // A plain frame stays plain, whatever keys there are.
        prop_assert_eq!(unseal(decode(&plain), Some(&key)).seal(), Seal::Plain);
        prop_assert_eq!(unseal(decode(&plain), None).seal(), Seal::Plain);
    }

    #[test]
    fn a_wrong_key_opens_nothing(content in content(), key in key(), other in any::<[u8; 16]>(), form in form()) {
        // Nothing of a shorter one is encrypted.
        if content.len() < 16 {
            return Ok(());
        }
        let plain = frame(&content);
        let sealed = seal(&decode(&plain), &key, form);
        let shut = unseal(decode(&sealed), Some(&Key::new(other)));
        prop_assert_eq!(shut.bytes(), sealed.as_slice());
        prop_assert!(!shut.ok());
        let codes: Vec<&str> = shut.diagnoses().iter().map(|note| note.code.name()).collect();
        prop_assert!(codes.contains(&"wrong_key") && !codes.contains(&"bad_crc"), "{:?}", codes);
        prop_assert!(!FrameReport::of_unsealed(&shut).ok);
    }

    #[test]
    fn cipher_text_of_any_bytes_is_cut_by_its_length(
        cipher in cipher_text(), rest in "[ -%'-~]{0,15}", line_break in prop_oneof![Just("\r\n"), Just("\n"), Just("")], size in 2_usize..2000,
    ) {
        let segment = [HEADER.as_bytes(), &cipher, rest.as_bytes(), b"&&"].concat();
        let sealed = [format!("##{:04}", segment.len()).as_bytes(), &segment, b"B5A1", line_break.as_bytes()].concat();
        let around = frame(b"DataTime=20260311083000");
        let stream = [around.as_slice(), &sealed, &around].concat();
        let whole = cut(&stream, stream.len());
        prop_assert_eq!(&cut(&stream, 1), &whole);
        prop_assert_eq!(&cut(&stream, size), &whole);
        let frames: Vec<&[u8]> = whole.iter().map(|(bytes, _)| bytes.as_slice()).collect();
        prop_assert_eq!(frames, [around.as_slice(), &sealed, &around]);
        prop_assert!(whole.iter().all(|(_, cut)| *cut == Cut::Length));
        let content = [cipher.as_slice(), rest.as_bytes()].concat();
        prop_assert_eq!(decode(&sealed).cp(), content.as_slice());
    }

    #[test]
    fn printed_frames_are_cut_and_opened(contents in vec(content(), 1..4), key in key(), size in 1_usize..3000) {
        let plain: Vec<Vec<u8>> = contents.iter().map(|content| frame(content)).collect();
        let stream: Vec<u8> = plain.iter().flat_map(|frame| seal(&decode(frame), &key, Form::Printed)).collect();
        let frames = cut(&stream, size);
        let opened: Vec<Vec<u8>> =
            frames.iter().map(|(bytes, _)| unseal(decode(bytes), Some(&key)).bytes().to_vec()).collect();
        prop_assert_eq!(opened, plain);
    }

    #[test]
    fn any_bytes_are_unsealed_without_panic(bytes in vec(any::<u8>(), 0..400), key in key()) {
        let in_cp = frame(&bytes);
        for bytes in [bytes, in_cp] {
            for key in [Some(&key), None] {
                let unsealed = unseal(decode(&bytes), key);
                let _ = FrameReport::of_unsealed(&unsealed);
                prop_assert!(unsealed.diagnoses().iter().all(|note| note.at <= unsealed.bytes().len()));
            }
            let _ = seal(&decode(&bytes), &key, Form::Printed);
        }
    }
}

#[test]
fn one_block_under_a_hundred_thousand_wrong_keys_is_never_opened() {
    let plain = frame(b"DataTime=20260311083000");
    let sealed = seal(&decode(&plain), &Key::new([0x30; 16]), Form::Raw);
    for number in 0..100_000_u128 {
        let shut = unseal(decode(&sealed), Some(&Key::new(number.to_be_bytes())));
        assert_eq!(shut.seal(), Seal::WrongKey, "{number}");
    }
}

#[test]
fn a_checksum_that_happens_to_fit_the_bytes_on_the_wire_proves_nothing() {
    let (own, other) = (Key::new([0x30; 16]), Key::new([0x31; 16]));
    for form in [Form::Raw, Form::Printed] {
        let mut met = 0;
        for number in 0..8192 {
            // The rest behind the blocks is `d=1`.
            let plain = frame(format!("DataTime={number:07}0000000;w01018-Rtd=1").as_bytes());
            let sealed = seal(&decode(&plain), &own, form);
            if !decode(&sealed).crc_ok() {
                continue;
            }
            met += 1;
            let state = |key| unseal(decode(&sealed), key).seal();
            assert_eq!(state(None), Seal::NoKey, "{form:?} {number}");
            assert_eq!(state(Some(&other)), Seal::WrongKey, "{form:?} {number}");
            assert_eq!(unseal(decode(&sealed), Some(&own)).bytes(), plain);
        }
        assert!(met > 5, "{form:?}: {met}");
    }
}

#[test]
fn the_longest_content_fits_a_stream_in_print() {
    let item = "w01018-Rtd=1.00,w01018-Flag=N;".repeat(31);
    let content = format!("DataTime=20260311083000;{item}").into_bytes();
    let content = content.get(..950).unwrap();
    let key = Key::new(*b"ABCDEFGHIJKLMNOP");
    let sealed = seal(&decode(&frame(content)), &key, Form::Printed);
    assert!(sealed.len() > 4700);
    let found = cut(&[sealed.as_slice(), &sealed].concat(), 1000);
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|(bytes, _)| unseal(decode(bytes), Some(&key)).ok())
    );
}

#[test]
fn a_ring_takes_the_key_of_the_device_named() {
    let upload = |mn: &str| {
        let message = Message::new(Edition::V2025, "2011")
            .qn("20260311083000517")
            .st("32")
            .pw("123456");
        message
            .mn(mn)
            .with(Group::one("DataTime", "20260311083000"))
            .encode()
            .unwrap()
    };
    let (one, two) = (Key::new([1; 16]), Key::new([2; 16]));
    let ring = KeyRing::from_iter([
        ("371523A00000000000000001", one.clone()),
        ("371523A00000000000000002", two),
    ]);
    let state = |mn: &str| {
        ring.unseal(decode(&seal(&decode(&upload(mn)), &one, Form::Raw)))
            .seal()
    };
    assert_eq!(state("371523A00000000000000001"), Seal::Opened);
    assert_eq!(state("371523A00000000000000002"), Seal::WrongKey);
    assert_eq!(state("371523A00000000000000003"), Seal::NoKey);
    assert_eq!(format!("{one:?}"), "Key(…)", "a key says nothing of itself");
}

#[test]
fn what_a_field_unit_encrypts() {
    assert!(["2011", "2999", "1014", "3020"].iter().all(|cn| is_covered(cn)));
    assert!(
        !["9015", "1013", "3019", "9014", "20", ""]
            .iter()
            .any(|cn| is_covered(cn))
    );
}
