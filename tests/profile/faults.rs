//! A disk that fails in the midst of a write: the old content stands, whole.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use modelpin::profile::{AuthFile, StoreFileFault};

use crate::profile::support::{Home, id, key, others};

const STORE_VARIABLE: &str = "MODELPIN_TEST_STORE";

/// Not a test: what `a_write_that_fails_half_way…` runs with a limit on the size of files.
#[test]
#[ignore = "run by another test in a process of its own"]
fn write_under_a_limit() {
    let file = AuthFile::at(PathBuf::from(env::var_os(STORE_VARIABLE).unwrap()));
    let fault = file.edit(|store| store.set_profile(&id("b:1"), &key("b", &"x".repeat(64 * 1024)))).unwrap_err();
    assert!(matches!(fault, StoreFileFault::Full { .. }), "{fault}");
}

/// The limit lets the first 16 KiB of the new file through and refuses the rest, as a full disk does. (The signal that
/// comes with it is ignored, so the write fails instead of killing the process.)
#[test]
fn a_write_that_fails_half_way_leaves_the_old_content() {
    let home = Home::empty();
    home.file().edit(|store| store.set_profile(&id("a:1"), &key("a", &"y".repeat(20 * 1024)))).unwrap();
    let before = fs::read(home.store()).unwrap();
    let status = Command::new("/bin/sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 32; exec \"$0\" --exact profile::faults::write_under_a_limit --ignored"])
        .arg(env::current_exe().unwrap())
        .env(STORE_VARIABLE, home.store())
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
    assert!(String::from_utf8_lossy(&status.stdout).contains("1 passed"), "the child ran");
    assert_eq!(fs::read(home.store()).unwrap(), before);
    assert_eq!(others(&home), ["auth-profiles.json.modelpin-lock"], "nothing half-written is left behind");
}
