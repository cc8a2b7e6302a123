//! `sessions import`

use std::fs;

use serde_json::{Value, json};

use crate::cli::support::{Home, family, nowhere};

fn sessions(home: &Home) -> String {
    let file = home.path().join("sessions.json");
    let text = json!({
        "agent:main:telegram:group:-100": {
            "updatedAt": 1_700_000_000_000_u64, "modelOverride": "claude-opus-4-6", "providerOverride": "anthropic",
            "authProfileOverride": "anthropic:work", "authProfileOverrideSource": "user",
        },
        "agent:main:telegram:group:-200": {
            "authProfileOverride": "anthropic:spare", "authProfileOverrideSource": "auto",
        },
        "agent:main:discord:channel:55": {"modelOverride": "gpt-5.4", "providerOverride": "openai"},
        "agent:main:main": {"updatedAt": 1},
    });
    fs::write(&file, text.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

fn pins(home: &Home) -> Vec<String> {
    let rows = home.json(&["sessions", "list"]);
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| format!("{} {} {}", word(&row["key"]), word(&row["model"]), word(&row["profile"]));
    rows.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn nothing_is_written_until_told_and_then_only_what_a_person_chose() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let file = sessions(&home);
    let before = fs::read(&file).unwrap();
    let shown = home.run(&["sessions", "import", &file]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.err.contains("2 of 3 would be taken over") && shown.err.contains("--apply"), "{}", shown.err);
    assert_eq!(pins(&home), [""; 0]);

    let done = home.json(&["sessions", "import", &file, "--apply"]);
    assert_eq!((&done["applied"], &done["withoutChoice"]), (&json!(true), &json!(1)));
    let imported = [
        "agent:main:discord:default:channel:55 openai/gpt-5.4 -",
        "agent:main:telegram:default:group:-100 anthropic/claude-opus-4-6 anthropic:work",
    ];
    assert_eq!(pins(&home), imported);
    let again = home.run(&["sessions", "import", &file, "--apply"]);
    assert!(again.err.contains("0 of 3 taken over"), "{}", again.err);
    assert_eq!(fs::read(&file).unwrap(), before, "the family's file is only read");
}

#[test]
fn a_choice_made_here_stays_unless_it_is_to_be_replaced_and_can_then_be_had_back() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let file = sessions(&home);
    let here =
        json!({"channel": "telegram", "kind": "group", "chat": "-100", "sender": "42", "text": "/model gpt@team"});
    let mut chat = home.chat(None, &[]);
    chat.send(&here);
    home.json(&["sessions", "import", &file, "--apply"]);
    let pinned = |profile: &str| pins(&home).iter().any(|row| row.contains(":-100 ") && row.ends_with(profile));
    assert!(pinned("openai:team"));
    home.json(&["sessions", "import", &file, "--apply", "--replace"]);
    assert!(pinned("anthropic:work"));
    let mut undo = here;
    undo["text"] = json!("/model undo");
    chat.send(&undo);
    assert!(pinned("openai:team"));
    assert_eq!(chat.end(), 0);
}

#[test]
fn what_is_no_session_store_is_65() {
    let home = Home::empty();
    let file = home.path().join("sessions.json");
    for text in ["[]", "{", "\u{0}"] {
        fs::write(&file, text).unwrap();
        let ended = home.run(&["sessions", "import", file.to_str().unwrap(), "--apply"]);
        assert_eq!((ended.code, ended.out.as_str()), (65, ""), "{text}: {}", ended.err);
        assert!(ended.err.contains("sessions.json"), "{}", ended.err);
    }
    assert_eq!(home.run(&["sessions", "import", "nowhere.json"]).code, 65);
}
