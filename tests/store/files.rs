//! The files: how they are made, and that they hold what was written.

use std::fs;

use modelpin::store::{SessionTable, Sqlite, StoreFault};

use crate::store::support::{Place, key, pinned, session};

#[tokio::test]
async fn what_was_committed_is_there_after_reopening() {
    let place = Place::sqlite();
    let mut last = None;
    for _ in 0..5 {
        let store = Sqlite::open(&place.path()).unwrap();
        let loaded = store.load(&key("42")).await.unwrap();
        assert_eq!(loaded, last);
        let next = loaded.map_or_else(|| pinned("42", "anthropic:work"), |row| (*row).clone());
        last = Some(store.commit(next).await.unwrap());
    }
    assert_eq!(last.unwrap().revision, 5);
}

#[tokio::test]
async fn dropping_the_store_writes_what_waits() {
    let place = Place::sqlite();
    let store = Sqlite::open(&place.path()).unwrap();
    let mut commit = store.commit(session("42"));
    // Asked once, so that it is queued, and then no longer waited for.
    assert!(futures_util::poll!(&mut commit).is_pending());
    drop(commit);
    drop(store);
    assert!(Sqlite::open(&place.path()).unwrap().load(&key("42")).await.unwrap().is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::sqlite();
    let path = place.path().with_file_name("state").join("modelpin.sqlite");
    let store = Sqlite::open(&path).unwrap();
    store.commit(session("42")).await.unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600, "{:?}", entry.path());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["modelpin.sqlite", "modelpin.sqlite-shm", "modelpin.sqlite-wal"]);
    drop(store);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "closed: nothing but the database");
}

#[test]
fn a_place_where_nothing_can_be_made_is_a_fault() {
    let place = Place::sqlite();
    fs::write(place.path(), "a file").unwrap();
    let fault = Sqlite::open(&place.path().join("modelpin.sqlite")).unwrap_err();
    assert!(matches!(fault, StoreFault::ReadOnly { .. }), "{fault:?}");
}

#[test]
fn many_may_open_a_new_database_at_once() {
    let place = Place::sqlite();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| drop(Sqlite::open(&place.path()).unwrap()));
        }
    });
}
