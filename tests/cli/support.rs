//! The program as somebody else starts it: an empty home, no variables, a directory of the family.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use modelpin::demo::{Builder, LoopbackProvider};
use modelpin::profile::ProfileId;
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The secrets of [`Home::family`], all invented.
pub(crate) const SECRETS: [(&str, &str); 4] = [
    ("anthropic:default", "sk-test-anthropic-default-7d0f3e2a91"),
    ("anthropic:work", "sk-test-anthropic-work-b8c41f6620"),
    ("anthropic:spare", "sk-test-anthropic-spare-33aa5ed1f7"),
    ("openai:team", "sk-test-openai-team-9f51c0d8b4"),
];

/// A home directory of its own.
pub(crate) struct Home {
    folder: TempDir,
    program: PathBuf,
}

/// How a run ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), program: env!("CARGO_BIN_EXE_modelpin").into() }
    }

    /// One with a program that goes by `name`.
    pub(crate) fn of_program(name: &str) -> Self {
        let home = Self::empty();
        let link = home.path().join(name);
        std::os::unix::fs::symlink(&home.program, &link).unwrap();
        Self { program: link, ..home }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// modelpin's own state directory.
    pub(crate) fn state(&self) -> PathBuf {
        self.path().join(".modelpin")
    }

    /// The main agent's store in it.
    pub(crate) fn store(&self) -> PathBuf {
        store_in(&self.state())
    }

    /// The program, with nothing of the surroundings.
    pub(crate) fn program(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().env("HOME", self.path()).current_dir(self.path());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, b"")
    }

    /// Runs it to its end over `input`.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ended {
        let mut command = self.program();
        command.args(arguments);
        ended(command, input)
    }

    /// The JSON that a run prints, which has to succeed.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let Ended { code, out, err } = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(code, 0, "{arguments:?}: {err}");
        serde_json::from_str(&out).unwrap()
    }

    /// Starts `chat --jsonl` over `state`, with further arguments.
    pub(crate) fn chat(&self, state: Option<&Path>, more: &[&str]) -> Chat {
        let mut command = self.program();
        command.args(["chat", "--jsonl"]).args(more);
        if let Some(state) = state {
            command.arg("--state-dir").arg(state);
        }
        Chat::start(command, &self.path().join("stderr"))
    }
}

/// Runs `command` to its end over `input`.
pub(crate) fn ended(mut command: Command, input: &[u8]) -> Ended {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    // On a thread of its own: the program may write before it has read everything. One that refuses reads nothing.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A running `chat --jsonl`.
pub(crate) struct Chat {
    pub(crate) child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    stderr: PathBuf,
    /// Everything that was read of its output.
    pub(crate) said: String,
}

impl Chat {
    fn start(mut command: Command, stderr: &Path) -> Self {
        let log = fs::File::create(stderr).unwrap();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output, stderr: stderr.to_owned(), said: String::new() }
    }

    /// Sends one line and returns what came of it, without the line that ends it.
    pub(crate) fn send(&mut self, line: &Value) -> Vec<Value> {
        self.try_send(line).unwrap_or_else(|| panic!("no end after {line}; {}", self.err()))
    }

    /// The same with a program that may be killed meanwhile: `None` when it was.
    pub(crate) fn try_send(&mut self, line: &Value) -> Option<Vec<Value>> {
        writeln!(self.input.as_mut().unwrap(), "{line}").ok()?;
        let mut records = Vec::new();
        loop {
            let mut said = String::new();
            if self.output.read_line(&mut said).unwrap() == 0 {
                self.child.wait().unwrap();
                return None;
            }
            self.said.push_str(&said);
            // Cut off in the middle.
            let Ok(record) = serde_json::from_str::<Value>(&said) else { continue };
            if record.get("end").is_some() {
                return Some(records);
            }
            records.push(record);
        }
    }

    /// Sends a message of the owner and returns the text of the only reply.
    pub(crate) fn says(&mut self, text: &str) -> String {
        let records = self.send(&json!({ "text": text }));
        assert_eq!(records.len(), 1, "{text}: {records:?}");
        records[0]["reply"]["text"].as_str().unwrap().to_owned()
    }

    /// What it wrote to standard error so far.
    pub(crate) fn err(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap()
    }

    /// Ends its input, and returns the exit code.
    pub(crate) fn end(mut self) -> i32 {
        drop(self.input.take());
        self.child.wait().unwrap().code().unwrap()
    }
}

/// The main agent's store in a state directory.
pub(crate) fn store_in(state: &Path) -> PathBuf {
    state.join("agents/main/agent/auth-profiles.json")
}

/// A provider that knows the secrets.
pub(crate) fn provider() -> Builder {
    SECRETS.iter().fold(LoopbackProvider::builder(), |builder, (id, secret)| {
        let provider = id.split(':').next().unwrap();
        builder.profile(provider, &ProfileId::new(id).unwrap(), &SecretString::from(*secret))
    })
}

/// Writes a state directory as a program of the family leaves one, its providers all at `base_url`.
pub(crate) fn family(state: &Path, config: &str, base_url: impl Fn(&str) -> String) {
    fs::create_dir_all(store_in(state).parent().unwrap()).unwrap();
    let everybody = json!({"allowFrom": ["*"], "groupAllowFrom": ["*"]});
    let text = json!({
        "agents": {"defaults": {
            "model": {"primary": "anthropic/claude-sonnet-4-6"},
            "models": {
                "anthropic/claude-opus-4-6": {"alias": "opus"},
                "anthropic/claude-sonnet-4-6": {"alias": "sonnet"},
                "openai/gpt-5.4": {"alias": "gpt"},
            },
        }},
        "models": {"providers": {
            "anthropic": {"baseUrl": base_url("anthropic"), "api": "anthropic-messages", "models": []},
            "openai": {"baseUrl": base_url("openai"), "api": "openai-completions", "models": []},
        }},
        "channels": {"telegram": everybody, "discord": everybody},
        "access": {"roles": {"operator": ["telegram:42"]}},
        "gateway": {"port": 18789, "a key that modelpin does not know": true},
    });
    fs::write(state.join(config), format!("// JSON5, with a comment\n{text:#}\n")).unwrap();
    let secret = |wanted: &str| SECRETS.iter().find(|(id, _)| *id == wanted).unwrap().1;
    let store = json!({
        "version": 1,
        "x-of-a-newer-program": [1, 2],
        "profiles": {
            "anthropic:default": {"type": "api_key", "provider": "anthropic", "key": secret("anthropic:default")},
            "anthropic:work": {
                "type": "token", "provider": "anthropic", "token": secret("anthropic:work"),
                "email": "ann@work.example", "note": "a field that modelpin does not know",
            },
            "anthropic:spare": {"type": "api_key", "provider": "anthropic", "key": secret("anthropic:spare")},
            "openai:team": {"type": "api_key", "provider": "openai", "key": secret("openai:team")},
        },
        "order": {"anthropic": ["anthropic:default", "anthropic:spare"]},
        "lastGood": {"anthropic": "anthropic:spare"},
        // The first of the order is benched by the family for longer than any test runs.
        "usageStats": {"anthropic:default": {"cooldownUntil": 4_102_444_800_000_u64, "errorCount": 3}},
    });
    // As the family would not format it: whoever writes it anew changes its bytes.
    fs::write(store_in(state), format!("{store}\n\n")).unwrap();
}

/// A base URL that nobody listens on.
pub(crate) fn nowhere(provider: &str) -> String {
    format!("http://127.0.0.1:9/{provider}/v1")
}
