//! Throughput of the bulk kernels on one core: `cargo run --release -p standards --example bulk`.

use std::hint::black_box;
use std::time::Instant;

use standards::air::edition::Edition;
use standards::water::class::ItemSet;
use standards::water::item::Body;
use standards::{air, water};

const ROWS: usize = 1_000_000;
const ROUNDS: usize = 10;

/// A small fixed generator, so that every run judges the same rows.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn report(what: &str, seconds: f64) {
    let rate = (ROWS * ROUNDS) as f64 / seconds / 1e6;
    println!("{what}: {rate:.1} million rows per second on one core");
}

fn main() {
    let mut numbers = Numbers(20_260_301);
    for edition in Edition::ALL {
        let Some(kernel) = air::bulk::Kernel::daily(edition) else {
            println!("no kernel for {}", edition.key());
            continue;
        };
        let rows: Vec<air::bulk::Row> = (0..ROWS)
            .map(|_| std::array::from_fn(|_| u16::try_from(numbers.below(400)).unwrap_or(0)))
            .collect();
        let mut outcomes = vec![air::bulk::Outcome::default(); ROWS];
        let start = Instant::now();
        for _ in 0..ROUNDS {
            kernel.evaluate_into(black_box(&rows), black_box(&mut outcomes));
        }
        report(
            &format!("AQI daily, {}", edition.key()),
            start.elapsed().as_secs_f64(),
        );
    }
    for (name, set) in [("21 items", ItemSet::Official21), ("5 items", ItemSet::Realtime5)] {
        let kernel = water::bulk::Kernel::new(set, Body::River);
        let rows: Vec<water::bulk::Row> = (0..ROWS)
            .map(|_| std::array::from_fn(|_| i64::try_from(numbers.below(2_000_000_000)).unwrap_or(0)))
            .collect();
        let mut outcomes = vec![water::bulk::Outcome::default(); ROWS];
        let start = Instant::now();
        for _ in 0..ROUNDS {
            kernel.evaluate_into(black_box(&rows), black_box(&mut outcomes));
        }
        report(&format!("section class, {name}"), start.elapsed().as_secs_f64());
    }
}
