//! Disks that are full, and disks that can only be read.
//!
//! Both need a file system of our own: the child mounts one where nobody else sees it, in a mount namespace.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use modelpin::session::{Actor, Session};
use modelpin::store::{CommitFault, SessionTable, Sqlite, StoreFault};

use crate::store::support::{Place, key, pinned, session};
use crate::support::rerun::{child_of_test, command};

#[tokio::test]
async fn a_full_disk_keeps_its_old_content_and_works_again_when_there_is_room() {
    let Some(database) = child_of_test() else {
        return in_a_namespace("store::full::a_full_disk_keeps_its_old_content_and_works_again_when_there_is_room");
    };
    let ballast = database.with_file_name("ballast");
    fs::write(&ballast, vec![1; 256 * 1024]).unwrap();
    let store = Sqlite::open(&database).unwrap();
    let first = store.commit(pinned("42", "anthropic:work")).await.unwrap();
    let mut written = 0;
    let fault = loop {
        match store.commit(bulky(written)).await {
            Ok(_) => written += 1,
            Err(fault) => break fault,
        }
        assert!(written < 10_000, "the disk never filled up");
    };
    assert!(matches!(fault, CommitFault::Store(StoreFault::Full { .. })), "{fault:?}");
    assert!(fault.to_string().contains("disk is full"), "{fault}");
    assert_eq!(store.load(&key("42")).await.unwrap().as_ref(), Some(&first));
    assert_eq!(store.load(&bulky(written).key).await.unwrap(), None, "not confirmed, not there");
    fs::remove_file(ballast).unwrap();
    store.commit(bulky(written)).await.unwrap();
    assert_eq!(store.list("", 100_000).await.unwrap().len(), written + 2);
    drop(store);
    assert_eq!(Sqlite::open(&database).unwrap().list("", 100_000).await.unwrap().len(), written + 2);
}

#[tokio::test]
async fn a_disk_that_can_only_be_read_is_read() {
    let Some(database) = child_of_test() else {
        return in_a_namespace("store::full::a_disk_that_can_only_be_read_is_read");
    };
    let row = Sqlite::open(&database).unwrap().commit(pinned("42", "anthropic:work")).await.unwrap();
    remount(&database, "ro");
    let store = Sqlite::open(&database).unwrap();
    for _ in 0..2 {
        assert_eq!(store.load(&key("42")).await.unwrap().as_ref(), Some(&row));
        assert_eq!(store.list("", 10).await.unwrap().len(), 1);
        let fault = store.commit((*row).clone()).await.unwrap_err();
        assert!(matches!(fault, CommitFault::Store(StoreFault::ReadOnly { .. })), "{fault:?}");
    }
    let missing = Sqlite::open(&database.with_file_name("missing.sqlite")).unwrap_err();
    assert!(matches!(missing, StoreFault::ReadOnly { .. }), "{missing:?}");
    remount(&database, "rw");
    assert_eq!(store.commit((*row).clone()).await.unwrap().revision, 2);
    assert_eq!(store.load(&key("42")).await.unwrap().unwrap().revision, 2);
}

/// A session with four kilobytes to carry.
fn bulky(number: usize) -> Session {
    let mut row = pinned(&format!("bulky{number}"), "anthropic:work");
    if let Some(lasting) = &mut row.choice.lasting {
        lasting.by = Actor { name: Some("x".repeat(4096)), ..lasting.by.clone() };
    }
    Session { previous: Some(row.choice.clone()), ..session(&format!("bulky{number}")) }
}

fn remount(database: &Path, how: &str) {
    let folder = database.parent().unwrap();
    let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(folder).status().unwrap();
    assert!(done.success());
}

/// Runs the test `name` as a child that has two megabytes of disk for itself.
///
/// Where that is forbidden it says so, and `.ci/run` fails. A database that may not grow stands in for the full disk
/// there, in the tests of `store::sqlite`.
#[expect(clippy::explicit_write, reason = "`eprintln!` would be kept back by the harness")]
fn in_a_namespace(name: &str) {
    let namespace = ["--user", "--map-root-user", "--mount"];
    let allowed = Command::new("unshare").args(namespace).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        writeln!(std::io::stderr(), "SKIPPED: {name} needs a mount namespace, which is not to be had here").unwrap();
        return;
    }
    let place = Place::sqlite();
    let database = place.path();
    let script = r#"mount -t tmpfs -o size=2m tmpfs "$(dirname "$MODELPIN_TEST_CHILD")" && exec "$0" "$@""#;
    let mut unshare = Command::new("unshare");
    unshare.args(namespace).args(["sh", "-c", script]).arg(std::env::current_exe().unwrap());
    let output = command(unshare, name, &database).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the child failed:\n{said}");
    assert!(said.contains("1 passed"), "{said}");
}
