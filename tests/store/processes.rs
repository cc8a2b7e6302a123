//! Several processes on one database.

use std::io::Write;

use modelpin::session::Session;
use modelpin::store::{CommitFault, HealthTable, SessionTable, Sqlite};

use crate::store::support::{Place, key, session};
use crate::support::rerun::{child_of_test, hear, say, start};

/// The child commits once for each line it is sent; the parent has the row in its cache each time.
#[tokio::test]
async fn a_warm_cache_sees_what_another_process_commits() {
    if let Some(database) = child_of_test() {
        let store = Sqlite::open(&database).unwrap();
        let mut row = (*store.load(&key("42")).await.unwrap().unwrap()).clone();
        for line in std::io::stdin().lines() {
            row.conversation = line.unwrap().parse().unwrap();
            row = (*store.commit(row).await.unwrap()).clone();
            say(&row.revision.to_string());
        }
        return;
    }
    let place = Place::sqlite();
    let store = Sqlite::open(&place.path()).unwrap();
    store.commit(session("42")).await.unwrap();
    let mut child = start("store::processes::a_warm_cache_sees_what_another_process_commits", &place.path());
    let (mut to_child, mut from_child) = (child.stdin.take().unwrap(), hear(&mut child));
    for step in 1..=300_u64 {
        for _ in 0..3 {
            let row = store.load(&key("42")).await.unwrap().unwrap();
            assert_eq!((row.revision, row.conversation), (step, step - 1));
        }
        writeln!(to_child, "{step}").unwrap();
        assert_eq!(from_child.next().unwrap(), (step + 1).to_string());
    }
    drop(to_child);
    assert!(child.wait().unwrap().success());
}

/// Two processes raise one counter in a session and one in a bench, as fast as they can.
#[tokio::test]
async fn two_processes_lose_no_step() {
    const STEPS: u64 = 200;
    if let Some(database) = child_of_test() {
        count(&Sqlite::open(&database).unwrap(), STEPS).await;
        return;
    }
    let place = Place::sqlite();
    let store = Sqlite::open(&place.path()).unwrap();
    let mut child = start("store::processes::two_processes_lose_no_step", &place.path());
    count(&store, STEPS).await;
    assert!(child.wait().unwrap().success());
    assert_eq!(store.load(&key("42")).await.unwrap().unwrap().conversation, 2 * STEPS);
    assert_eq!(u64::from(store.benches().await.unwrap()[0].strikes), 2 * STEPS);
}

async fn count(store: &Sqlite, steps: u64) {
    use modelpin::health::{Bench, BenchScope, FailureClass};
    let scope = BenchScope { provider: "anthropic".parse().unwrap(), fingerprint: None, model: None };
    for _ in 0..steps {
        loop {
            let row = store.load(&key("42")).await.unwrap().map_or_else(|| session("42"), |row| (*row).clone());
            match store.commit(Session { conversation: row.conversation + 1, ..row }).await {
                Ok(_) => break,
                Err(CommitFault::Conflict(_)) => {}
                Err(CommitFault::Store(fault)) => panic!("{fault}"),
            }
        }
        let at = scope.clone();
        let strike = move |before: Option<&Bench>| {
            let strikes = before.map_or(0, |before| before.strikes) + 1;
            Some(Bench {
                scope: at.clone(),
                class: FailureClass::Server,
                strikes,
                since: jiff::Timestamp::UNIX_EPOCH,
                until: None,
            })
        };
        store.update_bench(scope.clone(), Box::new(strike)).await.unwrap();
    }
}
