//! `models auth add`, `paste-token`, `setup-token`, `list` and `remove`, without a terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::cli::support::{Home, family, nowhere, provider};

const KEY: &str = "sk-ant-api03-test-0123456789abcdef";

fn token() -> String {
    format!("sk-ant-oat01-{}", "Test_0123456789-".repeat(6))
}

fn stored(home: &Home) -> Value {
    serde_json::from_slice(&fs::read(home.store()).unwrap()).unwrap()
}

#[test]
fn a_chat_without_a_credential_says_how_to_get_one_and_those_commands_exist() {
    let home = Home::empty();
    let ended = home.run(&["chat"]);
    assert_eq!((ended.code, ended.out.as_str()), (0, ""));
    for line in ["modelpin models auth add --provider anthropic ", "modelpin chat --demo "] {
        assert!(ended.err.contains(line), "{}", ended.err);
        let words: Vec<&str> = line.split_whitespace().skip(1).chain(["--help"]).collect();
        assert_eq!(home.run(&words).code, 0, "{line}");
    }
    assert_eq!(home.run_with(&["models", "auth", "add", "--provider", "anthropic"], KEY.as_bytes()).code, 0);
    let ended = home.run(&["chat"]);
    assert!(!ended.err.contains("no credential"), "{}", ended.err);
}

#[test]
fn what_is_said_to_be_typed_next_leads_to_the_same_place() {
    let home = Home::of_program("hex");
    let ended = home.run(&["chat", "--state-dir", "some where"]);
    assert!(ended.err.contains("hex models auth add --provider anthropic --state-dir 'some where'"), "{}", ended.err);
}

#[test]
fn a_key_is_stored_for_its_owner_only_and_storing_it_twice_changes_no_byte() {
    let home = Home::empty();
    let add = ["models", "auth", "add", "--provider", "Anthropic", "--email", "me@example.com"];
    let ended = home.run_with(&add, format!("  {KEY}\r\n").as_bytes());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    assert!(ended.out.contains("anthropic:default") && ended.out.contains(home.store().to_str().unwrap()));
    assert_eq!(
        stored(&home)["profiles"],
        json!({"anthropic:default": {"type": "api_key", "provider": "anthropic", "key": KEY, "email": "me@example.com"}})
    );
    assert_eq!(fs::metadata(home.store()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(home.state()).unwrap().permissions().mode() & 0o777, 0o700);
    let before = fs::read(home.store()).unwrap();
    let again = home.run_with(&add, KEY.as_bytes());
    assert!(again.code == 0 && again.out.contains("was there already"), "{}", again.out);
    assert_eq!(fs::read(home.store()).unwrap(), before);
    let rows = home.json(&["audit"]);
    let [row] = rows.as_array().unwrap().as_slice() else { panic!("one change, one row: {rows}") };
    assert_eq!(
        (&row["kind"], &row["subject"], &row["before"]),
        (&json!("credential"), &json!("anthropic:default"), &json!(null))
    );
    assert!(row["after"].as_str().unwrap().starts_with("api_key ") && !rows.to_string().contains(KEY), "{rows}");
}

#[test]
fn a_secret_comes_from_a_file_or_a_pipe_but_never_from_the_command_line() {
    let home = Home::empty();
    let file = home.path().join("key");
    fs::write(&file, KEY).unwrap();
    let add = ["models", "auth", "add", "--provider", "anthropic"];
    for (more, input) in [
        (vec!["--key-file", file.to_str().unwrap()], ""),
        (vec!["--token-file", "-"], KEY),
        (vec!["-"], KEY),
        (vec!["--key", "-"], KEY),
    ] {
        fs::remove_dir_all(home.state()).ok();
        let ended = home.run_with(&[&add[..], &more].concat(), input.as_bytes());
        assert_eq!(ended.code, 0, "{more:?}: {}", ended.err);
        assert_eq!(stored(&home)["profiles"]["anthropic:default"]["key"], KEY, "{more:?}");
    }
    fs::remove_dir_all(home.state()).unwrap();
    for more in [&[KEY][..], &["--key", KEY], &["--token", KEY], &["--api-key", KEY], &["-", KEY]] {
        let ended = home.run_with(&[&add[..], more].concat(), b"");
        assert_eq!(ended.code, 64, "{}", ended.err);
        assert!(!ended.err.contains("0123456789") && ended.out.is_empty(), "{}", ended.err);
        assert!(ended.err.contains("--key-file"), "{}", ended.err);
    }
    let missing = home.run(&[&add[..], &["--key-file", "nowhere"]].concat());
    assert!(missing.code == 64 && missing.err.contains("nowhere"), "{}", missing.err);
    assert!(!home.store().exists());
}

#[test]
fn a_wrapped_token_is_stored_whole_and_a_cut_one_is_refused() {
    let home = Home::empty();
    let token = token();
    let (first, second) = token.split_at(80);
    let wrapped = format!("\u{1b}[200~{first}\r\n{second}  \r\n\u{1b}[201~");
    let paste = ["models", "auth", "paste-token", "--provider", "anthropic"];
    let ended = home.run_with(&[&paste[..], &["--expires-in", "365"]].concat(), wrapped.as_bytes());
    assert_eq!(ended.code, 0, "{}", ended.err);
    let entry = &stored(&home)["profiles"]["anthropic:manual"];
    assert_eq!((&entry["type"], &entry["token"]), (&json!("token"), &json!(token)));
    let days = entry["expires"].as_i64().unwrap() / 86_400_000 - jiff::Timestamp::now().as_millisecond() / 86_400_000;
    assert!((364..=366).contains(&days), "{days}");

    let before = fs::read(home.store()).unwrap();
    for (command, input, told) in [
        ("paste-token", &first[..60], "truncated: 60 characters"),
        ("setup-token", KEY, "models auth add --provider anthropic"),
        ("paste-token", KEY, "models auth add --provider anthropic"),
        ("add", token.as_str(), "models auth setup-token"),
        ("add", "sk-ant-ort01-test-0123456789", "refresh token"),
        ("add", "", "nothing was given"),
        ("add", "ANTHROPIC_API_KEY=sk-ant-api03-x", "behind the `=`"),
        ("add", "sk-test-\u{fc}", "characters"),
    ] {
        let ended = home.run_with(&["models", "auth", command, "--provider", "anthropic"], input.as_bytes());
        assert_eq!(ended.code, 64, "{command}: {}", ended.err);
        assert!(ended.err.contains(told), "{command}: {}", ended.err);
        assert!(input.is_empty() || !ended.err.contains(input), "{command}: {}", ended.err);
    }
    assert_eq!(fs::read(home.store()).unwrap(), before);
}

#[test]
fn a_credential_of_another_kind_gives_way_only_when_told_to() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let before = fs::read(home.store()).unwrap();
    let add = ["models", "auth", "add", "--provider", "anthropic", "--profile-id", "anthropic:work"];
    let refused = home.run_with(&add, KEY.as_bytes());
    assert_eq!(refused.code, 64);
    assert!(refused.err.contains("a token of anthropic") && refused.err.contains("--yes"), "{}", refused.err);
    assert_eq!(fs::read(home.store()).unwrap(), before);

    assert_eq!(home.run_with(&[&add[..], &["--yes"]].concat(), KEY.as_bytes()).code, 0);
    let after = stored(&home);
    let work = &after["profiles"]["anthropic:work"];
    assert_eq!((&work["type"], &work["key"], &work["token"]), (&json!("api_key"), &json!(KEY), &Value::Null));
    assert_eq!(work["note"], "a field that modelpin does not know");
    assert_eq!(after["x-of-a-newer-program"], json!([1, 2]));
    let untouched: Value = serde_json::from_slice(&before).unwrap();
    for id in ["anthropic:default", "anthropic:spare", "openai:team"] {
        assert_eq!(after["profiles"][id], untouched["profiles"][id], "{id}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_secret_is_a_clean_slate_and_a_running_chat_uses_it_at_once() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let mut chat = home.chat(None, &[]);
    chat.says("/model opus@spare");
    let add = ["models", "auth", "add", "--provider", "anthropic", "--profile-id"];
    let ended = home.run_with(&[&add[..], &["anthropic:spare", "--json"]].concat(), KEY.as_bytes());
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&told["replaced"], &told["inOrder"]), (&json!("an API key of anthropic"), &json!(true)));
    let answer = chat.send(&json!({"text": "hello"}));
    assert_eq!(answer[0]["receipt"]["fingerprint"], told["fingerprint"], "{answer:?}");
    assert_eq!(home.run_with(&[&add[..], &["anthropic:default"]].concat(), KEY.as_bytes()).code, 0);
    assert_eq!(
        stored(&home)["usageStats"],
        Value::Null,
        "what went wrong with the old key says nothing of the new one"
    );
}

#[test]
fn a_credential_that_would_be_passed_over_says_so_and_what_to_do() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let ended = home.run_with(&["models", "auth", "paste-token", "--provider", "anthropic"], token().as_bytes());
    assert_eq!(ended.code, 0);
    let set = "modelpin models auth order set --provider anthropic anthropic:default anthropic:spare anthropic:manual";
    assert!(ended.err.contains(set), "{}", ended.err);
    let words: Vec<&str> = set.split(' ').skip(1).collect();
    assert_eq!(home.run(&words).code, 0);
    let again = home.run_with(&["models", "auth", "paste-token", "--provider", "anthropic"], token().as_bytes());
    assert_eq!((again.code, again.err.as_str()), (0, ""));

    let config = json!({"auth": {"profiles": {"openai:team": {"provider": "openai", "mode": "api_key"}}}});
    fs::write(home.state().join("modelpin.json"), config.to_string()).unwrap();
    let add = ["models", "auth", "add", "--provider", "openai", "--no-config", "--json"];
    let ended = home.run_with(&add, b"sk-test-0123456789");
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(told["inOrder"], false);
    let entry = r#""openai:default": {"provider":"openai","mode":"api_key"}"#;
    assert!(ended.err.contains("auth.profiles") && ended.err.contains(entry), "{}", ended.err);
}

#[test]
fn the_configuration_lets_a_new_credential_in_and_keeps_its_comments() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let path = home.state().join("modelpin.json");
    let before = "{auth: {\n  // ours\n  profiles: {'openai:team': {mode: 'api_key'}},\n  order: {openai: ['openai:team']},\n}}\n";
    fs::write(&path, before).unwrap();
    let add = ["models", "auth", "add", "--provider", "openai", "--json"];
    let ended = home.run_with(&add, b"sk-test-0123456789");
    assert_eq!(ended.code, 0, "{}", ended.err);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&told["inOrder"], told["configured"].as_array().unwrap().len()), (&json!(true), 2), "{told}");
    assert!(ended.err.contains("`auth.profiles` declares openai:default now"), "{}", ended.err);
    assert!(ended.err.contains(path.to_str().unwrap()), "{}", ended.err);
    let after = fs::read_to_string(&path).unwrap();
    assert!(after.contains("// ours") && !after.contains("sk-test"), "{after}");
    assert_eq!(
        home.json(&["models", "auth", "order", "get", "--provider", "openai"])["effective"][1],
        "openai:default"
    );
    let again = home.run_with(&add, b"sk-test-0123456789");
    assert_eq!((again.code, again.err.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(&path).unwrap(), after);

    // What cannot be changed by changing one place is not, and the credential is stored all the same.
    let twice = "{auth: {}, auth: {profiles: {'openai:team': {mode: 'api_key'}}}}";
    fs::write(&path, twice).unwrap();
    let ended = home.run_with(&["models", "auth", "paste-token", "--provider", "openai"], b"token-test-0123456789");
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(stored(&home)["profiles"]["openai:manual"].is_object());
    for told in ["The configuration was not told of it", r#""openai:manual": {"provider":"openai","mode":"token"}"#] {
        assert!(ended.err.contains(told), "no `{told}` in {}", ended.err);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), twice);
}

#[test]
fn the_list_shows_every_credential_and_its_state() {
    let home = Home::empty();
    let empty = home.run(&["models", "auth", "list"]);
    assert_eq!((empty.code, empty.out.as_str()), (0, ""));
    assert!(empty.err.contains("models auth add --provider anthropic"), "{}", empty.err);
    family(&home.state(), "modelpin.json", nowhere);
    let mut store = stored(&home);
    store["profiles"]["openai:old"] =
        json!({"type": "token", "provider": "openai", "token": "t-0123456789", "expires": 1000});
    store["profiles"]["openai:ref"] = json!({"type": "api_key", "provider": "openai", "keyRef": {"source": "env", "provider": "default", "id": "TEAM_KEY"}});
    store["profiles"]["odd\u{1b}[2J"] = json!({"type": "hologram", "provider": "x"});
    fs::write(home.store(), store.to_string()).unwrap();
    let listing = home.json(&["models", "auth", "list"]);
    let rows: Vec<String> = listing["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let word = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", word("id"), word("type"), word("state"))
        })
        .collect();
    assert_eq!(
        rows,
        [
            "anthropic:default api_key cooling",
            "anthropic:work token excluded_by_auth_order",
            "anthropic:spare api_key usable",
            "openai:team api_key usable",
            "openai:old token expired",
            "openai:ref api_key usable",
        ]
    );
    assert_eq!(listing["profiles"][5]["reference"], "env:default:TEAM_KEY");
    assert_eq!(listing["rejected"][0]["id"], "odd\u{1b}[2J");
    let text = home.run(&["models", "auth", "list", "--provider", "openai"]);
    assert_eq!(text.out.lines().count(), 3, "{}", text.out);
    assert!(!text.err.contains('\u{1b}') && text.err.contains("odd␛[2J"), "{}", text.err);
}

#[test]
fn a_removed_credential_is_gone_with_every_mention_and_nothing_else_is() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let mut expected = stored(&home);
    let ended = home.run(&["models", "auth", "remove", "anthropic:default"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(ended.out.contains(home.store().to_str().unwrap()), "{}", ended.out);
    expected["profiles"].as_object_mut().unwrap().shift_remove("anthropic:default");
    expected["order"]["anthropic"] = json!(["anthropic:spare"]);
    expected.as_object_mut().unwrap().shift_remove("usageStats");
    assert_eq!(stored(&home), expected);
    let again = home.run(&["models", "auth", "remove", "anthropic:defualt"]);
    assert_eq!(again.code, 64);
    assert!(again.err.contains("no profile anthropic:defualt"), "{}", again.err);
    let near = home.run(&["models", "auth", "remove", "anthropic:wrok"]);
    assert!(near.err.contains("anthropic:work"), "{}", near.err);
}
