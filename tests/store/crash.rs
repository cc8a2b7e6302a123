//! `kill -9` at any moment loses nothing that was confirmed.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use modelpin::session::Session;
use modelpin::store::{SessionTable, Sqlite};

use crate::store::support::{Place, key, session};
use crate::support::rerun::{child_of_test, hear, say, start};

const ROUNDS: u64 = 60;

/// The child commits in groups and says what was confirmed; it is killed in each round a little later in its work.
#[tokio::test]
async fn what_was_confirmed_survives_a_kill() {
    if let Some(database) = child_of_test() {
        return commit_for_ever(&database).await;
    }
    let place = Place::sqlite();
    let mut confirmed: HashMap<String, u64> = HashMap::new();
    for round in 0..ROUNDS {
        let mut child = start("store::crash::what_was_confirmed_survives_a_kill", &place.path());
        let lines = hear(&mut child);
        let ear = std::thread::spawn(move || lines.collect::<Vec<_>>());
        // No waiting for something: the moment is what is tested. The first fall into the opening.
        std::thread::sleep(Duration::from_micros(1_000 + round * round * 20 + round * 137 % 500));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut said = ear.join().unwrap();
        // The last line may have been cut off; what was said in full was confirmed.
        if said.last().is_some_and(|line| !line.ends_with('.')) {
            said.pop();
        }
        for line in said {
            let (peer, revision) = line.trim_end_matches('.').split_once(' ').unwrap();
            confirmed.insert(peer.to_owned(), revision.parse().unwrap());
        }
        if round % 10 == 9 {
            check(&place, &confirmed).await;
        }
    }
    assert!(confirmed.values().sum::<u64>() > 100, "too few commits were confirmed to show anything: {confirmed:?}");
}

async fn commit_for_ever(database: &std::path::Path) {
    let store = Sqlite::open(database).unwrap();
    loop {
        let commits = (0..8).map(|peer| {
            let store = &store;
            async move {
                let peer = format!("p{peer}");
                let row = store.load(&key(&peer)).await.unwrap().map_or_else(|| session(&peer), |row| (*row).clone());
                let row = Session { conversation: row.revision + 1, ..row };
                let committed = store.commit(row).await.unwrap();
                say(&format!("{peer} {}.", committed.revision));
            }
        });
        join_all(commits).await;
    }
}

async fn check(place: &Place, confirmed: &HashMap<String, u64>) {
    let db = rusqlite::Connection::open(place.path()).unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    drop(db);
    let store = Sqlite::open(&place.path()).unwrap();
    for (peer, revision) in confirmed {
        let row = store.load(&key(peer)).await.unwrap().unwrap();
        assert!(row.revision >= *revision, "{peer}: {revision} was confirmed, {} is there", row.revision);
        assert_eq!(row.conversation, row.revision, "half a row");
    }
}
