//! What is here already, and what is there.

use std::fs;

use serde_json::{Value, json};

use crate::cli::support::Home;
use crate::openclaw::support::{ACCESS, END, KEY, import, installed, read, store, store_of};
use crate::support::openclaw::OpenClaw;

const HERE: &str = "sk-test-here-already-77aa10f2b3";

fn put(home: &Home, store: &Value) {
    let file = store_of(home, "main");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, store.to_string()).unwrap();
}

fn fate(report: &Value, section: &str, name: &str) -> String {
    let key = if section == "health" { "profile" } else { "id" };
    let rows = report["files"][0][section].as_array().unwrap();
    rows.iter().find(|row| row[key] == name).unwrap()["fate"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_here_stays_unless_it_is_to_be_replaced_and_unknown_fields_stay_even_then() {
    let home = Home::empty();
    let _openclaw = installed(&home);
    put(
        &home,
        &json!({
            "x-of-mine": true,
            "profiles": {"anthropic:default": {
                "type": "api_key", "provider": "anthropic", "key": HERE, "note": "mine", "apiKey": HERE,
            }},
            "order": {"Anthropic": ["anthropic:default"]},
            "usageStats": {"anthropic:default": {"lastUsed": 1}},
        }),
    );
    let kept = home.json(&["import", "openclaw", "--apply"]);
    assert_eq!(fate(&kept, "profiles", "anthropic:default"), "kept");
    assert_eq!(fate(&kept, "health", "anthropic:default"), "kept", "it is about the other secret");
    assert_eq!(kept["files"][0]["order"][0]["fate"], "kept");
    let after = read(&store_of(&home, "main"));
    assert_eq!(after["profiles"]["anthropic:default"]["key"], HERE);
    assert_eq!(after["order"], json!({"Anthropic": ["anthropic:default"]}));
    assert_eq!(after["usageStats"]["anthropic:default"], json!({"lastUsed": 1}));

    let replaced = home.json(&["import", "openclaw", "--apply", "--replace"]);
    assert_eq!(fate(&replaced, "profiles", "anthropic:default"), "replaced");
    assert_eq!(fate(&replaced, "health", "anthropic:default"), "replaced");
    let after = read(&store_of(&home, "main"));
    let mut expected = store()["profiles"]["anthropic:default"].clone();
    expected["note"] = json!("mine");
    assert_eq!(after["profiles"]["anthropic:default"], expected, "and no secret of the old one");
    assert_eq!(after["profiles"]["anthropic:default"]["key"], KEY);
    assert_eq!(after["order"], json!({"anthropic": ["anthropic:work", "anthropic:default"]}));
    assert_eq!(after["x-of-mine"], true);
}

#[test]
fn a_login_that_was_renewed_here_is_never_put_back() {
    let home = Home::empty();
    let _openclaw = installed(&home);
    let mut here = json!({"profiles": {}});
    let mut renewed = store()["profiles"]["openai:me+x@example.com"].clone();
    (renewed["access"], renewed["refresh"], renewed["expires"]) = (json!(HERE), json!(HERE), json!(END + 1));
    here["profiles"]["openai:me+x@example.com"] = renewed.clone();
    put(&home, &here);
    let done = home.json(&["import", "openclaw", "--apply", "--replace"]);
    assert_eq!(fate(&done, "profiles", "openai:me+x@example.com"), "outdated");
    assert_eq!(read(&store_of(&home, "main"))["profiles"]["openai:me+x@example.com"], renewed);

    // An older one gives way.
    here["profiles"]["openai:me+x@example.com"]["expires"] = json!(END - 1);
    put(&home, &here);
    home.json(&["import", "openclaw", "--apply", "--replace"]);
    assert_eq!(read(&store_of(&home, "main"))["profiles"]["openai:me+x@example.com"]["access"], ACCESS);
}

#[test]
fn where_mains_own_hides_what_is_shared_the_others_keep_what_they_had() {
    let home = Home::empty();
    let mut openclaw = OpenClaw::at(home.path().join(".openclaw"));
    openclaw.share(&store(), &json!({}));
    let own = json!({"profiles": {"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": HERE}}});
    openclaw.agent("main", Some(&own), None, &json!({}));
    openclaw.agent("ops", None, None, &json!({}));
    import(&home, &["--apply"]);
    assert_eq!(read(&store_of(&home, "main"))["profiles"]["anthropic:work"]["key"], HERE);
    let ops = read(&store_of(&home, "ops"))["profiles"].clone();
    assert_eq!(ops, json!({"anthropic:work": store()["profiles"]["anthropic:work"]}));
}

#[test]
fn a_pin_made_here_stays_and_one_on_a_missing_profile_says_so() {
    let home = Home::empty();
    let mut openclaw = OpenClaw::at(home.path().join(".openclaw"));
    openclaw.share(&store(), &json!({}));
    let pin = |profile: &str| {
        json!({"modelOverride": "anthropic/claude-opus-4-6", "authProfileOverride": profile,
            "authProfileOverrideSource": "user"})
    };
    let sessions = json!({"agent:main:telegram:group:-100": pin("anthropic:gone")});
    openclaw.agent("main", None, None, &sessions);
    let done = home.json(&["import", "openclaw", "--apply"]);
    assert_eq!(done["pins"][0]["fate"], "taken");
    assert!(done["pins"][0]["why"].as_str().unwrap().contains("no anthropic:gone here"), "{done}");

    openclaw.stop();
    let changed = format!("UPDATE session_nodes SET entry_json = '{}'", pin("anthropic:work"));
    openclaw.change(&openclaw.database_of("main"), &changed);
    assert_eq!(home.json(&["import", "openclaw", "--apply"])["pins"][0]["fate"], "kept");
    assert_eq!(home.json(&["import", "openclaw", "--apply", "--replace"])["pins"][0]["fate"], "taken");
}
