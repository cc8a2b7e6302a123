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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_pasted_into_a_chat_goes_nowhere() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    // Its beginning is no secret: errors say what a token begins with.
    let random = "q7Zk2mV9xT4bW1rY8sD3fG6hJ5kL0nPcQaEuRiOt";
    let (key, leaks) = (format!("sk-ant-api03-{random}"), Leaks::of([random]));
    let group = json!({"channel": "telegram", "kind": "group", "chat": "-100", "sender": "42"});
    let mut chat = home.chat(None, &["-vvv"]);
    assert!(chat.says("/model opus@work").contains("anthropic:work"));
    assert!(chat.says("hello").contains("anthropic:work"));
    let store = fs::read(home.store()).unwrap();
    let texts = [key.clone(), format!("/model {key}"), format!("/model sonnet\nsee {key}"), format!("/new {key}")];
    for (number, text) in (3..).zip(&texts) {
        let mut line = if number % 2 == 0 { group.clone() } else { json!({}) };
        line["text"] = json!(text);
        let records = chat.send(&line);
        assert_eq!(records.len(), 2, "{records:?}");
        assert_eq!(records[0], json!({"withdraw": number}));
        let reply = &records[1]["reply"];
        let said = reply["text"].as_str().unwrap();
        assert!(said.contains("an Anthropic API key") && said.contains("was asked for"), "{said}");
        assert_eq!(said.contains("modelpin models auth add --provider anthropic"), number % 2 == 1, "{said}");
        assert_eq!(reply["visibility"], "private");
        assert_eq!(records[1].get("receipt"), None);
    }
    for line in [json!({(key.as_str()): 1}), json!({"text": "x", "kind": key}), json!([key]), json!({"text": [key]})] {
        assert!(chat.send(&line)[0]["error"].is_string(), "{line}");
    }
    assert_eq!(server.seen().len(), 1, "only what held no key was sent");
    assert!(chat.says("who answers?").contains("anthropic:work"), "the pin is still there");
    assert!(fs::read(home.store()).unwrap() == store);
    let err = chat.err();
    assert_eq!(err.matches("a message is withheld").count(), texts.len(), "{err}");
    assert!(err.contains("an Anthropic API key") && err.contains("agent:main:telegram:default:group:-100"), "{err}");
    leaks.assert_none_in("standard output", &chat.said);
    leaks.assert_none_in("standard error", &err);
    assert_eq!(chat.end(), 0);
    leaks.assert_none_in("the store", store);
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
