//! Loss of power: the server is killed at random moments while units upload. What was answered is there afterwards, and
//! nothing is there twice. `HUANSHU_CRASHES` says how often (6 where it is not set), `HUANSHU_SEED` repeats a run.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use support::{Dice, Line, PATIENCE, Place, Unit};

/// Connections that upload at the same time.
const UNITS: u64 = 4;

/// Uploads of one unit that wait for an answer.
const WINDOW: u64 = 16;

/// Twenty days of seconds are more uploads than any run makes.
const PAST_MS: i64 = 20 * 86_400_000;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name}={text}"))
    })
}

/// Repeats what was not answered, then goes on, until the server is gone.
fn upload(unit: &mut Unit, gateway: SocketAddr) {
    let mut line = Line::to(gateway);
    let open: Vec<u64> = (0..unit.sent).filter(|n| !unit.answered.contains(n)).collect();
    for n in open {
        if !line.send(&unit.frame(n)) {
            return;
        }
    }
    loop {
        while unit.sent < unit.answered.len() as u64 + WINDOW {
            let frame = unit.frame(unit.sent);
            unit.sent += 1;
            if !line.send(&frame) {
                break;
            }
        }
        let on = line.listen(Duration::from_secs(10));
        unit.note(&line);
        if !on {
            return;
        }
    }
}

#[test]
fn what_was_answered_survives_every_crash_and_nothing_is_there_twice() {
    let crashes = number("HUANSHU_CRASHES", 6);
    let seed = number("HUANSHU_SEED", 1);
    let mut dice = Dice::new(seed);
    let place = Place::new();
    let first = place.serve(&["--accept-unknown-devices"]);
    let from = first.now().plus_ms(-PAST_MS);
    let mut units: Vec<Unit> = (1..=UNITS)
        .map(|n| Unit::new(&format!("CRASH{n:019}"), from, 0))
        .collect();
    let mut server = Some(first);
    for _ in 0..crashes {
        let running = server
            .take()
            .unwrap_or_else(|| place.serve(&["--accept-unknown-devices"]));
        let gateway = running.gateway();
        let moment = Duration::from_millis(dice.below(1500));
        std::thread::scope(|scope| {
            for unit in &mut units {
                scope.spawn(|| upload(unit, gateway));
            }
            std::thread::sleep(moment);
            running.kill();
        });
    }
    let last = place.serve(&["--accept-unknown-devices"]);
    for unit in &mut units {
        let mut line = last.dial();
        // A unit that came in none of the runs would prove nothing.
        assert!(unit.upload(&mut line, PATIENCE), "the server takes uploads again");
    }
    last.settled();
    for unit in &units {
        unit.check(&last);
    }
    let answered: usize = units.iter().map(|unit| unit.answered.len()).sum();
    println!("{crashes} crashes with seed {seed}: {answered} answered uploads, none lost, none twice");
    assert!(place.verified(), "the hash chains hold");
    assert!(last.stop());
}
