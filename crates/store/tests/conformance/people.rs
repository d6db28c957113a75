//! People: what is bounded stays bounded, what happens at once is counted once each, and the chain holds.

use model::ids::UserId;
use model::role::Role;
use serde_json::json;
use store::Page;
use store::people::audit::NewEntry;
use store::people::lockout::{ADDRESS_FAILURES, Attempt, FORGOTTEN_MS, LOGIN_FAILURES, LONGEST_LOCK_MS};
use store::people::sessions::{self, NewSession};
use store::people::tokens::{self, NewToken};
use store::people::users::{NewUser, User};

use crate::bench::{Bench, noon};

on_both![
    entries_written_at_once_make_one_chain,
    attempts_at_once_are_counted_each,
    an_address_is_locked_after_many_logins_and_forgotten_after_a_day,
    a_user_has_a_bounded_number_of_sessions_and_tokens,
];

async fn user(bench: &Bench) -> User {
    let new = NewUser {
        login: " Duty ".to_owned(),
        name: "值班员".to_owned(),
        role: Role::DutyOfficer,
        unit: None,
        firm: None,
        password: "hash".to_owned(),
        demo: false,
    };
    let people = bench.store.people();
    let user = people.create_user(&new, noon()).await.unwrap().unwrap();
    assert_eq!(user.login, "duty");
    assert_eq!(
        people.create_user(&new, noon()).await.unwrap(),
        None,
        "the login is taken"
    );
    user
}

async fn entries_written_at_once_make_one_chain(bench: &Bench) {
    let writing: Vec<_> = (0..40)
        .map(|n| {
            let people = bench.store.people();
            tokio::spawn(async move {
                let entry = NewEntry {
                    actor: "duty".to_owned(),
                    address: None,
                    action: "test".to_owned(),
                    object: format!("o{n}"),
                    outcome: "done".to_owned(),
                    detail: json!({ "n": n, "words": "引号\" 与\0零" }),
                };
                people.append_audit(&entry, noon()).await.unwrap()
            })
        })
        .collect();
    let mut ids = Vec::new();
    for task in writing {
        ids.push(task.await.unwrap().0);
    }
    ids.sort_unstable();
    assert_eq!(ids, (1..=40).collect::<Vec<i64>>());
    let found = bench.store.people().verify_audit().await.unwrap();
    assert_eq!((found.entries, found.broken_at), (40, None));
}

async fn attempts_at_once_are_counted_each(bench: &Bench) {
    let trying: Vec<_> = (0..30)
        .map(|_| {
            let people = bench.store.people();
            tokio::spawn(async move {
                people
                    .count_attempt(&Attempt::new("duty", None), noon())
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut let_through = 0;
    for task in trying {
        let_through += i64::from(task.await.unwrap().is_none());
    }
    assert_eq!(
        let_through, LOGIN_FAILURES,
        "guesses at once are not more guesses"
    );
}

async fn an_address_is_locked_after_many_logins_and_forgotten_after_a_day(bench: &Bench) {
    let people = bench.store.people();
    let attempt = |n: i64| Attempt::new(&format!("login-{n}"), Some("10.0.0.1"));
    for n in 0..ADDRESS_FAILURES {
        assert_eq!(
            people.count_attempt(&attempt(n), noon()).await.unwrap(),
            None,
            "{n}"
        );
    }
    let until = people.count_attempt(&attempt(-1), noon()).await.unwrap().unwrap();
    assert!(until > noon() && until <= noon().plus_ms(LONGEST_LOCK_MS));
    let elsewhere = Attempt::new("login--1", Some("10.0.0.2"));
    assert_eq!(people.count_attempt(&elsewhere, noon()).await.unwrap(), None);
    assert_eq!(people.remembered_failures().await.unwrap(), ADDRESS_FAILURES + 3);
    let later = noon().plus_ms(FORGOTTEN_MS + LONGEST_LOCK_MS);
    assert_eq!(people.count_attempt(&attempt(0), later).await.unwrap(), None);
    assert_eq!(
        people.remembered_failures().await.unwrap(),
        2,
        "old failures are forgotten"
    );
    people.forgive_attempt(&attempt(0)).await.unwrap();
    assert_eq!(people.remembered_failures().await.unwrap(), 1);
}

async fn a_user_has_a_bounded_number_of_sessions_and_tokens(bench: &Bench) {
    let (people, user) = (bench.store.people(), user(bench).await);
    let session = |n: i64| NewSession {
        hash: format!("hash-{n}"),
        user: user.id,
        address: None,
        expires_at: noon().plus_ms(3_600_000),
    };
    for n in 0..=sessions::PER_USER {
        people
            .begin_session(&session(n), noon().plus_ms(n))
            .await
            .unwrap();
    }
    let now = noon().plus_ms(1_000);
    let live = async |n: i64| {
        people
            .session(&format!("hash-{n}"), now, 600_000)
            .await
            .unwrap()
            .is_some()
    };
    assert!(!live(0).await, "the oldest made room");
    assert!(live(1).await && live(sessions::PER_USER).await);
    let token = |user: UserId, n: i64| NewToken {
        user,
        name: "t".to_owned(),
        hash: format!("token-{n}"),
        expires_at: None,
    };
    for n in 0..tokens::PER_USER {
        people.create_token(&token(user.id, n), noon()).await.unwrap();
    }
    assert!(people.create_token(&token(user.id, -1), noon()).await.is_err());
    let page = Page { number: 1, size: 10 };
    let list = people.tokens(Some(user.id), page).await.unwrap();
    assert_eq!((list.total, list.items.len()), (tokens::PER_USER, 10));
    assert!(people.revoke_token(list.items[0].id, noon()).await.unwrap());
    people.create_token(&token(user.id, -1), noon()).await.unwrap();
    assert_eq!(
        people
            .token_user("token--1", now)
            .await
            .unwrap()
            .map(|(u, _)| u.id),
        Some(user.id)
    );
}
