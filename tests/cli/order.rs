//! `models auth order …`

use std::fs;

use serde_json::{Value, json};

use crate::cli::support::{Home, family, nowhere, provider};

fn order(home: &Home, words: &[&str]) -> Value {
    home.json(&[&["models", "auth", "order"], words].concat())
}

#[test]
fn get_prints_the_order_that_counts_and_where_it_comes_from() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let got = order(&home, &["get", "--provider", "anthropic"]);
    assert_eq!(got["agentId"], "main");
    assert_eq!(got["authStorePath"], home.store().to_str().unwrap());
    assert_eq!(got["order"], json!(["anthropic:default", "anthropic:spare"]));
    assert_eq!((&got["basis"], &got["file"]), (&json!("store"), &got["authStorePath"]));
    // The first one is benched, so it is tried last.
    assert_eq!(got["effective"], json!(["anthropic:spare", "anthropic:default"]));
    assert_eq!(got["excluded"][0]["id"], "anthropic:work");
    let text = home.run(&["models", "auth", "order", "get", "--provider", "anthropic"]);
    assert_eq!((text.code, text.err.as_str()), (0, ""));
    assert!(text.out.contains("1. anthropic:spare\n2. anthropic:default\n"), "{}", text.out);
    assert_eq!(order(&home, &["get", "--provider", "openai"])["basis"], "stored");
    let config = json!({"auth": {"order": {"openai": ["openai:team"]}}});
    fs::write(home.state().join("modelpin.json"), config.to_string()).unwrap();
    let got = order(&home, &["get", "--provider", "OpenAI"]);
    assert_eq!((&got["basis"], &got["order"]), (&json!("config_order"), &Value::Null));
    assert!(got["file"].as_str().unwrap().ends_with("modelpin.json"));
}

#[test]
fn of_many_that_are_not_tried_some_are_named() {
    let home = Home::empty();
    let key = |number: usize| json!({"type": "api_key", "provider": "groq", "key": format!("sk-test-{number:016}")});
    let profiles: serde_json::Map<String, Value> =
        (0..30).map(|number| (format!("groq:{number}"), key(number))).collect();
    fs::create_dir_all(home.store().parent().unwrap()).unwrap();
    fs::write(home.store(), json!({"version": 1, "profiles": profiles}).to_string()).unwrap();
    let text = home.run(&["models", "auth", "order", "set", "--provider", "groq", "7", "8"]).out;
    assert_eq!(text.lines().filter(|line| line.starts_with("-  groq:")).count(), 20, "{text}");
    assert!(text.ends_with("-  and 8 more that are not tried: add --json to see them\n"), "{text}");
    assert_eq!(order(&home, &["get", "--provider", "groq"])["excluded"].as_array().unwrap().len(), 28);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn set_counts_for_the_next_turn_of_a_running_chat() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let mut chat = home.chat(None, &[]);
    let answered = |chat: &mut crate::cli::support::Chat| {
        chat.send(&json!({"text": "hello"}))[0]["receipt"]["profile"].as_str().unwrap().to_owned()
    };
    assert_eq!(answered(&mut chat), "anthropic:spare");
    let set = order(&home, &["set", "--provider", "anthropic", "work", "anthropic:spare", "WORK"]);
    assert_eq!((&set["changed"], &set["order"]), (&json!(true), &json!(["anthropic:work", "anthropic:spare"])));
    assert_eq!(answered(&mut chat), "anthropic:work");
    assert_eq!(order(&home, &["set", "--provider", "anthropic", "work", "spare"])["changed"], false);
}

#[test]
fn an_unknown_name_changes_nothing_and_is_answered_with_the_nearest() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let before = fs::read(home.store()).unwrap();
    for (name, told) in [
        ("wrok", "anthropic:work"),
        ("openai:team", "belongs to openai"),
        ("nothing-like-it", "no profile `nothing-like-it` of anthropic"),
    ] {
        let ended = home.run(&["models", "auth", "order", "set", "--provider", "anthropic", "spare", name]);
        assert_eq!((ended.code, ended.out.as_str()), (64, ""), "{name}");
        assert!(ended.err.contains(told), "{name}: {}", ended.err);
    }
    assert_eq!(fs::read(home.store()).unwrap(), before);
}

#[test]
fn clear_says_what_counts_from_now_on() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let before: Value = serde_json::from_slice(&fs::read(home.store()).unwrap()).unwrap();
    let cleared = order(&home, &["clear", "--provider", "anthropic"]);
    assert_eq!((&cleared["cleared"], &cleared["basis"]), (&json!(true), &json!("stored")));
    let mut expected = before;
    expected.as_object_mut().unwrap().shift_remove("order");
    assert_eq!(serde_json::from_slice::<Value>(&fs::read(home.store()).unwrap()).unwrap(), expected);
    assert_eq!(order(&home, &["clear", "--provider", "anthropic"])["cleared"], false);
}

#[test]
fn an_inherited_order_is_not_taken_from_all_agents_by_one() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let before = fs::read(home.store()).unwrap();
    let refused = home.run(&["models", "auth", "order", "clear", "--provider", "anthropic", "--agent", "ops"]);
    assert_eq!(refused.code, 64);
    assert!(refused.err.contains("order clear --provider anthropic --agent main"), "{}", refused.err);

    // An order of its own, over profiles that it inherits, and nothing copied from main.
    let own = home.state().join("agents/ops/agent/auth-profiles.json");
    let set = order(&home, &["set", "--provider", "anthropic", "work", "--agent", "ops"]);
    assert_eq!((&set["file"], &set["effective"]), (&json!(own.to_str().unwrap()), &json!(["anthropic:work"])));
    let stored: Value = serde_json::from_slice(&fs::read(&own).unwrap()).unwrap();
    assert_eq!(stored, json!({"version": 1, "order": {"anthropic": ["anthropic:work"]}, "profiles": {}}));
    let cleared = home.run(&["models", "auth", "order", "clear", "--provider", "anthropic", "--agent", "ops"]);
    assert_eq!(cleared.code, 0);
    assert!(cleared.err.contains("what counts now: explicit order in"), "{}", cleared.err);
    assert_eq!(fs::read(home.store()).unwrap(), before, "main's is not touched");
}
