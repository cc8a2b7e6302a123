//! Whether a store file is a leftover.

use std::fs;

use modelpin::openclaw::newer_store;
use serde_json::json;

use crate::openclaw::support::{state, store};
use crate::support::openclaw::OpenClaw;

#[test]
fn a_database_with_profiles_is_a_newer_store_whether_openclaw_runs_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut openclaw = OpenClaw::at(folder.path());
    assert_eq!(newer_store(folder.path()), None);
    openclaw.share(&store(), &state());
    let before = openclaw.bytes();
    let found = newer_store(folder.path()).unwrap();
    assert_eq!(found.database, openclaw.shared_database());
    assert_eq!(openclaw.bytes(), before, "nothing is touched");
    openclaw.stop();
    assert_eq!(newer_store(folder.path()), Some(found));
}

#[test]
fn so_is_one_of_an_agent() {
    let folder = tempfile::tempdir().unwrap();
    let mut openclaw = OpenClaw::at(folder.path());
    openclaw.agent("main", None, None, &json!({}));
    openclaw.agent("ops", Some(&store()), None, &json!({}));
    assert_eq!(newer_store(folder.path()).unwrap().database, openclaw.database_of("ops"));
}

#[test]
fn a_database_without_profiles_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut openclaw = OpenClaw::at(folder.path());
    openclaw.agent("main", None, None, &json!({}));
    assert_eq!(newer_store(folder.path()), None);
    openclaw.stop();
    assert_eq!(newer_store(folder.path()), None);
}

#[test]
fn one_that_cannot_be_read_may_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let openclaw = OpenClaw::at(folder.path());
    fs::create_dir(folder.path().join("state")).unwrap();
    fs::write(openclaw.shared_database(), "no database, and long enough to be looked at as one".repeat(40)).unwrap();
    assert!(newer_store(folder.path()).is_some());
}
