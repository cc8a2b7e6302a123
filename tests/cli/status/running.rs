//! Programs that run on the same state are asked how they see it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::status::key;
use crate::cli::support::{Ended, Home, ended, family, nowhere};

fn status(home: &Home, environment: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = home.program();
    command.args(["models", "status"]).args(arguments).envs(environment.iter().copied());
    ended(command, b"")
}

fn running(home: &Home, environment: &[(&str, &str)]) -> Vec<Value> {
    let report: Value = serde_json::from_str(&status(home, environment, &["--json"]).out).unwrap();
    report["running"].as_array().unwrap().clone()
}

#[test]
fn a_program_that_does_not_see_a_variable_is_found_out() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    assert_eq!(running(&home, &[]), [] as [Value; 0]);
    let mut chat = home.chat(None, &[]);
    chat.says("/model");
    let socket = home.state().join(format!("modelpin-{}.sock", chat.child.id()));
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let same = running(&home, &[]);
    assert_eq!((same.len(), &same[0]["answered"], &same[0]["differences"]), (1, &json!(true), &json!([])));
    assert_eq!((&same[0]["command"], &same[0]["pid"]), (&json!("chat"), &json!(chat.child.id())));
    let key = ("GROQ_API_KEY", "sk-test-only-in-the-shell");
    let differs = running(&home, &[key]);
    assert_eq!(differs[0]["differences"], json!(["it does not see env: GROQ_API_KEY (for groq)"]));
    let text = status(&home, &[key], &[]).out;
    assert!(text.contains("sees something else") && text.contains("does not see env: GROQ_API_KEY"), "{text}");
    assert!(!text.contains("only-in-the-shell"), "{text}");
    let check: Value = serde_json::from_str(&status(&home, &[key], &["--check", "--json"]).out).unwrap();
    assert_eq!(check["running"], Value::Null, "a check asks nobody");
    assert_eq!(chat.end(), 0);
    assert!(!socket.exists());
}

#[test]
fn a_program_that_hangs_holds_nobody_up_and_one_that_ended_is_not_missed() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let hung = home.state().join("modelpin-1.sock");
    let _listener = UnixListener::bind(&hung).unwrap();
    let ended = home.state().join("modelpin-2.sock");
    drop(UnixListener::bind(&ended).unwrap());
    let begun = Instant::now();
    let found = running(&home, &[]);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["pid"], &found[0]["answered"]), (&json!(1), &json!(false)));
    assert!(ended.exists(), "whoever only looks removes nothing");
    let mut chat = home.chat(None, &[]);
    chat.says("/model");
    assert!(!ended.exists() && hung.exists(), "whoever runs puts away what others left");
    assert_eq!(chat.end(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_path_is_no_hindrance() {
    let home = Home::empty();
    let state = home.path().join("a-directory-with-a-long-name".repeat(6));
    family(&state, "modelpin.json", nowhere);
    let mut chat = home.chat(Some(&state), &[]);
    chat.says("/model");
    let arguments = ["--json", "--state-dir", state.to_str().unwrap()];
    let report: Value = serde_json::from_str(&status(&home, &[], &arguments).out).unwrap();
    assert_eq!(report["running"][0]["answered"], true, "{:#}", report["running"]);
    assert_eq!(chat.end(), 0);
    assert!(
        !fs::read_dir(&state)
            .unwrap()
            .flatten()
            .any(|entry| entry.path().extension().is_some_and(|kind| kind == "sock"))
    );
}

#[test]
fn a_store_that_changed_is_seen_by_both() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let mut chat = home.chat(None, &[]);
    chat.says("/model");
    let mut store: Value = serde_json::from_slice(&fs::read(home.store()).unwrap()).unwrap();
    store["profiles"]["anthropic:new"] = key("anthropic", "new");
    fs::write(home.store(), store.to_string()).unwrap();
    assert_eq!(running(&home, &[])[0]["differences"], json!([]));
    assert_eq!(chat.end(), 0);
}
