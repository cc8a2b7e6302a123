//! `contrib/modelpin-auth-monitor`: one message per change, to everybody who wants it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::contrib::receiver::{Message, Receiver};
use crate::support::script::script;

/// A home with a program that says what it is told to say.
struct Home {
    folder: TempDir,
    receiver: Receiver,
    shell: &'static str,
}

/// How a run of the monitor ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    fn new(shell: &'static str) -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap(), receiver: Receiver::start(), shell };
        let program = "echo \"$@\" >>\"$HOME/calls\"\ncat \"$HOME/report\"\ncat \"$HOME/talk\" >&2\nexit \"$(cat \"$HOME/code\")\"";
        script(&home.path().join("modelpin"), program);
        home.says(0, &[]);
        home
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What the program says from now on: its exit code, and the reasons for it.
    fn says(&self, code: u8, reasons: &[Value]) {
        let report = json!({
            "configPath": "~/.modelpin/modelpin.json",
            "auth": {"providers": [{"provider": "not this one", "code": "nor this"}]},
            "check": {"code": code, "reasons": reasons},
            "warnings": [{"code": "unused", "why": "nor a warning"}],
        });
        fs::write(self.path().join("report"), format!("{report:#}\n")).unwrap();
        fs::write(self.path().join("talk"), "").unwrap();
        fs::write(self.path().join("code"), code.to_string()).unwrap();
    }

    fn settings(&self, text: &str) {
        let path = self.path().join(".config/modelpin/monitor.env");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self) -> Command {
        let mut command = Command::new("/usr/bin/env");
        command.env_clear().env("HOME", self.path()).current_dir(self.path());
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.path().display()));
        command.args(self.shell.split(' ')).arg(monitor());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command().args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs it, which has to succeed, and returns what was sent.
    fn sent(&self) -> Vec<Message> {
        let ran = self.run(&[]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        self.receiver.messages()
    }
}

fn monitor() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/modelpin-auth-monitor")
}

fn reason(code: &str, profile: &str) -> Value {
    json!({
        "code": code, "provider": "anthropic", "profile": profile,
        "why": format!("{profile} of \"anthropic\" ends in 23h \\ soon"),
        "fix": "modelpin models auth setup-token --provider anthropic",
    })
}

/// The shells that such a script meets; `dash` is what `sh` is on Debian.
const SHELLS: [&str; 3] = ["sh", "bash", "busybox sh"];

fn shells() -> Vec<&'static str> {
    let there = |shell: &&&str| Path::new("/bin").join(shell.split(' ').next().unwrap()).exists();
    let found: Vec<&str> = SHELLS.iter().filter(there).copied().collect();
    if found.len() < SHELLS.len() {
        println!("SKIPPED: of the shells {SHELLS:?} only {found:?} are here");
    }
    found
}

#[test]
fn a_day_of_changes_is_one_message_each() {
    for shell in shells() {
        let home = Home::new(shell);
        home.settings(&format!("# mine\r\nNTFY_URL=\"{}\"\r\nWARN=48h\n", home.receiver.url("/topic")));
        assert_eq!(home.sent().len(), 0, "all was well from the beginning");
        let expiring = [reason("expiring", "anthropic:work")];
        home.says(2, &expiring);
        let messages = home.sent();
        assert_eq!(messages.len(), 1, "{shell}: {messages:?}");
        let Message { path, priority, body } = &messages[0];
        assert_eq!((path.as_str(), priority.as_deref()), ("/topic", Some("default")));
        let said: Vec<&str> = body.lines().collect();
        assert!(said[0].starts_with("A credential in use ends soon (modelpin on "), "{body}");
        assert_eq!(said[1], r#"- anthropic:work of "anthropic" ends in 23h \ soon"#);
        assert_eq!(said[2..], ["  modelpin models auth setup-token --provider anthropic"]);
        for _ in 0..20 {
            assert_eq!(home.sent().len(), 0, "nothing has changed");
        }
        // Another one joins in; the first expires; all of it is mended.
        home.says(2, &[reason("expiring", "anthropic:work"), reason("expiring", "anthropic:spare")]);
        assert!(home.sent()[0].body.contains("anthropic:spare"));
        home.says(1, &[reason("expired", "anthropic:work"), reason("expiring", "anthropic:spare")]);
        assert_eq!(home.sent()[0].priority.as_deref(), Some("high"));
        home.says(0, &[]);
        let messages = home.sent();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].body.starts_with("All credentials in use are usable again"), "{messages:?}");
        assert_eq!(home.sent().len(), 0);
        let calls = fs::read_to_string(home.path().join("calls")).unwrap();
        assert!(calls.lines().all(|call| call == "models status --check --json --warn 48h"), "{calls}");
    }
}

#[test]
fn what_could_not_be_sent_is_sent_the_next_time_and_to_nobody_twice() {
    let home = Home::new("sh");
    let (ntfy, webhook) = (home.receiver.url("/ntfy"), home.receiver.url("/hook?key=sk-test-of-the-hook"));
    home.settings(&format!("NTFY_URL={ntfy}\nexport WEBHOOK_URL='{webhook}'\n"));
    home.says(1, &[reason("expired", "anthropic:work")]);
    home.receiver.refuse(Some("/hook"));
    let ran = home.run(&[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("webhook did not take it; it is sent again the next time"), "{ran:?}");
    assert!(!ran.err.contains("sk-test"), "{ran:?}");
    let paths = |messages: Vec<Message>| messages.into_iter().map(|message| message.path).collect::<Vec<_>>();
    assert_eq!(paths(home.receiver.messages()), ["/ntfy"]);
    home.receiver.refuse(None);
    let messages = home.sent();
    let body: Value = serde_json::from_str(&messages[0].body).unwrap();
    assert_eq!(paths(messages), ["/hook"]);
    assert_eq!((&body["source"], &body["state"], &body["code"]), (&json!("modelpin"), &json!("missing"), &json!(1)));
    let wanted = reason("expired", "anthropic:work");
    for key in ["code", "profile", "why", "fix"] {
        assert_eq!(body["reasons"][0][key], wanted[key], "{key}");
    }
    assert_eq!(home.sent().len(), 0);
}

#[test]
fn what_is_no_word_on_credentials_does_not_read_as_one() {
    let home = Home::new("sh");
    home.settings(&format!("WEBHOOK_URL={}\nWEBHOOK_KIND=slack\n", home.receiver.url("/slack")));
    for (code, title) in [
        (65, "The credentials cannot be read"),
        (64, "The credentials could not be checked (exit 64)"),
        (70, "The credentials could not be checked (exit 70)"),
    ] {
        home.says(code, &[]);
        fs::write(home.path().join("report"), "").unwrap();
        fs::write(home.path().join("talk"), "modelpin: \"x\": no such thing\n").unwrap();
        let messages = home.sent();
        let body: Value = serde_json::from_str(&messages[0].body).unwrap();
        let text = body["text"].as_str().unwrap();
        assert!(text.starts_with(title) && text.contains("modelpin: \"x\": no such thing"), "{text}");
    }
    // The program itself is gone.
    fs::remove_file(home.path().join("modelpin")).unwrap();
    assert!(home.sent()[0].body.contains("exit 127"));
}

#[test]
fn nothing_is_sent_in_a_dry_run_and_nothing_is_remembered() {
    let home = Home::new("sh");
    home.says(2, &[reason("expiring", "anthropic:work")]);
    for _ in 0..2 {
        let ran = home.run(&["--dry-run"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("would send to ntfy:\nA credential in use ends soon"), "{ran:?}");
    }
    let ran = home.run(&[]);
    assert_eq!(ran.code, 64);
    assert!(ran.err.contains("set NTFY_URL or WEBHOOK_URL in"), "{ran:?}");
    for bad in [&["--what"][..], &["--name", "../x"], &["--name"]] {
        assert_eq!(home.run(bad).code, 64, "{bad:?}");
    }
}

#[test]
fn two_at_once_say_it_once() {
    let home = Home::new("sh");
    home.settings(&format!("NTFY_URL={}\n", home.receiver.url("/topic")));
    home.says(1, &[reason("expired", "anthropic:work")]);
    let running: Vec<_> = (0..6).map(|_| home.command().spawn().unwrap()).collect();
    for mut child in running {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert_eq!(home.receiver.messages().len(), 1);
    let kept = home.path().join(".local/state/modelpin/monitor-default");
    assert!(!kept.join("lock").exists());
    assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o077, 0, "for nobody else");
}

#[test]
fn without_curl_wget_sends_it() {
    let home = Home::new("sh");
    let tools = home.path().join("tools");
    fs::create_dir(&tools).unwrap();
    let needed = "sh sed tail tr mkdir mktemp find rmdir rm awk basename uname cut sort head cat cmp cp mv wget";
    for tool in needed.split(' ') {
        let found =
            ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool)).into_iter().find(|path| path.exists());
        std::os::unix::fs::symlink(found.unwrap_or_else(|| panic!("{tool} is not here")), tools.join(tool)).unwrap();
    }
    home.settings(&format!("NTFY_URL={}\n", home.receiver.url("/topic")));
    home.says(1, &[reason("expired", "anthropic:work")]);
    let mut command = home.command();
    let output = command.env("PATH", format!("{}:{}", home.path().display(), tools.display())).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let messages = home.receiver.messages();
    assert_eq!(messages[0].priority.as_deref(), Some("high"));
    assert!(messages[0].body.contains("anthropic:work"));
}

#[test]
fn it_understands_what_the_program_itself_says() {
    let home = Home::new("sh");
    let program = home.path().join("modelpin");
    fs::remove_file(&program).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_modelpin"), &program).unwrap();
    home.settings(&format!("NTFY_URL={}\n", home.receiver.url("/topic")));
    let messages = home.sent();
    let wanted = "\n- there is no credential for anthropic\n  modelpin models auth add --provider anthropic\n";
    assert!(messages[0].body.contains(wanted), "{messages:?}");
    fs::write(home.path().join("key"), "sk-ant-api03-sk-test-7d0f3e2a91b8c41f6620-33aa5ed1f7").unwrap();
    let mut add = Command::new(&program);
    add.env_clear().env("HOME", home.path()).args(["models", "auth", "add", "--provider", "anthropic", "--key-file"]);
    assert!(add.arg(home.path().join("key")).output().unwrap().status.success());
    let messages = home.sent();
    assert!(messages[0].body.starts_with("All credentials in use are usable again"), "{messages:?}");
    assert!(!messages[0].body.contains("sk-"), "{messages:?}");
}
