//! Logins that belong to other programs on this machine: Claude Code, Codex, Qwen Code.
//!
//! They are read where they are, at the moment of use, and are not copied. The program that owns a login renews it;
//! whoever else uses its refresh token logs that program out, so the token is not even kept in memory unless
//! `auth.claudeCli.writeBack` is on. Then Claude Code's login is renewed here too, and put back into its file.

mod claude_code;
mod codex;
#[cfg(any(target_os = "macos", test))]
mod keychain;
mod login;
mod paths;
mod qwen;
mod source;
mod sync;
mod write_back;

use std::fmt;
use std::sync::Arc;

use crate::agent::AgentId;
use crate::catalog::ProviderId;
use crate::profile::{Profile, ProfileId, Profiles};
use source::Source;

pub use paths::ExternalPaths;
pub(crate) use source::claude_code_on_disk;
pub use sync::sync;
pub use write_back::{Swapped, can_write_back, write_back};

/// A program whose login is used, and which alone renews it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExternalCli {
    /// Claude Code: the profile `anthropic:claude-cli`.
    ClaudeCode,
    /// Codex: the profile `openai-codex:codex-cli`.
    Codex,
    /// Qwen Code: the profile `qwen-portal:qwen-cli`.
    Qwen,
}

impl ExternalCli {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ClaudeCode, Self::Codex, Self::Qwen];

    /// What people call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClaudeCode => "Claude Code",
            Self::Codex => "Codex",
            Self::Qwen => "Qwen Code",
        }
    }

    /// Whose API the login is for.
    pub fn provider(self) -> ProviderId {
        ProviderId::built_in(match self {
            Self::ClaudeCode => "anthropic",
            Self::Codex => "openai-codex",
            Self::Qwen => "qwen-portal",
        })
    }

    /// The profile that the login appears as; the family's programs call it the same.
    pub fn profile_id(self) -> ProfileId {
        let name = match self {
            Self::ClaudeCode => "claude-cli",
            Self::Codex => "codex-cli",
            Self::Qwen => "qwen-cli",
        };
        ProfileId::short(&self.provider(), name)
    }

    /// What a person does about a login of it that has ended: the end of "it is managed by …: ".
    pub fn remedy(self) -> &'static str {
        match self {
            Self::ClaudeCode => "run `claude` once to renew it, or store a token of `claude setup-token`",
            Self::Codex => "run `codex` once to renew it",
            Self::Qwen => "run `qwen` once to renew it",
        }
    }

    /// The command that logs it in anew.
    pub fn login_command(self) -> &'static str {
        match self {
            Self::ClaudeCode => "claude /login",
            Self::Codex => "codex login",
            Self::Qwen => "qwen",
        }
    }
}

impl fmt::Display for ExternalCli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The logins of other programs, as they are now.
#[derive(Debug, Default)]
pub(crate) struct External {
    sources: Vec<Source>,
}

impl External {
    /// Those at `paths`, to appear among the profiles of `agent`. Nothing is read yet.
    pub(crate) fn new(paths: &ExternalPaths, agent: &AgentId) -> Self {
        let place = |cli: ExternalCli| paths.of_cli(cli).map(|path| Source::new(cli, path, paths.keychain(cli), agent));
        Self { sources: ExternalCli::ALL.into_iter().filter_map(place).collect() }
    }

    /// Looks at them again. Returns whether anything may have changed.
    pub(crate) fn refresh(&mut self, keep_refresh: bool) -> bool {
        let changed: Vec<bool> = self.sources.iter_mut().map(|source| source.refresh(keep_refresh)).collect();
        changed.contains(&true)
    }

    /// Puts them among `profiles`: one that can be read comes before a stored copy of the same id.
    pub(crate) fn lay_over(&self, profiles: &mut Profiles) {
        for source in &self.sources {
            if let Some(profile) = source.profile() {
                profiles.by_id.insert(profile.id.clone(), Arc::new(profile.clone()));
            }
            profiles.outside.extend(source.unusable());
        }
    }

    /// The login of `cli`, if there is one that can be read.
    pub(crate) fn profile(&self, cli: ExternalCli) -> Option<Profile> {
        self.sources.iter().find(|source| source.cli() == cli).and_then(Source::profile).cloned()
    }
}
