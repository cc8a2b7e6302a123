//! Writers that ignore the locks, and checks that say no.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(clippy::disallowed_methods, reason = "a test plays the other programs, which write and date as they like")]

use std::fs;

use serde_json::{Value, json};

use crate::profile::file::{Change, put};
use crate::profile::{AuthFile, Document, ProfileId};

/// Somebody without a lock writes `rude` between our last look and our rename: one text in each attempt.
fn write_against(rude: &[Value]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth-profiles.json");
    fs::write(&path, json!({"profiles": {"a": 1, "b": 2}, "own": 0}).to_string()).unwrap();
    let mut rude = rude.iter();
    let mut guard = AuthFile::at(&path).lock().unwrap();
    let written = guard
        .write_by(
            |document| Change::made(document.remove_profile(&ProfileId::new("b").unwrap())),
            |path, before, after| {
                let ready = put::prepared(path, after)?;
                if let Some(rude) = rude.next() {
                    fs::write(path, rude.to_string()).unwrap();
                }
                put::place(path, before, ready)
            },
        )
        .unwrap();
    drop(guard);
    assert!(written.changed && written.value);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "the store and our lock file");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_write_that_comes_between_the_last_look_and_the_rename_is_not_lost() {
    let rude = json!({"profiles": {"a": 1, "b": 2, "rude": 3}, "own": 5});
    assert_eq!(write_against(&[rude]), json!({"profiles": {"a": 1, "rude": 3}, "own": 5}));
}

#[test]
fn what_does_not_pass_the_check_is_taken_back_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth-profiles.json");
    let remove = |document: &mut Document| Change::made(document.remove_profile(&ProfileId::new("b").unwrap()));
    let write = |right: bool| AuthFile::at(&path).lock().unwrap().write_checked(remove, |_, _| right).unwrap();
    let text = "{\"profiles\": {\"a\": 1,   \"b\": 2}}";
    fs::write(&path, text).unwrap();
    assert_eq!(write(false), None);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert!(write(true).unwrap().changed);
    // Nothing to change is nothing to check.
    assert!(!write(false).unwrap().changed);

    fs::remove_file(&path).unwrap();
    let order = |document: &mut Document| {
        document.set_order(&provider("p"), &[ProfileId::new("p:a").unwrap()]);
        Change::made(())
    };
    assert_eq!(AuthFile::at(&path).lock().unwrap().write_checked(order, |_, ()| false).unwrap(), None);
    assert!(!path.exists());
}

fn provider(id: &str) -> crate::catalog::ProviderId {
    crate::catalog::ProviderId::new(id).unwrap()
}

#[test]
fn nor_are_two_in_a_row() {
    let first = json!({"profiles": {"a": 1, "b": 2, "rude": 3}, "own": 0});
    // The second was made from our first attempt, which had neither `b` nor what the first had added.
    let second = json!({"profiles": {"a": 1, "ruder": 4}, "own": 0});
    assert_eq!(write_against(&[first, second]), json!({"profiles": {"a": 1, "ruder": 4, "rude": 3}, "own": 0}));
}
