//! How a run ended.

use std::process::ExitCode;

/// The exit codes, which scripts and monitors read.
///
/// 1 and 2 say something about credentials and nothing else, so that neither a typo nor a crash reads as "expiring":
/// the command line's usual 2 for misuse is 64 here, and a fault is never 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done. For `models status --check`: all credentials in use are usable.
    Ok = 0,
    /// `models status --check`: a credential in use has expired or is missing. `gateway --check`: a bot cannot be served.
    CredentialsMissing = 1,
    /// `models status --check`: a credential in use expires within the warn window.
    CredentialsExpiring = 2,
    /// The command line was not understood (`EX_USAGE`).
    Misuse = 64,
    /// A store cannot be read: it does not parse, or must not be touched (`EX_DATAERR`).
    Unreadable = 65,
    /// Anything unexpected (`EX_SOFTWARE`).
    Unexpected = 70,
    /// `doctor`: something is wrong that is about no credential, such as a store that everybody may read.
    /// `store check`, `audit --verify`: the state is not whole.
    /// `gateway`: no bot is configured that could be served (`EX_CONFIG`).
    Misconfigured = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_codes_are_a_promise() {
        let codes = [
            Exit::Ok,
            Exit::CredentialsMissing,
            Exit::CredentialsExpiring,
            Exit::Misuse,
            Exit::Unreadable,
            Exit::Unexpected,
            Exit::Misconfigured,
        ]
        .map(|exit| exit as u8);
        assert_eq!(codes, [0, 1, 2, 64, 65, 70, 78]);
    }
}
