//! Claude Code's login under Epiloop's name, and where it is not copied.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use modelpin::profile::ProfileId;
use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::cli::support::{Home, family, nowhere, provider, store_in};
use crate::profile::support::tree;

const TOKEN: &str = "sk-test-of-claude-code-5b1e77";

/// Claude Code is logged in.
fn log_in(home: &Home, expires: u64) {
    let login = json!({
        "accessToken": TOKEN, "refreshToken": "sk-test-refresh-of-claude-code",
        "expiresAt": expires, "scopes": ["user:inference"],
    });
    fs::create_dir_all(home.path().join(".claude")).unwrap();
    fs::write(home.path().join(".claude/.credentials.json"), json!({ "claudeAiOauth": login }).to_string()).unwrap();
}

fn row(home: &Home) -> Value {
    home.json(&["models", "auth", "list"])["profiles"][0].clone()
}

#[test]
fn epiloop_finds_a_copy_without_the_refresh_token_in_its_store() {
    let home = Home::of_program("epiloop");
    log_in(&home, 4_102_444_800_000);
    let store = store_in(&home.path().join(".epiloop"));
    let run = home.run(&["models", "auth", "list"]);
    assert!(run.err.contains(&format!("copied into {}", store.display())), "{}", run.err);
    assert!(run.out.contains("anthropic:claude-cli") && run.out.contains("managed by Claude Code"), "{}", run.out);
    let copy = fs::read_to_string(&store).unwrap();
    assert!(copy.contains(TOKEN) && !copy.contains("refresh"));
    let again = home.run(&["models", "auth", "list"]);
    assert!(!again.err.contains("copied"), "{}", again.err);
    assert_eq!(fs::read_to_string(&store).unwrap(), copy);
    // Who starts to serve finds a newer one, too; who looks at sessions copies nothing.
    log_in(&home, 4_102_444_900_000);
    home.run(&["sessions", "list"]);
    assert_eq!(fs::read_to_string(&store).unwrap(), copy);
    assert!(home.run(&["chat", "--jsonl"]).err.contains("copied into"));
    assert!(fs::read_to_string(&store).unwrap().contains("4102444900000"));
}

#[test]
fn nobody_else_gets_a_copy_unless_asked_for() {
    let home = Home::empty();
    log_in(&home, 4_102_444_800_000);
    let row_before = row(&home);
    assert_eq!(row_before["managedBy"], "Claude Code");
    assert_eq!(row_before["file"].as_str(), home.path().join(".claude/.credentials.json").to_str());
    assert!(!home.store().exists());
    let gone = home.run(&["models", "auth", "remove", "anthropic:claude-cli"]);
    assert_eq!(gone.code, 64, "{}", gone.err);
    assert!(gone.err.contains("managed by Claude Code; log out there"), "{}", gone.err);
    assert_eq!(fs::read_dir(home.path().join(".claude")).unwrap().count(), 1, "not even a lock");
    fs::create_dir_all(home.state()).unwrap();
    fs::write(home.state().join("modelpin.json"), "{ auth: { claudeCli: { sync: true } } }").unwrap();
    assert_eq!(row(&home), row_before);
    assert!(fs::read_to_string(home.store()).unwrap().contains(TOKEN));
}

#[test]
fn an_expired_one_says_whom_to_open() {
    let home = Home::empty();
    log_in(&home, 1_000);
    let row = row(&home);
    assert_eq!(row["state"], "expired");
    assert!(row["detail"].as_str().unwrap().contains("run `claude` once to renew it"), "{row}");
}

const FAR: u64 = 4_102_444_800_000;

/// What an operator may type that reads the store, with what is read from standard input.
const COMMANDS: [(&[&str], &str); 9] = [
    (&["models", "auth", "list"], ""),
    (&["models", "auth", "list", "--json"], ""),
    (&["models", "auth", "order", "get", "--provider", "anthropic"], ""),
    (&["models", "auth", "order", "set", "--provider", "anthropic", "anthropic:default"], ""),
    (&["models", "auth", "order", "clear", "--provider", "anthropic"], ""),
    (&["models", "auth", "clear-cooldown", "anthropic:default"], ""),
    (&["models", "auth", "add", "--provider", "openai", "--yes"], "sk-test-another-key-0123456789"),
    (&["models", "auth", "remove", "anthropic:spare"], ""),
    (&["chat", "--jsonl"], ""),
];

/// The state directory of Epiloop, with what a program of the family has there.
fn epiloop() -> (Home, PathBuf) {
    let home = Home::of_program("epiloop");
    let state = home.path().join(".epiloop");
    family(&state, "epiloop.json", nowhere);
    let store = store_in(&state);
    (home, store)
}

fn copy_in(store: &Path) -> Value {
    let store: Value = serde_json::from_slice(&fs::read(store).unwrap()).unwrap();
    store["profiles"]["anthropic:claude-cli"].clone()
}

#[test]
fn every_command_that_loads_epiloops_store_brings_the_copy_up_to_date() {
    for (number, (command, input)) in COMMANDS.into_iter().enumerate() {
        let (home, store) = epiloop();
        log_in(&home, FAR + u64::try_from(number).unwrap());
        let run = home.run_with(command, input.as_bytes());
        assert_eq!(run.code, 0, "{command:?}: {}", run.err);
        assert!(run.err.contains("copied into"), "{command:?}: {}", run.err);
        let copy = json!({
            "type": "token", "provider": "anthropic", "token": TOKEN, "expires": FAR + u64::try_from(number).unwrap(),
        });
        assert_eq!(copy_in(&store), copy, "{command:?}");
    }
}

#[test]
fn a_copy_that_is_there_costs_no_byte_and_no_lock() {
    let (home, store) = epiloop();
    log_in(&home, FAR);
    home.run(&["models", "auth", "list"]);
    let state = || {
        let stamp = |path: &Path| fs::metadata(path).map(|found| (found.ino(), found.mtime_nsec(), found.ctime_nsec()));
        let folder = store.parent().unwrap();
        let files = tree(folder);
        let stamps: Vec<_> = files.keys().map(|path| stamp(path).unwrap()).collect();
        (stamp(folder).unwrap(), files, stamps)
    };
    let before = state();
    for command in [&["models", "auth", "list"][..], &["chat", "--jsonl"]] {
        let run = home.run(command);
        assert!(run.code == 0 && !run.err.contains("copied"), "{}", run.err);
        assert!(state() == before, "{command:?}");
    }
}

#[test]
fn a_key_that_somebody_keeps_under_that_name_stays() {
    let (home, store) = epiloop();
    let key = json!({"type": "api_key", "provider": "anthropic", "key": "sk-test-of-somebodys-own"});
    let mut content: Value = serde_json::from_slice(&fs::read(&store).unwrap()).unwrap();
    content["profiles"]["anthropic:claude-cli"] = key.clone();
    fs::write(&store, content.to_string()).unwrap();
    log_in(&home, FAR);
    let run = home.run(&["models", "auth", "list"]);
    assert!(run.code == 0 && !run.err.contains("copied"), "{}", run.err);
    assert_eq!(copy_in(&store), key);
}

/// S-21: the family promises that an older `token` is read as `oauth`; otherwise the login would be left out without a word.
#[rstest]
#[case("modelpin", ".modelpin", "modelpin.json")]
#[case("hex", ".hex", "hex.json")]
#[case("aipro", ".aipro", "aipro.json")]
#[case("nova-engine", ".nova-engine", "nova-engine.json")]
#[case("moltbot", ".clawdbot", "moltbot.json")]
#[case("epiloop", ".epiloop", "epiloop.json")]
#[case("openclaw", ".openclaw", "openclaw.json")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_mode_is_read_as_oauth(#[case] name: &str, #[case] folder: &str, #[case] config: &str) {
    let id = ProfileId::new("anthropic:claude-cli").unwrap();
    let server = provider().profile("anthropic", &id, &SecretString::from(TOKEN)).start().await.unwrap();
    let home = Home::of_program(name);
    let state = home.path().join(folder);
    fs::create_dir_all(&state).unwrap();
    let everything = json!({
        "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}}},
        "models": {"providers": {"anthropic": {"baseUrl": server.base_url("anthropic"), "models": []}}},
        "auth": {"profiles": {"anthropic:claude-cli": {"provider": "anthropic", "mode": "token"}}},
    });
    fs::write(state.join(config), everything.to_string()).unwrap();
    log_in(&home, FAR);
    assert_eq!(row(&home)["state"], "usable");
    // The second time a copy is there, where there is one at all.
    for _ in 0..2 {
        let mut chat = home.chat(None, &[]);
        let answer = chat.send(&json!({"text": "hello"}));
        assert_eq!(answer[0]["receipt"]["profile"], "anthropic:claude-cli", "{answer:?}");
        assert_eq!(answer[0]["receipt"]["outcome"], "ok");
        assert_eq!(chat.end(), 0);
    }
    let unchanged: Value = serde_json::from_slice(&fs::read(state.join(config)).unwrap()).unwrap();
    assert_eq!(unchanged, everything, "in memory only");
}

/// Whatever is typed, and whatever becomes of a turn: Claude Code's folder is read and nothing else.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_and_no_turn_writes_there_unless_asked_for() {
    use crate::support::watch::Watch;

    let id = ProfileId::new("anthropic:claude-cli").unwrap();
    let server = provider().profile("anthropic", &id, &SecretString::from(TOKEN)).start().await.unwrap();
    for (name, folder) in [("modelpin", ".modelpin"), ("epiloop", ".epiloop")] {
        let home = Home::of_program(name);
        family(&home.path().join(folder), &format!("{name}.json"), |provider| server.base_url(provider));
        log_in(&home, FAR);
        let file = home.path().join(".claude/.credentials.json");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
        let watch = Watch::on(&home.path().join(".claude"));
        for (command, input) in COMMANDS {
            assert_eq!(home.run_with(command, input.as_bytes()).code, 0, "{command:?}");
        }
        let mut chat = home.chat(None, &[]);
        chat.says("/model sonnet@claude-cli");
        let answer = chat.send(&json!({"text": "hello"}));
        assert_eq!(answer[0]["receipt"]["profile"], "anthropic:claude-cli", "{answer:?}");
        chat.says("/model status");
        assert_eq!(watch.seen(), [""; 0], "{name}");
        // The login ends, and nobody renews it.
        let ended = fs::read_to_string(&file).unwrap().replace(&FAR.to_string(), "1000");
        fs::write(file.with_extension("new"), ended).unwrap();
        fs::rename(file.with_extension("new"), &file).unwrap();
        assert!(!watch.seen().is_empty(), "it does see what is done there");
        let answer = chat.says("hello");
        assert!(answer.contains("run `claude` once to renew it"), "{answer}");
        assert_eq!(chat.end(), 0);
        assert_eq!(watch.seen(), [""; 0], "{name}");
    }
}
