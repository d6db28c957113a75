//! Any bytes, cut anywhere: no panic, nothing lost, the same items, bounded memory.
//! The first byte chooses the size of the pieces.
#![no_main]

use hj212::stream::{Decoder, Item, Limits, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&size, bytes)) = data.split_first() else { return };
    let whole: Vec<Item<'_>> = split(bytes, Limits::default()).collect();
    let mut expected = whole.iter();
    let mut check = |decoder: &mut Decoder| {
        while let Some(item) = decoder.next_item() {
            assert_eq!(expected.next(), Some(&item));
        }
    };
    let mut decoder = Decoder::default();
    for piece in bytes.chunks(usize::from(size).max(1)) {
        decoder.push(piece);
        check(&mut decoder);
        assert!(decoder.buffered() <= Limits::default().retained());
    }
    decoder.finish();
    check(&mut decoder);
    assert_eq!(expected.next(), None);
    assert_eq!(whole.iter().map(|item| item.bytes().len()).sum::<usize>(), bytes.len());
    let key = hj212::cipher::Key::new([0x30; 16]);
    for item in whole {
        let frame = hj212::decode(item.bytes());
        let _ = hj212::FrameReport::of(&frame);
        let _ = hj212::reading::Upload::read(&frame);
        let _ = hj212::reply::reply_to(&frame);
        let unsealed = hj212::cipher::unseal(frame, Some(&key));
        let _ = hj212::FrameReport::of_unsealed(&unsealed);
    }
});
