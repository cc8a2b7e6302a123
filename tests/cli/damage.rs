//! Stores that cannot be read, directories that cannot be written, and disks without room.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::cli::support::{Home, ended, family, nowhere, provider};

#[test]
fn a_corrupt_store_is_65_with_its_position_and_stays_as_it_is() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let broken = "{\"version\": 1,\n  \"profiles\": {,}\n}";
    fs::write(home.store(), broken).unwrap();
    let at = format!("{}:2:16: not valid JSON", home.store().display());
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["add", "--provider", "anthropic"],
        &["paste-token", "--provider", "openai"],
        &["remove", "anthropic:work"],
        &["order", "get", "--provider", "anthropic"],
        &["order", "set", "--provider", "anthropic", "work"],
        &["order", "clear", "--provider", "anthropic"],
    ] {
        let ended = home.run_with(&[&["models", "auth"], arguments].concat(), b"sk-test-0123456789");
        assert_eq!(ended.code, 65, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(&at), "{arguments:?}: {}", ended.err);
        assert_eq!(fs::read_to_string(home.store()).unwrap(), broken, "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_chat_goes_on_with_the_last_good_version_and_says_so() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let good = fs::read(home.store()).unwrap();
    let mut chat = home.chat(None, &[]);
    chat.says("/model opus@work");
    fs::write(home.store(), &good[..good.len() / 2]).unwrap();
    let answer = chat.send(&json!({"text": "hello"}));
    assert_eq!(answer[0]["receipt"]["profile"], "anthropic:work");
    let said = answer[0]["reply"]["text"].as_str().unwrap();
    assert!(said.contains("last good version") && said.contains("auth-profiles.json:1:"), "{said}");
    assert!(chat.says("/model status").contains("anthropic:work"));
    assert_eq!(fs::read(home.store()).unwrap(), &good[..good.len() / 2], "never written over");
    fs::write(home.store(), &good).unwrap();
    let answer = chat.says("hello again");
    assert!(!answer.contains("last good version"), "{answer}");
    assert_eq!(chat.end(), 0);
}

/// A file where the state directory should be.
#[test]
fn a_state_directory_that_is_none_is_named() {
    let home = Home::empty();
    fs::write(home.state(), "not a directory").unwrap();
    for arguments in [&["models", "auth", "add", "--provider", "anthropic"][..], &["chat", "--jsonl"]] {
        let ended = home.run_with(arguments, b"sk-test-0123456789");
        assert_eq!((ended.code, ended.out.as_str()), (64, ""), "{}", ended.err);
        assert!(ended.err.contains(&format!("{} is no directory", home.state().display())), "{}", ended.err);
    }
    assert_eq!(fs::read_to_string(home.state()).unwrap(), "not a directory");
}

/// A directory where the database should be, which no right to write helps against.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_knows_what_is_pinned_nothing_answers_and_everything_says_why() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    fs::create_dir(home.state().join("modelpin.sqlite")).unwrap();
    let mut chat = home.chat(None, &[]);
    for text in ["/model", "/model status", "/model opus@work", "hello"] {
        let said = chat.says(text);
        assert!(said.contains("modelpin.sqlite") && !said.contains("Model set to"), "{text}: {said}");
    }
    assert_eq!(server.seen(), [], "another credential than the pinned one may have answered");
    assert!(chat.says("/help").contains("/model"));
    assert!(chat.err().contains("modelpin.sqlite"), "{}", chat.err());
    assert_eq!(chat.end(), 0);
}

/// A folder that cannot be made, where no state ever was: nothing can be pinned there, so the order counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_can_be_pinned_the_order_answers_and_no_pin_is_confirmed() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    // A link to nowhere takes the name of the database, whoever we are.
    std::os::unix::fs::symlink("/proc/none/modelpin.sqlite", home.state().join("modelpin.sqlite")).unwrap();
    let mut chat = home.chat(None, &[]);
    let pin = chat.says("/model opus@work");
    assert!(!pin.contains("Model set to") && pin.contains("modelpin.sqlite"), "{pin}");
    let answer = chat.send(&json!({"text": "hello"}));
    assert_eq!(answer[0]["receipt"]["profile"], "anthropic:spare", "{answer:?}");
    assert_eq!(chat.end(), 0);
}

/// The limit on the size of files does for one file what a full disk does for all.
#[test]
fn without_room_a_credential_is_not_half_stored() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let before = fs::read(home.store()).unwrap();
    let mut command = Command::new("sh");
    let script = r#"trap "" XFSZ; ulimit -f 0; exec "$0" models auth add --provider mistral"#;
    command.args(["-c", script, env!("CARGO_BIN_EXE_modelpin")]).env_clear().env("HOME", home.path());
    let ended = ended(command, b"sk-test-0123456789");
    assert_eq!(ended.code, 70, "{}", ended.err);
    assert!(ended.err.contains("no room") && ended.err.contains("auth-profiles.json"), "{}", ended.err);
    assert_eq!(fs::read(home.store()).unwrap(), before);
}

/// A disk of our own that is full, mounted where nobody else sees it; then there is room again.
#[test]
fn on_a_full_disk_a_pin_is_not_confirmed_and_the_old_one_stays() {
    let home = Home::empty();
    let seed = home.path().join("seed");
    family(&seed, "modelpin.json", nowhere);
    let state = home.path().join("disk");
    fs::create_dir(&state).unwrap();
    let script = r#"
        set -e
        mount -t tmpfs -o size=1m tmpfs "$2"
        cp -r "$1/." "$2"
        printf '%s\n' '{"text":"/model opus@work"}' | "$0" chat --jsonl --state-dir "$2"
        cat /dev/zero > "$2/ballast" 2> /dev/null || true
        printf '%s\n' '{"text":"/model gpt@team"}' '{"text":"/model"}' | "$0" chat --jsonl --state-dir "$2"
        rm "$2/ballast"
        printf '%s\n' '{"text":"/model"}' '{"text":"/model gpt@team"}' | "$0" chat --jsonl --state-dir "$2"
    "#;
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_modelpin")]);
    command.arg(&seed).arg(&state).env("HOME", home.path());
    let ended = ended(command, b"");
    assert_eq!(ended.code, 0, "it failed, or `unshare` and `mount` are not allowed here: {}", ended.err);
    let texts: Vec<String> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter_map(|record| Some(record["reply"]["text"].as_str()?.to_owned()))
        .collect();
    let [pinned, refused, during, after, works] = &texts[..] else { panic!("{texts:?}") };
    assert!(pinned.contains("Model set to opus"), "{pinned}");
    assert!(!refused.contains("Model set to"), "{refused}");
    for picker in [during, after] {
        assert!(picker.contains("opus") && picker.contains("anthropic:work"), "{picker}");
    }
    assert!(works.contains("Model set to gpt"), "{works}");
}
