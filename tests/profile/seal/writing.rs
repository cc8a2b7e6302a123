//! What becomes of seals when something is written.

use std::fs;

use modelpin::profile::{SealTrouble, SealWith, StoreFileFault, is_sealed};
use serde_json::{Value, json};

use crate::profile::seal::rig::{KEY, closed, plain, process, profile, sealed, with_passphrase};
use crate::profile::support::{Home, id, key, others, provider};
use crate::support::keyring::MemoryKeyring;
use crate::support::leaks::Leaks;

const NEW: &str = "sk-test-new-2f0c91ab77";

fn text(home: &Home, profile: &str, field: &str) -> String {
    home.json()["profiles"][profile][field].as_str().unwrap().to_owned()
}

#[test]
fn a_new_secret_is_sealed_and_the_others_keep_their_bytes() {
    let home = sealed("correct horse");
    let before = home.json();
    let store = with_passphrase(&home, "correct horse");
    store.edit_own(|document| document.set_profile(&id("n:1"), &key("n", NEW))).unwrap();
    assert!(is_sealed(&text(&home, "n:1", "key")));
    let mut after = home.json();
    after["profiles"].as_object_mut().unwrap().shift_remove("n:1");
    assert_eq!(after, before);
    assert_eq!(plain(&profile(&with_passphrase(&home, "correct horse"), "n:1")), [NEW]);
    let salt = |profile| text(&home, profile, "key").split(':').nth(5).unwrap().to_owned();
    assert_eq!(salt("n:1"), salt("a:default"), "one derivation opens them all");
}

#[test]
fn the_same_secret_again_changes_no_byte() {
    let home = sealed("correct horse");
    let bytes = fs::read(home.store()).unwrap();
    let store = with_passphrase(&home, "correct horse");
    let mut same = key("d", "sk-test-snow-08d3f1c6aa");
    let written = store.edit_own(|document| document.set_profile(&id("d:/ spaced ☃"), &same)).unwrap();
    assert!(!written.changed);
    assert_eq!(fs::read(home.store()).unwrap(), bytes);
    same.email = Some("ann@example.com".to_owned());
    store.edit_own(|document| document.set_profile(&id("d:/ spaced ☃"), &same)).unwrap();
    let before: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        text(&home, "d:/ spaced ☃", "key"),
        before["profiles"]["d:/ spaced ☃"]["key"],
        "only the address is new"
    );
}

#[test]
fn without_the_key_other_keys_can_be_changed_and_no_secret_is_written() {
    let home = sealed("correct horse");
    let before = home.json();
    let store = process(&home, Some(SealWith::Passphrase), [].into_iter().collect(), &MemoryKeyring::default());
    store.edit_own(|document| document.set_order(&provider("a"), &[id("a:default")])).unwrap();
    assert_eq!(home.json()["profiles"], before["profiles"]);
    assert_eq!(home.json()["order"], json!({"a": ["a:default"]}));
    let bytes = fs::read(home.store()).unwrap();
    let fault = store.edit_own(|document| document.set_profile(&id("n:1"), &key("n", NEW))).unwrap_err();
    let StoreFileFault::NotSealed { path, why: SealTrouble::CannotSeal(why) } = &fault else { panic!("{fault}") };
    assert_eq!(*path, home.store());
    assert!(why.contains("MODELPIN_SEAL_PASSPHRASE_FILE"), "{why}");
    assert_eq!(fs::read(home.store()).unwrap(), bytes);
    assert_eq!(others(&home), ["auth-profiles.json.modelpin-lock"]);
    // Before a token is spent, this is found out.
    assert_eq!(store.prepare(&store.own()), Err(fault));
    assert!(with_passphrase(&home, "correct horse").prepare(&store.own()).is_ok());
}

/// Sealing is off: what is sealed stays so, what is replaced is written as it is.
#[test]
fn switched_off_it_leaves_sealed_what_is_sealed() {
    let home = sealed("correct horse");
    let before = home.json();
    let environment = crate::profile::seal::rig::passphrase("correct horse");
    let store = process(&home, None, environment, &MemoryKeyring::default());
    assert_eq!(plain(&profile(&store, "a:default")), [KEY], "it opens all the same");
    store.edit_own(|document| document.set_profile(&id("a:manual"), &key("a", NEW))).unwrap();
    assert_eq!(text(&home, "a:manual", "key"), NEW);
    for name in ["a:default", "b:grant", "e:unknown"] {
        assert_eq!(home.json()["profiles"][name], before["profiles"][name]);
    }
}

/// In clear text, what another program wrote is not ours to seal unasked; what modelpin writes beside it is.
#[test]
fn a_foreign_secret_stays_as_it_is_when_something_else_is_written() {
    let home = sealed("correct horse");
    let mut value = home.json();
    value["profiles"]["z:theirs"] = json!({"type": "api_key", "provider": "z", "key": "sk-test-theirs-0001"});
    fs::write(home.store(), value.to_string()).unwrap();
    let store = with_passphrase(&home, "correct horse");
    store.edit_own(|document| document.set_profile(&id("n:1"), &key("n", NEW))).unwrap();
    assert_eq!(text(&home, "z:theirs", "key"), "sk-test-theirs-0001");
    Leaks::of([NEW]).assert_none_in("the store", fs::read(home.store()).unwrap());
}

#[test]
fn values_that_changed_places_are_named_and_the_others_serve() {
    let home = sealed("correct horse");
    let mut value = home.json();
    let taken = value["profiles"]["a:default"]["key"].take();
    value["profiles"]["a:default"]["key"] = value["profiles"]["d:/ spaced ☃"]["key"].take();
    value["profiles"]["d:/ spaced ☃"]["key"] = taken;
    let access = value["profiles"]["b:grant"]["access"].clone();
    value["profiles"]["b:grant"]["refresh"] = access;
    fs::write(home.store(), value.to_string()).unwrap();
    let store = with_passphrase(&home, "correct horse");
    for name in ["a:default", "d:/ spaced ☃", "b:grant"] {
        assert_eq!(closed(&store, name), SealTrouble::Damaged, "{name}");
        assert_eq!(plain(&profile(&store, name)), [""; 0], "{name}: not even the half that opens");
    }
    assert!(profile(&store, "a:manual").closed().is_none());
}

/// A version of tomorrow, and what only looks like a sealed value.
#[test]
fn what_cannot_be_read_is_never_taken_for_a_key() {
    let home = Home::with(
        &json!({"profiles": {
            "a:1": {"type": "api_key", "provider": "a", "key": "modelpin-sealed:2:whatever"},
            "a:2": {"type": "token", "provider": "a", "token": "  modelpin-sealed:"},
            "a:3": {"type": "oauth", "provider": "a", "access": "modelpin-sealed:1:x", "refresh": "rt-test-1"},
            "a:4": {"type": "api_key", "provider": "a", "apiKey": "sk-test-4", "key": "modelpin-sealed:1:x"},
            "a:5": {"type": "api_key", "provider": "a", "key": "modelpin-sealed:1:x",
                    "keyRef": {"source": "env", "provider": "default", "id": "A"}},
        }})
        .to_string(),
    );
    for store in
        [with_passphrase(&home, "x"), process(&home, None, [].into_iter().collect(), &MemoryKeyring::default())]
    {
        assert_eq!(closed(&store, "a:1"), SealTrouble::OtherVersion);
        for name in ["a:2", "a:3", "a:4"] {
            assert_eq!(closed(&store, name), SealTrouble::Damaged, "{name}");
        }
        for name in ["a:1", "a:2", "a:3", "a:4", "a:5"] {
            assert_eq!(plain(&profile(&store, name)), [""; 0], "{name}");
        }
        assert!(profile(&store, "a:5").closed().is_none(), "its key is somewhere else");
    }
}
