//! One agent's store over main's: changes are seen at once, and each write goes to the file that owns the profile.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
#![allow(clippy::print_stdout, reason = "what was measured is shown with --nocapture")]

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use modelpin::agent::AgentId;
use modelpin::profile::{AuthStore, Credential, SecretValue, StoreFileFault, StorePaths};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::profile::support::{Home, id, json as read_json, key, provider, tree};

const MAIN: &str = r#"{"version":1,"profiles":{"a:1":{"type":"api_key","provider":"a","key":"sk-test-main"}},
    "order":{"a":["a:1"]}}"#;

fn agent(home: &Home, name: &str) -> AuthStore {
    let own = if name == "main" { home.store() } else { home.path().join(name).join("auth-profiles.json") };
    let oauth = home.path().join("oauth.json");
    AuthStore::new(StorePaths { own, main: home.store(), oauth, agent: AgentId::new(name) })
}

fn secret(store: &AuthStore, profile: &str) -> String {
    match &store.current().profiles.by_id[&id(profile)].credential {
        Credential::ApiKey { key: SecretValue::Inline(key) } => key.expose_secret().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_change_on_disk_is_seen_by_the_next_look_and_an_unchanged_store_is_not_read_again() {
    let home = Home::with(MAIN);
    let store = agent(&home, "main");
    let first = store.current();
    assert!(Arc::ptr_eq(&first.profiles, &store.current().profiles), "the same snapshot");
    for round in 0..50 {
        let secret_now = format!("sk-test-{round:03}");
        home.file().edit(|document| document.set_profile(&id("a:1"), &key("a", &secret_now))).unwrap();
        assert_eq!(secret(&store, "a:1"), secret_now);
    }
    // In place, as January writes.
    fs::write(home.store(), MAIN.replace("main", "back")).unwrap();
    assert_eq!(secret(&store, "a:1"), "sk-test-back");
}

#[test]
fn the_last_good_version_serves_while_the_file_does_not_parse() {
    let home = Home::with(MAIN);
    let store = agent(&home, "main");
    assert!(store.current().trouble.is_empty());
    fs::write(home.store(), r#"{"profiles": {"#).unwrap();
    for _ in 0..2 {
        let current = store.current();
        assert_eq!(current.profiles.by_id.len(), 1, "nobody loses a credential by it");
        assert!(matches!(current.trouble[..], [StoreFileFault::Corrupt { .. }]));
    }
    assert_eq!(fs::read_to_string(home.store()).unwrap(), r#"{"profiles": {"#);
    assert_eq!(store.keep_corrupt_copies().len(), 1);
    fs::write(home.store(), MAIN.replace("main", "good")).unwrap();
    assert_eq!(secret(&store, "a:1"), "sk-test-good");
    assert!(store.current().trouble.is_empty());
}

#[test]
fn a_write_goes_to_the_owner_and_nothing_is_copied_between_stores() {
    let home = Home::with(MAIN);
    let store = agent(&home, "x");
    assert_eq!(store.owner_of(&id("a:1")).unwrap().path, home.store());
    assert_eq!(store.owner_of(&id("ghost")), None);
    // An inherited one, changed through the agent: in main's file, once.
    let written = store.edit_owner(&id("a:1"), |document| document.set_profile(&id("a:1"), &key("a", "sk-test-new")));
    assert_eq!(written.unwrap().unwrap().path, fs::canonicalize(home.store()).unwrap());
    let own = home.path().join("x").join("auth-profiles.json");
    assert!(!own.exists(), "nothing was copied into the agent's store");
    assert_eq!(secret(&store, "a:1"), "sk-test-new");
    // A new one: in the agent's own file, and main's stays as it is.
    let main = fs::read(home.store()).unwrap();
    let written = store.edit_own(|document| document.set_profile(&id("x:1"), &key("x", "sk-test-x"))).unwrap();
    assert_eq!(written.path, fs::canonicalize(&own).unwrap());
    assert_eq!(read_json(&own)["profiles"].as_object().unwrap().len(), 1);
    assert_eq!(fs::read(home.store()).unwrap(), main);
    assert_eq!(store.owner_of(&id("x:1")).unwrap().agent, AgentId::new("x"));
    assert!(!agent(&home, "main").current().profiles.by_id.contains_key(&id("x:1")));
}

#[test]
fn an_inherited_order_is_known_to_be_main_s() {
    let home = Home::with(MAIN);
    let store = agent(&home, "x");
    assert_eq!(store.order_owner(&provider("a")).unwrap().agent, AgentId::main());
    store.edit_own(|document| document.set_order(&provider("a"), &[id("a:1")])).unwrap();
    assert_eq!(store.order_owner(&provider("a")).unwrap().agent, AgentId::new("x"));
    assert_eq!(store.order_owner(&provider("b")), None);
}

#[test]
fn the_first_write_takes_the_stores_of_before_along_and_leaves_them_where_they_are() {
    let home = Home::empty();
    let auth = r#"{"a": {"type": "oauth", "access": "at", "refresh": "rt", "expires": 5, "clientId": "c"}}"#;
    fs::write(home.path().join("auth.json"), auth).unwrap();
    fs::write(home.path().join("oauth.json"), r#"{"g": {"access": "at", "refresh": "rt", "expires": 5}}"#).unwrap();
    let store = agent(&home, "main");
    assert_eq!(store.current().profiles.by_id.len(), 2);
    assert!(!store.edit_own(|document| document.remove_profile(&id("ghost"))).unwrap().changed);
    assert!(!home.store().exists(), "a change that is none migrates nothing");
    store.edit_own(|document| document.set_profile(&id("b:1"), &key("b", "sk-test"))).unwrap();
    let ids: Vec<String> = home.json()["profiles"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(ids, ["a:default", "g:default", "b:1"]);
    assert_eq!(home.json()["profiles"]["a:default"]["clientId"], json!("c"));
    assert_eq!(fs::read_to_string(home.path().join("auth.json")).unwrap(), auth);
    assert_eq!(store.current().profiles.by_id.len(), 3);
}

#[test]
fn a_store_of_before_that_does_not_parse_is_not_hidden_by_a_new_one() {
    let home = Home::empty();
    fs::write(home.path().join("auth.json"), "{").unwrap();
    let store = agent(&home, "main");
    let before = tree(home.path());
    assert!(matches!(store.current().trouble[..], [StoreFileFault::Corrupt { .. }]));
    let fault = store.edit_own(|document| document.set_profile(&id("b:1"), &key("b", "sk-test"))).unwrap_err();
    assert!(matches!(fault, StoreFileFault::Corrupt { .. }));
    assert_eq!(tree(home.path()), before);
    // Beside a store nobody reads it, and it is in nobody's way.
    fs::write(home.store(), MAIN).unwrap();
    assert!(store.edit_own(|document| document.set_profile(&id("b:1"), &key("b", "sk-test"))).unwrap().changed);
}

#[test]
fn what_has_not_changed_is_not_read_again() {
    let home = Home::empty();
    home.file()
        .edit(|document| {
            for n in 0..1_000 {
                document.set_profile(&id(&format!("a:{n}")), &key("a", &format!("sk-test-{n:040}")));
            }
        })
        .unwrap();
    let store = agent(&home, "x");
    assert_eq!(store.current().profiles.by_id.len(), 1_000);
    // Past the second look.
    std::thread::sleep(Duration::from_millis(60));
    let read = store.current().profiles;
    for _ in 0..1_000 {
        assert!(Arc::ptr_eq(&store.current().profiles, &read));
    }
}
