//! The field units' side: connections, frames, and a unit that knows which of its uploads were answered.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use model::time::UtcMs;

use super::{PATIENCE, Server, in_path, wait_for};

/// A connection of a field unit.
pub(crate) struct Line {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Line {
    /// Connects.
    pub(crate) fn to(gateway: SocketAddr) -> Self {
        let stream = TcpStream::connect(gateway).expect("the gateway accepts");
        stream.set_nodelay(true).expect("no delay");
        Self {
            stream,
            heard: Vec::new(),
        }
    }

    /// Sends bytes; false when the other end is gone.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Reads what comes within a time; false when the other end is gone.
    pub(crate) fn listen(&mut self, patience: Duration) -> bool {
        self.stream.set_read_timeout(Some(patience)).expect("a timeout");
        let mut buffer = vec![0; 65536];
        match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.heard.extend(&buffer[..count]);
                true
            }
            Err(error) => matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            ),
        }
    }

    /// QN of every data answer (9014) heard so far, in order.
    pub(crate) fn answered(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.heard)
            .split("\r\n")
            .filter(|frame| frame.contains("CN=9014"))
            .filter_map(|frame| {
                let (_, rest) = frame.split_once("QN=")?;
                rest.split(';').next().map(ToOwned::to_owned)
            })
            .collect()
    }

    /// Sends a frame that asks for an answer, and whether one came within a time.
    pub(crate) fn upload(&mut self, frame: &[u8], patience: Duration) -> bool {
        let before = self.answered().len();
        if !self.send(frame) {
            return false;
        }
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if !self.listen(Duration::from_millis(100)) {
                return false;
            }
            if self.answered().len() > before {
                return true;
            }
        }
        false
    }

    /// Sends a frame that must be answered.
    pub(crate) fn deliver(&mut self, frame: &[u8]) {
        assert!(
            self.upload(frame, PATIENCE),
            "not answered: {}",
            String::from_utf8_lossy(frame)
        );
    }
}

/// A field unit that uploads a value a second of its own past: the n-th upload says n, so that what is stored can be
/// told apart and counted.
pub(crate) struct Unit {
    /// MN.
    pub(crate) mn: String,
    /// Time of upload 0.
    pub(crate) from: UtcMs,
    /// Uploads made so far, answered or not.
    pub(crate) sent: u64,
    /// Those that were answered.
    pub(crate) answered: BTreeSet<u64>,
    padding: String,
    flag: u8,
}

impl Unit {
    /// A unit whose frames carry so many bytes more.
    pub(crate) fn new(mn: &str, from: UtcMs, padding: usize) -> Self {
        let padding = match padding {
            0 => String::new(),
            n => format!("Padding={};", "x".repeat(n)),
        };
        Self {
            mn: mn.to_owned(),
            from: UtcMs(from.0 / 1000 * 1000),
            sent: 0,
            answered: BTreeSet::new(),
            padding,
            flag: 5,
        }
    }

    /// The same unit speaking the edition of 2025.
    pub(crate) fn of_2025(self) -> Self {
        Self { flag: 9, ..self }
    }

    fn time(&self, n: u64) -> String {
        let ahead = i64::try_from(n).expect("a small number") * 1000;
        self.from.plus_ms(ahead).to_compact()
    }

    /// The n-th upload; always the same bytes.
    pub(crate) fn frame(&self, n: u64) -> Vec<u8> {
        let (mn, time, padding, flag) = (&self.mn, self.time(n), &self.padding, self.flag);
        frame(&format!(
            "QN={time}000;ST=31;CN=2011;PW=123456;MN={mn};Flag={flag};CP=&&DataTime={time};{padding}a21026-Rtd={n},a21026-Flag=N&&"
        ))
    }

    /// Notes the answers that a line has heard.
    pub(crate) fn note(&mut self, line: &Line) {
        for qn in line.answered() {
            let time = UtcMs::from_compact(&qn).expect("a QN of ours");
            let n = (time.0 - self.from.0) / 1000;
            self.answered.insert(u64::try_from(n).expect("a QN of ours"));
        }
    }

    /// Sends the next upload; whether it was answered within a time.
    pub(crate) fn upload(&mut self, line: &mut Line, patience: Duration) -> bool {
        let answered = line.upload(&self.frame(self.sent), patience);
        self.sent += 1;
        self.note(line);
        answered
    }

    /// Every answered upload is stored once, and none of the others twice. `settled` must have been waited for.
    pub(crate) fn check(&self, server: &Server) {
        let subject = wait_for("the unit's subject is known", || {
            let devices = server.get(&format!("/devices?q={}", self.mn));
            let subject = devices["items"][0]["subject"].clone();
            subject.is_object().then_some(subject)
        });
        let series = server
            .series(&subject, "a21026", "realtime", "Rtd")
            .expect("a series");
        let to = self.from.plus_ms(i64::try_from(self.sent).unwrap() * 1000 + 1000);
        let mut stored = BTreeSet::new();
        for item in server.observations(&series, self.from, to, 15_000_000) {
            let n: u64 = item["value"]
                .as_str()
                .expect("a value")
                .parse()
                .expect("a number");
            assert!(stored.insert(n), "{}: {n} is stored twice", self.mn);
            assert_eq!(item["revision"], 1, "{}: {n} was written once", self.mn);
            let time = item["time"].as_str().and_then(UtcMs::parse).expect("a time");
            assert_eq!(
                time.to_compact(),
                self.time(n),
                "{}: {n} in its own time",
                self.mn
            );
        }
        let lost: Vec<_> = self.answered.difference(&stored).collect();
        assert!(lost.is_empty(), "{}: answered and lost: {lost:?}", self.mn);
        assert!(
            stored.last() < Some(&self.sent),
            "{}: nothing that was never sent",
            self.mn
        );
        let rows = server.get(&format!("/devices/{}/frames?limit=200", in_path(&self.mn)));
        let mut kept: Vec<&str> = rows
            .as_array()
            .expect("rows")
            .iter()
            .filter(|row| row["state"] == "stored")
            .filter_map(|row| row["raw"].as_str())
            .collect();
        let all = kept.len();
        kept.sort_unstable();
        kept.dedup();
        assert_eq!(kept.len(), all, "{}: no frame is stored twice", self.mn);
    }
}

/// Length, checksum and line break around a data segment.
pub(crate) fn frame(segment: &str) -> Vec<u8> {
    hj212::encode::wrap(segment.as_bytes(), hj212::crc::Kind::Standard)
}
