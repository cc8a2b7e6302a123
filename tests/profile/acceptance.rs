//! Many processes on one file, some of them rude.
//!
//! What can be promised beside a writer that ignores the locks: nothing that it wrote is lost by us, and nothing of ours
//! is lost but what it overwrote itself after we were done. So the rude writer of these tests keeps a record of what it
//! took out of the file without having read it; everything else must be there at the end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
#![allow(clippy::print_stdout, reason = "what was measured is shown with --nocapture")]

use std::collections::HashSet;
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use modelpin::profile::AuthFile;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::{Value, json};

use crate::profile::support::{Home, id, json as read_json, key, others, provider};
use crate::support::rerun::{again, child_of_test};

const ROLE: &str = "MODELPIN_TEST_ROLE";

const BEFORE: &str = r#"{"zeta":{"deep":[1,{"b":2,"a":1}]},"version":7,"profiles":{
    "first:1":{"type":"api_key","provider":"first","key":"sk-test-first","unknown":{"kept":true}},
    "future:1":{"type":"mtls","cert":"c"}},"order":{"first":["first:1"]},"usageStats":{"first:1":{"lastUsed":5}},
    "custom":null}"#;

/// What a process of one of the tests below does, where this is one.
fn act(store: &Path) {
    let role = env::var(ROLE).unwrap();
    match role.split_once(' ').unwrap() {
        ("writer", name) => writer(store, name, 200),
        ("few", name) => writer(store, name, 40),
        ("rude", manner) => rude(store, manner == "in-place"),
        ("april", _) => family(store, "april", 30),
        ("january", _) => family(store, "january", 30),
        (other, _) => panic!("{other}"),
    }
}

/// What `writer` leaves behind: the path in the document, and the value there.
fn left_by(name: &str, writes: usize) -> Vec<(&'static str, String, Value)> {
    let mut left = Vec::new();
    for n in (0..writes).step_by(4) {
        left.push(("profiles", format!("{name}:{n}"), json!(format!("sk-test-{}", n + 1))));
    }
    left.push(("order", name.to_owned(), json!([format!("{name}:{}", writes - 4)])));
    left
}

/// New profiles, new secrets, orders and removals, in turn.
fn writer(store: &Path, name: &str, writes: usize) {
    let file = AuthFile::at(store);
    for n in 0..writes {
        let own = id(&format!("{name}:{}", n - n % 4));
        file.edit(|document| match n % 4 {
            0 | 1 => document.set_profile(&own, &key(name, &format!("sk-test-{n}"))),
            2 => {
                document.set_order(&provider(name), std::slice::from_ref(&own));
                document.set_profile(&id(&format!("{name}:passing")), &key(name, "sk-test-passing"));
            }
            _ => drop(document.remove_profile(&id(&format!("{name}:passing"))).then_some(())),
        })
        .unwrap();
    }
}

/// Adds profiles of its own without a look at any lock, until it is told to stop.
fn rude(store: &Path, in_place: bool) {
    let mut destroyed = Vec::new();
    let mut n = 0;
    // Bounded, because the file grows by each: a slow machine must not be slower by its own slowness.
    while n < 100 && !store.with_file_name("stop").exists() {
        let Ok(read) = serde_json::from_slice::<Value>(&fs::read(store).unwrap()) else { continue };
        let mut wanted = read.clone();
        wanted["profiles"][format!("rude:{n}")] = json!({"type": "api_key", "provider": "rude", "key": "sk-test-rude"});
        let text = format!("{wanted:#}\n");
        let found = if in_place { truncate_and_write(store, &text) } else { exchange(store, &text) };
        if let Ok(found) = serde_json::from_slice::<Value>(&found) {
            destroyed.extend(changes(&read, &found));
        }
        n += 1;
        thread::sleep(Duration::from_millis(20));
    }
    fs::write(store.with_file_name("destroyed"), json!({"written": n, "destroyed": destroyed}).to_string()).unwrap();
}

/// Like a rename without a look, but returns what it replaced.
fn exchange(store: &Path, text: &str) -> Vec<u8> {
    let temporary = store.with_file_name("rude.tmp");
    fs::write(&temporary, text).unwrap();
    renameat_with(CWD, &temporary, CWD, store, RenameFlags::EXCHANGE).unwrap();
    fs::read(&temporary).unwrap()
}

/// As January writes: the file is torn for a moment. Returns what was in it.
fn truncate_and_write(store: &Path, text: &str) -> Vec<u8> {
    let mut file = OpenOptions::new().read(true).write(true).open(store).unwrap();
    let mut found = Vec::new();
    file.read_to_end(&mut found).unwrap();
    file.set_len(0).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    let (half, rest) = text.as_bytes().split_at(text.len() / 2);
    file.write_all(half).unwrap();
    thread::yield_now();
    file.write_all(rest).unwrap();
    found
}

/// The paths `section/key` that differ.
fn changes(read: &Value, found: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    for section in ["profiles", "order"] {
        let (read, found) = (read[section].as_object().unwrap(), found[section].as_object().unwrap());
        let keys: HashSet<&String> = read.keys().chain(found.keys()).collect();
        paths.extend(
            keys.into_iter().filter(|key| read.get(*key) != found.get(*key)).map(|key| format!("{section}/{key}")),
        );
    }
    paths
}

/// The family's programs, which honour the lock in their own forms: January's directory and write in place, April's file
/// and rename.
fn family(store: &Path, name: &str, writes: usize) {
    let lock = store.with_file_name("auth-profiles.json.lock");
    for n in 0..writes {
        let deadline = Instant::now() + Duration::from_secs(50);
        loop {
            let taken = if name == "january" {
                fs::create_dir(&lock)
            } else {
                let at = jiff::Timestamp::now().to_string();
                let content = json!({"pid": std::process::id(), "createdAt": at}).to_string();
                File::create_new(&lock).and_then(|mut file| file.write_all(content.as_bytes()))
            };
            match taken {
                Ok(()) => break,
                Err(error) if error.kind() == ErrorKind::AlreadyExists && Instant::now() < deadline => {
                    thread::sleep(Duration::from_micros(300));
                }
                Err(error) => panic!("{error}"),
            }
        }
        let mut document = read_json(store);
        // Long enough for anybody who does not wait to come between.
        thread::sleep(Duration::from_millis(1));
        document["profiles"][format!("{name}:{n}")] = json!({"type": "api_key", "provider": name, "key": "sk-test"});
        let text = format!("{document:#}\n");
        if name == "january" {
            fs::write(store, text).unwrap();
            fs::remove_dir(&lock).unwrap();
        } else {
            let temporary = store.with_file_name("april.tmp");
            fs::write(&temporary, text).unwrap();
            fs::rename(&temporary, store).unwrap();
            fs::remove_file(&lock).unwrap();
        }
    }
}

/// Reads in a tight loop until `done`; returns how often, and how often it was no JSON.
fn watch(store: &Path, done: &AtomicBool) -> (usize, usize) {
    let (mut reads, mut torn) = (0, 0);
    while !done.load(Ordering::Relaxed) {
        let bytes = fs::read(store).unwrap();
        reads += 1;
        torn += usize::from(serde_json::from_slice::<Value>(&bytes).is_err());
        // Two cores have ten processes to run besides.
        thread::sleep(Duration::from_micros(200));
    }
    (reads, torn)
}

/// Everybody at work for the test `name`, with a reader; then a rude writer is told to stop. Returns (reads, torn, what
/// was destroyed).
fn run(name: &str, home: &Home, roles: &[String], rude: Option<&str>) -> (usize, usize, Value) {
    let start = |role: &str| again(name, &home.store()).env(ROLE, role).stdout(Stdio::null()).spawn().unwrap();
    let done = AtomicBool::new(false);
    let store = home.store();
    thread::scope(|scope| {
        let reader = scope.spawn(|| watch(&store, &done));
        let rude = rude.map(|manner| start(&format!("rude {manner}")));
        let children: Vec<Child> = roles.iter().map(|role| start(role)).collect();
        let ends: Vec<bool> = children.into_iter().map(|mut child| child.wait().unwrap().success()).collect();
        fs::write(home.path().join("stop"), "").unwrap();
        let rude_end = rude.is_none_or(|mut child| child.wait().unwrap().success());
        done.store(true, Ordering::Relaxed);
        let (reads, torn) = reader.join().unwrap();
        assert!(ends.iter().all(|success| *success) && rude_end, "a process failed: {ends:?} {rude_end}");
        let record = home.path().join("destroyed");
        (reads, torn, if record.exists() { read_json(&record) } else { json!({"written": 0, "destroyed": []}) })
    })
}

/// Whatever was in the file at the beginning, known or not, in its order.
fn assert_the_rest_is_there(document: &Value) {
    let before: Value = serde_json::from_str(BEFORE).unwrap();
    for (key, value) in before.as_object().unwrap() {
        match key.as_str() {
            "profiles" | "order" => {
                for (name, entry) in value.as_object().unwrap() {
                    assert_eq!(&document[key][name], entry, "{key}/{name}");
                }
            }
            _ => assert_eq!(&document[key], value, "{key}"),
        }
    }
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(document), keys(&before), "the order of keys");
}

/// How many of `expected` are missing; a missing one that is not among `destroyed` is an error.
fn missing(document: &Value, expected: &[(&'static str, String, Value)], destroyed: &HashSet<&str>) -> usize {
    let mut count = 0;
    for (section, name, value) in expected {
        let found = &document[*section][name.as_str()];
        let found = if *section == "profiles" { &found["key"] } else { found };
        if found != value {
            count += 1;
            assert!(destroyed.contains(format!("{section}/{name}").as_str()), "lost: {section}/{name}: {found}");
        }
    }
    count
}

fn report(what: &str, begin: Instant, reads: usize, torn: usize, written: &Value, missing: usize) {
    println!(
        "{what}: {:?}, {reads} reads ({torn} torn), {written} rude writes, {missing} overwritten by it",
        begin.elapsed()
    );
}

#[test]
fn eight_processes_a_rude_writer_and_a_reader_lose_nothing() {
    if let Some(store) = child_of_test() {
        return act(&store);
    }
    let name = "profile::acceptance::eight_processes_a_rude_writer_and_a_reader_lose_nothing";
    let begin = Instant::now();
    let home = Home::with(BEFORE);
    let names: Vec<String> = (0..8).map(|n| format!("w{n}")).collect();
    let roles: Vec<String> = names.iter().map(|name| format!("writer {name}")).collect();
    let (reads, torn, record) = run(name, &home, &roles, Some("rename"));
    assert_eq!(torn, 0, "valid JSON at every instant");
    let document = home.json();
    assert_the_rest_is_there(&document);
    let destroyed: HashSet<&str> = record["destroyed"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let mut expected: Vec<_> = names.iter().flat_map(|name| left_by(name, 200)).collect();
    let rude = record["written"].as_u64().unwrap();
    expected.extend((0..rude).map(|n| ("profiles", format!("rude:{n}"), json!("sk-test-rude"))));
    let missing = missing(&document, &expected, &destroyed);
    report("renaming", begin, reads, torn, &record["written"], missing);
    assert!(rude > 20 && reads > 100, "everybody was at work: {rude} rude writes, {reads} reads");
    assert!(
        missing * 10 < expected.len(),
        "{missing} of {} overwritten: the rude writer did most of the work",
        expected.len()
    );
    let left: Vec<String> = others(&home).into_iter().filter(|name| name.contains("modelpin-")).collect();
    assert_eq!(left, ["auth-profiles.json.modelpin-lock"], "no temporary file is left behind");
}

/// A writer that truncates the file tears it for every reader; that is not ours to prevent. And what it writes into a
/// file that it opened before we exchanged it, and only after we looked at it, nobody can see: its own profiles are not
/// counted here. Ours are.
#[test]
fn a_rude_writer_that_truncates_in_place_makes_us_lose_nothing() {
    if let Some(store) = child_of_test() {
        return act(&store);
    }
    let name = "profile::acceptance::a_rude_writer_that_truncates_in_place_makes_us_lose_nothing";
    let begin = Instant::now();
    let home = Home::with(BEFORE);
    let names: Vec<String> = (0..3).map(|n| format!("w{n}")).collect();
    let roles: Vec<String> = names.iter().map(|name| format!("few {name}")).collect();
    let (reads, torn, record) = run(name, &home, &roles, Some("in-place"));
    let document = home.json();
    assert_the_rest_is_there(&document);
    let destroyed: HashSet<&str> = record["destroyed"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let expected: Vec<_> = names.iter().flat_map(|name| left_by(name, 40)).collect();
    let missing = missing(&document, &expected, &destroyed);
    report("in place", begin, reads, torn, &record["written"], missing);
}

#[test]
fn programs_of_the_family_and_modelpin_wait_for_each_other() {
    if let Some(store) = child_of_test() {
        return act(&store);
    }
    let name = "profile::acceptance::programs_of_the_family_and_modelpin_wait_for_each_other";
    let begin = Instant::now();
    let home = Home::with(BEFORE);
    let roles = ["few w0", "few w1", "april -", "january -"].map(str::to_owned);
    let (reads, torn, _) = run(name, &home, &roles, None);
    let document = home.json();
    assert_the_rest_is_there(&document);
    let mut expected: Vec<_> = ["w0", "w1"].into_iter().flat_map(|name| left_by(name, 40)).collect();
    for name in ["april", "january"] {
        expected.extend((0..30).map(|n| ("profiles", format!("{name}:{n}"), json!("sk-test"))));
    }
    let missing = missing(&document, &expected, &HashSet::new());
    report("family", begin, reads, torn, &json!(0), missing);
}
