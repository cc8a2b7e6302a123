//! Sealing that is killed, or cannot write: old content or new, never neither.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use modelpin::profile::{SealWith, StoreFileFault, is_sealed};
use serde_json::Value;

use crate::profile::seal::rig::{plain, profile, secrets, store, with_passphrase};
use crate::profile::support::{Home, others};
use crate::support::leaks::Leaks;
use crate::support::rerun::{again, child_of_test};

const ROUNDS: u64 = 12;

/// The child seals and unseals until it is killed.
#[test]
fn a_kill_at_any_moment_leaves_every_secret_sealed_or_open() {
    if let Some(folder) = child_of_test() {
        let home = Home::at(&folder);
        let store = with_passphrase(&home, "correct horse");
        loop {
            store.seal(&store.own(), SealWith::Passphrase).unwrap();
            store.unseal(&store.own()).unwrap();
        }
    }
    let home = Home::with(&format!("{:#}\n", store()));
    let name = "profile::seal::faults::a_kill_at_any_moment_leaves_every_secret_sealed_or_open";
    let expected = with_passphrase(&home, "correct horse").current().profiles;
    let mut sealed = 0;
    for round in 0..ROUNDS {
        let before = fs::read(home.store()).unwrap();
        let mut child = again(name, home.path()).stdout(Stdio::null()).spawn().unwrap();
        while fs::read(home.store()).unwrap() == before {
            assert!(child.try_wait().unwrap().is_none(), "the child is at work");
            thread::sleep(Duration::from_micros(200));
        }
        // The moment is what is tested: each round a little later in the course of things.
        thread::sleep(Duration::from_micros(6_300 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let left: Value = serde_json::from_slice(&fs::read(home.store()).unwrap()).unwrap();
        let texts = [&left["profiles"]["a:default"]["key"], &left["profiles"]["b:grant"]["refresh"]];
        let closed = texts.map(|text| is_sealed(text.as_str().unwrap()));
        assert_eq!(closed[0], closed[1], "all or none: {left:#}");
        sealed += u64::from(closed[0]);
        let store = with_passphrase(&home, "correct horse");
        for (id, was) in &expected.by_id {
            assert_eq!(plain(&profile(&store, id.as_str())), plain(was), "{id}");
        }
    }
    assert!(sealed > 0 && sealed < ROUNDS, "{sealed} of {ROUNDS} were killed in the sealed state");
    let store = with_passphrase(&home, "correct horse");
    store.seal(&store.own(), SealWith::Passphrase).unwrap();
    assert_eq!(others(&home), ["auth-profiles.json.modelpin-lock"], "what the dead left in clear text is swept");
    Leaks::of(secrets()).assert_none_in("the store", fs::read(home.store()).unwrap());
}

#[test]
fn where_nothing_can_be_written_the_file_stays_as_it_was() {
    let home = Home::with(&store().to_string());
    let before = fs::read(home.store()).unwrap();
    // In the way of our lock file; a mode keeps nobody out who runs the tests as root.
    fs::create_dir(home.path().join("auth-profiles.json.modelpin-lock")).unwrap();
    let store = with_passphrase(&home, "correct horse");
    let fault = store.seal(&store.own(), SealWith::Passphrase).unwrap_err();
    assert!(matches!(fault, StoreFileFault::Io { .. }), "{fault}");
    assert_eq!(fs::read(home.store()).unwrap(), before);
}
