//! `chat --jsonl` over the state directory of each program of the family.

use std::fs;

use serde_json::{Value, json};

use crate::cli::support::{self, Home, family, provider, store_in};

fn group(thread: Option<&str>, text: &str) -> Value {
    let mut line =
        json!({"channel": "telegram", "kind": "group", "chat": "-100", "sender": "42", "name": "Ann", "text": text});
    if let Some(thread) = thread {
        line["thread"] = json!(thread);
    }
    line
}

fn text(record: &Value) -> &str {
    record["reply"]["text"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_member_of_the_family_is_served_under_its_own_name() {
    for (name, folder, config) in [
        ("modelpin", ".modelpin", "modelpin.json"),
        ("hex", ".hex", "hex.json"),
        ("aipro", ".aipro", "aipro.json"),
        ("nova-engine", ".nova-engine", "nova-engine.json"),
        ("moltbot", ".clawdbot", "clawdbot.json"),
        ("epiloop", ".epiloop", "epiloop.json"),
        ("openclaw", ".openclaw", "openclaw.json"),
    ] {
        let server = provider().start().await.unwrap();
        let home = Home::of_program(name);
        let state = home.path().join(folder);
        family(&state, config, |provider| server.base_url(provider));
        let before = fs::read(store_in(&state)).unwrap();

        let mut chat = home.chat(None, &[]);
        let confirmed = chat.send(&group(None, "/model opus@work"));
        assert_eq!(confirmed[0]["reply"]["session"], "agent:main:telegram:default:group:-100", "{name}");
        assert!(text(&confirmed[0]).contains("anthropic:work"), "{name}: {confirmed:?}");
        let answer = chat.send(&group(None, "hello"));
        assert_eq!(answer[0]["receipt"]["profile"], "anthropic:work", "{name}: {answer:?}");
        assert_eq!(chat.end(), 0, "{name}");

        let seen = server.seen();
        assert_eq!(seen.len(), 1, "{name}");
        assert_eq!(seen[0].profile.as_ref().unwrap().as_str(), "anthropic:work", "{name}");
        assert_eq!(fs::read(store_in(&state)).unwrap(), before, "{name}: the store is only read");
        assert!(state.join("modelpin.sqlite").is_file(), "{name}");
        let names = fs::read_dir(home.path()).unwrap().count();
        assert_eq!(names, 3, "{name}: the link, the log of the test, the state directory, and nothing else");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_session_has_its_own_pin_and_each_turn_its_receipt() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    let state = home.path().join("hex state");
    family(&state, "hex.json", |provider| server.base_url(provider));
    let before = fs::read(store_in(&state)).unwrap();
    let mut chat = home.chat(Some(&state), &["--layout", "hex"]);

    chat.send(&group(None, "/model opus@work"));
    chat.send(&group(Some("7"), "/model gpt@team"));
    let answer = chat.send(&group(None, "hello"));
    let receipt = &answer[0]["receipt"];
    assert_eq!(receipt["model"], "anthropic/claude-opus-4-6");
    assert_eq!(receipt["source"], "user");
    assert_eq!(receipt["outcome"], "ok");
    assert_eq!(receipt["actor"]["id"], "42");
    assert_eq!(receipt["attempts"], json!([]));
    let topic = chat.send(&group(Some("7"), "hello"));
    assert_eq!(topic[0]["reply"]["session"], "agent:main:telegram:default:group:-100:topic:7");
    assert_eq!(topic[0]["receipt"]["profile"], "openai:team");
    let inherited = chat.send(&group(Some("8"), "hello"));
    assert_eq!(inherited[0]["receipt"]["profile"], "anthropic:work", "a topic uses its parent's choice");

    // Nobody chose here: the order of the store counts, past the profile that the family has benched.
    let private = chat.send(&json!({"channel": "discord", "sender": "7", "text": "hello"}));
    let receipt = &private[0]["receipt"];
    assert_eq!(private[0]["reply"]["session"], "agent:main:discord:default:dm:7");
    assert_eq!(receipt["profile"], "anthropic:spare");
    assert_eq!(receipt["source"], "auto");
    let why = chat.send(&json!({"channel": "discord", "sender": "7", "text": "/model why"}));
    assert!(text(&why[0]).contains("anthropic:default"), "{why:?}");

    let on_the_wire: Vec<String> =
        server.seen().iter().map(|seen| format!("{} {}", seen.profile.as_ref().unwrap(), seen.model)).collect();
    assert_eq!(
        on_the_wire,
        [
            "anthropic:work claude-opus-4-6",
            "openai:team gpt-5.4",
            "anthropic:work claude-opus-4-6",
            "anthropic:spare claude-sonnet-4-6"
        ]
    );
    assert_eq!(chat.end(), 0);
    assert_eq!(fs::read(store_in(&state)).unwrap(), before, "the store is only read");

    let rows = home.json(&["sessions", "list", "--layout", "hex", "--state-dir", state.to_str().unwrap()]);
    let pins: Vec<(&str, &str)> = rows
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| Some((row["key"].as_str()?, row["profile"].as_str()?)))
        .collect();
    assert_eq!(
        pins,
        [
            ("agent:main:telegram:default:group:-100", "anthropic:work"),
            ("agent:main:telegram:default:group:-100:topic:7", "openai:team")
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_press_selects_what_is_printed_on_it_even_in_the_next_process() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let mut chat = home.chat(None, &[]);
    let picker = chat.send(&json!({"text": "/model"}));
    let rows = picker[0]["reply"]["choices"].as_array().unwrap().clone();
    let button = rows.iter().flat_map(|row| row.as_array().unwrap()).find(|button| button["label"] == "opus").unwrap();
    let token = button["token"].as_str().unwrap();
    assert!(token.len() <= 64, "{token}");
    assert_eq!(chat.end(), 0);

    let mut chat = home.chat(None, &[]);
    let pressed = chat.send(&json!({ "press": token }));
    assert!(text(&pressed[0]).contains("claude-opus-4-6"), "{pressed:?}");
    let answer = chat.send(&json!({"text": "hello"}));
    assert_eq!(answer[0]["receipt"]["model"], "anthropic/claude-opus-4-6");
    let stale = chat.send(&json!({"press": "never printed"}));
    assert!(text(&stale[0]).contains("nothing was changed"), "{stale:?}");
    assert_eq!(chat.end(), 0);
}

/// `printf '%s\n' … | modelpin chat --jsonl --state-dir DIR`
#[test]
fn a_bad_line_gives_an_error_and_the_next_one_is_served() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", support::nowhere);
    let input = concat!(
        "{\"text\":\"/model opus@work\"}\n",
        "not JSON\n",
        "{\"text\":5}\n",
        "\n",
        "{\"text\":\"/model\",\"press\":\"x\"}\n",
        "[\"/model\"]\n",
        "{\"text\":\"/model nope\"}\n",
        "{\"text\":\"/whoami\"}",
    );
    let ended = home.run_with(&["chat", "--jsonl", "--state-dir", home.state().to_str().unwrap()], input.as_bytes());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let records: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut shape = String::new();
    for record in &records {
        let part = match record {
            record if record.get("reply").is_some() => "r".to_owned(),
            record if record.get("error").is_some() => "e".to_owned(),
            record => format!("{} ", record["end"]),
        };
        shape.push_str(&part);
    }
    assert_eq!(shape, "r1 e2 e3 4 e5 e6 r7 r8 ");
    for record in records.iter().filter(|record| record.get("error").is_some()) {
        let error = record["error"].as_str().unwrap();
        assert!(error.contains("column") || error.contains("on one line"), "{error}");
    }
}
