//! A full disk and a database that is gone: nothing is answered that is not kept and applied, the server stays, and takes
//! up its work again by itself.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

mod support;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use support::{Line, PATIENCE, Place, Server, Unit, root, wait_for};

/// How long an answer may take before the upload counts as not answered.
const SOON: Duration = Duration::from_millis(300);

/// Uploads without an answer in a row that count as «no more answers».
const IN_A_ROW: u32 = 8;

/// Bytes that make a frame about as long as the standard allows.
const PADDING: usize = 3_500;

fn unit(server: &Server, padding: usize) -> Unit {
    Unit::new(
        "010000A8900016F000FULL01",
        server.now().plus_ms(-86_400_000),
        padding,
    )
}

fn succeeds(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}

/// Uploads until nothing is answered any more.
fn until_nothing_is_answered(unit: &mut Unit, line: &mut Line) {
    let mut silent = 0;
    for _ in 0..20_000 {
        silent = if unit.upload(line, SOON) { 0 } else { silent + 1 };
        if silent == IN_A_ROW {
            return;
        }
    }
    panic!("everything was answered");
}

/// Uploads until answers come again, on a connection that may be new.
fn until_answers_come_again(unit: &mut Unit, server: &Server) {
    wait_for("uploads are answered again", || {
        let mut line = server.dial();
        let answered = unit.upload(&mut line, Duration::from_secs(1));
        answered.then_some(())
    });
}

/// As many uploads as are answered at once.
fn some_are_answered(unit: &mut Unit, line: &mut Line, count: u32) {
    for _ in 0..count {
        assert!(unit.upload(line, PATIENCE), "answered while all is well");
    }
}

#[test]
fn with_a_full_disk_nothing_is_answered_and_nothing_answered_is_lost() {
    let place = Place::new();
    // Blocks of 1 KiB, for each file: the raw log, the database and its journal. The first start notes the definitions of
    // all lists, which takes some 3 MiB of journal.
    let mut server = place.serve_after("ulimit -S -f 5120;", &["--accept-unknown-devices"]);
    let mut unit = unit(&server, PADDING);
    let mut line = server.dial();
    until_nothing_is_answered(&mut unit, &mut line);
    assert!(
        unit.answered.len() > 50,
        "there was room for some: {}",
        unit.answered.len()
    );
    for _ in 0..IN_A_ROW {
        assert!(!unit.upload(&mut line, SOON), "still full");
    }
    assert!(server.alive());
    wait_for("it can be asked how it is", || {
        [200, 503].contains(&server.health()).then_some(())
    });
    server.kill();

    let again = place.serve(&["--accept-unknown-devices"]);
    again.settled();
    unit.check(&again);
    until_answers_come_again(&mut unit, &again);
    again.settled();
    unit.check(&again);
    assert!(place.verified(), "the hash chains hold");
    assert!(again.stop());
}

#[test]
fn when_room_returns_it_goes_on_without_a_restart() {
    let place = Place::new();
    let mut server = place.serve_after("ulimit -S -f 5120;", &["--accept-unknown-devices"]);
    let mut unit = unit(&server, PADDING);
    let mut line = server.dial();
    until_nothing_is_answered(&mut unit, &mut line);
    let pid = server.pid().to_string();
    assert!(
        succeeds(Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:unlimited"])),
        "prlimit (package util-linux) lifts the limit"
    );
    until_answers_come_again(&mut unit, &server);
    some_are_answered(&mut unit, &mut server.dial(), 50);
    server.settled();
    unit.check(&server);
    assert!(server.alive());
    assert!(place.verified(), "the hash chains hold");
    assert!(server.stop());
}

/// A small file system of its own, as long as the value lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&at).unwrap();
        let mounted = succeeds(
            Command::new("mount")
                .args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"])
                .arg(&at),
        );
        mounted.then_some(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_others_filled_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path().join("disk")) else {
        println!("left out: no small disk could be mounted (not root); the file size limit stands for it");
        return;
    };
    let data = disk.0.join("data");
    std::fs::create_dir(&data).unwrap();
    let place = Place::with(None, Some(&data));
    let mut server = place.serve(&["--accept-unknown-devices"]);
    let mut unit = unit(&server, PADDING);
    let mut line = server.dial();
    some_are_answered(&mut unit, &mut line, 50);
    let ballast = disk.0.join("ballast");
    // Ends when the disk is full.
    let _ = std::io::copy(
        &mut std::io::repeat(7),
        &mut std::fs::File::create(&ballast).unwrap(),
    );
    until_nothing_is_answered(&mut unit, &mut line);
    assert!(server.alive());
    std::fs::remove_file(&ballast).unwrap();
    until_answers_come_again(&mut unit, &server);
    some_are_answered(&mut unit, &mut server.dial(), 50);
    server.settled();
    unit.check(&server);
    assert!(place.verified(), "the hash chains hold");
    assert!(server.stop());
}

/// A PostgreSQL of this test's own, which can be stopped.
struct Database {
    port: u16,
    url: String,
}

impl Database {
    fn script(port: u16, what: &str) -> std::process::Output {
        Command::new("bash")
            .arg(root().join("tools/test-postgres.sh"))
            .arg(what)
            .env("HUANSHU_TEST_PGPORT", port.to_string())
            .output()
            .expect("bash runs")
    }

    fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let output = Self::script(port, "start");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        match said.trim().split_once("HUANSHU_TEST_POSTGRES=") {
            Some((_, url)) if output.status.success() => Some(Self {
                port,
                url: url.to_owned(),
            }),
            _ => {
                let why = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(
                    std::env::var("CI").as_deref() != Ok("true"),
                    "CI must have PostgreSQL: {why}"
                );
                println!("left out: no PostgreSQL could be started: {why}");
                None
            }
        }
    }

    fn tell(&self, what: &str) {
        let output = Self::script(self.port, what);
        assert!(
            output.status.success(),
            "{what}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        Self::script(self.port, "stop");
    }
}

#[test]
fn while_the_database_is_gone_nothing_is_answered_and_nothing_answered_is_lost() {
    let Some(database) = Database::start() else { return };
    let place = Place::with(Some(&database.url), None);
    let mut server = place.serve(&["--accept-unknown-devices"]);
    let mut unit = unit(&server, 0);
    let mut line = server.dial();
    some_are_answered(&mut unit, &mut line, 100);
    database.tell("pause");
    // For the first seconds frames are kept and answered, then no more.
    until_nothing_is_answered(&mut unit, &mut line);
    for _ in 0..IN_A_ROW {
        assert!(!unit.upload(&mut line, SOON), "still away");
    }
    assert!(server.alive());
    assert_eq!(server.health(), 503, "its health says so");
    database.tell("resume");
    until_answers_come_again(&mut unit, &server);
    some_are_answered(&mut unit, &mut server.dial(), 100);
    wait_for("its health says so", || (server.health() == 200).then_some(()));
    server.settled();
    // What was kept unanswered is applied as well, and its repeats change nothing.
    for n in 0..unit.sent {
        if !unit.answered.contains(&n) {
            line.send(&unit.frame(n));
        }
    }
    wait_for("repeats are answered", || {
        line.listen(Duration::from_millis(50));
        unit.note(&line);
        (unit.answered.len() as u64 == unit.sent).then_some(())
    });
    server.settled();
    unit.check(&server);
    assert!(place.verified(), "the hash chains hold");
    assert!(server.stop());
}
