//! `models status`: what it prints, how it ends, and what it leaves alone.

mod check;
mod probe;
mod running;
mod shown;

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use modelpin::health::{Bench, BenchScope, FailureClass};
use modelpin::profile::Fingerprint;
use modelpin::session::{Actor, Pin, Selection, Session, Source, Until};
use modelpin::store::{HealthTable, SessionTable, Sqlite};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::cli::support::{Home, store_in};

/// An hour in milliseconds.
const HOUR: i64 = 3_600_000;

/// So many hours from now, in milliseconds since 1970.
fn hours(from_now: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    i64::try_from(now).unwrap() + from_now * HOUR
}

/// A secret that belongs to `id`.
fn secret(id: &str) -> String {
    format!("sk-test-{}-51c2f07d9e", id.replace([':', '@'], "-"))
}

fn key(provider: &str, id: &str) -> Value {
    json!({"type": "api_key", "provider": provider, "key": secret(id)})
}

fn token(provider: &str, id: &str, expires: i64) -> Value {
    json!({"type": "token", "provider": provider, "token": secret(id), "expires": expires})
}

fn write(path: &Path, content: &Value) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("{content:#}\n")).unwrap();
}

/// A home with that configuration and those profiles.
fn home(config: &Value, profiles: &Value, order: &Value) -> Home {
    let home = Home::empty();
    write(&home.state().join("modelpin.json"), config);
    write(&home.store(), &json!({"version": 1, "profiles": profiles, "order": order}));
    home
}

/// Notes a bench on `secret`, as a turn would.
fn bench(home: &Home, provider: &str, secret: &str, class: FailureClass, hours_left: Option<i64>) {
    let now = jiff::Timestamp::from_millisecond(hours(0)).unwrap();
    let scope = BenchScope {
        provider: provider.parse().unwrap(),
        fingerprint: Some(Fingerprint::of(&SecretString::from(secret))),
        model: None,
    };
    let until = hours_left.map(|left| jiff::Timestamp::from_millisecond(hours(left)).unwrap());
    let bench = Bench { scope: scope.clone(), class, strikes: 1, since: now, until };
    with_state(home, async |store| store.update_bench(scope, Box::new(move |_| Some(bench.clone()))).await.unwrap());
}

/// Pins `profile` in a chat of its own.
fn pin(home: &Home, chat: &str, profile: &str) {
    let now = jiff::Timestamp::from_millisecond(hours(0)).unwrap();
    let key = format!("agent:main:telegram:default:group:{chat}").parse().unwrap();
    let mut session = Session::new(key, now);
    session.choice.lasting = Some(Selection {
        model: None,
        pin: Some(Pin { profile: profile.parse().unwrap(), account: None, by: None }),
        source: Source::User,
        since: now,
        until: Until::Changed,
        by: Actor { channel: "telegram".to_owned(), id: "42".to_owned(), name: None },
    });
    with_state(home, async |store| drop(store.commit(session).await.unwrap()));
}

fn with_state(home: &Home, work: impl AsyncFnOnce(&Sqlite) + Send) {
    let store = Sqlite::open(&home.state().join("modelpin.sqlite")).unwrap();
    // On a thread of its own: the test may run in a runtime.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(work(&store));
        });
    });
}

/// Every file below `folder`, with its content and its time.
fn tree(folder: &Path) -> Vec<(String, Vec<u8>, SystemTime)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(tree(&path));
        } else {
            let modified = fs::metadata(&path).unwrap().modified().unwrap();
            found.push((path.display().to_string(), fs::read(&path).unwrap(), modified));
        }
    }
    found.sort();
    found
}

/// The secret of the only agent's second store.
fn agent_store(home: &Home, agent: &str, profiles: &Value) {
    let path = store_in(&home.state()).to_string_lossy().replace("/main/", &format!("/{agent}/"));
    write(Path::new(&path), &json!({"version": 1, "profiles": profiles}));
}
