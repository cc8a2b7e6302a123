//! One thing that is not as it should be.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::doctor::{Code, Repair};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// Worth knowing.
    Info,
    /// Works now, and may not later, or not as meant.
    Warning,
    /// Does not work, or lets a secret out.
    Error,
}

/// One thing that is not as it should be, and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    pub(crate) what: String,
    #[serde(rename = "where")]
    pub(crate) place: Where,
    /// The line to type, or what to do.
    pub(crate) fix: String,
    /// Whether `--fix` does it.
    pub(crate) fixable: bool,
    /// What it makes of the exit code; 0 for nothing.
    pub(crate) exit: u8,
    #[serde(skip)]
    pub(crate) repair: Option<Repair>,
}

/// What a finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Where {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<String>,
}

impl Finding {
    /// One about nothing in particular, for which nothing has to be typed.
    pub(crate) fn new(code: Code, severity: Severity, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            what: what.into(),
            place: Where::default(),
            fix: fix.into(),
            fixable: false,
            exit: usual_exit(code, severity),
            repair: None,
        }
    }

    pub(crate) fn at(mut self, path: &Path) -> Self {
        self.place.path = Some(path.display().to_string());
        self
    }

    pub(crate) fn of_provider(mut self, provider: &(impl ToString + ?Sized)) -> Self {
        self.place.provider = Some(provider.to_string());
        self
    }

    pub(crate) fn of_profile(mut self, profile: &(impl ToString + ?Sized)) -> Self {
        self.place.profile = Some(profile.to_string());
        self
    }

    pub(crate) fn of_session(mut self, session: &(impl ToString + ?Sized)) -> Self {
        self.place.session = Some(session.to_string());
        self
    }

    /// With what mends it.
    pub(crate) fn mended_by(mut self, repair: Option<Repair>) -> Self {
        self.fixable = repair.is_some();
        self.repair = repair;
        self
    }
}

fn usual_exit(code: Code, severity: Severity) -> u8 {
    match severity {
        Severity::Error => code.exit(),
        Severity::Warning if code == Code::CredentialExpiring => code.exit(),
        Severity::Warning | Severity::Info => 0,
    }
}

/// The exit code that follows from findings as they are printed: that of `models status --check` where it is not 0, and 78
/// where nothing but something else is wrong.
pub(crate) fn exit(findings: &[Value]) -> u8 {
    let found = |code: u8| findings.iter().any(|finding| finding["exit"] == code);
    [65, 1, 2, 78].into_iter().find(|code| found(*code)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::exit;

    #[test]
    fn what_says_something_of_credentials_goes_before_what_does_not() {
        let code = |exits: &[u8]| exit(&exits.iter().map(|exit| json!({"exit": exit})).collect::<Vec<_>>());
        assert_eq!(code(&[]), 0);
        assert_eq!(code(&[0, 78]), 78);
        assert_eq!(code(&[78, 2, 0]), 2);
        assert_eq!(code(&[2, 1]), 1);
        assert_eq!(code(&[1, 65, 78]), 65);
    }
}
