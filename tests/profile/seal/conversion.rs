//! `seal` and `unseal`, at the library.

use std::fs;

use modelpin::profile::{SealTrouble, SealWith, is_sealed};
use serde_json::{Value, json};

use crate::profile::seal::rig::{
    ACCESS, COUNT, KEY, REFRESH, TOKEN, closed, passphrase, plain, process, profile, sealed, secrets, store,
    with_passphrase,
};
use crate::profile::support::{Home, id, key, others};
use crate::support::keyring::MemoryKeyring;
use crate::support::leaks::Leaks;

#[test]
fn every_secret_is_sealed_and_comes_back_and_nothing_else_is_touched() {
    let home = Home::with(&store().to_string());
    let file = with_passphrase(&home, "correct horse");
    let before = file.current().profiles;
    let done = file.seal(&file.own(), SealWith::Passphrase).unwrap().unwrap();
    assert_eq!((done.changed, done.converted, done.already, done.closed), (true, COUNT, 0, vec![]));
    Leaks::of(secrets()).assert_none_in("the sealed store", fs::read(home.store()).unwrap());

    // All but the secrets is as it was: values, unknown fields, order.
    let blank = |value: &Value| {
        let mut value = value.clone();
        for entry in value["profiles"].as_object_mut().unwrap().values_mut().filter_map(Value::as_object_mut) {
            for field in ["key", "apiKey", "token", "access", "refresh"] {
                if entry.get(field).is_some_and(|text| text != " " && text != "${C_KEY}") {
                    entry[field] = json!("…");
                }
            }
        }
        value.to_string()
    };
    assert_eq!(blank(&home.json()), blank(&store()));

    let after = with_passphrase(&home, "correct horse");
    for (name, expected) in
        [("a:default", vec![KEY]), ("a:manual", vec![TOKEN.trim()]), ("b:grant", vec![ACCESS, REFRESH])]
    {
        assert_eq!(plain(&profile(&after, name)), expected);
        assert_eq!(
            profile(&after, name).fingerprints(),
            before.by_id[&id(name)].fingerprints(),
            "benches and pins hold"
        );
    }

    let bytes = fs::read(home.store()).unwrap();
    let again = after.seal(&after.own(), SealWith::Passphrase).unwrap().unwrap();
    assert_eq!((again.changed, again.converted, again.already), (false, 0, COUNT));
    assert_eq!(fs::read(home.store()).unwrap(), bytes, "a second time changes no byte");

    let undone = after.unseal(&after.own()).unwrap().unwrap();
    assert_eq!((undone.changed, undone.converted, undone.already), (true, COUNT, 0));
    assert_eq!(home.json().to_string(), store().to_string());
    assert!(!after.unseal(&after.own()).unwrap().unwrap().changed);
    assert_eq!(others(&home), ["auth-profiles.json.modelpin-lock"], "no other file ever held a secret for long");
}

#[test]
fn the_file_of_a_foreign_writer_is_completed() {
    let home = sealed("correct horse");
    let mut value = home.json();
    let kept = value["profiles"]["a:default"]["key"].clone();
    value["profiles"]["z:new"] = json!({"type": "api_key", "provider": "z", "key": "sk-test-foreign-0001"});
    value["profiles"]["a:manual"]["token"] = json!("sk-test-foreign-0002");
    fs::write(home.store(), value.to_string()).unwrap();
    let store = with_passphrase(&home, "correct horse");
    assert_eq!(plain(&profile(&store, "z:new")), ["sk-test-foreign-0001"], "served meanwhile");
    let done = store.seal(&store.own(), SealWith::Passphrase).unwrap().unwrap();
    assert_eq!((done.converted, done.already), (2, COUNT - 1));
    assert_eq!(home.json()["profiles"]["a:default"]["key"], kept, "what was sealed stays, byte for byte");
    Leaks::of(["sk-test-foreign-0001", "sk-test-foreign-0002"])
        .assert_none_in("the store", fs::read(home.store()).unwrap());
}

#[test]
fn another_passphrase_is_brought_in_by_a_file() {
    let home = sealed("the old one");
    let new = home.path().join("new");
    fs::write(&new, "the new one\n").unwrap();
    let store = with_passphrase(&home, "the old one");
    store.sealing().seal_with_file(&new);
    let done = store.seal(&store.own(), SealWith::Passphrase).unwrap().unwrap();
    assert_eq!((done.converted, done.already), (COUNT, 0));
    assert_eq!(plain(&profile(&with_passphrase(&home, "the new one"), "a:default")), [KEY]);
    assert!(matches!(closed(&with_passphrase(&home, "the old one"), "a:default"), SealTrouble::OtherPassphrase { .. }));
    // The configuration still names the old one: nothing is left to do all the same.
    let again = with_passphrase(&home, "the old one");
    again.sealing().seal_with_file(&new);
    assert!(!again.seal(&again.own(), SealWith::Passphrase).unwrap().unwrap().changed);
}

#[test]
fn from_a_passphrase_to_the_keyring() {
    let home = sealed("correct horse");
    let keyring = MemoryKeyring::default();
    let store = process(&home, None, passphrase("correct horse"), &keyring);
    let ready = store.sealing().make_ready(SealWith::Keyring, &store.keys_in_use().unwrap()).unwrap();
    assert!(ready.made && ready.place.starts_with("the keyring entry modelpin/"), "{ready:?}");
    let done = store.seal(&store.own(), SealWith::Keyring).unwrap().unwrap();
    assert_eq!((done.converted, done.already), (COUNT, 0));
    let later = process(&home, None, passphrase("not looked at"), &keyring);
    assert_eq!(plain(&profile(&later, "b:grant")), [ACCESS, REFRESH]);
    let ready = later.sealing().make_ready(SealWith::Keyring, &[]).unwrap();
    assert!(!ready.made, "the same key again");
    assert!(!later.seal(&later.own(), SealWith::Keyring).unwrap().unwrap().changed);
}

#[test]
fn what_does_not_open_is_left_and_named() {
    let home = sealed("correct horse");
    let store = with_passphrase(&home, "another");
    store.edit_own(|document| document.set_profile(&id("z:new"), &key("z", "sk-test-new-00000001"))).unwrap();
    let before = home.json();
    let done = store.unseal(&store.own()).unwrap().unwrap();
    assert_eq!((done.converted, done.closed.len()), (1, COUNT));
    assert!(matches!(done.closed[0].why, SealTrouble::OtherPassphrase { .. }), "{:?}", done.closed);
    assert_eq!(home.json()["profiles"]["a:default"], before["profiles"]["a:default"]);
    assert!(is_sealed(home.json()["profiles"]["a:default"]["key"].as_str().unwrap()));
    assert_eq!(home.json()["profiles"]["z:new"]["key"], "sk-test-new-00000001");
}

#[test]
fn a_store_that_is_not_there_is_not_made_and_plain_leftovers_are_named() {
    let home = Home::empty();
    fs::write(home.path().join("auth.json"), r#"{"a": {"type": "api_key", "key": "sk-test-old-0001"}}"#).unwrap();
    fs::write(home.path().join("oauth.json"), "{}").unwrap();
    fs::write(home.path().join("auth-profiles.json.corrupt-0123456789ab"), "{").unwrap();
    fs::write(home.path().join("auth-profiles.json.bak"), "{}").unwrap();
    let store = with_passphrase(&home, "correct horse");
    assert_eq!(store.seal(&store.own(), SealWith::Passphrase).unwrap(), None);
    assert!(!home.store().exists());
    let names: Vec<String> =
        store.plain_leftovers().iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(
        names,
        ["auth.json", "auth-profiles.json.bak", "auth-profiles.json.corrupt-0123456789ab", "oauth.json"],
        "neither the store nor its locks"
    );
    // With the first write the old stores come along, sealed.
    store.edit_own(|document| document.set_profile(&id("z:new"), &key("z", "sk-test-new-00000001"))).unwrap();
    let profiles = &home.json()["profiles"];
    assert!(
        is_sealed(profiles["a:default"]["key"].as_str().unwrap())
            && is_sealed(profiles["z:new"]["key"].as_str().unwrap())
    );
}
