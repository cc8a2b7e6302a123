//! Claude Code's login in the macOS keychain. It is read there and never written.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::profile::SecretTrouble;
use crate::profile::secret::program;
use crate::redact;

/// The program that reads the keychain.
#[cfg(target_os = "macos")]
pub(crate) const SECURITY: &str = "/usr/bin/security";

/// What Claude Code calls its entry.
const SERVICE: &str = "Claude Code-credentials";

/// A person may be asked for leave meanwhile, and may not be there.
const PATIENCE: Duration = Duration::from_secs(5);

/// What Claude Code keeps in the keychain; `None` when it keeps nothing there.
///
/// # Errors
///
/// Says in words, without a secret, why it cannot be had.
pub(crate) fn read(security: &Path) -> Result<Option<Value>, String> {
    let arguments = ["find-generic-password", "-s", SERVICE].map(str::to_owned);
    match program::output("keychain", security, &arguments, "-w", PATIENCE) {
        Ok(printed) => serde_json::from_slice(&printed)
            .inspect(|content| redact::learn(&redact::secrets_in(content)))
            .map(Some)
            .map_err(|_| format!("the entry `{SERVICE}` of the keychain is not valid JSON")),
        // It ends so when there is no such entry, and when the person says no.
        Err(SecretTrouble::Failed { .. }) => Ok(None),
        Err(SecretTrouble::TimedOut { .. }) => Err("the keychain gave no answer within 5 s".to_owned()),
        Err(_) => Err(format!("the keychain cannot be asked: {} does not work", security.display())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops at the first surprise")]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use serde_json::json;

    use super::*;

    /// Stands for `security`: on this machine there may be no keychain.
    fn asked(script: &str) -> Result<Option<Value>, String> {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("security");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        read(&program)
    }

    #[test]
    fn it_is_asked_for_one_entry_and_its_answer_is_the_file_of_elsewhere() {
        let wanted = r#"test "$*" = "find-generic-password -s Claude Code-credentials -w" || exit 9"#;
        assert_eq!(asked(&format!("{wanted}\necho '{{\"claudeAiOauth\":1}}'")), Ok(Some(json!({"claudeAiOauth": 1}))));
        assert_eq!(asked("exit 44"), Ok(None));
        let _ = asked(r#"echo '{"claudeAiOauth":{"refreshToken":"rt-test-of-a-keychain-81f0"}}'"#);
        assert!(redact::contains_secret("rt-test-of-a-keychain-81f0"));
        assert!(asked("echo sk-test-no-json").is_err_and(|why| !why.contains("sk-test")));
        assert!(read(Path::new("/nonexistent/security")).is_err());
    }
}
