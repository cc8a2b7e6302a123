//! The command line from outside: what is printed where, and how it ends.

mod auth;
mod config;
mod container;
mod cooldown;
mod damage;
mod doctor;
mod external;
mod family;
mod import;
mod kill;
mod link;
mod login;
mod man;
mod models;
mod onboard;
mod operators;
mod order;
#[cfg(all(feature = "postgres", unix))]
mod postgres;
mod precedence;
mod process;
mod seal;
mod secrets;
mod seeds;
#[cfg(all(feature = "postgres", unix))]
mod shared;
mod status;
#[cfg(unix)]
mod store;
pub(crate) mod support;
mod terminal;

use std::path::Path;

use assert_cmd::Command;

/// The program, with nothing of the surroundings: no variables, an empty home.
fn modelpin(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_modelpin"));
    command.env_clear().env("HOME", home).current_dir(home);
    command
}

/// Runs it, and returns the exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let home = tempfile::tempdir().unwrap();
    let output = modelpin(home.path()).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn alone_it_says_the_next_sensible_step() {
    let (code, out, err) = run(&[]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("modelpin chat --demo") && out.contains("modelpin --help"), "{out}");
    assert!(out.contains("Next:\n  modelpin onboard "), "{out}");
}

#[cfg(unix)]
#[test]
fn a_link_speaks_under_its_own_name() {
    let home = tempfile::tempdir().unwrap();
    let link = home.path().join("hex");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_modelpin"), &link).unwrap();
    let out = |arguments: &[&str]| {
        let output = Command::new(&link).env_clear().args(arguments).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    assert!(out(&[]).contains("hex chat --demo"));
    assert!(out(&["sessions", "nonsense"]).contains("hex sessions"));
    assert!(out(&["completions", "bash"]).contains("complete -F _hex"));
}

#[test]
fn help_and_version_are_data() {
    for arguments in [&["--help"][..], &["-h"], &["chat", "--help"], &["help", "sessions"], &["--version"]] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}");
        assert!(out.contains("modelpin"), "{arguments:?}: {out}");
    }
}

#[test]
fn misuse_is_64_and_never_reads_as_a_credential_that_expires() {
    for arguments in [
        &["nonsense"][..],
        &["--nonsense"],
        &["sessions"],
        &["sessions", "import"],
        &["models", "set"],
        &["models", "set", "no-such-model"],
        &["models", "aliases"],
        &["models", "fallbacks", "add"],
        &["models", "auth"],
        &["models", "auth", "add"],
        &["models", "auth", "add", "--provider", "a/b"],
        &["models", "auth", "add", "--provider", "anthropic", "--profile-id", " "],
        &["models", "auth", "paste-token", "--provider", "anthropic", "--expires-in", "0"],
        &["models", "auth", "paste-token", "--provider", "anthropic", "--expires-in", "soon"],
        &["models", "auth", "setup-token", "--provider", "openai"],
        &["models", "auth", "remove", "anthropic:nobody"],
        &["models", "auth", "order", "set", "--provider", "anthropic"],
        &["models", "auth", "order", "get"],
        &["completions", "tcsh"],
        &["onboard"],
        &["onboard", "--non-interactive", "--auth-choice", "magic"],
        &["onboard", "--non-interactive", "--owner", "@ann"],
        &["onboard", "--non-interactive", "--system"],
        &["onboard", "--model", "opus"],
        &["chat", "--demo-fail", "anthropic:work=429"],
        &["chat", "--demo", "--state-dir", "x"],
        &["-v", "-q"],
        &["--log", "modelpin=loud"],
        &["--state-dir"],
        &["--profile", "../x", "models", "auth", "list"],
        &["--profile", "x", "--state-dir", "y", "models", "auth", "list"],
        &["link"],
        &["link", "bin", "clawdbot"],
        &["link", "bin", "--remove", "--force"],
    ] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, out.as_str()), (64, ""), "{arguments:?}");
        assert!(!err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, out, _) = run(&["completions", shell]);
        assert_eq!(code, 0, "{shell}");
        assert!(out.contains("sessions") && out.contains("demo-fail"), "{shell}");
    }
}

#[test]
fn a_reader_that_is_gone_is_no_failure() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_modelpin"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
