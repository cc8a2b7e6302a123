//! The logins of Claude Code and Codex in the macOS keychain. They are read there and never written: an entry cannot be
//! compared and replaced in one step, and the keychain would ask the person about every other program from then on.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::profile::SecretTrouble;
use crate::profile::external::login::{self, Content};
use crate::profile::fingerprint::start_of_hash;
use crate::profile::secret::program::Program;
use crate::redact;

/// The program that reads the keychain.
#[cfg(target_os = "macos")]
pub(crate) const SECURITY: &str = "/usr/bin/security";

/// An entry of the keychain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    service: &'static str,
    account: Option<String>,
}

impl Entry {
    /// What Claude Code calls its own.
    pub(crate) fn of_claude_code() -> Self {
        Self { service: "Claude Code-credentials", account: None }
    }

    /// What Codex calls its own, whose home is `folder`.
    pub(crate) fn of_codex(folder: &Path) -> Self {
        let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let hash = start_of_hash(real.as_os_str().as_encoded_bytes(), 8);
        Self { service: "Codex Auth", account: Some(format!("cli|{hash}")) }
    }
}

/// A person may be asked for leave meanwhile, and may not be there.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is kept under `entry`; `None` when nothing is.
///
/// # Errors
///
/// Says in words, without a secret, why it cannot be had.
pub(crate) fn read(security: &Path, entry: &Entry) -> Result<Option<Content>, String> {
    let Entry { service, account } = entry;
    let account = account.iter().flat_map(|account| ["-a", account]);
    let args = ["find-generic-password", "-s", service].into_iter().chain(account).chain(["-w"]);
    let asked = Program {
        alias: "keychain",
        command: security,
        args: args.map(str::to_owned).collect(),
        environment: None,
        request: None,
        patience: PATIENCE,
    };
    match asked.output() {
        Ok(printed) => match serde_json::from_slice::<Value>(&printed) {
            Ok(value) => {
                redact::learn(&redact::secrets_in(&value));
                Ok(Some(Content { modified: login::last_refresh(&value), value }))
            }
            Err(_) => Err(format!("the entry `{service}` of the keychain is not valid JSON")),
        },
        // It ends so when there is no such entry, and when the person says no.
        Err(SecretTrouble::Failed { .. }) => Ok(None),
        Err(SecretTrouble::TimedOut { .. }) => Err("the keychain gave no answer within 5 s".to_owned()),
        Err(_) => Err(format!("the keychain cannot be asked: {} does not work", security.display())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops at the first surprise")]
mod tests {
    use std::process::Command;

    use serde_json::json;

    use super::*;

    /// Stands for `security`: on this machine there may be no keychain.
    fn asked(script: &str, entry: &Entry) -> Result<Option<Content>, String> {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("security");
        // Another program writes it: what this one holds open for writing is held, for a moment, by whatever a test
        // beside this one starts, and cannot be run.
        let write = r#"printf '#!/bin/sh\n%s\n' "$1" >"$0" && chmod 700 "$0""#;
        let written = Command::new("sh").args(["-c", write]).arg(&program).arg(script).status();
        assert!(written.unwrap().success());
        read(&program, entry)
    }

    fn found(script: &str, entry: &Entry) -> Result<Option<Value>, String> {
        asked(script, entry).map(|content| content.map(|content| content.value))
    }

    #[test]
    fn it_is_asked_for_one_entry_and_its_answer_is_the_file_of_elsewhere() {
        let claude = Entry::of_claude_code();
        let wanted = r#"test "$*" = "find-generic-password -s Claude Code-credentials -w" || exit 9"#;
        let login = found(&format!("{wanted}\necho '{{\"claudeAiOauth\":1}}'"), &claude);
        assert_eq!(login, Ok(Some(json!({"claudeAiOauth": 1}))));
        assert_eq!(found("exit 44", &claude), Ok(None));
        assert!(found("echo sk-test-no-json", &claude).is_err_and(|why| !why.contains("sk-test")));
        assert!(read(Path::new("/nonexistent/security"), &claude).is_err());
    }

    #[test]
    fn codex_has_one_for_each_of_its_homes() {
        // The first 16 digits of what `printf %s /nonexistent/codex | sha256sum` prints.
        let codex = Entry::of_codex(Path::new("/nonexistent/codex"));
        assert_eq!(codex.account.as_deref(), Some("cli|16b87590f04bbded"));
        let wanted = r#"test "$2 $3 $4 $5" = "-s Codex Auth -a cli|16b87590f04bbded" || exit 9"#;
        assert_eq!(found(&format!("{wanted}\necho '{{}}'"), &codex), Ok(Some(json!({}))));
    }

    #[test]
    fn an_entry_says_itself_when_it_was_written() {
        let written = asked(r#"echo '{"last_refresh":"2026-11-20T12:00:00.5Z"}'"#, &Entry::of_claude_code());
        assert_eq!(written.unwrap().unwrap().modified, "2026-11-20T12:00:00.5Z".parse().ok());
    }

    #[test]
    fn the_scrubber_knows_what_was_in_it() {
        let _ = asked(
            r#"echo '{"claudeAiOauth":{"refreshToken":"rt-test-of-a-keychain-81f0"}}'"#,
            &Entry::of_claude_code(),
        );
        assert!(redact::contains_secret("rt-test-of-a-keychain-81f0"));
    }
}
