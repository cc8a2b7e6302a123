//! What a reference leads to is never written down, whatever is changed beside it.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use jiff::Timestamp;
use modelpin::agent::AgentId;
use modelpin::config::{SecretPlace, SecretProgram, SecretsConfig};
use modelpin::profile::{
    AuthStore, Credential, Document, ExternalPaths, Fingerprint, NewProfile, RenewedGrant, SecretRef, SecretSource,
    SecretValue, Secrets, StorePaths, sync_external,
};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::profile::external::{CLAUDE, claude, put};
use crate::profile::support::{Home, id, key, provider};
use crate::support::leaks::Leaks;

const FOUND: &str = "sk-test-found-elsewhere-5b1e77";

/// Every way to write a reference.
fn references() -> Value {
    json!({
        "a:object": {"type": "api_key", "provider": "a", "keyRef": {"source": "env", "provider": "default", "id": "FOUND"}},
        "a:in-key": {"type": "api_key", "provider": "a", "key": {"source": "file", "provider": "vault", "id": "value"}},
        "a:text": {"type": "api_key", "provider": "a", "key": "${FOUND}"},
        "a:older": {"type": "api_key", "provider": "a", "apiKey": {"source": "file", "id": "value"}},
        "a:token": {"type": "token", "provider": "a", "tokenRef": {"source": "exec", "provider": "program", "id": "x"}},
        "a:text-token": {"type": "token", "provider": "a", "token": "${FOUND}", "expires": 4_102_444_800_000_u64},
    })
}

fn store(home: &Home) -> AuthStore {
    let oauth = home.path().join("oauth.json");
    let paths = StorePaths { own: home.store(), main: home.store(), oauth, agent: AgentId::main() };
    let claude_code = Some(home.path().join(CLAUDE));
    AuthStore::new(paths).with_external(&ExternalPaths { claude_code, ..ExternalPaths::default() })
}

/// Follows all of them, as turns do.
fn follow(home: &Home, store: &AuthStore) {
    fs::write(home.path().join("vault"), FOUND).unwrap();
    let mut config = SecretsConfig::default();
    let path = "~/vault".to_owned();
    config.providers.insert("vault".to_owned(), SecretPlace::File { path, patience: None });
    config.defaults.insert(SecretSource::File, "vault".to_owned());
    let program =
        SecretProgram { command: "/bin/echo".to_owned(), args: vec![FOUND.to_owned()], ..SecretProgram::default() };
    config.providers.insert("program".to_owned(), SecretPlace::Exec(program));
    let env = |name: &str| (name == "FOUND").then(|| SecretString::from(FOUND));
    let secrets = Secrets::new(&config, Some(home.path()), &env);
    for name in references().as_object().unwrap().keys() {
        let profile = &store.current().profiles.by_id[&id(name)];
        assert_eq!(secrets.of(profile).unwrap().expose_secret(), FOUND, "{name}");
    }
}

fn order(document: &mut Document) {
    document.set_order(&provider("a"), &[id("a:token"), id("a:object")]);
}

fn no_order(document: &mut Document) {
    document.clear_order(&provider("a"));
}

fn usage(document: &mut Document) {
    document.clear_usage(&id("a:object"));
}

fn add(document: &mut Document) {
    document.set_profile(&id("a:new"), &key("a", "sk-test-new"));
}

fn replace(document: &mut Document) {
    document.set_profile(&id("a:plain"), &key("a", "sk-test-new"));
}

fn remove(document: &mut Document) {
    document.remove_profile(&id("a:plain"));
}

fn renew(document: &mut Document) {
    let used = Fingerprint::of(&SecretString::from("sk-test-refresh"));
    let access = SecretString::from("sk-test-renewed");
    assert!(
        document.renew_grant(&id("a:grant"), &RenewedGrant { used, access, refresh: None, expires: Timestamp::MAX })
    );
}

#[rstest]
#[case::order_set(order)]
#[case::order_clear(no_order)]
#[case::usage_clear(usage)]
#[case::add(add)]
#[case::replace(replace)]
#[case::remove(remove)]
#[case::renew(renew)]
fn no_change_writes_down_what_a_reference_leads_to(#[case] change: fn(&mut Document)) {
    let mut profiles = references();
    profiles["a:plain"] = json!({"type": "api_key", "provider": "a", "key": "sk-test-plain"});
    profiles["a:grant"] =
        json!({"type": "oauth", "provider": "a", "access": "sk-test-old", "refresh": "sk-test-refresh", "expires": 5});
    let content =
        json!({"profiles": profiles, "order": {"a": ["a:object"]}, "usageStats": {"a:object": {"errorCount": 1}}});
    let home = Home::with(&content.to_string());
    let store = store(&home);
    follow(&home, &store);
    assert!(store.edit_own(change).unwrap().changed);
    put(&home, CLAUDE, &claude("a", 60));
    assert!(sync_external(&store, Timestamp::UNIX_EPOCH).unwrap().is_some());
    let after = home.json();
    for (name, entry) in references().as_object().unwrap() {
        assert_eq!(after["profiles"][name].to_string(), entry.to_string(), "{name}");
    }
    Leaks::of([FOUND]).assert_none_in("the store", fs::read(home.store()).unwrap());
    follow(&home, &store);
}

/// One that names no place must not come to mean another one.
#[test]
fn a_reference_that_is_stored_keeps_its_form() {
    let home = Home::empty();
    for (place, expected) in [
        (None, json!({"source": "file", "id": "/a~1b"})),
        (Some("vault"), json!({"source": "file", "provider": "vault", "id": "/a~1b"})),
    ] {
        let reference = SecretRef::new(SecretSource::File, place, "/a~1b").unwrap();
        let credential = Credential::ApiKey { key: SecretValue::Ref(reference.clone()) };
        let profile = NewProfile::new(provider("a"), credential);
        home.file().edit(|document| document.set_profile(&id("a:b"), &profile)).unwrap();
        assert_eq!(home.json()["profiles"]["a:b"]["keyRef"].to_string(), expected.to_string());
        let read = &store(&home).current().profiles.by_id[&id("a:b")];
        assert!(matches!(&read.credential, Credential::ApiKey { key: SecretValue::Ref(found) } if *found == reference));
    }
}
