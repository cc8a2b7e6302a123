//! Where keys come from, and what is said where they do not.

use std::fs;
use std::sync::Arc;

use modelpin::config::{AuthConfig, Environment};
use modelpin::profile::{AuthStore, SealPorts, SealTrouble, SealWith, Sealing, StorePaths};
use secrecy::SecretString;

use crate::profile::seal::rig::{KEY, at, closed, plain, process, profile, sealed, store};
use crate::profile::support::{Home, id, key};
use crate::support::keyring::MemoryKeyring;

fn environment<const N: usize>(variables: [(&str, String); N]) -> Environment {
    variables.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

/// Opens the store with that configuration and environment.
fn reader(home: &Home, file: Option<&str>, environment: Environment) -> AuthStore {
    let store = process(home, None, Environment::default(), &MemoryKeyring::default());
    let auth = AuthConfig { seal_passphrase_file: file.map(str::to_owned), ..AuthConfig::default() };
    store.sealing().follow(&auth, &Arc::new(environment));
    store
}

#[test]
fn the_first_place_that_is_named_gives_the_passphrase() {
    let home = sealed("right");
    for (name, text) in [("right", "right\n"), ("wrong", "wrong"), ("empty", " \n")] {
        fs::write(home.path().join(name), text).unwrap();
    }
    fs::create_dir(home.path().join("credentials")).unwrap();
    fs::write(home.path().join("credentials/modelpin-seal"), "right").unwrap();
    let file = |name: &str| home.path().join(name).display().to_string();
    let credentials = || ("CREDENTIALS_DIRECTORY", file("credentials"));
    let named = |file: &str, variable: &str| {
        let other = "wrong".to_owned();
        reader(&home, (!file.is_empty()).then_some(file), environment([(variable, other), credentials()]))
    };
    for store in [
        named("~/right", "MODELPIN_SEAL_PASSPHRASE"),
        named(&file("right"), "MODELPIN_SEAL_PASSPHRASE_FILE"),
        reader(
            &home,
            None,
            environment([("MODELPIN_SEAL_PASSPHRASE_FILE", file("right")), ("HEX_SEAL_PASSPHRASE", "x".into())]),
        ),
        reader(&home, None, environment([("HEX_SEAL_PASSPHRASE_FILE", "~/right".into()), credentials()])),
        reader(
            &home,
            None,
            environment([("MODELPIN_SEAL_PASSPHRASE", "right".into()), ("HEX_SEAL_PASSPHRASE", "x".into())]),
        ),
        reader(&home, None, environment([("HEX_SEAL_PASSPHRASE", " right ".into())])),
        reader(&home, None, environment([credentials()])),
    ] {
        assert_eq!(plain(&profile(&store, "a:default")), [KEY]);
    }
    let why = |store: &AuthStore| closed(store, "a:default").to_string();
    assert!(why(&named("", "MODELPIN_SEAL_PASSPHRASE")).contains("the variable MODELPIN_SEAL_PASSPHRASE"));
    let wrong = why(&reader(&home, Some("~/wrong"), environment([("MODELPIN_SEAL_PASSPHRASE", "right".into())])));
    assert!(
        wrong.contains("another passphrase") && wrong.contains("~/wrong (named by `auth.sealPassphraseFile`)"),
        "{wrong}"
    );
    for (name, what) in [("gone", "No such file"), ("empty", "it is empty"), ("credentials", "not a regular file")] {
        let why = why(&reader(&home, Some(&format!("~/{name}")), environment([credentials()])));
        assert!(why.contains(&format!("~/{name}")) && why.contains(what), "{why}");
    }
    assert_eq!(closed(&reader(&home, None, Environment::default()), "a:default"), SealTrouble::NoPassphrase);
}

#[test]
fn a_person_is_asked_once_and_only_if_something_is_sealed() {
    let home = sealed("right");
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let open = |home: &Home, answer: Option<&'static str>| {
        let count = asked.clone();
        let ask = move || {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            answer.map(SecretString::from)
        };
        let ports = SealPorts { ask: Some(Arc::new(ask)), ..SealPorts::default() };
        let own = home.store();
        let paths = StorePaths {
            main: own.clone(),
            own,
            oauth: home.path().join("oauth.json"),
            agent: modelpin::agent::AgentId::main(),
        };
        AuthStore::new(paths).with_sealing(Sealing::new(ports, home.path(), &[], None))
    };
    let count = || asked.swap(0, std::sync::atomic::Ordering::Relaxed);
    let store = open(&home, Some("right\n"));
    assert!(store.sealing().would_ask());
    assert_eq!(plain(&profile(&store, "a:default")), [KEY]);
    assert_eq!(plain(&profile(&store, "a:default")), [KEY]);
    assert_eq!(count(), 1);
    let silent = open(&home, None);
    assert_eq!(closed(&silent, "a:default"), SealTrouble::NoPassphrase);
    assert_eq!(closed(&silent, "d:/ spaced ☃"), SealTrouble::NoPassphrase);
    assert_eq!(count(), 1);
    let late = open(&home, Some("right"));
    late.sealing().ask_no_more();
    assert_eq!(closed(&late, "a:default"), SealTrouble::NoPassphrase);
    let plain_store = Home::with(&crate::profile::seal::rig::store().to_string());
    assert_eq!(plain(&profile(&open(&plain_store, Some("right")), "a:default")), [KEY]);
    assert_eq!(count(), 0, "nothing was sealed, so nobody was asked");
}

/// A running bot: the file comes back, and the profiles with it.
#[test]
fn a_passphrase_that_comes_back_opens_without_a_restart() {
    let home = sealed("right");
    let path = home.path().join("pass");
    let variable = ("MODELPIN_SEAL_PASSPHRASE_FILE", path.display().to_string());
    let store = reader(&home, None, environment([variable]));
    assert!(matches!(closed(&store, "a:default"), SealTrouble::Unreadable { .. }));
    fs::write(&path, "wrong!").unwrap();
    assert!(matches!(closed(&store, "a:default"), SealTrouble::OtherPassphrase { .. }));
    fs::write(&path, "right").unwrap();
    assert_eq!(plain(&profile(&store, "a:default")), [KEY]);
    // And another configuration is followed as well.
    let elsewhere = reader(&home, Some("~/nowhere"), Environment::default());
    assert!(matches!(closed(&elsewhere, "a:default"), SealTrouble::Unreadable { .. }));
    let auth = AuthConfig { seal_passphrase_file: Some("~/pass".to_owned()), ..AuthConfig::default() };
    elsewhere.sealing().follow(&auth, &Arc::new(Environment::default()));
    assert_eq!(plain(&profile(&elsewhere, "a:default")), [KEY]);
}

#[test]
fn a_passphrase_that_others_can_read_is_remarked_on() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::empty();
    let path = home.path().join("pass");
    fs::write(&path, "right").unwrap();
    for (mode, remarks) in [(0o644, 1), (0o640, 1), (0o600, 0), (0o400, 0)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let said = reader(&home, Some("~/pass"), Environment::default()).sealing().remarks();
        assert_eq!(said.len(), remarks, "{said:?}");
        assert!(said.iter().all(|said| said.contains("chmod 600") && !said.contains("right")), "{said:?}");
    }
}

/// In the keyring, and what is said when it is not there any more.
#[test]
fn a_key_in_the_keyring_opens_and_its_absence_is_named() {
    let home = Home::with(&store().to_string());
    let keyring = MemoryKeyring::default();
    let open = || process(&home, Some(SealWith::Keyring), Environment::default(), &keyring);
    // `auth.seal` is on, and nobody has made a key yet.
    let fault = open().edit_own(|document| document.set_profile(&id("n:1"), &key("n", "sk-test-1"))).unwrap_err();
    assert!(fault.to_string().contains("modelpin models auth seal"), "{fault}");
    let first = open();
    first.sealing().make_ready(SealWith::Keyring, &[]).unwrap();
    first.seal(&first.own(), SealWith::Keyring).unwrap().unwrap();
    assert_eq!(keyring.accounts().len(), 2, "by its own name, and by that of the state directory");
    let before = keyring.asked();
    let second = open();
    assert_eq!(plain(&profile(&second, "a:default")), [KEY]);
    assert_eq!(keyring.asked(), before + 1, "one question, however many secrets");
    second.edit_own(|document| document.set_profile(&id("n:1"), &key("n", "sk-test-1"))).unwrap();
    assert_eq!(plain(&profile(&open(), "n:1")), ["sk-test-1"]);
    // A copy of the state directory elsewhere finds the key by its name, and goes on sealing with it.
    let moved =
        at(&home, home.path().join("elsewhere").as_path(), Some(SealWith::Keyring), Environment::default(), &keyring);
    moved.edit_own(|document| document.set_profile(&id("n:2"), &key("n", "sk-test-2"))).unwrap();
    assert_eq!(plain(&profile(&open(), "n:2")), ["sk-test-2"]);

    let text = home.json()["profiles"]["a:default"]["key"].as_str().unwrap().to_owned();
    let account = text.split(':').nth(3).unwrap();
    let entry = format!("modelpin/{account}");
    let other = SealKeyOf::another(&keyring);
    keyring.swap(&other, account);
    assert_eq!(closed(&open(), "a:default"), SealTrouble::OtherKey { entry: entry.clone() });
    keyring.is_emptied();
    assert_eq!(closed(&open(), "a:default"), SealTrouble::NoKey { entry: entry.clone() });
    keyring.breaks("it is locked");
    let why = closed(&open(), "a:default");
    assert_eq!(why, SealTrouble::NoKeyring { entry, why: "it is locked".to_owned() });
    let refused = open().sealing().make_ready(SealWith::Keyring, &[]).unwrap_err().to_string();
    assert!(refused.contains("it is locked") && refused.contains("--with passphrase"), "{refused}");
}

struct SealKeyOf;

impl SealKeyOf {
    /// Keeps another key under a name of its own.
    fn another(keyring: &MemoryKeyring) -> String {
        use modelpin::profile::Keyring as _;
        keyring.keep("another", &modelpin::profile::SealKey::random().unwrap().to_keyring()).unwrap();
        "another".to_owned()
    }
}
