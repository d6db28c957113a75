//! Contents of attachments: kept once, whole, for as long as they are named.

use model::ids::UserId;
use sha2::Digest as _;
use store::attachments::{Attachment, Received};
use store::{Store, StoreError};
use tokio::io::AsyncReadExt as _;

use crate::bench::{Bench, noon};

on_both! {
    a_content_is_kept_once_and_read_back,
    more_than_agreed_is_refused_and_leaves_nothing,
    what_nobody_names_is_collected_by_age,
}

async fn receive(store: &Store, parts: &[&[u8]]) -> Received {
    let mut incoming = store.receive(1 << 20).await.unwrap();
    for part in parts {
        incoming.write(part).await.unwrap();
    }
    incoming.finish().await.unwrap()
}

async fn keep(store: &Store, content: &[u8], age_ms: i64) -> Attachment {
    let received = receive(store, &[content]).await;
    store
        .keep_attachment(received, "application/pdf", UserId(1), noon().plus_ms(-age_ms))
        .await
        .unwrap()
}

async fn content(store: &Store, sha256: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    store
        .open_attachment(sha256)
        .await
        .unwrap()?
        .read_to_end(&mut out)
        .await
        .unwrap();
    Some(out)
}

fn files(bench: &Bench) -> usize {
    let folders = std::fs::read_dir(bench.dir.path().join("attachments")).unwrap();
    folders
        .map(|f| std::fs::read_dir(f.unwrap().path()).unwrap().count())
        .sum()
}

async fn a_content_is_kept_once_and_read_back(bench: &Bench) {
    let store = &bench.store;
    let received = receive(store, &[b"%PDF-", b"1.7 ", b"x"]).await;
    let expected = sha2::Sha256::digest(b"%PDF-1.7 x")
        .iter()
        .fold(String::new(), |mut out, byte| {
            use std::fmt::Write as _;
            write!(out, "{byte:02x}").unwrap();
            out
        });
    assert_eq!(
        (received.sha256(), received.size(), received.head()),
        (expected.as_str(), 10, &b"%PDF-1.7 x"[..])
    );
    let path = received.path().to_owned();
    let kept = store
        .keep_attachment(received, "application/pdf", UserId(1), noon())
        .await
        .unwrap();
    assert!(!path.exists(), "moved, not copied");
    assert_eq!(keep(store, b"%PDF-1.7 x", 0).await, kept);
    assert_eq!(files(bench), 1);
    assert_eq!(content(store, &expected).await.unwrap(), b"%PDF-1.7 x");
    assert_eq!(store.attachments([expected.as_str(), "0"]).await.unwrap(), [kept]);
    for wrong in ["../../huanshu.db", "", &expected.to_uppercase(), &"0".repeat(64)] {
        assert!(store.open_attachment(wrong).await.unwrap().is_none(), "{wrong}");
    }
}

async fn more_than_agreed_is_refused_and_leaves_nothing(bench: &Bench) {
    let store = &bench.store;
    let mut incoming = store.receive(10).await.unwrap();
    incoming.write(b"0123456789").await.unwrap();
    let refused = incoming.write(b"x").await.unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::TooMuch {
                given: 11,
                max: 10,
                ..
            }
        ),
        "{refused}"
    );
    drop(incoming);
    // A client that goes away in the middle, and a content that nobody keeps.
    let mut half = store.receive(10).await.unwrap();
    half.write(b"01234").await.unwrap();
    drop(half);
    drop(receive(store, &[b"whole"]).await);
    assert_eq!(std::fs::read_dir(store.scratch()).unwrap().count(), 0);
    assert_eq!(files(bench), 0);
}

async fn what_nobody_names_is_collected_by_age(bench: &Bench) {
    let store = &bench.store;
    let (old, new) = (
        keep(store, b"old", 10_000).await,
        keep(store, b"new", 1_000).await,
    );
    let gone = store.collect_attachments(noon().plus_ms(-5_000)).await.unwrap();
    assert!(content(store, &old.sha256).await.is_none());
    assert_eq!(content(store, &new.sha256).await.unwrap(), b"new");
    assert_eq!(store.attachments([old.sha256.as_str()]).await.unwrap(), []);
    assert_eq!(gone, 1);
    // Uploaded again just before: its age begins anew.
    keep(store, b"new", 0).await;
    assert_eq!(store.collect_attachments(noon().plus_ms(-500)).await.unwrap(), 0);
    // A file without a row, as a crash between the two leaves it: known by its age on the disk.
    let stray = bench.dir.path().join("attachments/ab").join("ab".repeat(32));
    std::fs::create_dir_all(stray.parent().unwrap()).unwrap();
    std::fs::write(&stray, b"stray").unwrap();
    let far = model::time::UtcMs(i64::MAX);
    store.collect_attachments(far).await.unwrap();
    assert!(!stray.exists() && files(bench) == 0);
}
