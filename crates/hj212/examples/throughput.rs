//! Prints how many frames a second one core decodes: whole frames, and a stream cut in pieces.
//!
//! Run with `cargo run --release -p hj212 --example throughput [seconds a figure]`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use hj212::stream::{Decoder, Item};

/// A frame of 205 bytes, the size that decoders are compared with.
fn frame() -> Vec<u8> {
    let mut segment = String::from(
        "QN=20240601085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&DataTime=20240601085857;\
         w01018-Rtd=23.4,w01018-Flag=N;w21003-Rtd=1.27,w21003-Flag=N;w01001-Rtd=7.31",
    );
    while segment.len() + 2 < 205 - 12 {
        segment.push('0');
    }
    segment.push_str("&&");
    let crc = hj212::crc::hj212(segment.as_bytes());
    format!("##{:04}{segment}{crc:04X}\r\n", segment.len()).into_bytes()
}

/// Decodes and touches every field; returns something the optimiser cannot foresee.
fn read(bytes: &[u8]) -> usize {
    let frame = hj212::decode(bytes);
    assert!(frame.ok());
    let header = frame.header();
    let fields = [header.qn, header.st, header.cn, header.pw, header.mn, header.flag];
    let mut sum: usize = fields.iter().flatten().map(|field| field.bytes().len()).sum();
    for item in frame.items() {
        sum += item
            .code_field()
            .map_or(0, |(code, field)| code.bytes().len() + field.bytes().len());
        sum += item.value.bytes().len();
    }
    sum
}

fn measure(name: &str, seconds: f64, frame_len: usize, mut round: impl FnMut() -> usize) {
    let mut rates = Vec::new();
    for _ in 0..5 {
        let (start, mut frames) = (Instant::now(), 0);
        while start.elapsed() < Duration::from_secs_f64(seconds / 5.0) {
            frames += round();
        }
        rates.push(frames as f64 / start.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    if let [low, _, middle, _, high] = rates.as_slice() {
        let megabytes = middle * frame_len as f64 / 1e6;
        println!("{name:<28} {middle:>12.0} frames/s ({low:.0} to {high:.0}), {megabytes:.0} MB/s");
    }
}

fn main() {
    let seconds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(2.0);
    let frame = frame();
    println!("frame of {} bytes, one core", frame.len());
    measure("checksum only", seconds, frame.len(), || {
        for _ in 0..1000 {
            black_box(hj212::crc::hj212(black_box(
                frame.get(6..199).unwrap_or_default(),
            )));
        }
        1000
    });
    measure("decode (header, crc)", seconds, frame.len(), || {
        for _ in 0..1000 {
            black_box(hj212::decode(black_box(&frame)).ok());
        }
        1000
    });
    measure("decode, every field", seconds, frame.len(), || {
        for _ in 0..1000 {
            black_box(read(black_box(&frame)));
        }
        1000
    });
    let stream: Vec<u8> = frame.iter().copied().cycle().take(frame.len() * 2000).collect();
    for size in [64, 512, 4096, 65_536] {
        measure(
            &format!("stream cut at {size}, all fields"),
            seconds,
            frame.len(),
            || {
                let mut decoder = Decoder::default();
                let mut frames = 0;
                for piece in stream.chunks(size) {
                    decoder.push(piece);
                    while let Some(item) = decoder.next_item() {
                        if let Item::Frame(raw) = item {
                            black_box(read(raw.bytes));
                            frames += 1;
                        }
                    }
                }
                frames
            },
        );
    }
}
