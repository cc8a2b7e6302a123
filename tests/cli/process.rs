//! The program as a process: what it is sent, what it shares with others, and how it ends.

use std::process::Command;

use serde_json::{Value, json};

use crate::cli::support::{Home, family, nowhere, provider};
use crate::support::script::script;

/// A sequence that looks like chance and is the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| byte()).collect()
}

#[test]
fn any_bytes_on_standard_input_give_one_clear_line_each() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let mut input = noise(100_000);
    input.extend_from_slice(b"\n{\"text\":\"/whoami\"}\n\x00\x00\n{\"text\":\"\\ud800\"}\n");
    let lines: Vec<&[u8]> = input.strip_suffix(b"\n").unwrap().split(|byte| *byte == b'\n').collect();
    let ended = home.run_with(&["chat", "--jsonl"], &input);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let records: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut records = records.into_iter();
    for (number, line) in lines.iter().enumerate() {
        if !line.iter().all(u8::is_ascii_whitespace) {
            let record = records.next().unwrap();
            let told = record["error"].as_str().or_else(|| record["reply"]["text"].as_str());
            let told = told.unwrap_or_else(|| panic!("line {}: {record}", number + 1));
            assert!(!told.is_empty() && told.len() < 1_000, "line {}: {told}", number + 1);
        }
        assert_eq!(records.next().unwrap(), json!({"end": number + 1}));
    }
    assert_eq!(records.next(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_on_one_directory_see_each_others_pins_at_once() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let (mut one, mut other) = (home.chat(None, &[]), home.chat(None, &[]));
    for (step, profile) in ["work", "default", "spare"].into_iter().cycle().take(30).enumerate() {
        let (writer, reader) = if step % 2 == 0 { (&mut one, &mut other) } else { (&mut other, &mut one) };
        let confirmed = writer.says(&format!("/model opus@{profile}"));
        assert!(confirmed.contains(&format!("anthropic:{profile}")), "{confirmed}");
        let picker = reader.says("/model");
        assert!(picker.contains(&format!("anthropic:{profile}")), "step {step}: {picker}");
    }
    one.says("/model opus@work");
    let answer = other.send(&json!({"text": "hello"}));
    assert_eq!(answer[0]["receipt"]["profile"], "anthropic:work");
    assert_eq!((one.end(), other.end()), (0, 0));
}

#[test]
fn a_signal_ends_it_cleanly() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let home = Home::empty();
        family(&home.state(), "modelpin.json", nowhere);
        let mut chat = home.chat(None, &[]);
        chat.says("/model opus@work");
        assert!(Command::new("kill").arg(signal).arg(chat.child.id().to_string()).status().unwrap().success());
        // Its input is still open: it is the signal that ends it.
        assert_eq!(chat.child.wait().unwrap().code(), Some(0), "{signal}: {}", chat.err());
        assert_eq!(chat.err(), "", "{signal}");
        assert!(!home.state().join("modelpin.sqlite-wal").exists(), "{signal}: the database is put away");
        assert!(home.chat(None, &[]).says("/model").contains("anthropic:work"), "{signal}");
    }
}

/// A login shell may take seconds.
#[test]
fn the_login_shell_is_asked_only_where_its_answer_counts() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let (shell, mark) = (home.path().join("shell"), home.path().join("asked"));
    script(&shell, &format!("echo asked >> '{}'\nprintf 'OPENAI_API_KEY=x\\0'", mark.display()));
    let asked = |config: Value, arguments: &[&str]| {
        std::fs::write(home.state().join("modelpin.json"), config.to_string()).unwrap();
        let _ = std::fs::remove_file(&mark);
        let mut command = home.program();
        command.env("SHELL", &shell).args(arguments);
        let ended = crate::cli::support::ended(command, b"");
        assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.err);
        mark.exists()
    };
    let on = json!({"env": {"shellEnv": {"enabled": true}}});
    let list = ["models", "auth", "list"];
    assert!(!asked(on.clone(), &list));
    assert!(asked(on.clone(), &["chat", "--jsonl"]));
    let mut needed = on;
    needed["models"] = json!({"providers": {"openai": {"apiKey": "${OPENAI_API_KEY}"}}});
    assert!(asked(needed, &list), "the configuration cannot be read without it");
}

/// The database is not needed for what looks at the files alone.
#[test]
fn commands_on_files_leave_the_database_alone() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    std::fs::write(home.state().join("modelpin.sqlite"), "no database").unwrap();
    for arguments in [&["list"][..], &["order", "get", "--provider", "anthropic"]] {
        let ended = home.run(&[&["models", "auth"], arguments].concat());
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{arguments:?}");
    }
    // What changes something is written into the audit, which is there; that it cannot be is loud and no obstacle.
    let ended = home.run(&["models", "auth", "remove", "openai:team"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("this change is missing from the audit"), "{}", ended.err);
    assert_eq!(std::fs::read(home.state().join("modelpin.sqlite")).unwrap(), b"no database");
}
