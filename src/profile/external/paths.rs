//! Where the logins of other programs are.

use std::path::{Path, PathBuf};

use crate::config::Environment;
use crate::profile::ExternalCli;

/// The files of other programs that hold their logins. One that is `None` is not looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExternalPaths {
    /// Claude Code's `.credentials.json`.
    pub claude_code: Option<PathBuf>,
    /// Codex's `auth.json`.
    pub codex: Option<PathBuf>,
    /// Qwen Code's `oauth_creds.json`.
    pub qwen: Option<PathBuf>,
    /// The macOS keychain of the person, where Claude Code and Codex may have their logins. Elsewhere there is none.
    pub keychain: Option<PathBuf>,
}

impl ExternalPaths {
    /// Where these programs keep them: in `HOME`, Codex in `CODEX_HOME`. An environment without a home has none.
    pub fn of(environment: &Environment) -> Self {
        let Some(home) = environment.home().filter(|home| home.is_absolute()) else { return Self::default() };
        let codex = environment.var("CODEX_HOME").map(|text| under_home(text.trim(), &home));
        let codex = codex.filter(|dir| dir.is_absolute()).unwrap_or_else(|| home.join(".codex"));
        Self {
            claude_code: Some(home.join(".claude/.credentials.json")),
            codex: Some(codex.join("auth.json")),
            qwen: Some(home.join(".qwen/oauth_creds.json")),
            keychain: cfg!(target_os = "macos").then(|| home.join("Library/Keychains/login.keychain-db")),
        }
    }

    /// The file of `cli`.
    pub(crate) fn of_cli(&self, cli: ExternalCli) -> Option<&Path> {
        match cli {
            ExternalCli::ClaudeCode => self.claude_code.as_deref(),
            ExternalCli::Codex => self.codex.as_deref(),
            ExternalCli::Qwen => self.qwen.as_deref(),
        }
    }

    /// The keychain that `cli` may have its login in instead.
    pub(crate) fn keychain(&self, cli: ExternalCli) -> Option<&Path> {
        match cli {
            ExternalCli::ClaudeCode | ExternalCli::Codex => self.keychain.as_deref(),
            ExternalCli::Qwen => None,
        }
    }
}

fn under_home(text: &str, home: &Path) -> PathBuf {
    match text.strip_prefix('~') {
        Some("") => home.to_owned(),
        Some(rest) if rest.starts_with('/') => home.join(&rest[1..]),
        Some(_) | None => PathBuf::from(text),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn paths(variables: &[(&str, &str)]) -> ExternalPaths {
        ExternalPaths::of(&variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn without_a_home_there_are_none() {
        assert_eq!(paths(&[]), ExternalPaths::default());
        assert_eq!(paths(&[("HOME", ""), ("CODEX_HOME", "/c")]), ExternalPaths::default());
        assert_eq!(paths(&[("HOME", "relative")]), ExternalPaths::default());
    }

    #[test]
    fn codex_may_live_elsewhere() {
        let codex = |home: &str| paths(&[("HOME", "/h"), ("CODEX_HOME", home)]).codex.unwrap();
        assert_eq!(codex("/c"), Path::new("/c/auth.json"));
        assert_eq!(codex("~/c"), Path::new("/h/c/auth.json"));
        assert_eq!(codex("not/absolute"), Path::new("/h/.codex/auth.json"));
        assert_eq!(codex(" "), Path::new("/h/.codex/auth.json"));
    }
}
