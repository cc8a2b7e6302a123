//! Renewals of grants that are sealed in the store.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use modelpin::agent::AgentId;
use modelpin::config::{AuthConfig, Environment, from_value};
use modelpin::oauth::{NoRenewal, RenewalFault};
use modelpin::profile::{AuthStore, Credential, ProfileId, SealPorts, SealTrouble, SealWith, Sealing, StorePaths};
use modelpin::store::Memory;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::oauth::rig::{Rig, WORK, access, access_token, held, refresher};
use crate::support::idp::refresh_token;
use crate::support::leaks::Leaks;
use crate::support::rerun::{child_of_test, start};

const ROUNDS: u64 = 12;
/// One round in so many ends by itself.
const LEFT_ALONE: u64 = 4;

/// The store of one process that has the passphrase, if it is that one.
fn sealed_store(folder: &Path, passphrase: &str) -> Arc<AuthStore> {
    let sealing = Sealing::new(SealPorts::default(), folder, &[], None);
    let variable = ("MODELPIN_SEAL_PASSPHRASE".to_owned(), passphrase.to_owned());
    let environment: Environment = [variable].into_iter().collect();
    let auth = AuthConfig { seal: Some(SealWith::Passphrase), ..AuthConfig::default() };
    sealing.follow(&auth, &Arc::new(environment));
    let main = folder.join("main/auth-profiles.json");
    let paths = StorePaths { own: main.clone(), main, oauth: folder.join("oauth.json"), agent: AgentId::main() };
    Arc::new(AuthStore::new(paths).with_sealing(sealing))
}

/// A rig whose grant is sealed.
fn rig() -> Rig {
    let rig = Rig::new();
    let store = sealed_store(rig.folder.path(), "correct horse");
    store.seal(&store.own(), SealWith::Passphrase).unwrap().unwrap();
    nothing_is_open(&rig);
    rig
}

/// No token of before or after is in the file.
fn nothing_is_open(rig: &Rig) {
    let tokens = (0..3).flat_map(|refreshes| [access_token(refreshes), refresh_token(refreshes)]);
    Leaks::of(tokens).assert_none_in("the store", std::fs::read(rig.main()).unwrap());
}

fn tokens(rig: &Rig) -> (String, String) {
    let profile = held(&sealed_store(rig.folder.path(), "correct horse"));
    let Credential::OAuth(grant) = profile.credential else { panic!("no grant") };
    let text = |secret: Option<secrecy::SecretString>| secret.unwrap().expose_secret().to_owned();
    (text(grant.access), text(grant.refresh))
}

#[tokio::test]
async fn what_comes_of_a_renewal_is_sealed_before_it_is_written() {
    let rig = rig();
    let before = rig.json();
    let store = sealed_store(rig.folder.path(), "correct horse");
    let refresher = Arc::new(refresher(store.clone(), rig.store.clone(), rig.folder.path()));
    let renewed = refresher.renew(&held(&store), &rig.auth()).await.unwrap();
    assert_eq!(access(&renewed), access_token(1));
    nothing_is_open(&rig);
    assert_eq!(tokens(&rig), (access_token(1), refresh_token(1)));
    let mut after = rig.json();
    for field in ["access", "refresh", "expires"] {
        assert_ne!(after["profiles"][WORK][field], before["profiles"][WORK][field]);
        after["profiles"][WORK][field] = before["profiles"][WORK][field].clone();
    }
    assert_eq!(after.to_string(), before.to_string());
}

#[tokio::test]
async fn a_grant_that_does_not_open_is_not_sent_to_be_renewed() {
    let rig = rig();
    let before = std::fs::read(rig.main()).unwrap();
    let opens = held(&sealed_store(rig.folder.path(), "correct horse"));
    let store = sealed_store(rig.folder.path(), "another");
    let refresher = Arc::new(refresher(store.clone(), rig.store.clone(), rig.folder.path()));
    // As it is now, and as it was known before the passphrase was changed.
    for held in [held(&store), opens] {
        let fault = refresher.renew(&held, &rig.auth()).await.unwrap_err();
        let expected =
            matches!(&fault, RenewalFault::Impossible(NoRenewal::Sealed(SealTrouble::OtherPassphrase { .. })));
        assert!(expected, "{fault}");
    }
    assert_eq!(rig.idp.calls(), 0);
    assert_eq!(std::fs::read(rig.main()).unwrap(), before);
}

/// Another program has put a grant there in clear text, and nobody here could seal its successor: no token is spent.
#[tokio::test]
async fn no_token_is_spent_whose_successor_could_not_be_sealed() {
    let rig = Rig::new();
    let sealing = Sealing::new(SealPorts::default(), rig.folder.path(), &[], None);
    let auth = AuthConfig { seal: Some(SealWith::Keyring), ..AuthConfig::default() };
    sealing.follow(&auth, &Arc::default());
    let main = rig.main();
    let paths = StorePaths { own: main.clone(), main, oauth: rig.folder.path().join("o"), agent: AgentId::main() };
    let store = Arc::new(AuthStore::new(paths).with_sealing(sealing));
    let refresher = Arc::new(refresher(store.clone(), rig.store.clone(), rig.folder.path()));
    let before = rig.json();
    let fault = refresher.renew(&held(&store), &rig.auth()).await.unwrap_err();
    assert!(matches!(fault, RenewalFault::Store(_)), "{fault}");
    assert_eq!((rig.idp.calls(), rig.json()), (0, before));
}

/// As for grants in clear text: the old pair or the new one, each sealed, never half of either.
#[tokio::test]
async fn a_kill_after_the_answer_leaves_a_sealed_grant_that_opens() {
    if let Some(folder) = child_of_test() {
        let url = std::fs::read_to_string(folder.join("url")).unwrap();
        let auth = json!({"auth": {"oauth": {"anthropic": {"tokenUrl": url, "clientId": "c"}}}});
        let auth = from_value(&auth).unwrap().auth;
        let store = sealed_store(&folder, "correct horse");
        let refresher = Arc::new(refresher(store.clone(), Arc::new(Memory::new()), &folder));
        refresher.renew(&held(&store), &auth).await.unwrap();
        return;
    }
    let renewed: u64 = std::thread::spawn(|| (0..ROUNDS).map(kill_once).sum()).join().unwrap();
    assert!(renewed >= ROUNDS / LEFT_ALONE, "those that were left alone have renewed theirs");
}

fn kill_once(round: u64) -> u64 {
    let rig = rig();
    std::fs::write(rig.folder.path().join("url"), rig.idp.url()).unwrap();
    let name = "oauth::sealed::a_kill_after_the_answer_leaves_a_sealed_grant_that_opens";
    let mut child = start(name, rig.folder.path());
    rig.answers.recv_timeout(Duration::from_secs(30)).unwrap();
    if !round.is_multiple_of(LEFT_ALONE) {
        // The moment is what is tested: from at once to after the last rename.
        std::thread::sleep(Duration::from_micros(round * round % 23 * 400));
        child.kill().unwrap();
    }
    child.wait().unwrap();
    nothing_is_open(&rig);
    let found = tokens(&rig);
    let id = ProfileId::new(WORK).unwrap();
    assert!(sealed_store(rig.folder.path(), "correct horse").on_disk(&id).unwrap().unwrap().closed().is_none());
    if found == (access_token(0), refresh_token(0)) {
        return 0;
    }
    assert_eq!(found, (access_token(1), refresh_token(1)));
    1
}
