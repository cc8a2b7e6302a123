//! One login of another program, looked at again whenever its file changes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::agent::AgentId;
use crate::profile::external::login::{self, Content, Login};
use crate::profile::external::{claude_code, codex, qwen};
use crate::profile::{Credential, Expiry, ExternalCli, OAuth, Origin, Profile, Rejected, Seal, StoreFileFault};
use crate::watched::Watched;

/// How long a file may stay unfinished when it has just changed.
const PATIENCE: Duration = Duration::from_millis(40);

/// One login of another program.
#[derive(Debug)]
pub(crate) struct Source {
    cli: ExternalCli,
    origin: Arc<Origin>,
    /// The file, and the keychain where that may have the login instead.
    files: Watched,
    /// Whether there is such a keychain.
    keychain: bool,
    kept_refresh: bool,
    found: Found,
}

/// What was found.
#[derive(Debug)]
enum Found {
    Nothing,
    Login(Box<Profile>),
    /// Why it is of no use, in words.
    Unusable(String),
}

impl Source {
    pub(crate) fn new(cli: ExternalCli, path: &Path, keychain: Option<&Path>, agent: &AgentId) -> Self {
        Self {
            cli,
            origin: Arc::new(Origin { agent: agent.clone(), path: path.to_owned(), managed_by: Some(cli) }),
            files: Watched::new([path].into_iter().chain(keychain).map(Path::to_owned)),
            keychain: keychain.is_some(),
            kept_refresh: false,
            found: Found::Nothing,
        }
    }

    pub(crate) fn cli(&self) -> ExternalCli {
        self.cli
    }

    /// Reads the file again if it changed, or if it was of no use. Returns whether anything may have changed.
    pub(crate) fn refresh(&mut self, keep_refresh: bool) -> bool {
        let due = self.files.is_due() || self.kept_refresh != keep_refresh;
        // A file is asked again at once, a keychain only when it changed: a person may be asked for leave each time.
        let once_more = matches!(self.found, Found::Unusable(_)) && !self.keychain;
        if !due && !once_more {
            return false;
        }
        self.kept_refresh = keep_refresh;
        let patience = if due { PATIENCE } else { Duration::ZERO };
        let found = match self.read(keep_refresh, patience) {
            Ok(None) => Found::Nothing,
            Ok(Some(login)) => Found::Login(Box::new(profile_of(self.cli, &self.origin, login))),
            Err(why) => Found::Unusable(why),
        };
        let before = std::mem::replace(&mut self.found, found);
        match (&before, &self.found) {
            (Found::Unusable(before), Found::Unusable(now)) => before != now,
            (Found::Nothing, Found::Nothing) => false,
            (Found::Nothing | Found::Login(_) | Found::Unusable(_), _) => true,
        }
    }

    /// The login as a profile.
    pub(crate) fn profile(&self) -> Option<&Profile> {
        match &self.found {
            Found::Login(profile) => Some(profile),
            Found::Nothing | Found::Unusable(_) => None,
        }
    }

    /// Why what is there is of no use.
    pub(crate) fn unusable(&self) -> Option<Rejected> {
        match &self.found {
            Found::Unusable(why) => Some(Rejected {
                id: self.cli.profile_id().to_string(),
                path: self.origin.path.clone(),
                why: format!("{why} (managed by {})", self.cli),
            }),
            Found::Nothing | Found::Login(_) => None,
        }
    }

    fn read(&self, keep_refresh: bool, patience: Duration) -> Result<Option<Login>, String> {
        let in_file = login::read(&self.origin.path, patience)
            .and_then(|content| content.map_or(Ok(None), |content| self.login(&content, keep_refresh)));
        login::better(in_file, self.in_keychain())
    }

    fn login(&self, content: &Content, keep_refresh: bool) -> Result<Option<Login>, String> {
        match self.cli {
            ExternalCli::ClaudeCode => claude_code::login(&content.value, keep_refresh),
            ExternalCli::Codex => codex::login(content),
            ExternalCli::Qwen => qwen::login(&content.value),
        }
    }

    /// What the keychain has. Its refresh token is never kept: nothing is written back there.
    #[cfg(target_os = "macos")]
    fn in_keychain(&self) -> Result<Option<Login>, String> {
        use crate::profile::external::keychain::{self, Entry};

        let entry = match self.cli {
            ExternalCli::ClaudeCode if self.keychain => Entry::of_claude_code(),
            ExternalCli::Codex if self.keychain => Entry::of_codex(self.origin.path.parent().unwrap_or(Path::new("."))),
            ExternalCli::ClaudeCode | ExternalCli::Codex | ExternalCli::Qwen => return Ok(None),
        };
        let content = keychain::read(Path::new(keychain::SECURITY), &entry)?;
        content.map_or(Ok(None), |content| self.login(&content, false))
    }

    #[cfg(not(target_os = "macos"))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as it is where there is a keychain")]
    fn in_keychain(&self) -> Result<Option<Login>, String> {
        Ok(None)
    }
}

/// Claude Code's login as it is in its file at this very moment, its refresh token included; `None` when there is none.
///
/// # Errors
///
/// The file cannot be read, or what is in it is of no use.
pub(crate) fn claude_code_on_disk(origin: &Arc<Origin>) -> Result<Option<Profile>, StoreFileFault> {
    let read = login::read(&origin.path, PATIENCE);
    let login = read.and_then(|content| content.map_or(Ok(None), |content| claude_code::login(&content.value, true)));
    match login {
        Ok(login) => Ok(login.map(|login| profile_of(ExternalCli::ClaudeCode, origin, login))),
        Err(why) => Err(StoreFileFault::Unreadable { path: origin.path.clone(), why }),
    }
}

fn profile_of(cli: ExternalCli, origin: &Arc<Origin>, login: Login) -> Profile {
    let Login { access, refresh, expires, account } = login;
    let expires = Expiry::At(expires);
    Profile {
        id: cli.profile_id(),
        provider: cli.provider(),
        credential: Credential::OAuth(OAuth { access: Some(access), refresh, expires, client_id: None }),
        email: None,
        account,
        display_name: None,
        origin: Arc::clone(origin),
        seal: Seal::Absent,
    }
}
