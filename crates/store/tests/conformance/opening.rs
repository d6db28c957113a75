//! Opening, reopening, and databases that are not ours.

use store::{Engine, Store, StoreError};

use crate::bench::Bench;

on_both![
    opens_again_with_everything_in_place,
    two_opening_at_once_migrate_once,
    a_database_of_a_newer_program_is_refused,
    a_changed_migration_is_refused,
];

async fn opens_again_with_everything_in_place(bench: &Bench) {
    let id = bench.subject("a").await;
    bench.store.db().close().await;
    let dir = tempfile::tempdir().unwrap();
    let database = bench
        .url
        .clone()
        .unwrap_or_else(|| format!("sqlite://{}/huanshu.db", bench.dir.path().display()));
    let again = Store::open(Some(&database), dir.path()).await.unwrap();
    assert_eq!(again.subject(id).await.unwrap().unwrap().spec.code.as_str(), "a");
    assert_eq!(
        again.db().engine(),
        if bench.url.is_some() {
            Engine::Postgres
        } else {
            Engine::Sqlite
        }
    );
    again.db().close().await;
}

async fn two_opening_at_once_migrate_once(bench: &Bench) {
    let database = bench
        .url
        .clone()
        .unwrap_or_else(|| format!("sqlite://{}/other.db", bench.dir.path().display()));
    if let Some(url) = &bench.url {
        bench.store.db().close().await;
        crate::bench::admin(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
    }
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (a, b) = tokio::join!(
        Store::open(Some(&database), one.path()),
        Store::open(Some(&database), two.path())
    );
    for store in [a.unwrap(), b.unwrap()] {
        assert_eq!(store.subjects().await.unwrap().len(), 0);
        store.db().close().await;
    }
}

async fn a_database_of_a_newer_program_is_refused(bench: &Bench) {
    let database = bench
        .url
        .clone()
        .unwrap_or_else(|| format!("sqlite://{}/huanshu.db", bench.dir.path().display()));
    crate::bench::admin(
        &database,
        "INSERT INTO schema_version (version, name, digest) VALUES (900, 'later', '')",
    )
    .await;
    let dir = tempfile::tempdir().unwrap();
    let error = Store::open(Some(&database), dir.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Schema { .. }), "{error}");
}

async fn a_changed_migration_is_refused(bench: &Bench) {
    let database = bench
        .url
        .clone()
        .unwrap_or_else(|| format!("sqlite://{}/huanshu.db", bench.dir.path().display()));
    crate::bench::admin(
        &database,
        "UPDATE schema_version SET digest = 'x' WHERE version = 1",
    )
    .await;
    let dir = tempfile::tempdir().unwrap();
    let error = Store::open(Some(&database), dir.path()).await.unwrap_err();
    assert!(error.to_string().contains("0001_core"), "{error}");
}
#[tokio::test]
async fn an_address_of_another_kind_is_refused_without_repeating_its_password() {
    let dir = tempfile::tempdir().unwrap();
    let error = Store::open(Some("mysql://me:secret@host/db"), dir.path())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Address(_)));
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_second_process_on_the_same_log_is_refused() {
    let bench = Bench::sqlite().await;
    let error = Store::open(None, bench.dir.path()).await.unwrap_err();
    assert!(error.to_string().contains("lock"), "{error}");
}

#[tokio::test]
async fn paths_with_signs_of_addresses_work() {
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("a%20b?c#d 茌平");
    let store = Store::open(None, &odd).await.unwrap();
    assert!(odd.join("huanshu.db").exists());
    store.db().close().await;
}
