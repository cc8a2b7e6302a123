//! `models auth clear-cooldown`, and a chat that runs meanwhile.

use std::fs;

use serde_json::{Value, json};

use modelpin::demo::Faults;

use crate::cli::support::{Home, family, provider};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_chat_honours_it_with_its_next_message() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let mut chat = home.chat(None, &[]);
    chat.says("/model opus@work");
    server.change_faults(Faults::parse("anthropic:work=402").unwrap());
    let failed = chat.send(&json!({"text": "hello"}));
    assert_eq!(failed[0]["receipt"]["outcome"], "billing");
    server.change_faults(Faults::parse("anthropic:work=ok").unwrap());
    let waiting = chat.send(&json!({"text": "hello"}));
    assert_eq!(waiting[0]["receipt"]["outcome"], "nothing_sent", "the account may be topped up, nobody knows yet");

    let cleared = home.json(&["models", "auth", "clear-cooldown", "anthropic:work"]);
    let found = &cleared["benches"][0];
    assert_eq!((&found["profile"], &found["class"]), (&json!("anthropic:work"), &json!("billing")), "{cleared}");
    let answered = chat.send(&json!({"text": "hello"}));
    assert_eq!(answered[0]["receipt"]["outcome"], "ok");
    assert_eq!(answered[0]["receipt"]["profile"], "anthropic:work");
    assert_eq!(chat.end(), 0);

    // The store notes a window of its own.
    let all = home.run(&["models", "auth", "clear-cooldown", "--all"]);
    assert!(all.err.contains("auth-profiles.json"), "{}", all.err);
    let nothing = home.run(&["models", "auth", "clear-cooldown", "--all"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (0, ""));
    assert!(nothing.err.contains("Nothing was benched"), "{}", nothing.err);
}

#[test]
fn a_window_that_another_program_noted_goes_as_well_and_nothing_else() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| crate::cli::support::nowhere(provider));
    let read = || -> Value { serde_json::from_slice(&fs::read(home.store()).unwrap()).unwrap() };
    let mut with_window = read();
    with_window["usageStats"]["anthropic:work"] = json!({"disabledUntil": 4_102_444_800_000_i64, "errorCount": 3});
    fs::write(home.store(), with_window.to_string()).unwrap();
    let ended = home.run(&["models", "auth", "clear-cooldown", "anthropic:work"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let after = read();
    assert_eq!(after["usageStats"].get("anthropic:work"), None);
    with_window["usageStats"].as_object_mut().unwrap().shift_remove("anthropic:work");
    assert_eq!(after, with_window);
}

#[test]
fn it_wants_to_be_told_which() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| crate::cli::support::nowhere(provider));
    assert_eq!(home.run(&["models", "auth", "clear-cooldown"]).code, 64);
    let unknown = home.run(&["models", "auth", "clear-cooldown", "anthropic:nobody"]);
    assert_eq!(unknown.code, 64);
    assert!(unknown.err.contains("no profile anthropic:nobody"), "{}", unknown.err);
}
