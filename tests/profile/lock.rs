//! The family's lock in both its forms: waited for while fresh, recovered when abandoned.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use modelpin::profile::{StoreFileFault, Written};
use serde_json::json;

use crate::profile::support::{Home, id, json as read_json, key, others};

const STORE: &str = r#"{"version":1,"profiles":{"a:1":{"type":"api_key","provider":"a","key":"sk-test"}}}"#;

fn write(home: &Home) -> Result<Written<()>, StoreFileFault> {
    let file = home.file().with_patience(Duration::from_millis(30));
    file.edit(|store| store.set_profile(&id("a:2"), &key("a", "sk-test-2")))
}

fn age(path: &Path, by: Duration) {
    File::open(path).unwrap().set_modified(SystemTime::now() - by).unwrap();
}

fn lock_file(pid: u32, age: Duration) -> String {
    let at = Timestamp::now() - jiff::SignedDuration::try_from(age).unwrap();
    format!("{:#}", json!({"pid": pid, "createdAt": at.to_string()}))
}

fn gone_pid() -> u32 {
    let mut child = Command::new("true").spawn().unwrap();
    let pid = child.id();
    child.wait().unwrap();
    pid
}

fn is_waited_for(home: &Home, who: &str) {
    let before = fs::symlink_metadata(home.lock()).unwrap().modified().unwrap();
    let fault = write(home).unwrap_err();
    let StoreFileFault::Busy { lock, holder, .. } = &fault else { panic!("{fault}") };
    assert_eq!(lock.file_name(), home.lock().file_name());
    assert!(holder.contains(who), "{holder}");
    assert_eq!(fs::symlink_metadata(home.lock()).unwrap().modified().unwrap(), before, "it is not ours to touch");
    assert_eq!(fs::read_to_string(home.store()).unwrap(), STORE);
}

fn is_recovered(home: &Home) {
    assert!(write(home).unwrap().changed);
    assert_eq!(others(home), ["auth-profiles.json.modelpin-lock"], "and nothing is left of it");
}

#[test]
fn a_fresh_directory_is_waited_for() {
    let home = Home::with(STORE);
    fs::create_dir(home.lock()).unwrap();
    age(&home.lock(), Duration::from_secs(25));
    is_waited_for(&home, "family");
}

#[test]
fn an_abandoned_directory_is_recovered() {
    let home = Home::with(STORE);
    fs::create_dir(home.lock()).unwrap();
    age(&home.lock(), Duration::from_secs(31));
    is_recovered(&home);
}

#[test]
fn a_fresh_file_of_a_living_process_is_waited_for() {
    let home = Home::with(STORE);
    fs::write(home.lock(), lock_file(1, Duration::from_secs(25))).unwrap();
    is_waited_for(&home, "process 1");
}

#[test]
fn a_file_of_a_dead_process_is_recovered_at_once() {
    let home = Home::with(STORE);
    fs::write(home.lock(), lock_file(gone_pid(), Duration::ZERO)).unwrap();
    is_recovered(&home);
}

#[test]
fn a_file_that_says_it_is_old_is_recovered() {
    let home = Home::with(STORE);
    fs::write(home.lock(), lock_file(1, Duration::from_secs(31))).unwrap();
    is_recovered(&home);
}

#[test]
fn a_file_that_nobody_touched_for_long_is_recovered() {
    let home = Home::with(STORE);
    fs::write(home.lock(), lock_file(1, Duration::ZERO)).unwrap();
    age(&home.lock(), Duration::from_secs(31));
    is_recovered(&home);
}

#[test]
fn a_file_that_is_being_written_is_waited_for_and_recovered_when_that_never_ends() {
    let home = Home::with(STORE);
    fs::write(home.lock(), "").unwrap();
    is_waited_for(&home, "not yet said");
    age(&home.lock(), Duration::from_secs(3));
    is_recovered(&home);
}

#[test]
fn our_own_lock_left_by_a_crash_is_recovered_at_once_whatever_its_process_id() {
    let home = Home::with(STORE);
    let at = Timestamp::now().to_string();
    // In a container the crashed process and this one often have the same id.
    let left = json!({"pid": std::process::id(), "createdAt": at, "by": "modelpin"});
    fs::write(home.lock(), left.to_string()).unwrap();
    is_recovered(&home);
}

#[test]
fn while_we_hold_it_both_families_see_a_fresh_lock() {
    let home = Home::with(STORE);
    let guard = home.file().lock().unwrap();
    // January: `mkdir` fails because something is there, and its time is fresh.
    assert_eq!(fs::create_dir(home.lock()).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    assert!(fs::metadata(home.lock()).unwrap().modified().unwrap().elapsed().unwrap() < Duration::from_secs(30));
    // April: a file with a living process and a fresh date.
    let content = read_json(&home.lock());
    assert_eq!(content["pid"], std::process::id());
    let created: Timestamp = content["createdAt"].as_str().unwrap().parse().unwrap();
    assert!(created.duration_until(Timestamp::now()).as_secs() < 30);
    // And another modelpin is told who has it.
    let fault = write(&home).unwrap_err();
    assert!(fault.to_string().contains(&format!("process {}", std::process::id())), "{fault}");
    guard.write(|store| store.remove_profile(&id("a:1"))).unwrap();
    assert!(!home.lock().exists());
    assert!(write(&home).unwrap().changed);
}

#[test]
fn a_lock_that_was_taken_from_us_is_not_taken_away() {
    let home = Home::with(STORE);
    let guard = home.file().lock().unwrap();
    fs::rename(home.lock(), home.path().join("aside")).unwrap();
    fs::write(home.lock(), lock_file(1, Duration::ZERO)).unwrap();
    drop(guard);
    assert!(home.lock().exists(), "it is somebody else's now");
}
