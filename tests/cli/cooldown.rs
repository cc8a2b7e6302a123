//! `models auth clear-cooldown`, and a chat that runs meanwhile.

use std::fs;

use serde_json::{Value, json};

use modelpin::demo::Faults;

use crate::cli::support::{Home, SECRETS, family, nowhere, provider};

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
    family(&home.state(), "modelpin.json", nowhere);
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
    family(&home.state(), "modelpin.json", nowhere);
    assert_eq!(home.run(&["models", "auth", "clear-cooldown"]).code, 64);
    let unknown = home.run(&["models", "auth", "clear-cooldown", "anthropic:nobody"]);
    assert_eq!(unknown.code, 64);
    assert!(unknown.err.contains("no profile anthropic:nobody"), "{}", unknown.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_against_a_model_is_named_and_goes_with_all_of_it() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let mut chat = home.chat(None, &[]);
    chat.says("/model opus@work");
    server.change_faults(Faults::parse("anthropic:work=529:700").unwrap());
    assert_eq!(chat.send(&json!({"text": "hello"}))[0]["receipt"]["outcome"], "overloaded");
    server.change_faults(Faults::parse("anthropic:work=ok").unwrap());

    let named = home.run(&["models", "auth", "clear-cooldown", "anthropic:work"]);
    assert_eq!((named.code, named.out.as_str()), (0, ""));
    for words in ["anthropic/claude-opus-4-6 stays benched whoever asks: overloaded", "clear-cooldown --all"] {
        assert!(named.err.contains(words), "{}", named.err);
    }
    let told = home.json(&["models", "auth", "clear-cooldown", "anthropic:work"]);
    assert_eq!((&told["benches"], &told["models"][0]["model"]), (&json!([]), &json!("claude-opus-4-6")), "{told}");
    assert_eq!(chat.send(&json!({"text": "hello"}))[0]["receipt"]["outcome"], "nothing_sent");

    let all = home.run(&["models", "auth", "clear-cooldown", "--all"]);
    assert!(all.out.contains("anthropic on claude-opus-4-6: overloaded"), "{}", all.out);
    assert_eq!(chat.send(&json!({"text": "hello"}))[0]["receipt"]["outcome"], "ok");
    assert_eq!(chat.end(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_reference_leads_to_is_found_by_its_profile() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let keys = home.path().join("keys.json");
    let secret = SECRETS.iter().find(|(id, _)| *id == "anthropic:work").unwrap().1;
    fs::write(&keys, json!({"work": secret}).to_string()).unwrap();
    let path = home.state().join("modelpin.json");
    let text = fs::read_to_string(&path).unwrap();
    let mut config: Value = serde_json::from_str(text.split_once('\n').unwrap().1).unwrap();
    config["secrets"] = json!({"providers": {"keys": {"source": "file", "path": "~/keys.json"}}});
    fs::write(&path, config.to_string()).unwrap();
    let mut store: Value = serde_json::from_slice(&fs::read(home.store()).unwrap()).unwrap();
    let reference = json!({"source": "file", "provider": "keys", "id": "/work"});
    store["profiles"]["anthropic:work"] = json!({"type": "token", "provider": "anthropic", "tokenRef": reference});
    fs::write(home.store(), store.to_string()).unwrap();

    let mut chat = home.chat(None, &[]);
    chat.says("/model opus@work");
    server.change_faults(Faults::parse("anthropic:work=402").unwrap());
    assert_eq!(chat.send(&json!({"text": "hello"}))[0]["receipt"]["outcome"], "billing");
    server.change_faults(Faults::parse("anthropic:work=ok").unwrap());

    // Where it cannot be told what is its own, nothing is said to be clear.
    let aside = home.path().join("aside.json");
    fs::rename(&keys, &aside).unwrap();
    let untold = home.run(&["models", "auth", "clear-cooldown", "anthropic:work"]);
    assert_eq!(untold.code, 70);
    assert!(untold.err.contains("anthropic:work") && untold.err.contains("clear-cooldown --all"), "{}", untold.err);
    fs::rename(&aside, &keys).unwrap();

    let cleared = home.json(&["models", "auth", "clear-cooldown", "anthropic:work"]);
    assert_eq!(cleared["benches"][0]["profile"], "anthropic:work", "{cleared}");
    assert_eq!(chat.send(&json!({"text": "hello"}))[0]["receipt"]["outcome"], "ok");
    assert_eq!(chat.end(), 0);
}

/// A program of the family notes in an agent's store what it knows from main's.
#[test]
fn windows_go_from_whichever_store_they_are_in_and_the_order_by_use_stays() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let main = fs::read(home.store()).unwrap();
    let own = home.state().join("agents/ops/agent/auth-profiles.json");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    let noted = json!({
        "lastUsed": 1_795_000_000_000_i64, "cooldownUntil": 4_102_444_800_000_i64, "cooldownReason": "rate_limit",
        "cooldownModel": "claude-opus-4-6", "errorCount": 3, "failureCounts": {"rate_limit": 3}, "lastFailureAt": 1,
        "disabledUntil": 4_102_444_800_000_i64, "disabledReason": "billing", "strange": true,
    });
    let store = json!({"version": 1, "profiles": {}, "usageStats": {"anthropic:work": noted}});
    fs::write(&own, store.to_string()).unwrap();
    let cleared = home.run(&["models", "auth", "clear-cooldown", "anthropic:work", "--agent", "ops"]);
    assert_eq!(cleared.code, 0, "{}", cleared.err);
    assert!(cleared.out.contains("anthropic:work: noted by another program, until 2100"), "{}", cleared.out);
    assert!(
        cleared.err.contains(own.to_str().unwrap()) && cleared.err.contains("may note it again"),
        "{}",
        cleared.err
    );
    let after: Value = serde_json::from_slice(&fs::read(&own).unwrap()).unwrap();
    let kept = json!({"lastUsed": 1_795_000_000_000_i64, "strange": true});
    assert_eq!(after, json!({"version": 1, "profiles": {}, "usageStats": {"anthropic:work": kept}}));
    assert_eq!(fs::read(home.store()).unwrap(), main, "main's is not touched");
}
