//! The real program, with nothing of the surroundings.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;

/// Said when the demonstration is asked for what it does not know. It changes nothing, so it tells where an answer ends.
const ASK: &str = "/demo ?";
const TOLD: &str = "Type `/demo fail";

/// The program, in an empty home.
pub(crate) fn modelpin(home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_modelpin"));
    command.env_clear().env("HOME", home.path()).current_dir(home.path());
    command
}

/// `modelpin chat --demo`, with a pipe at either end.
pub(crate) struct Demo {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    _home: TempDir,
}

impl Demo {
    pub(crate) fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = modelpin(&home);
        command.args(["chat", "--demo"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (told, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines() {
                if told.send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, lines, _home: home }
    }

    /// Types `message` and returns what comes back.
    pub(crate) fn say(&mut self, message: &str) -> String {
        let typed = format!("{}\n{ASK}\n", message.replace('\n', "\\\n"));
        self.input.as_mut().unwrap().write_all(typed.as_bytes()).unwrap();
        let mut came = String::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(30)).unwrap_or_else(|_| {
                panic!("no end of the answer to {message:?}; so far: {came}");
            });
            if line.starts_with(TOLD) {
                return came.trim_matches('\n').to_owned();
            }
            came.push_str(&line);
            came.push('\n');
        }
    }

    /// Ends the input, as Ctrl-D does.
    pub(crate) fn end(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().unwrap().success());
    }
}

/// A line with what differs from run to run replaced by names in angle brackets.
pub(crate) fn without_accidents(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut plain: Vec<String> = Vec::with_capacity(words.len());
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).copied().unwrap_or_default();
        let before = index.checked_sub(1).map_or("", |index| words[index]);
        let is_time = matches!(word.len(), 5 | 8) && word.as_bytes()[2] == b':' && next.starts_with("UTC");
        let is_length = next == "s" && word.parse::<f64>().is_ok();
        plain.push(if is_time {
            "<time>".to_owned()
        } else if is_length {
            "<seconds>".to_owned()
        } else if before == "(in" && word.contains("s)") {
            format!("<seconds>{}", word.trim_start_matches(|c: char| c.is_ascii_digit()))
        } else if let Some((host, rest)) = word.split_once("127.0.0.1:") {
            format!("{host}127.0.0.1:<port>{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()))
        } else if let Some((_, rest)) = word.split_once("/modelpin-demo-") {
            format!("<state dir>{}", rest.split_once('/').map_or(String::new(), |(_, rest)| format!("/{rest}")))
        } else {
            (*word).to_owned()
        });
    }
    plain.join(" ")
}

#[test]
fn accidents_are_replaced_and_nothing_else() {
    for (line, plain) in [
        ("until 09:05 UTC (in 29s), metered", "until <time> UTC (in <seconds>s), metered"),
        ("at 09:05:30 UTC (in 29s)", "at <time> UTC (in <seconds>s)"),
        ("ok, 09:05 UTC, 0.3 s", "ok, <time> UTC, <seconds> s"),
        ("a – http://127.0.0.1:4177/a/v1, x", "a – http://127.0.0.1:<port>/a/v1, x"),
        ("Auth store: /tmp/modelpin-demo-XEbLEe/agents/a.json", "Auth store: <state dir>/agents/a.json"),
        ("  1. anthropic:work – ready", "  1. anthropic:work – ready"),
    ] {
        assert_eq!(without_accidents(line), plain);
    }
}
