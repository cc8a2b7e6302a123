//! No secret gets out: not into a reply, a log, a process table, the database, or another file.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::cli::support::{Home, SECRETS, family, provider};
use crate::support::leaks::Leaks;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_at_its_most_talkative_gives_no_secret_away() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let leaks = Leaks::of(SECRETS.map(|(_, secret)| secret));
    let mut chat = home.chat(None, &["-vv"]);
    for text in [
        "/model",
        "/model list",
        "/model status",
        "/model why",
        "/model opus@work",
        "hello",
        "/whoami",
        "/help",
        "/model nope@nobody",
    ] {
        chat.says(text);
    }
    // A provider that answers with the very key it was sent.
    let (_, work) = SECRETS[1];
    let body =
        json!({"type": "error", "error": {"type": "authentication_error", "message": format!("bad key {work}")}});
    let echo = modelpin::demo::Script::raw(401, "application/json", [body.to_string()]);
    server.script(None, None, echo);
    let refused = chat.says("hello");
    assert!(refused.contains("anthropic:work"), "{refused}");
    let process = Path::new("/proc").join(chat.child.id().to_string());
    for place in ["cmdline", "environ"] {
        leaks.assert_none_in(place, fs::read(process.join(place)).unwrap());
    }
    leaks.assert_none_in("standard output", &chat.said);
    let err = chat.err();
    assert!(err.contains("DEBUG"), "the log is on: {err}");
    leaks.assert_none_in("standard error", &err);
    assert_eq!(chat.end(), 0);
    everywhere_but_the_store(&home, &leaks);
}

#[test]
fn the_commands_on_credentials_give_no_secret_away() {
    let home = Home::empty();
    let key = "sk-test-of-its-own-a81f00c2d4e6";
    let token = format!("sk-ant-oat01-{}", "c4f1_Zq9-".repeat(10));
    let leaks = Leaks::of([key, &token]);
    for (arguments, input) in [
        (&["add", "--provider", "openai"][..], key),
        (&["add", "--provider", "openai", "--json"], key),
        (&["setup-token"], &token),
        (&["setup-token"], &token[..70]),
        (&["add", "--provider", "anthropic"], &token),
        (&["add", "--provider", "openai", key], ""),
        (&["list", "--json"], ""),
        (&["list"], ""),
        (&["order", "get", "--provider", "openai"], ""),
        (&["remove", "openai:default"], ""),
    ] {
        let ended = home.run_with(&[&["-vv", "models", "auth"], arguments].concat(), input.as_bytes());
        let place = arguments[0];
        leaks.assert_none_in(&format!("the output of {place}"), &ended.out);
        leaks.assert_none_in(&format!("the talk of {place}"), &ended.err);
    }
    everywhere_but_the_store(&home, &leaks);
}

/// The files of the state directory, the database among them.
fn everywhere_but_the_store(home: &Home, leaks: &Leaks) {
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path != home.store() {
                leaks.assert_none_in(&path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
}
