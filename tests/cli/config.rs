//! The configuration where it is edited along with something else, and where something comes in between.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::models::{config, configured, with_family};
use crate::cli::support::{Home, ended};

#[test]
fn a_new_credential_is_declared_where_the_configuration_would_leave_it_out() {
    let home = Home::empty();
    let before = configured(
        &home,
        "{ // mine\n  auth: {\n    profiles: {\n      'openai:team': {provider: 'openai', mode: 'api_key'},\n    },\n    \
         order: {anthropic: ['anthropic:default']},\n  },\n  env: {vars: {A: '${HOME}'}},\n}\n",
    );
    let key: &[u8] = b"sk-test-0123456789";
    // What is declared is stored: else whatever is stored would be tried.
    let team = ["models", "auth", "add", "--provider", "openai", "--profile-id", "openai:team"];
    assert_eq!(home.run_with(&team, b"sk-test-9876543210").err, "");
    let add = ["models", "auth", "add", "--provider", "openai", "--json"];
    let untold = home.run_with(&[&add[..], &["--no-config"]].concat(), key);
    let told: Value = serde_json::from_str(&untold.out).unwrap();
    assert_eq!((&told["inOrder"], &told["configured"]), (&json!(false), &json!([])));
    assert_eq!(config(&home), before);
    let ended = home.run_with(&add, key);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&told["inOrder"], &told["note"]), (&json!(true), &json!(null)), "{}", ended.err);
    assert_eq!(told["configured"].as_array().unwrap().len(), 1);
    assert!(
        ended.err.contains("`auth.profiles` declares openai:default now") && ended.err.contains(".bak"),
        "{}",
        ended.err
    );
    let value: Value = json5::from_str(&config(&home)).unwrap();
    assert_eq!(value["auth"]["profiles"]["openai:default"], json!({"provider": "openai", "mode": "api_key"}));
    assert!(config(&home).contains("// mine") && config(&home).contains("'${HOME}'"), "{}", config(&home));

    let token = format!("sk-ant-oat01-{}", "Test_0123456789-".repeat(6));
    let paste = ["models", "auth", "setup-token", "--profile-id", "anthropic:new"];
    let ended = home.run_with(&paste, token.as_bytes());
    assert!(
        ended.code == 0 && ended.err.contains("`auth.order.anthropic` has anthropic:new at its end now"),
        "{}",
        ended.err
    );
    let value: Value = json5::from_str(&config(&home)).unwrap();
    assert_eq!(value["auth"]["order"]["anthropic"], json!(["anthropic:default", "anthropic:new"]));
    let after = config(&home);
    assert_eq!(home.run_with(&paste, token.as_bytes()).err, "");
    assert_eq!(config(&home), after, "it is there already");
}

#[test]
fn a_configuration_that_cannot_be_told_does_not_cost_the_credential() {
    let home = Home::empty();
    configured(&home, "{$include: './more.json5', auth: {order: {openai: ['openai:a']}}}");
    fs::write(home.state().join("more.json5"), "{auth: {order: {openai: ['openai:b']}}}").unwrap();
    let ended = home.run_with(&["models", "auth", "add", "--provider", "openai"], b"sk-test-0123456789");
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("put together from several places"), "{}", ended.err);
    assert!(ended.err.contains("add it to `auth.order.openai` there"), "{}", ended.err);
    assert!(fs::read_to_string(home.store()).unwrap().contains("openai:default"));
}

#[test]
fn without_room_the_configuration_stays_as_it_was() {
    let (home, before) = with_family();
    let script = r#"trap "" XFSZ; ulimit -f 0; exec "$0" models set opus"#;
    let mut command = Command::new("sh");
    command.env_clear().env("HOME", home.path()).current_dir(home.path());
    command.args(["-c", script, env!("CARGO_BIN_EXE_modelpin")]);
    let ended = ended(command, b"");
    assert_eq!(ended.code, 70, "{}", ended.err);
    assert!(ended.err.contains("there is no room to write") && ended.err.contains("Free some space"), "{}", ended.err);
    assert_eq!(config(&home), before);
    let left = fs::read_dir(home.state()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".tmp") || name.to_string_lossy().ends_with(".bak")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn a_killed_edit_leaves_the_old_configuration_or_the_new_one() {
    let (home, before) = with_family();
    let mut seen = [false; 2];
    let begun = Instant::now();
    assert_eq!(home.run(&["models", "set", "sonnet"]).code, 0, "nothing to change");
    let whole = begun.elapsed();
    for round in 0..40_u32 {
        let model = ["openai/gpt-5.4", "anthropic/claude-opus-4-6"][usize::from(round % 2 == 0)];
        let mut command = home.program();
        command.args(["models", "set", model]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // Anywhere between the start and the end, which differ from machine to machine.
        std::thread::sleep(whole * (round * round * 7 % 80) / 40);
        let _ = child.kill();
        child.wait().unwrap();
        let text = config(&home);
        let value: Value = json5::from_str(&text).unwrap();
        let primary = value["agents"]["defaults"]["model"]["primary"].as_str().unwrap();
        assert_eq!(
            text,
            before.replace("\"primary\": \"anthropic/claude-sonnet-4-6\"", &format!("\"primary\": \"{primary}\""))
        );
        seen[usize::from(primary == model)] = true;
    }
    assert_eq!(seen, [true, true], "some were killed before they wrote, others after");
    assert_eq!(home.run(&["models", "set", "sonnet"]).code, 0);
    assert_eq!(home.run(&["models", "set", "gpt"]).code, 0);
    let left = fs::read_dir(home.state()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.ends_with(".tmp")).collect();
    assert_eq!(left, [""; 0], "what a killed one left is swept by the next");
}
