//! What two machines see of each other's changes.

use std::thread;
use std::time::{Duration, Instant};

use modelpin::profile::{SealTrouble, SealWith, StoreFileFault, Vault as _};
use secrecy::SecretString;

use crate::support::leaks::Leaks;
use crate::support::postgres::{PASSWORD, Server, database};
use crate::vault::rig::{PASSPHRASE, key, machine, machine_of, nothing_is_open, postgres, put, until, within};

const ONE: &str = "sk-test-vault-one-5a10c2f7e9";
const TWO: &str = "sk-test-vault-two-9b7d1e4403";

#[test]
fn what_one_changes_the_other_sees_within_a_poll_and_nothing_is_open_in_between() {
    let Some(database) = database() else { return };
    let (one, other) = (machine(&database), machine(&database));
    assert!(one.current().profiles.by_id.is_empty() && other.current().trouble.is_empty());
    put(&one, "anthropic:work", ONE);
    let id = "anthropic:work".parse().unwrap();
    assert!(one.current().profiles.get(&id).is_some(), "whoever wrote it sees it at once");
    until(&other, |current| current.profiles.get(&id).is_some());
    let there = other.current().profiles.get(&id).unwrap().clone();
    assert_eq!(there.fingerprints(), one.current().profiles.get(&id).unwrap().fingerprints());
    assert!(there.closed().is_none());
    let shown = there.origin.path.display().to_string();
    assert!(shown.starts_with("postgres://") && shown.ends_with("#main") && !shown.contains(PASSWORD), "{shown}");
    nothing_is_open(&database, &[ONE]);

    put(&other, "anthropic:work", TWO);
    until(&one, |current| current.profiles.get(&id).unwrap().fingerprints() != there.fingerprints());
    assert!(other.edit_own(|document| document.remove_profile(&id)).unwrap().value);
    until(&one, |current| current.profiles.get(&id).is_none());
    nothing_is_open(&database, &[ONE, TWO]);
    // A row that is taken away and made anew is a later one, however often it is written.
    database.execute("DELETE FROM modelpin.profiles");
    put(&machine(&database), "anthropic:anew", ONE);
    let anew = "anthropic:anew".parse().unwrap();
    until(&one, |current| current.profiles.get(&anew).is_some());
}

#[test]
fn of_those_that_write_at_once_nobody_loses_anything() {
    const EACH: usize = 12;
    let Some(database) = database() else { return };
    let machines: Vec<_> = (0..4).map(|_| machine(&database)).collect();
    thread::scope(|scope| {
        for (number, store) in machines.iter().enumerate() {
            scope.spawn(move || (0..EACH).for_each(|step| put(store, &format!("anthropic:{number}-{step}"), ONE)));
        }
    });
    let all = machine(&database).current();
    assert_eq!(all.profiles.by_id.len(), machines.len() * EACH);
    assert!(all.profiles.all().all(|profile| profile.closed().is_none()));
    nothing_is_open(&database, &[ONE]);
}

#[test]
fn an_agent_reads_its_own_over_mains() {
    let Some(database) = database() else { return };
    let shared = postgres(&database.url());
    let (main, own) = (machine_of(&shared, "main", PASSPHRASE), machine_of(&shared, "x", PASSPHRASE));
    put(&main, "anthropic:shared", ONE);
    put(&own, "anthropic:own", TWO);
    let of = |id: &str| own.owner_of(&id.parse().unwrap()).map(|origin| origin.agent.to_string());
    assert_eq!((of("anthropic:shared"), of("anthropic:own")), (Some("main".to_owned()), Some("x".to_owned())));
    assert_eq!(main.current().profiles.by_id.len(), 1);
    assert_eq!(database.ask("SELECT string_agg(name, ' ' ORDER BY name) FROM modelpin.profiles").unwrap(), "main x");
    nothing_is_open(&database, &[ONE, TWO]);
}

#[test]
fn nothing_is_put_there_that_is_open_or_that_others_cannot_open() {
    let Some(database) = database() else { return };
    let store = machine(&database);
    put(&store, "anthropic:work", ONE);
    let before = crate::vault::rig::kept(&database);
    let refused = |fault: StoreFileFault, wanted: SealTrouble| match fault {
        StoreFileFault::NotSealed { why, .. } => assert_eq!(why, wanted),
        other => panic!("{other}"),
    };
    refused(store.unseal(&store.own()).unwrap_err(), SealTrouble::InTheClear);
    // As somebody would bring it who seals nothing, and under a name that is not ours to seal.
    let file = tempfile::NamedTempFile::new().unwrap();
    let entry = serde_json::json!({"type": "api_key", "provider": "a", "key": TWO, "sessionPassword": TWO});
    std::fs::write(file.path(), serde_json::json!({"profiles": {"a:b": entry}}).to_string()).unwrap();
    let from = modelpin::profile::AuthFile::at(file.path()).read().unwrap();
    refused(store.bring(&store.own(), &from, false).unwrap_err(), SealTrouble::InTheClear);
    let keyring = store.seal(&store.own(), SealWith::Keyring);
    assert!(matches!(keyring, Err(StoreFileFault::NotSealed { .. })), "{keyring:?}");
    assert_eq!(crate::vault::rig::kept(&database), before);
    nothing_is_open(&database, &[ONE, TWO]);
}

#[test]
fn another_passphrase_opens_nothing_and_mixes_nothing_in() {
    let Some(database) = database() else { return };
    put(&machine(&database), "anthropic:work", ONE);
    let wrong = machine_of(&postgres(&database.url()), "main", "another one");
    let id = "anthropic:work".parse().unwrap();
    let closed = wrong.current().profiles.get(&id).unwrap().closed().cloned();
    assert!(matches!(closed, Some(SealTrouble::OtherPassphrase { .. })), "{closed:?}");
    let fault =
        wrong.edit_own(|document| document.set_profile(&"anthropic:b".parse().unwrap(), &key(TWO))).unwrap_err();
    assert!(fault.to_string().contains("another passphrase"), "{fault}");
    // What needs no seal can be done.
    wrong.edit_own(|document| document.set_order(&"anthropic".parse().unwrap(), std::slice::from_ref(&id))).unwrap();
    let right = machine(&database);
    assert!(right.current().profiles.get(&id).unwrap().closed().is_none());
    assert_eq!(right.current().profiles.order.len(), 1);
}

#[test]
fn while_it_is_away_the_last_content_stays_and_it_comes_back_by_itself() {
    let Some(mut server) = Server::start(&[]) else { return };
    if !server.is_private() {
        println!("SKIPPED: the server that was given is not ended");
        return;
    }
    let store = machine_of(&postgres(&SecretString::from(server.url("postgres"))), "main", PASSPHRASE);
    put(&store, "anthropic:work", ONE);
    let id = "anthropic:work".parse().unwrap();
    server.kill();
    within(Duration::from_secs(5), &store, |current| !current.trouble.is_empty());
    let begun = Instant::now();
    for _ in 0..1_000 {
        let current = store.current();
        assert!(current.profiles.get(&id).is_some_and(|profile| profile.closed().is_none()));
        assert!(matches!(current.trouble[..], [StoreFileFault::Away { .. }]), "{:?}", current.trouble);
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "reading asks nobody");
    let fault = store.edit_own(|document| document.remove_profile(&id)).unwrap_err();
    assert!(matches!(fault, StoreFileFault::Away { .. }), "{fault}");
    Leaks::of([PASSWORD, ONE]).assert_none_in("what is said", format!("{fault} {fault:?} {store:?}"));
    // One that begins now is told once, and waits no second time.
    let late = machine_of(&postgres(&SecretString::from(server.url("postgres"))), "main", PASSPHRASE);
    assert_eq!(late.current().trouble.len(), 1);
    server.restart();
    for store in [&store, &late] {
        within(Duration::from_secs(5), store, |current| {
            current.trouble.is_empty() && current.profiles.get(&id).is_some()
        });
    }
}

#[test]
fn a_put_over_something_else_is_not_done() {
    let Some(database) = database() else { return };
    let vault = postgres(&database.url());
    assert!(vault.seen("main").is_none());
    assert_eq!(vault.load("main").unwrap(), None);
    assert!(vault.put("main", None, "{}").unwrap());
    let first = vault.load("main").unwrap().unwrap();
    assert!(!vault.put("main", None, "{\"a\":1}").unwrap());
    assert!(vault.put("main", Some(first.revision), "{\"b\":1}").unwrap());
    assert!(!vault.put("main", Some(first.revision), "{\"c\":1}").unwrap());
    let now = vault.load("main").unwrap().unwrap();
    assert!(now.revision > first.revision && &*now.text == "{\"b\":1}");
    assert_eq!(vault.seen("main").unwrap().kept, Some(now));
    vault.may_put("main").unwrap();
}
