//! Noise that can be asked for any instant, in any order: one keyed ChaCha stream per channel, read at the place that
//! the time names. Same seed, key and time give the same number on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};

/// One channel of noise.
#[derive(Clone, Debug)]
pub(crate) struct Noise {
    stream: ChaCha8Rng,
}

impl Noise {
    pub(crate) fn new(seed: u64, key: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        hash.update(key.as_bytes());
        Self {
            stream: ChaCha8Rng::from_seed(hash.finalize().into()),
        }
    }

    /// Two neighbouring numbers, each 0 ≤ u < 1.
    fn pair(&self, slot: u64) -> (f64, f64) {
        let mut stream = self.stream.clone();
        stream.set_word_pos(u128::from(slot) * 2);
        (unit(stream.next_u64()), unit(stream.next_u64()))
    }

    /// The number of a slot, 0 ≤ u < 1.
    pub(crate) fn uniform(&self, slot: i64) -> f64 {
        self.pair(slot.unsigned_abs()).0
    }

    /// A smooth curve between -1 and 1 that changes its mind about every `period` (same unit as `time`).
    pub(crate) fn smooth(&self, time: f64, period: f64) -> f64 {
        let place = (time / period).abs();
        let (low, high) = self.pair(whole(place));
        let part = place.fract();
        let ease = part * part * (3.0 - 2.0 * part);
        2.0 * (low + (high - low) * ease) - 1.0
    }
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "called with a non-negative number of periods, far below 2^53"
)]
fn whole(place: f64) -> u64 {
    place as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_repeatable_continuous_and_fills_its_range() {
        let noise = Noise::new(7, "a");
        let again = Noise::new(7, "a");
        let other = Noise::new(7, "b");
        let values: Vec<f64> = (0..2000).map(|t| noise.smooth(f64::from(t), 13.0)).collect();
        for (t, v) in values.iter().enumerate() {
            assert!((v - again.smooth(t as f64, 13.0)).abs() < 1e-15);
            assert!(v.abs() <= 1.0);
        }
        let steps = values.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
        assert!(steps < 0.25, "{steps}");
        assert!(values.iter().any(|v| *v > 0.7) && values.iter().any(|v| *v < -0.7));
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert!(mean.abs() < 0.15, "{mean}");
        assert!((0..50).any(|t| (noise.uniform(t) - other.uniform(t)).abs() > 0.1));
    }
}
