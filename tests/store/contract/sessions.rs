//! The rows of the sessions.

use std::sync::Arc;

use modelpin::session::{AutoChoice, Choice, Selection, Session, Source, Until};
use modelpin::store::{CommitFault, Store};

use crate::store::support::{Place, at, event, key, pinned, selection, session};

pub(super) async fn a_row_comes_back_as_it_was_committed(place: &Place) {
    let store = place.open();
    let nanosecond = "2026-11-20T23:50:00.123456789Z".parse().unwrap();
    let passing = Selection {
        model: Some("openrouter/@preset/a:b@c/d".parse().unwrap()),
        pin: None,
        source: Source::Auto,
        until: Until::Time(nanosecond),
        ..selection("openai/gpt-5.4", "openai:x y/z~ü@example.com")
    };
    let once = Selection { model: None, until: Until::NextTurn, ..passing.clone() };
    let auto = AutoChoice {
        profile: "anthropic:b".parse().unwrap(),
        reason: "cooling".to_owned(),
        basis: u64::MAX,
        since: nanosecond,
        until: at(2_000_000_000),
    };
    let full = Session {
        parent: Some(key("parent")),
        choice: Choice { passing: Some(passing.clone()), ..pinned("full", "anthropic:work").choice },
        previous: Some(Choice { lasting: Some(once), passing: None }),
        auto: Some(auto),
        events: vec![event("telegram/default/7"), event("telegram/default/\"8\"")],
        conversation: 7,
        created: nanosecond,
        updated: nanosecond,
        ..session("full")
    };
    let undone = Session { previous: Some(Choice::default()), ..session("undone") };
    for row in [session("bare"), undone, full] {
        let committed = store.commit(row.clone()).await.unwrap();
        assert_eq!(*committed, Session { revision: 1, ..row.clone() });
        assert_eq!(store.load(&row.key).await.unwrap().as_ref(), Some(&committed), "warm");
        assert_eq!(place.open().load(&row.key).await.unwrap().as_ref(), Some(&committed), "cold");
    }
    assert_eq!(store.load(&key("nobody")).await.unwrap(), None);
}

pub(super) async fn every_commit_raises_the_revision_by_one(place: &Place) {
    let store = place.open();
    let mut row = store.commit(session("42")).await.unwrap();
    for revision in 1..=5 {
        assert_eq!(row.revision, revision);
        assert_eq!(store.load(&row.key).await.unwrap().unwrap().revision, revision);
        row = store.commit((*row).clone()).await.unwrap();
    }
}

pub(super) async fn a_stale_revision_is_a_conflict_that_shows_the_row(place: &Place) {
    let store = place.open();
    let first = store.commit(session("42")).await.unwrap();
    let second = store.commit(Session { conversation: 1, ..(*first).clone() }).await.unwrap();
    for revision in [1, 3, 99] {
        let late = Session { revision, conversation: 9, ..(*first).clone() };
        assert_eq!(conflict(&*store, late).await.as_ref(), Some(&second));
    }
    assert_eq!(store.load(&key("42")).await.unwrap().as_ref(), Some(&second));
}

pub(super) async fn a_new_row_over_an_old_one_is_a_conflict(place: &Place) {
    let store = place.open();
    let first = store.commit(pinned("42", "anthropic:work")).await.unwrap();
    assert_eq!(conflict(&*store, session("42")).await, Some(first));
}

pub(super) async fn a_row_that_is_not_there_is_a_conflict_too(place: &Place) {
    let store = place.open();
    assert_eq!(conflict(&*store, Session { revision: 4, ..session("42") }).await, None);
    assert_eq!(store.load(&key("42")).await.unwrap(), None);
}

pub(super) async fn rows_are_listed_by_prefix_and_key(place: &Place) {
    let store = place.open();
    for peer in ["b", "aa", "a", "a%", "a_", "ü"] {
        store.commit(session(peer)).await.unwrap();
    }
    let list = async |prefix: &str, limit: usize| {
        let rows = store.list(prefix, limit).await.unwrap();
        rows.iter().map(|row| row.key.as_str().rsplit(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("", 100).await, ["a", "a%", "a_", "aa", "b", "ü"]);
    assert_eq!(list("agent:main:telegram:default:dm:a", 100).await, ["a", "a%", "a_", "aa"]);
    assert_eq!(list("agent:main:telegram:default:dm:a", 2).await, ["a", "a%"]);
    assert_eq!(list("agent:main:telegram:default:dm:a%", 100).await, ["a%"]);
    assert!(list("agent:main:discord", 100).await.is_empty());
    assert!(list("", 0).await.is_empty());
}

pub(super) async fn of_two_writers_one_wins(place: &Place) {
    let (one, other) = (place.open(), place.open());
    one.commit(session("42")).await.unwrap();
    for revision in 1..=20 {
        let attempt = |conversation| Session { revision, conversation, ..session("42") };
        let (first, second) = tokio::join!(one.commit(attempt(100)), other.commit(attempt(200)));
        let (won, lost) = match (first, second) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            (first, second) => panic!("one of the two must win: {first:?}, {second:?}"),
        };
        assert!(matches!(lost, CommitFault::Conflict(Some(now)) if now == won));
    }
}

pub(super) async fn no_step_of_many_writers_is_lost(place: &Place) {
    let mut writers = Vec::new();
    for store in [place.open(), place.open()].into_iter().cycle().take(8) {
        writers.push(tokio::spawn(async move {
            for _ in 0..10 {
                let mut row = store.load(&key("42")).await.unwrap().unwrap_or_else(|| Arc::new(session("42")));
                loop {
                    let next = Session { conversation: row.conversation + 1, ..(*row).clone() };
                    match store.commit(next).await {
                        Ok(_) => break,
                        Err(CommitFault::Conflict(now)) => row = now.unwrap(),
                        Err(CommitFault::Store(fault)) => panic!("{fault}"),
                    }
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let row = place.open().load(&key("42")).await.unwrap().unwrap();
    assert_eq!((row.conversation, row.revision), (80, 80));
}

pub(super) async fn what_one_store_commits_all_see_at_once(place: &Place) {
    let (one, other) = (place.open(), place.open());
    assert_eq!(other.load(&key("42")).await.unwrap(), None);
    let mut row = one.commit(session("42")).await.unwrap();
    for step in 0..200 {
        assert_eq!(other.load(&key("42")).await.unwrap().as_ref(), Some(&row));
        assert_eq!(other.load(&key("42")).await.unwrap().as_ref(), Some(&row), "warm");
        let writer = if step % 3 == 0 { &other } else { &one };
        row = writer.commit((*row).clone()).await.unwrap();
        assert_eq!(one.load(&key("42")).await.unwrap().as_ref(), Some(&row));
    }
}

async fn conflict(store: &dyn Store, row: Session) -> Option<Arc<Session>> {
    match store.commit(row).await {
        Err(CommitFault::Conflict(now)) => now,
        other => panic!("expected a conflict: {other:?}"),
    }
}
