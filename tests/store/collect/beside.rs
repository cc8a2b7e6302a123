//! Others that work on the same state while old rows go from it.

use modelpin::health::{Bench, BenchScope, FailureClass};
use modelpin::store::{HealthTable as _, SessionTable as _, Sqlite, collect};
use secrecy::ExposeSecret as _;

use crate::store::collect::{ago, counted, limits, old, said, usual};
use crate::store::support::{Place, at, key, pinned, session};
use crate::support::postgres::database;

/// Rows that are kept warm, in the store that lets go and in that of another process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_gone_is_gone_from_what_is_kept_warm() {
    let place = Place::sqlite();
    let (store, other) = (Sqlite::open(&place.path()).unwrap(), Sqlite::open(&place.path()).unwrap());
    let row = store.commit(old("42")).await.unwrap();
    let scope = BenchScope { provider: "anthropic".parse().unwrap(), fingerprint: None, model: None };
    let bench =
        Bench { scope: scope.clone(), class: FailureClass::Auth, strikes: 1, since: ago(90), until: Some(ago(80)) };
    store.update_bench(scope, Box::new(move |_| Some(bench.clone()))).await.unwrap();
    for warm in [&store, &other] {
        assert_eq!(warm.load(&key("42")).await.unwrap(), Some(row.clone()));
        assert_eq!(warm.benches().await.unwrap().len(), 1);
    }
    collect(&store, &usual()).await.unwrap();
    for warm in [&store, &other] {
        assert_eq!(warm.load(&key("42")).await.unwrap(), None);
        assert_eq!(warm.benches().await.unwrap().len(), 0);
    }
    // Whoever had it in hand is told that it is gone, and begins anew.
    other.commit((*row).clone()).await.unwrap_err();
    assert_eq!(other.commit(session("42")).await.unwrap().revision, 1);
    assert_eq!(store.load(&key("42")).await.unwrap().map(|row| row.revision), Some(1));
}

/// Somebody pins a session in a transaction that is open while it is to go: whoever lets go waits, and then lets it be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_that_is_being_committed_wins() {
    let Some(database) = database() else { return };
    let url = database.url();
    let place = Place::Postgres(database);
    let store = place.open();
    store.commit(pinned("chosen", "anthropic:work")).await.unwrap();
    for peer in ["41", "42", "43"] {
        store.commit(old(peer)).await.unwrap();
        // Not so old that it goes by itself.
        store.append(&key(peer), 0, vec![said("what was said", ago(190))], 9).await.unwrap();
    }
    let (client, connection) = tokio_postgres::connect(url.expose_secret(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let (watcher, connection) = tokio_postgres::connect(url.expose_secret(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("BEGIN").await.unwrap();
    let pin = "UPDATE modelpin.sessions SET revision = revision + 1,
        state = (SELECT state FROM modelpin.sessions WHERE key = $2) WHERE key = $1";
    let changed = client.execute(pin, &[&key("42").as_str(), &key("chosen").as_str()]).await.unwrap();
    assert_eq!(changed, 1);
    let limits = limits(Some(180), None, None, None);
    let collecting = place.collected();
    let gc = tokio::spawn(async move { collect(collecting.as_ref(), &limits).await });
    let waiting = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM modelpin.sessions%'";
    while watcher.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(!gc.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    client.batch_execute("COMMIT").await.unwrap();
    let gone = gc.await.unwrap().unwrap();
    assert_eq!((counted(&gone, "sessions"), counted(&gone, "history")), (2, 2));
    let row = store.load(&key("42")).await.unwrap().expect("it is pinned");
    assert_eq!((row.revision, row.choice.lasting.is_some()), (2, true));
    assert_eq!(store.history(&key("42"), 0, 9).await.unwrap().len(), 1, "what was said stays with it");
    for peer in ["41", "43"] {
        assert_eq!(store.load(&key(peer)).await.unwrap(), None);
        assert_eq!(store.history(&key(peer), 0, 9).await.unwrap().len(), 0);
    }
}

/// A bench that goes while somebody else adds a strike to it is placed anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strike_on_a_bench_that_is_being_let_go_is_not_lost() {
    let Some(database) = database() else { return };
    let url = database.url();
    let place = Place::Postgres(database);
    let store = place.open();
    let scope = BenchScope { provider: "anthropic".parse().unwrap(), fingerprint: None, model: None };
    let bench = |strikes| Bench {
        scope: BenchScope { provider: "anthropic".parse().unwrap(), fingerprint: None, model: None },
        class: FailureClass::Auth,
        strikes,
        since: at(1),
        until: Some(ago(80)),
    };
    store.update_bench(scope.clone(), Box::new(move |_| Some(bench(3)))).await.unwrap();
    let (client, connection) = tokio_postgres::connect(url.expose_secret(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let (watcher, connection) = tokio_postgres::connect(url.expose_secret(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("BEGIN; DELETE FROM modelpin.benches").await.unwrap();
    let striking = place.open();
    let strike = tokio::spawn(async move {
        let strikes = |bench: Option<&Bench>| bench.map_or(0, |bench| bench.strikes) + 1;
        striking.update_bench(scope, Box::new(move |found| Some(bench(strikes(found))))).await
    });
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while watcher.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(!strike.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    client.batch_execute("COMMIT").await.unwrap();
    strike.await.unwrap().unwrap();
    assert_eq!(store.benches().await.unwrap().iter().map(|bench| bench.strikes).collect::<Vec<_>>(), [1]);
}
