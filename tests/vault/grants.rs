//! One renews a grant, of all machines.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use modelpin::clock::SystemClock;
use modelpin::config::{AuthConfig, from_value};
use modelpin::oauth::{Refresher, RenewalFault, TokenFault, TokenHttp, TokenRequest, TokenServer, Tokens};
use modelpin::profile::{AuthFile, AuthStore, Credential, Fingerprint, Profile};
use modelpin::store::{LeaseTable, Memory, Postgres};
use modelpin_chat::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tempfile::TempDir;

use crate::oauth::rig::{WORK, access, access_token, auth_store, grant, held, write};
use crate::support::idp::{Idp, refresh_token};
use crate::support::postgres::{Database, database, execute};
use crate::vault::rig::{PASSPHRASE, machine, machine_of, nothing_is_open, postgres};

/// A machine that renews.
struct Machine {
    state: TempDir,
    auth_store: Arc<AuthStore>,
    database: Arc<Postgres>,
    refresher: Arc<Refresher>,
}

fn renewing(database: &Database) -> Machine {
    let (state, shared) = (tempfile::tempdir().unwrap(), postgres(&database.url()));
    let auth_store = machine_of(&shared, "main", PASSPHRASE);
    let server = Arc::new(TokenHttp::within(Duration::from_secs(20)));
    let (clock, locks) = (Arc::new(SystemClock), state.path().to_owned());
    let refresher = Refresher::new(auth_store.clone(), shared.clone(), server, clock, locks);
    let refresher = refresher.with_patience(Duration::from_secs(30), Duration::from_millis(300));
    let refresher = Arc::new(refresher.with_leases(shared.clone()));
    Machine { state, auth_store, database: shared, refresher }
}

/// Puts a grant into the database whose access token has ended.
fn store_grant(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("auth-profiles.json");
    write(&file, &json!({"version": 1, "profiles": {WORK: grant(0)}}));
    let store = machine(database);
    let from = AuthFile::at(file).read().unwrap();
    assert_eq!(store.bring(&store.own(), &from, false).unwrap().value.added, [WORK]);
}

fn auth(idp: &Idp) -> AuthConfig {
    from_value(&idp.config("anthropic")).unwrap().auth
}

fn refresh(profile: &Profile) -> String {
    let Credential::OAuth(grant) = &profile.credential else { panic!("no grant") };
    grant.refresh.as_ref().unwrap().expose_secret().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_machines_at_once_ask_once_and_both_have_what_came() {
    let Some(database) = database() else { return };
    store_grant(&database);
    let (idp, _answers) = Idp::start(access_token);
    // Time for the other to come to the same door.
    idp.delay(Duration::from_millis(300));
    let (machines, auth) = ([renewing(&database), renewing(&database)], auth(&idp));
    let before: Vec<Profile> = machines.iter().map(|machine| held(&machine.auth_store)).collect();
    let tasks = (0..8).map(|task| machines[task % 2].refresher.renew(&before[task % 2], &auth));
    for renewed in join_all(tasks).await {
        let renewed = renewed.unwrap();
        assert_eq!((access(&renewed), refresh(&renewed)), (access_token(1), refresh_token(1)));
    }
    assert_eq!((idp.calls(), idp.reuses()), (1, 0));
    assert_eq!(database.ask("SELECT count(*)::TEXT FROM modelpin.leases").as_deref(), Some("0"), "all let go");
    for machine in &machines {
        crate::vault::rig::until(&machine.auth_store, |current| {
            current.profiles.get(&WORK.parse().unwrap()).is_some_and(|found| access(found) == access_token(1))
        });
    }
    let tokens: Vec<String> = (0..2).flat_map(|number| [access_token(number), refresh_token(number)]).collect();
    nothing_is_open(&database, &tokens.iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_sees_that_the_other_has_renewed_before_it_lets_go() {
    let Some(database) = database() else { return };
    store_grant(&database);
    let (idp, _answers) = Idp::start(access_token);
    let (one, other, auth) = (renewing(&database), renewing(&database), auth(&idp));
    let stale = held(&other.auth_store);
    // Somebody who never lets go.
    let lease = format!("oauth/{}", Fingerprint::of(&SecretString::from(refresh_token(0))));
    assert_eq!(one.database.take_lease(&lease, "somebody", Duration::from_mins(5)).await.unwrap(), None);
    let waiting = tokio::spawn(async move { other.refresher.renew(&stale, &auth).await });
    let (access_now, refresh_now) = idp.outsider()();
    let store = one.auth_store.clone();
    let renewed = modelpin::profile::RenewedGrant {
        used: Fingerprint::of(&SecretString::from(refresh_token(0))),
        access: SecretString::from(access_now.clone()),
        refresh: Some(SecretString::from(refresh_now)),
        expires: "2099-01-01T00:00:00Z".parse().unwrap(),
    };
    let done = tokio::task::spawn_blocking(move || store.renew(&WORK.parse().unwrap(), &renewed)).await.unwrap();
    assert!(done.unwrap());
    assert_eq!(access(&waiting.await.unwrap().unwrap()), access_now);
    assert_eq!(idp.calls(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_renews_who_cannot_tell_whether_another_does() {
    let Some(database) = database() else { return };
    store_grant(&database);
    let (idp, _answers) = Idp::start(access_token);
    let (machine, auth) = (renewing(&database), auth(&idp));
    let stale = held(&machine.auth_store);
    database.execute("ALTER TABLE modelpin.leases RENAME TO away");
    let fault = machine.refresher.renew(&stale, &auth).await.unwrap_err();
    assert!(matches!(fault, RenewalFault::Lease(_)), "{fault}");
    assert_eq!(idp.calls(), 0);
    database.execute("ALTER TABLE modelpin.away RENAME TO leases");
    assert_eq!(access(&machine.refresher.renew(&stale, &auth).await.unwrap()), access_token(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_could_not_be_written_are_written_later_and_nobody_else_uses_the_spent_one() {
    let Some(database) = database() else { return };
    store_grant(&database);
    let (idp, _answers) = Idp::start(access_token);
    let (one, other, auth) = (renewing(&database), renewing(&database), auth(&idp));
    let (held_by_one, held_by_other) = (held(&one.auth_store), held(&other.auth_store));
    let url = database.url();
    idp.before(move |_| execute(url.expose_secret(), "ALTER TABLE modelpin.profiles RENAME TO away"));
    let fault = one.refresher.renew(&held_by_one, &auth).await.unwrap_err();
    assert!(matches!(fault, RenewalFault::Store(_)), "{fault}");
    database.execute("ALTER TABLE modelpin.away RENAME TO profiles");
    let impatient = Refresher::new(
        other.auth_store.clone(),
        other.database.clone(),
        Arc::new(TokenHttp::default()),
        Arc::new(SystemClock),
        other.state.path().to_owned(),
    );
    let impatient = impatient.with_patience(Duration::from_millis(300), Duration::ZERO);
    let impatient = Arc::new(impatient.with_leases(other.database.clone()));
    let busy = impatient.renew(&held_by_other, &auth).await.unwrap_err();
    assert!(matches!(busy, RenewalFault::Busy), "{busy}");
    assert_eq!(access(&one.refresher.renew(&held_by_one, &auth).await.unwrap()), access_token(1));
    assert_eq!(access(&other.refresher.renew(&held_by_other, &auth).await.unwrap()), access_token(1));
    assert_eq!((idp.calls(), idp.reuses()), (1, 0));
}

/// Answers at once, and counts. Time may be paused where there is no socket.
#[derive(Default)]
struct AtOnce(Mutex<usize>);

impl TokenServer for AtOnce {
    fn refresh<'a>(&'a self, _: &'a TokenRequest) -> BoxFuture<'a, Result<Tokens, TokenFault>> {
        *self.0.lock().unwrap() += 1;
        let (access, refresh) = (SecretString::from(access_token(1)), SecretString::from(refresh_token(1)));
        Box::pin(async { Ok(Tokens { access, refresh: Some(refresh), lasts: Some(Duration::from_hours(1)) }) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_died_is_taken_over_when_its_lease_is_over() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("main/auth-profiles.json"), &json!({"version": 1, "profiles": {WORK: grant(0)}}));
    let (table, server) = (Arc::new(Memory::new()), Arc::new(AtOnce::default()));
    let lease = format!("oauth/{}", Fingerprint::of(&SecretString::from(refresh_token(0))));
    assert_eq!(table.take_lease(&lease, "one that died", Duration::from_secs(30)).await.unwrap(), None);
    let store = auth_store(folder.path(), "main");
    let refresher = |store: &Arc<AuthStore>| {
        let locks = folder.path().join("locks");
        let refresher = Refresher::new(store.clone(), table.clone(), server.clone(), Arc::new(SystemClock), locks);
        Arc::new(refresher.with_leases(table.clone()))
    };
    let auth = json!({"auth": {"oauth": {"anthropic": {"tokenUrl": "https://idp.example/token", "clientId": "c"}}}});
    let auth = from_value(&auth).unwrap().auth;
    let begun = tokio::time::Instant::now();
    let renewed = refresher(&store).renew(&held(&store), &auth).await.unwrap();
    assert_eq!(access(&renewed), access_token(1));
    let took = begun.elapsed();
    assert!((Duration::from_secs(30)..Duration::from_secs(31)).contains(&took), "{took:?}");
    assert_eq!(*server.0.lock().unwrap(), 1);
    assert_eq!(table.take_lease(&lease, "the next", Duration::ZERO).await.unwrap(), None, "it was let go");
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_kept_for_as_long_as_an_answer_takes() {
    /// Answers after two minutes, and says who has the lease by then.
    struct Late(Arc<Memory>, String, Mutex<Option<String>>);
    impl TokenServer for Late {
        fn refresh<'a>(&'a self, _: &'a TokenRequest) -> BoxFuture<'a, Result<Tokens, TokenFault>> {
            Box::pin(async {
                tokio::time::sleep(Duration::from_mins(2)).await;
                let held = self.0.take_lease(&self.1, "another machine", Duration::from_secs(30)).await.unwrap();
                *self.2.lock().unwrap() = held;
                let (access, refresh) = (SecretString::from(access_token(1)), SecretString::from(refresh_token(1)));
                Ok(Tokens { access, refresh: Some(refresh), lasts: None })
            })
        }
    }
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("main/auth-profiles.json"), &json!({"version": 1, "profiles": {WORK: grant(0)}}));
    let table = Arc::new(Memory::new());
    let lease = format!("oauth/{}", Fingerprint::of(&SecretString::from(refresh_token(0))));
    let server = Arc::new(Late(table.clone(), lease, Mutex::default()));
    let (store, clock) = (auth_store(folder.path(), "main"), Arc::new(SystemClock));
    let refresher = Refresher::new(store.clone(), table.clone(), server.clone(), clock, folder.path().join("locks"));
    let refresher = Arc::new(refresher.with_leases(table));
    let auth = json!({"auth": {"oauth": {"anthropic": {"tokenUrl": "https://idp.example/token", "clientId": "c"}}}});
    refresher.renew(&held(&store), &from_value(&auth).unwrap().auth).await.unwrap();
    assert!(server.2.lock().unwrap().is_some(), "another machine had it meanwhile");
}
