//! A disk that fails and a process that is killed in the midst of a write: old content or new, never neither.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::env;
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use modelpin::profile::{AuthFile, StoreFileFault};

use crate::profile::support::{Home, id, key, others};
use crate::support::rerun::{again, child_of_test, command};

/// The limit lets the first 16 KiB of the new file through and refuses the rest, as a full disk does. (The signal that
/// comes with it is ignored, so the write fails instead of killing the process.)
#[test]
fn a_write_that_fails_half_way_leaves_the_old_content() {
    if let Some(store) = child_of_test() {
        let big = key("b", &"x".repeat(64 * 1024));
        let fault = AuthFile::at(store).edit(|store| store.set_profile(&id("b:1"), &big)).unwrap_err();
        assert!(matches!(fault, StoreFileFault::Full { .. }), "{fault}");
        return;
    }
    let home = Home::empty();
    home.file().edit(|store| store.set_profile(&id("a:1"), &key("a", &"y".repeat(20 * 1024)))).unwrap();
    let before = fs::read(home.store()).unwrap();
    let mut limited = Command::new("/bin/sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 32; exec \"$0\" \"$@\""]).arg(env::current_exe().unwrap());
    let name = "profile::faults::a_write_that_fails_half_way_leaves_the_old_content";
    let status = command(limited, name, &home.store()).output().unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
    assert!(String::from_utf8_lossy(&status.stdout).contains("1 passed"), "the child ran");
    assert_eq!(fs::read(home.store()).unwrap(), before);
    assert_eq!(others(&home), ["auth-profiles.json.modelpin-lock"], "nothing half-written is left behind");
}

/// The child writes until it is killed.
#[test]
fn a_killed_writer_leaves_old_content_or_new_and_nobody_waits_for_it() {
    if let Some(store) = child_of_test() {
        let file = AuthFile::at(store);
        for n in 0.. {
            file.edit(|store| store.set_profile(&id("b:1"), &key("b", &format!("sk-test-{n}")))).unwrap();
        }
    }
    let name = "profile::faults::a_killed_writer_leaves_old_content_or_new_and_nobody_waits_for_it";
    let home = Home::with(r#"{"custom":1,"profiles":{"a:1":{"type":"api_key","provider":"a","key":"sk-test-a"}}}"#);
    let mut killed_at_work = 0;
    for round in 0..25 {
        let mut child = again(name, &home.store()).stdout(Stdio::null()).spawn().unwrap();
        let before = fs::read(home.store()).unwrap();
        while fs::read(home.store()).unwrap() == before {
            assert!(child.try_wait().unwrap().is_none(), "the writer is at work");
            thread::sleep(Duration::from_micros(200));
        }
        // Each round a little later in the course of a write.
        thread::sleep(Duration::from_micros(150 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        killed_at_work += usize::from(home.lock().exists());
        let left = home.json();
        assert_eq!((&left["custom"], &left["profiles"]["a:1"]["key"]), (&1.into(), &"sk-test-a".into()));
        assert!(left["profiles"]["b:1"]["key"].as_str().unwrap().starts_with("sk-test-"));
        let begin = Instant::now();
        home.file().edit(|store| store.set_profile(&id("c:1"), &key("c", &round.to_string()))).unwrap();
        assert!(begin.elapsed() < Duration::from_secs(2), "a dead writer's lock blocks nobody");
        assert_eq!(others(&home), ["auth-profiles.json.modelpin-lock"], "and leaves nothing behind");
    }
    assert!(killed_at_work > 0, "no writer was killed while it held the lock");
}
