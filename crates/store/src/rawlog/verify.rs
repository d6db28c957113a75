//! Verification: walks the whole log, checks every checksum and every link of the hash chain.

use serde::Serialize;

use super::reader::{Reader, off_thread};
use super::record::{self, Chain, HEADER_LEN, Step};
use super::{Damage, LogError, Position, recover};
use crate::limits;

/// What verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Segments walked.
    pub segments: u64,
    /// Whole records.
    pub records: u64,
    /// Bytes of whole records.
    pub bytes: u64,
    /// Damaged or altered places, at most [`limits::DAMAGES_LISTED`].
    pub damages: Vec<Damage>,
    /// All damaged or altered places.
    pub damaged: u64,
}

impl Verification {
    /// Whether everything is as it was written.
    pub fn ok(&self) -> bool {
        self.damaged == 0
    }

    fn damage(&mut self, from: Position, to: Position, what: &str) {
        self.damaged += 1;
        if self.damages.len() < limits::DAMAGES_LISTED {
            self.damages.push(Damage {
                from,
                to,
                what: what.to_owned(),
            });
        }
    }
}

impl Reader {
    /// Walks the whole log as far as it was durable when the walk began.
    pub fn verify(&self) -> Result<Verification, LogError> {
        let mut found = Verification::default();
        let mut chain: Chain = [0; 32];
        let mut expected = 1;
        let end = self.end();
        for number in recover::segments(self.dir())?
            .into_iter()
            .filter(|n| *n <= end.segment)
        {
            if number != expected {
                let (from, to) = (Position::start_of(expected), Position::start_of(number));
                found.damage(from, to, "segments are missing");
            }
            expected = number + 1;
            found.segments += 1;
            chain = self.verify_segment(number, chain, &mut found)?;
        }
        if end > Position::START && expected <= end.segment {
            found.damage(Position::start_of(expected), end, "segments are missing");
        }
        Ok(found)
    }

    /// As [`Reader::verify`], off the asynchronous threads.
    pub async fn verification(&self) -> Result<Verification, LogError> {
        let reader = self.clone();
        off_thread(move || reader.verify()).await
    }

    fn verify_segment(
        &self,
        number: u32,
        before: Chain,
        found: &mut Verification,
    ) -> Result<Chain, LogError> {
        let top = Position {
            segment: number,
            offset: 0,
        };
        let mut place = Position::start_of(number);
        let header = self.chunk(top, usize::try_from(HEADER_LEN).unwrap_or(usize::MAX))?;
        match record::parse_segment_header(&header, number) {
            None => found.damage(top, place, "the segment's header is damaged"),
            Some(stated) if stated != before => {
                found.damage(top, place, "the segment does not follow the one before it");
            }
            Some(_) => {}
        }
        // After a damaged stretch the link to what came before it cannot be checked.
        let mut chain = Some(before);
        loop {
            let chunk = self.chunk(place, limits::READ_BYTES)?;
            if chunk.is_empty() {
                return Ok(chain.unwrap_or(before));
            }
            let cut = chunk.len() == limits::READ_BYTES;
            let mut at = 0;
            loop {
                let rest = chunk.get(at..).unwrap_or_default();
                match record::step(rest, place, cut) {
                    Step::Record(record, len) => {
                        if chain.is_some_and(|c| record::expected_chain(rest, len, &c) != record.chain) {
                            found.damage(
                                place,
                                record.next,
                                "the hash chain is broken: a record was altered",
                            );
                        }
                        chain = Some(record.chain);
                        found.records += 1;
                        found.bytes += len as u64;
                        at += len;
                        place = record.next;
                    }
                    Step::Damage(len, what) => {
                        let from = place;
                        at += len;
                        place.offset += len as u64;
                        found.damage(from, place, what);
                        chain = None;
                    }
                    Step::More => break,
                }
            }
        }
    }
}
