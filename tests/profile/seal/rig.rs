//! A store with sealed secrets, and what opens them.

use std::path::Path;
use std::sync::Arc;

use modelpin::agent::AgentId;
use modelpin::config::{AuthConfig, Environment};
use modelpin::profile::{
    AuthStore, Credential, Profile, SealPorts, SealTrouble, SealWith, Sealing, SecretValue, StorePaths,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::profile::support::{Home, id};
use crate::support::keyring::MemoryKeyring;

/// The secrets of [`store`], all invented.
pub(super) const KEY: &str = "sk-test-key-5a10c2f7e9";
pub(super) const TOKEN: &str = " sk-test-token-9b7d1e4403\n";
pub(super) const ACCESS: &str = "at-test-e61f0a7c52d8";
pub(super) const REFRESH: &str = "rt-test-40c9be117fa3";
pub(super) const STRAY: &str = "sk-test-stray-77c2d1a0b9";

/// A store of every kind, with what modelpin does not know and must not touch.
pub(super) fn store() -> Value {
    json!({
        "version": 1,
        "x-newer": {"key": "no secret: not in a profile"},
        "profiles": {
            "a:default": {"note": "first", "type": "api_key", "provider": "a", "key": KEY, "apiKey": STRAY, "email": "ann@example.com"},
            "a:manual": {"type": "token", "token": TOKEN, "provider": "a", "expires": 4_102_444_800_000_u64},
            "b:grant": {
                "type": "oauth", "provider": "b", "access": ACCESS, "refresh": REFRESH, "expires": 4_102_444_800_000_u64,
                "clientId": "app-public-1", "scopes": ["x"],
            },
            "c:ref": {"type": "api_key", "provider": "c", "keyRef": {"source": "env", "provider": "default", "id": "C_KEY"}},
            "c:inline": {"type": "api_key", "provider": "c", "key": "${C_KEY}"},
            "c:empty": {"type": "api_key", "provider": "c", "key": " "},
            "d:/ spaced ☃": {"type": "api_key", "provider": "d", "key": "sk-test-snow-08d3f1c6aa"},
            "e:unknown": {"type": "from-the-future", "provider": "e", "token": "sk-test-future-1c0ffee1de"},
            "f:broken": 5,
        },
        "order": {"a": ["a:manual", "a:default"]},
    })
}

/// Every secret in it.
pub(super) fn secrets() -> Vec<String> {
    [KEY, TOKEN.trim(), ACCESS, REFRESH, STRAY, "sk-test-snow-08d3f1c6aa", "sk-test-future-1c0ffee1de"]
        .map(str::to_owned)
        .into()
}

/// How many there are.
pub(super) const COUNT: usize = 7;

/// The variable that gives the passphrase.
pub(super) fn passphrase(text: &str) -> Environment {
    [("MODELPIN_SEAL_PASSPHRASE".to_owned(), text.to_owned())].into_iter().collect()
}

/// The store of one process: its keys come from `environment` and `keyring`, and `with` is configured.
pub(super) fn process(
    home: &Home,
    with: Option<SealWith>,
    environment: Environment,
    keyring: &MemoryKeyring,
) -> AuthStore {
    at(home, home.path(), with, environment, keyring)
}

/// The same, of the state directory `state`.
pub(super) fn at(
    home: &Home,
    state: &Path,
    with: Option<SealWith>,
    environment: Environment,
    keyring: &MemoryKeyring,
) -> AuthStore {
    let ports = SealPorts { keyring: Arc::new(keyring.clone()), ask: None };
    let sealing = Sealing::new(ports, state, &["HEX"], Some(home.path()));
    sealing.follow(&AuthConfig { seal: with, ..AuthConfig::default() }, &Arc::new(environment));
    let own = home.store();
    let paths = StorePaths { main: own.clone(), own, oauth: home.path().join("oauth.json"), agent: AgentId::main() };
    AuthStore::new(paths).with_sealing(sealing)
}

/// One that seals with a passphrase.
pub(super) fn with_passphrase(home: &Home, text: &str) -> AuthStore {
    process(home, Some(SealWith::Passphrase), passphrase(text), &MemoryKeyring::default())
}

/// The home of [`store`], sealed with that passphrase.
pub(super) fn sealed(text: &str) -> Home {
    let home = Home::with(&store().to_string());
    let store = with_passphrase(&home, text);
    store.seal(&store.own(), SealWith::Passphrase).unwrap().unwrap();
    home
}

pub(super) fn profile(store: &AuthStore, name: &str) -> Profile {
    store.current().profiles.get(&id(name)).unwrap_or_else(|| panic!("no {name}")).clone()
}

/// Why a profile does not open.
pub(super) fn closed(store: &AuthStore, name: &str) -> SealTrouble {
    profile(store, name).closed().unwrap_or_else(|| panic!("{name} opens")).clone()
}

/// All that the profile could put on the wire.
pub(super) fn plain(profile: &Profile) -> Vec<String> {
    let held = match &profile.credential {
        Credential::ApiKey { key: SecretValue::Inline(secret) }
        | Credential::Token { token: SecretValue::Inline(secret), .. } => {
            vec![secret]
        }
        Credential::ApiKey { .. } | Credential::Token { .. } => vec![],
        Credential::OAuth(grant) => grant.access.iter().chain(&grant.refresh).collect(),
    };
    held.into_iter().map(|secret| secret.expose_secret().to_owned()).collect()
}
