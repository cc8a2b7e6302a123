//! What README.md shows of a talk is what the program says.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::docs::markdown::{block, readme, root};
use crate::docs::process::{Demo, modelpin, without_accidents};
use crate::docs::script::{Part, compare, parts, written};

/// What is said of the blocks that can be written anew.
const DEMO: &str = "text demo";
const JSON: &str = "json out";

/// A terminal is so many columns wide.
const COLUMNS: usize = 80;

/// What may be wider than a terminal: prose that somebody outside wrote.
const WIDE: [&str; 2] = ["claude-", "The provider says: "];

#[test]
fn the_transcript_is_what_the_demonstration_says() {
    let text = block(&readme(), DEMO);
    let parts = parts(&text);
    assert!(parts.iter().filter(|part| matches!(part, Part::Typed(_))).count() >= 6, "{parts:?}");
    let mut demo = Demo::start();
    let now = written(&parts, |part| match part {
        Part::Typed(typed) => demo.say(typed).lines().map(without_accidents).collect::<Vec<_>>().join("\n"),
        Part::Comment(_) => String::new(),
        Part::Where(_) | Part::Later(_) => panic!("the program cannot be told {part:?}"),
    });
    demo.end();
    compare("the transcript of README.md", &text, &now, |now| write(DEMO, now));
    for line in now.lines().filter(|line| !line.starts_with('>')) {
        let wide = line.chars().count() > COLUMNS && !WIDE.iter().any(|known| line.starts_with(known));
        assert!(!wide, "wider than a terminal: {line}");
    }
}

#[test]
fn the_json_lines_are_what_the_program_prints() {
    let readme = readme();
    let (asked, shown) = (block(&readme, "json in"), block(&readme, JSON));
    let home = tempfile::tempdir().unwrap();
    let mut command = modelpin(&home);
    command.args(["chat", "--demo", "--jsonl"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().filter(|line| line.contains(r#"{"end":"#)).count(), asked.lines().count(), "{printed}");
    let now: String = printed.lines().map(|line| pretty(serde_json::from_str(line).unwrap())).collect();
    compare("the JSON of README.md", &shown, &now, |now| write(JSON, now));
}

/// A record, broken into lines, with what differs from run to run replaced by `…` or 0.
fn pretty(mut record: Value) -> String {
    if let Some(receipt) = record.get_mut("receipt") {
        receipt["at"] = Value::from("…");
        receipt["latencyMs"] = Value::from(0);
    }
    for row in record.pointer_mut("/reply/choices").and_then(Value::as_array_mut).into_iter().flatten() {
        for choice in row.as_array_mut().unwrap() {
            choice["token"] = Value::from("…");
        }
    }
    format!("{}\n", lines(&record, 0))
}

/// JSON with one member a line, and so within it where there are more members than a line can hold.
fn lines(value: &Value, depth: usize) -> String {
    match value {
        Value::Object(members) if members.len() > 6 || (depth == 0 && members.len() > 1) => {
            let indent = "  ".repeat(depth + 1);
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{indent}{}: {}", Value::from(name.as_str()), lines(value, depth + 1)))
                .collect();
            format!("{{\n{}\n{}}}", members.join(",\n"), "  ".repeat(depth))
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            value.to_string()
        }
    }
}

#[cfg(unix)]
#[test]
fn the_first_credential_is_stored_as_shown() {
    let text = block(&readme(), "console");
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("key.txt"), "sk-ant-api03-test-0123456789-abcdefghij-ABCDEFGHIJ\n").unwrap();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_modelpin")).parent().unwrap();
    let mut now = String::new();
    for line in text.lines().filter(|line| line.starts_with("$ ")) {
        let mut shell = std::process::Command::new("/bin/sh");
        shell.env_clear().env("HOME", home.path()).env("PATH", folder).current_dir(&home);
        let output = shell.args(["-c", &line[2..]]).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        now = format!("{now}{line}\n{}", said.replace(home.path().to_str().unwrap(), "~"));
    }
    compare("the first credential of README.md", &text, &now, |now| write("console", now));
}

fn write(info: &str, now: &str) {
    let all = readme();
    let fence = format!("\n```{info}\n");
    let start = all.find(&fence).expect("the block is there") + fence.len();
    let end = start - 1 + all[start - 1..].find("\n```").expect("the block has an end") + 1;
    fs::write(root().join("README.md"), format!("{}{now}{}", &all[..start], &all[end..])).unwrap();
}

#[test]
fn the_two_commands_come_first() {
    let readme = readme();
    let commands: Vec<&str> = readme.lines().filter(|line| line.starts_with("cargo ")).collect();
    // `.ci/run` takes the command for the tests from here.
    assert_eq!(commands, ["cargo run --release -- chat --demo", "cargo test --workspace --all-features"]);
}

#[test]
fn the_readme_is_short() {
    let lines = readme().lines().count();
    assert!(lines <= 250, "README.md has {lines} lines");
}
