//! PostgreSQL that is slow, taken up, gone, or no longer the one to write to.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use modelpin::audit::{Demand, Verifier};
use modelpin::session::Session;
use modelpin::store::{AuditLog as _, CommitFault, Patience, Postgres, SessionTable as _, StoreFault};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::{Client, NoTls};

use crate::store::support::{entry, key, session};
use crate::support::postgres::{Database, Server, database};

fn open(url: &SecretString) -> Postgres {
    Postgres::open(url, None).unwrap()
}

/// One that does not wait for long; long enough for a machine that has much else to do.
fn hasty(url: &SecretString) -> Postgres {
    let patience = Patience { connect: Duration::from_secs(1), answer: Duration::from_secs(2) };
    Postgres::open_patient(url, None, patience).unwrap()
}

/// Somebody who has changed rows and has not committed yet.
async fn in_the_way(database: &Database, of: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(database.url().expose_secret(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let text = format!("BEGIN; UPDATE modelpin.sessions SET parent = parent WHERE key LIKE '%dm:{of}'");
    client.batch_execute(&text).await.unwrap();
    client
}

/// Until so many wait for somebody's row.
async fn waiting(database: &Database, how_many: &str) {
    let now = "SELECT count(*)::TEXT FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database()";
    while database.ask(now).unwrap() != how_many {
        tokio::task::yield_now().await;
    }
}

fn is_away<T: std::fmt::Debug>(done: Result<T, CommitFault>, why: &str) {
    match done.unwrap_err() {
        CommitFault::Store(StoreFault::Away { why: told, .. }) => assert_eq!(told, why),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_nobody_changed_is_the_one_that_is_here() {
    let Some(database) = database() else { return };
    let (one, other) = (open(&database.url()), open(&database.url()));
    let first = one.commit(session("42")).await.unwrap();
    let load = async |store: &Postgres| store.load(&key("42")).await.unwrap();
    assert!(Arc::ptr_eq(&load(&one).await.unwrap(), &first));
    let second = other.commit((*load(&other).await.unwrap()).clone()).await.unwrap();
    assert_eq!(load(&one).await.as_ref(), Some(&second), "with the next read, whoever changed it");
    database.execute("DELETE FROM modelpin.sessions");
    assert_eq!(load(&one).await, None);
    // Let go, and begun anew up to the very same revision: another row all the same.
    let anew = Session { created: session("42").created + Duration::from_mins(1), ..session("42") };
    let anew = other.commit(anew).await.unwrap();
    let anew = other.commit(Session { conversation: 7, ..(*anew).clone() }).await.unwrap();
    assert_eq!(anew.revision, second.revision);
    assert_eq!(load(&one).await, Some(anew));
}

/// What takes too long is given up, there as well as here, and is in nobody's way afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_takes_too_long_is_given_up_on_both_sides() {
    let Some(database) = database() else { return };
    let store = hasty(&database.url());
    let row = store.commit(session("42")).await.unwrap();
    let holder = in_the_way(&database, "42").await;
    is_away(store.commit((*row).clone()).await, "no answer within 2 s");
    waiting(&database, "0").await;
    holder.batch_execute("COMMIT").await.unwrap();
    assert_eq!(store.load(&key("42")).await.unwrap(), Some(row.clone()), "it was not confirmed, and is not done later");
    assert_eq!(store.commit((*row).clone()).await.unwrap().revision, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gets_no_connection_is_told_so_and_gets_one_when_they_come_free() {
    let Some(database) = database() else { return };
    let store = Arc::new(hasty(&database.url()));
    // Four times as many at once as there are connections: they wait for each other.
    let patient = open(&database.url());
    let all = join_all((0..64).map(|peer| patient.commit(session(&format!("p{peer}"))))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    // All the connections wait for somebody.
    let holder = in_the_way(&database, "p%").await;
    let stuck: Vec<_> = (0..16)
        .map(|peer| {
            let (store, row) = (store.clone(), all[peer].as_ref().unwrap().clone());
            tokio::spawn(async move { store.commit((*row).clone()).await })
        })
        .collect();
    waiting(&database, "16").await;
    is_away(store.commit(session("late")).await, "no connection came free or could be made in time");
    for one in stuck {
        is_away(one.await.unwrap(), "no answer within 2 s");
    }
    waiting(&database, "0").await;
    holder.batch_execute("ROLLBACK").await.unwrap();
    for row in store.list("", 100).await.unwrap() {
        assert_eq!(row.revision, 1, "{row:?}");
    }
    store.commit(session("late")).await.unwrap();
}

/// Of two servers the second takes over: what the first no longer takes is not confirmed, and the next goes to the second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_one_server_only_follows_the_other_is_written_to() {
    let (Some(first), Some(second)) = (Server::start(&[]), Server::start(&[])) else { return };
    if !first.is_private() {
        println!("SKIPPED: the server that was given is not made read-only");
        return;
    }
    let alone = open(&SecretString::from(second.url("postgres")));
    alone.commit(session("there")).await.unwrap();
    let store = open(&SecretString::from(first.url_with(&second, "postgres")));
    store.commit(session("42")).await.unwrap();
    assert_eq!(store.load(&key("there")).await.unwrap(), None, "the first that can be written to is taken");
    first.execute("ALTER SYSTEM SET default_transaction_read_only = on");
    first.execute("SELECT pg_reload_conf()");
    let mut taken = 0;
    // It takes a moment to be heard of.
    let fault = loop {
        match store.commit(session(&format!("n{taken}"))).await {
            Ok(_) => taken += 1,
            Err(fault) => break fault,
        }
    };
    assert!(matches!(fault, CommitFault::Store(StoreFault::ReadOnly { .. })), "{fault:?}");
    store.commit(session("43")).await.unwrap();
    assert!(alone.load(&key("43")).await.unwrap().is_some(), "the second one was written to");
}

/// Changes that are made at the same time share a transaction; what is wrong with one of them is nobody else's business.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_changes_that_share_a_transaction_only_those_fail_that_would_have_failed_alone() {
    let Some(database) = database() else { return };
    let store = Arc::new(hasty(&database.url()));
    let demand = || Demand { entry: entry(), required: true };
    for peer in 0..40 {
        store.commit_audited(session(&format!("p{peer}")), demand()).await.unwrap();
    }
    database.execute(
        "CREATE FUNCTION modelpin.no() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$ LANGUAGE plpgsql;
        CREATE TRIGGER no BEFORE UPDATE ON modelpin.sessions FOR EACH ROW WHEN (NEW.key LIKE '%dm:p7')
            EXECUTE FUNCTION modelpin.no()",
    );
    let holder = in_the_way(&database, "p9").await;
    let rows = store.list("", 100).await.unwrap();
    // Everyone twice: the second one comes too late.
    let all = join_all(rows.iter().chain(&rows).map(|row| store.commit_audited((**row).clone(), demand()))).await;
    let (mut made, mut late, mut other) = (0, 0, Vec::new());
    for (row, done) in rows.iter().chain(&rows).zip(all) {
        match done {
            Ok(done) => {
                assert_eq!((done.value.revision, done.unaudited.is_none()), (2, true));
                made += 1;
            }
            Err(CommitFault::Conflict(now)) => {
                assert_eq!(now.unwrap().revision, 2);
                late += 1;
            }
            Err(CommitFault::Store(fault)) => other.push((row.key.to_string(), fault.to_string())),
        }
    }
    assert_eq!((made, late), (38, 38), "{other:?}");
    other.sort();
    for ((key, fault), (of, why)) in
        other.iter().zip([("p7", "not this one"), ("p7", "not this one"), ("p9", "no answer"), ("p9", "no answer")])
    {
        assert!(key.ends_with(of) && fault.contains(why), "{key}: {fault}");
    }
    waiting(&database, "0").await;
    holder.batch_execute("ROLLBACK").await.unwrap();
    let mut verifier = Verifier::new(None);
    let links = store.links(0, None, 1_000).await.unwrap();
    for link in &links {
        verifier.take(link);
    }
    assert_eq!(verifier.end(store.head().await.unwrap()).flaws, []);
    assert_eq!(links.len(), 40 + 38, "a row for each change that was made");
}
