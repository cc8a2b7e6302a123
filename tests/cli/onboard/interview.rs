//! `onboard` by a person at a terminal.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::cli::onboard::{DISCORD, KEY, config, profiles, telegram, tree};
use crate::cli::support::{Home, SECRETS, family, nowhere, provider};
use crate::support::leaks::Leaks;
use crate::support::tty::{DOWN, ENTER, ESCAPE, INTERRUPT, Tty};

const PROGRAM: &str = env!("CARGO_BIN_EXE_modelpin");

/// The questions on an empty installation, where nothing is given, and what passes over each.
const QUESTIONS: [(&str, &str); 6] = [
    ("Which credential is to answer?", ESCAPE),
    ("Which model is to answer", ESCAPE),
    ("Telegram bot token", ENTER),
    ("Discord bot token", ENTER),
    ("Start the gateway by itself?", ESCAPE),
    ("there is nothing to write", ""),
];

fn begin(home: &Home, variables: &[(&str, &str)]) -> Tty {
    let mut command = Command::new(PROGRAM);
    command.arg("onboard").env("HOME", home.path()).envs(variables.iter().copied()).current_dir(home.path());
    Tty::start(&command, 80)
}

#[test]
fn every_question_can_be_passed_over_and_then_nothing_is_written() {
    let home = Home::empty();
    let mut person = begin(&home, &[]);
    for (question, skip) in QUESTIONS {
        person.until(question);
        person.types(skip);
    }
    let (code, shown) = person.end();
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("Next: modelpin chat"), "{shown}");
    assert!(!home.state().exists());
}

#[test]
fn who_stops_at_any_question_leaves_everything_as_it_was() {
    let home = Home::empty();
    fs::create_dir(home.state()).unwrap();
    fs::write(home.state().join("modelpin.json"), "// mine\n{ channels: { telegram: { botToken: 'x' } } }\n").unwrap();
    let before = tree(home.path());
    let steps = [
        ("Which credential is to answer?", ENTER),
        ("Whose key is it?", ENTER),
        ("What is it to be called?", ENTER),
        ("API key for anthropic", "sk-ant-api03-test-0123456789abcdef\r"),
        ("Which model is to answer", ENTER),
        ("Telegram bot token, there is one already", ENTER),
        ("Your user id on Telegram", "42\r"),
        ("Discord bot token", ENTER),
        ("Start the gateway by itself?", ENTER),
        ("Write it?", ""),
    ];
    for stop in 0..steps.len() {
        let mut person = begin(&home, &[]);
        for (question, answer) in &steps[..stop] {
            person.until(question);
            person.types(answer);
        }
        person.until(steps[stop].0);
        person.types(INTERRUPT);
        let (code, shown) = person.end();
        assert_eq!(code, 64, "{shown}");
        assert!(shown.contains("nothing was written"), "{shown}");
        assert!(tree(home.path()) == before, "stopped at {}", steps[stop].0);
    }
    // Nor does who says no in the end.
    let mut person = begin(&home, &[]);
    for (question, answer) in &steps[..steps.len() - 1] {
        person.until(question);
        person.types(answer);
    }
    person.until("Write it?");
    person.types("n\r");
    assert_eq!(person.end().0, 64);
    assert!(tree(home.path()) == before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_sets_everything_up_and_is_answered() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    let url = server.base_url("anthropic");
    fs::create_dir(home.state()).unwrap();
    let text =
        json!({"models": {"providers": {"anthropic": {"baseUrl": url, "api": "anthropic-messages", "models": []}}}});
    fs::write(home.state().join("modelpin.json"), format!("// mine\n{text}\n")).unwrap();
    let (_, key) = SECRETS[0];
    let shown = tokio::task::block_in_place(|| {
        let mut person = begin(&home, &[]);
        person.until("Nothing is set up here yet");
        person.until("Which credential is to answer?");
        person.types(ENTER);
        person.until("Whose key is it?");
        person.types(ENTER);
        person.until("What is it to be called?");
        person.types(ENTER);
        person.until("API key for anthropic");
        // A refused answer is asked for again.
        person.types("sk-ant-ort01-test-0123456789\r");
        person.until("refresh token");
        person.until("API key for anthropic");
        person.types(&format!("{key}\r"));
        person.until("Which model is to answer");
        person.types(&format!("{DOWN}{ENTER}"));
        person.until("Telegram bot token");
        person.types("123:short\r");
        person.until("@BotFather");
        person.until("Telegram bot token");
        person.types(&format!("{}\r", telegram()));
        person.until("Your user id on Telegram");
        person.types("@ann\r");
        person.until("names can be taken");
        person.until("Your user id on Telegram");
        person.types("42\r");
        person.until("Discord bot token");
        person.types(&format!("{DISCORD}\r"));
        person.until("Your user id on Discord");
        person.types("-\r");
        person.until("Start the gateway by itself?");
        person.types(ENTER);
        person.until("This is going to be written:");
        person.until("anthropic:default: api key, fingerprint ");
        person.until("TELEGRAM_BOT_TOKEN: fingerprint ");
        person.until("channels.telegram.botToken: \"${TELEGRAM_BOT_TOKEN}\"");
        person.until("Write it?");
        assert!(!home.store().exists(), "nothing is written before the person agrees");
        person.types(ENTER);
        person.until("Say hello to the model now?");
        person.types(ENTER);
        person.until("Hello! Please answer in one short sentence.");
        person.until("Next: modelpin gateway");
        let (code, shown) = person.end();
        assert_eq!(code, 0, "{shown}");
        shown
    });
    Leaks::of([key, &telegram(), DISCORD]).assert_none_in("the screen", &shown);
    // Sentences are wrapped by the terminal, for a command in one must be there to be copied.
    for line in shown.lines().filter(|line| !line.trim_end().ends_with('.')) {
        assert!(line.split('\r').all(|part| part.chars().count() <= 80), "wider than the terminal: {line}");
    }
    assert_eq!(profiles(&home)["anthropic:default"]["key"], key);
    let config = config(&home);
    assert!(fs::read_to_string(home.state().join("modelpin.json")).unwrap().starts_with("// mine\n"));
    assert_eq!(config["channels"]["telegram"]["allowFrom"], json!(["42"]));
    assert_eq!(config["channels"]["discord"], json!({"token": "${DISCORD_BOT_TOKEN}"}));
    assert_ne!(config["agents"]["defaults"]["model"]["primary"], Value::Null);

    // Again, with Enter to everything: nothing changes but what the talk itself keeps.
    let before = fs::read(home.state().join("modelpin.json")).unwrap();
    tokio::task::block_in_place(|| {
        let mut person = begin(&home, &[]);
        person.until("anthropic:default: api key");
        person.until("Which credential is to answer?");
        person.until("What is there is enough");
        for question in [
            "",
            "Which model",
            "Telegram bot token, there",
            "Another owner",
            "Discord bot token, there",
            "Your user",
            "Start the",
        ] {
            person.until(question);
            person.types(ENTER);
        }
        person.until("nothing to write");
        person.until("Say hello");
        person.types(INTERRUPT);
        assert_eq!(person.end().0, 0);
    });
    assert_eq!(fs::read(home.state().join("modelpin.json")).unwrap(), before);
}

#[test]
fn a_credential_of_another_kind_is_not_taken_the_name_of() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let before = profiles(&home);
    let mut person = begin(&home, &[]);
    person.until("anthropic:work: token");
    person.until("Which credential is to answer?");
    person.types(&format!("{DOWN}{ENTER}"));
    person.until("Whose key is it?");
    person.types(ENTER);
    person.until("What is it to be called?");
    // Instead of `anthropic:default`, which stands there.
    person.types("anthropic:work\r");
    person.until("another kind");
    person.until("What is it to be called?");
    person.types(ENTER);
    person.until("API key for anthropic");
    person.types(&format!("{KEY}\r"));
    for (question, skip) in &QUESTIONS[1..5] {
        person.until(question);
        person.types(skip);
    }
    person.until("in the place of the one there");
    person.until("Write it?");
    person.types(ENTER);
    person.until("Say hello");
    person.types(ESCAPE);
    let (code, shown) = person.end();
    assert_eq!(code, 0, "{shown}");
    let after = profiles(&home);
    assert_eq!(after["anthropic:default"]["key"], KEY);
    assert_eq!(after["anthropic:work"], before["anthropic:work"]);
    Leaks::of(SECRETS.map(|(_, secret)| secret)).assert_none_in("the screen", shown);
}

#[test]
fn a_key_of_this_terminal_is_offered_and_stored() {
    let home = Home::empty();
    let mut person = begin(&home, &[("ANTHROPIC_API_KEY", KEY)]);
    person.until("ANTHROPIC_API_KEY: for anthropic, in the process environment");
    person.until("Store the key of anthropic that ANTHROPIC_API_KEY holds");
    person.types(&format!("{DOWN}{ENTER}"));
    for (question, skip) in &QUESTIONS[1..5] {
        person.until(question);
        person.types(skip);
    }
    person.until("Write it?");
    person.types(ENTER);
    person.until("Say hello");
    person.types("n\r");
    let (code, shown) = person.end();
    assert_eq!(code, 0, "{shown}");
    assert_eq!(profiles(&home)["anthropic:default"]["key"], KEY);
    Leaks::of([KEY]).assert_none_in("the screen", shown);
}
