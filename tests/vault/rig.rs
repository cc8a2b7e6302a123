//! A machine: the credentials of one agent, kept in the database that all share.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin::agent::AgentId;
use modelpin::config::{AuthConfig, Environment};
use modelpin::profile::{AuthStore, Credential, NewProfile, SealPorts, SealWith, Sealing, SecretValue, StorePaths};
use modelpin::store::Postgres;
use secrecy::SecretString;

use crate::support::leaks::Leaks;
use crate::support::postgres::Database;

pub(super) const PASSPHRASE: &str = "correct horse battery";

/// How long another machine may go without seeing a change.
const POLL: Duration = Duration::from_secs(1);

/// The database, as one machine has it open.
pub(super) fn postgres(url: &SecretString) -> Arc<Postgres> {
    Arc::new(Postgres::open(url, None).unwrap())
}

/// The credentials of `agent` on a machine with that passphrase.
pub(super) fn machine_of(postgres: &Arc<Postgres>, agent: &str, passphrase: &str) -> Arc<AuthStore> {
    let (state, variable) = (Path::new("/nowhere"), "MODELPIN_SEAL_PASSPHRASE".to_owned());
    let sealing = Sealing::new(SealPorts::default(), state, &[], None);
    let environment: Environment = [(variable, passphrase.to_owned())].into_iter().collect();
    let auth = AuthConfig { seal: Some(SealWith::Passphrase), ..AuthConfig::default() };
    sealing.follow(&auth, &Arc::new(environment));
    let file = |agent: &str| state.join(agent).join("auth-profiles.json");
    let (own, main, oauth) = (file(agent), file("main"), state.join("oauth.json"));
    let paths = StorePaths { own, main, oauth, agent: AgentId::new(agent) };
    Arc::new(AuthStore::new(paths).with_sealing(sealing).with_vault(postgres.clone()))
}

/// A machine with everything of its own.
pub(super) fn machine(database: &Database) -> Arc<AuthStore> {
    machine_of(&postgres(&database.url()), "main", PASSPHRASE)
}

/// An API key, to be stored.
pub(super) fn key(secret: &str) -> NewProfile {
    let key = SecretValue::Inline(SecretString::from(secret));
    NewProfile::new("anthropic".parse().unwrap(), Credential::ApiKey { key })
}

/// Stores one.
pub(super) fn put(store: &AuthStore, id: &str, secret: &str) {
    store.edit_own(|document| document.set_profile(&id.parse().unwrap(), &key(secret))).unwrap();
}

/// What a machine knows by itself, without a question, once it is as `wanted` says.
#[track_caller]
pub(super) fn until(store: &AuthStore, wanted: impl Fn(&modelpin::profile::Current) -> bool) {
    within(POLL, store, wanted);
}

/// The same within another time: a machine that lost its database has to find it first.
#[track_caller]
pub(super) fn within(time: Duration, store: &AuthStore, wanted: impl Fn(&modelpin::profile::Current) -> bool) {
    let begun = Instant::now();
    while !wanted(&store.current()) {
        assert!(begun.elapsed() < time, "still {:?}", store.current().trouble);
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Everything that the database keeps of credentials.
pub(super) fn kept(database: &Database) -> String {
    database.ask("SELECT coalesce(string_agg(profiles::TEXT, ' '), '') FROM modelpin.profiles").unwrap()
}

/// None of those is in the database.
#[track_caller]
pub(super) fn nothing_is_open(database: &Database, secrets: &[&str]) {
    Leaks::of(secrets).assert_none_in("the database", kept(database));
}
